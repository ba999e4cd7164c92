"""A store sets its own limits, from a day on."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop.models import StepLimit
from dealership.sop.steps import Step
from dealership.staff.models import Store, User

LONGEST = timedelta(days=400)


@transaction.atomic
def set_limit(
    step: Step,
    *,
    store: Store,
    amount: int,
    valid_from: date | None = None,
    remind_before: timedelta | None = None,
    escalate_after: timedelta | None = None,
    by: User | None,
    at: datetime | None = None,
) -> StepLimit:
    """
    Give a step another limit from a day on, today at the earliest.

    What is open keeps its time; what opens from that day on gets the new one.
    """
    at = at or clock.now()
    today = clock.day_of(at, store.tz)
    valid_from = valid_from or today
    if valid_from < today:
        raise RuleViolation(_("A limit can change today or later."), field="valid_from")
    for name, span in (("remind_before", remind_before), ("escalate_after", escalate_after)):
        if span is not None and not timedelta(0) <= span <= LONGEST:
            raise RuleViolation(_("Enter a time between 0 and 400 days."), field=name)
    values = {
        "amount": amount,
        "remind_before": remind_before,
        "escalate_after": escalate_after,
        "created_by": by,
    }
    row = StepLimit(store=store, step=step.code, valid_from=valid_from, **values)
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation(messages[0], field=field) from None
    row, _created = StepLimit.objects.update_or_create(
        store=store, step=step.code, valid_from=valid_from, defaults=values
    )
    return row


@transaction.atomic
def withdraw_limit(row: StepLimit, *, by: User, at: datetime | None = None) -> None:
    """Take back a change that has not begun; what was in force stays written."""
    if row.valid_from <= clock.day_of(at or clock.now(), row.store.tz):
        raise RuleViolation(_("This limit is already in force. Set a new one instead."))
    row.delete()
