"""Templates: a store's wording, and the text that comes of it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging import texts
from dealership.messaging.models import SmsTemplate
from dealership.messaging.purposes import Purpose
from dealership.staff.models import Store, User


def render(purpose: Purpose, store: Store, /, **variables: str) -> str:
    """Return the store's text for `purpose` with `variables` put in, ready to be edited."""
    chosen = SmsTemplate.objects.active().filter(store=store, purpose=purpose.code).first()
    template = chosen.body if chosen else purpose.default_body
    return texts.with_opt_out(texts.fill(template, variables), purpose)


@transaction.atomic
def change_template(
    purpose: Purpose,
    *,
    store: Store,
    name: str,
    body: str,
    external_id: str = "",
    by: User | None,
    at: datetime | None = None,
) -> SmsTemplate:
    """Give the store its own wording; the earlier one is kept, out of use."""
    body = texts.check_template(body, purpose)
    earlier = SmsTemplate.objects.active().filter(store=store, purpose=purpose.code)
    earlier.update(is_active=False)
    try:
        with transaction.atomic():
            return SmsTemplate.objects.create(
                store=store,
                purpose=purpose.code,
                name=name.strip() or str(purpose.title)[:60],
                body=body,
                external_id=external_id.strip(),
                updated_at=at or clock.now(),
                updated_by=by,
            )
    except IntegrityError:
        raise RuleViolation(
            _("Somebody else has just changed this text. Look at it again.")
        ) from None


@transaction.atomic
def drop_template(purpose: Purpose, *, store: Store, by: User | None) -> bool:
    """Go back to the declared text."""
    earlier = SmsTemplate.objects.active().filter(store=store, purpose=purpose.code)
    return bool(earlier.update(is_active=False, updated_by=by, updated_at=clock.now()))
