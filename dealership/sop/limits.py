"""Which limit is in force for a store on a day: the declared one, or the store's dated row."""

from dataclasses import dataclass
from datetime import date, timedelta

from dealership.sop.models.limits import StepLimit, limit_of
from dealership.sop.steps import Limit, Step
from dealership.staff.models import Store


@dataclass(frozen=True)
class InForce:
    """A step's limit as it counts for a store on a day."""

    limit: Limit
    remind_before: timedelta | None
    escalate_after: timedelta | None
    row: StepLimit | None = None


def applied(step: Step, row: StepLimit | None) -> InForce:
    """Lay a store's row over the declared step; empty fields keep what is declared."""
    if row is None:
        return InForce(step.limit, step.remind_before, step.escalate_after)
    remind, escalate = row.remind_before, row.escalate_after
    return InForce(
        limit=limit_of(step, row.amount),
        remind_before=step.remind_before if remind is None else remind,
        escalate_after=step.escalate_after if escalate is None else escalate,
        row=row,
    )


def in_force(step: Step, store: Store, day: date) -> InForce:
    """Return the limit of `step` for `store` on `day`."""
    rows = StepLimit.objects.filter(store=store, step=step.code, valid_from__lte=day)
    return applied(step, rows.order_by("-valid_from").first())
