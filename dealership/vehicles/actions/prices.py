"""Guide prices hold from a day on; what was in force before stays known."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.vehicles.models import GuidePrice, Trim


@transaction.atomic
def set_guide_price(trim: Trim, *, amount: Decimal, valid_from: date) -> GuidePrice:
    """
    Set the brand's guide price in yuan from a day on (指导价).

    The same day again corrects that day's price. RuleViolation unless it is above nothing.
    """
    if amount <= 0:
        raise RuleViolation(_("A price is more than nothing."), field="amount")
    price, _is_new = GuidePrice.objects.update_or_create(
        trim=trim, valid_from=valid_from, defaults={"amount": amount}
    )
    return price
