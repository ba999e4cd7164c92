"""Who may see, place and cancel orders."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, MANAGERS, Role


def sells_it(user: User, row: Any) -> bool:
    """The consultant of the lead or order, or a manager of its store."""
    return row.consultant_id == user.pk or not user.roles_in(row.store_id).isdisjoint(MANAGERS)


allow("deals.view_order", *EVERYONE, title=_("See orders"))
allow("deals.place_order", Role.CONSULTANT, *MANAGERS, when=sells_it, title=_("Place orders"))
allow("deals.cancel_order", Role.CONSULTANT, *MANAGERS, when=sells_it, title=_("Cancel orders"))
