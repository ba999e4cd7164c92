"""Opening, keeping and handing over promises; the rooms of the process call these."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership import clock
from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.messaging.selectors import last_send_time
from dealership.sop.calendar import counting
from dealership.sop.due import Counts, every_day, times
from dealership.sop.limits import applied, in_force
from dealership.sop.models import Deadline
from dealership.sop.models.limits import amount_of
from dealership.sop.models.subjects import about
from dealership.sop.notices import in_language_of
from dealership.sop.steps import STEPS, EndOfDay, Step, watches
from dealership.sop.timeline import kind_of
from dealership.sop.wording import due_on_record
from dealership.sop.wording import kind_of as limit_kind
from dealership.staff.models import Store, User
from dealership.staff.roles import Role


@transaction.atomic
def start(
    step: Step,
    subject: models.Model,
    *,
    store: Store,
    customer: Customer | None = None,
    owner: User | None = None,
    at: datetime | None = None,
    on: date | None = None,
    period: str = "",
    role: Role | None = None,
    remind_before: timedelta | None = None,
) -> Deadline:
    """
    Open the deadline of `step` for `subject`, or return the one that exists, untouched.

    The limit in force on the day of `at` is frozen into the row; a dated step is due at the
    end of the day `on`, today at the earliest. Without an owner `role`, or the step's, owes it
    as a whole.
    """
    if (on is not None) != step.is_dated:
        raise ValueError(f"{step.code}: a day belongs to dated steps, and to no others.")
    at = at or clock.now()
    key = {"step": step.code, "period": period, **about(subject)}
    found = Deadline.objects.filter(**key).first()
    if found is not None:
        return found
    values = frozen(step, store, at, on, remind_before) | {
        "store": store,
        "customer": customer,
        "owner": owner,
        "role": role or step.role,
    }
    try:
        with transaction.atomic():
            deadline = Deadline.objects.create(**key, **values)
    except IntegrityError:
        # Somebody opened it in the same moment.
        found = Deadline.objects.filter(**key).first()
        if found is None:
            raise
        return found
    tell(deadline, "opened", by=None, at=at, due=due_on_record(deadline.due_at, store.tz))
    return deadline


def frozen(
    step: Step,
    store: Store,
    at: datetime,
    on: date | None,
    remind_before: timedelta | None = None,
) -> dict[str, Any]:
    """Every time of a deadline opened at `at`, with the limit that made them."""
    day = clock.day_of(at, store.tz)
    rule = applied(step, None) if step.is_watch else in_force(step, store, day)
    if remind_before is not None:
        rule = replace(rule, remind_before=remind_before)
    counts: Counts = every_day
    if on is not None:
        rule = replace(rule, limit=EndOfDay(max(0, (on - day).days)))
    if isinstance(rule.limit, EndOfDay):
        counts = counting(store, rule.limit.counting, since=day)
    planned = times(
        at,
        rule.limit,
        store.tz,
        remind_before=rule.remind_before,
        act_before=step.act_before if step.acts else None,
        escalate_after=rule.escalate_after,
        counts=counts,
    )
    act_at = planned.act_at
    if act_at and step.quiet:
        # No lawful moment left: the step's action runs at once, and says so to its owner.
        act_at = last_send_time(store, after=at, by=act_at) or at
    stages = [stage for stage in (planned.remind_at, act_at, planned.escalate_at) if stage]
    return {
        "opened_at": at,
        "entered_at": clock.now(),
        "actionable_at": planned.actionable_at,
        "due_at": planned.due_at,
        "limit_kind": limit_kind(rule.limit),
        "limit_amount": amount_of(rule.limit),
        "remind_at": planned.remind_at,
        "act_at": act_at,
        "escalate_at": planned.escalate_at,
        "next_at": min(stages, default=None),
    }


@transaction.atomic
def finish(
    step: Step,
    subject: models.Model,
    *,
    by: User | None,
    at: datetime | None = None,
    period: str = "",
) -> Deadline | None:
    """
    Close the deadline of `step` as done; None if there is none open.

    None lets an action that happens to keep the promise go on (the SMS went out after somebody
    had waived it). An action that a person does for this promise alone refuses on None.
    Without `by` the software did it. RuleViolation before the day from which it can be done.
    """
    found = Deadline.objects.open().about(subject).of_step(step).filter(period=period)
    deadline = found.with_people().first()
    if deadline is None:
        return None
    at = at or clock.now()
    opens_later = deadline.actionable_at > deadline.opened_at
    if opens_later and at < deadline.actionable_at:
        raise RuleViolation(
            _("“%(step)s” can be done from %(time)s on.")
            % {"step": deadline.title, "time": _local(deadline.actionable_at, deadline.store)}
        )
    if not close(deadline, Deadline.Outcome.DONE, by=by, at=at, is_automatic=by is None):
        return None
    tell(deadline, "done_late" if deadline.is_late_at(at) else "done", by=by, at=at)
    return deadline


@transaction.atomic
def cancel(
    step: Step,
    subject: models.Model,
    *,
    by: User | None,
    reason: str,
    at: datetime | None = None,
    period: str = "",
) -> Deadline | None:
    """Close the deadline as no longer owed (voided visit, refused contact); None if none open."""
    found = Deadline.objects.open().about(subject).of_step(step).filter(period=period)
    closed = _cancel(found, by=by, reason=reason, at=at)
    return closed[0] if closed else None


@transaction.atomic
def cancel_all(
    subject: models.Model, *, by: User | None, reason: str, at: datetime | None = None
) -> list[Deadline]:
    """Close everything that is open about `subject` as no longer owed."""
    return _cancel(Deadline.objects.open().about(subject), by=by, reason=reason, at=at)


@transaction.atomic
def stop_contact(
    customer: Customer, *, by: User | None, at: datetime | None = None
) -> list[Deadline]:
    """Close every promise to speak with a customer who refuses all contact."""
    steps = [step.code for step in STEPS.values() if step.is_contact]
    owed = Deadline.objects.open().filter(customer=customer, step__in=steps)
    return _cancel(owed, by=by, reason=_("The customer refuses all contact."), at=at)


def _cancel(
    found: models.QuerySet[Deadline], *, by: User | None, reason: str, at: datetime | None
) -> list[Deadline]:
    at, reason = at or clock.now(), reason.strip()
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    closed = [
        deadline
        for deadline in found.select_related("store", "customer", "owner")
        if close(deadline, Deadline.Outcome.CANCELLED, by=by, at=at, reason=reason)
    ]
    for deadline in closed:
        tell(deadline, "cancelled", by=by, at=at, reason=reason)
    return closed


@transaction.atomic
def set_problem(
    step: Step,
    subject: models.Model,
    problem: str,
    *,
    at: datetime | None = None,
    period: str = "",
) -> Deadline | None:
    """Write on the open deadline why it needs a person, and tell its owner."""
    found = Deadline.objects.open().about(subject).of_step(step).filter(period=period)
    deadline = found.with_people().first()
    problem = str(problem)[:300]
    if deadline is None or deadline.problem == problem:
        return deadline
    if not Deadline.objects.open().filter(pk=deadline.pk).update(problem=problem):
        return None
    deadline.problem = problem
    if problem:
        tell(deadline, "problem", by=None, at=at, problem=problem)
        if deadline.owner:
            with in_language_of(deadline.owner):
                text = _("%(step)s: %(problem)s") % {"step": deadline.title, "problem": problem}
            notify(
                deadline.owner,
                store=deadline.store,
                kind="sop.problem",
                text=text,
                url=deadline.get_absolute_url(),
                key=f"sop.problem:{deadline.pk}",
                at=at,
            )
    return deadline


@transaction.atomic
def hand_over(
    deadlines: Iterable[Deadline], *, to: User, by: User | None, at: datetime | None = None
) -> list[Deadline]:
    """
    Give open promises to a colleague of the same store; what is closed stays where it was.

    Due times stay: the customer was promised, whoever keeps it.
    """
    at, moved = at or clock.now(), []
    for deadline in deadlines:
        if not to.is_active or not to.roles_in(deadline.store_id):
            raise RuleViolation(
                _("%(name)s does not work in this store.") % {"name": to.name}, field="to"
            )
        still_open = Deadline.objects.open().filter(pk=deadline.pk).exclude(owner=to)
        if still_open.update(owner=to):
            deadline.owner = to
            moved.append(deadline)
            tell(deadline, "handed_over", by=by, at=at, to=to.name)
    tasks = sum(deadline.step not in watches() for deadline in moved)
    if tasks:
        with in_language_of(to):
            text = ngettext(
                "%(name)s handed %(count)s task over to you.",
                "%(name)s handed %(count)s tasks over to you.",
                tasks,
            ) % {"name": by.name if by else _("The software"), "count": tasks}
        notify(to, store=moved[0].store, kind="sop.handed_over", text=text, at=at)
    return moved


def close(
    deadline: Deadline,
    outcome: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    is_automatic: bool = False,
) -> bool:
    """
    Close the row if it is still open: whoever comes first closes it, everybody else gets False.

    A promise kept before it began counts as kept at its beginning.
    """
    values = {
        "outcome": outcome,
        "closed_at": max(at, deadline.opened_at),
        "closed_by": by,
        "reason": reason[:500],
        "is_automatic": is_automatic,
        "next_at": None,
        "lease": "",
        "leased_until": None,
    }
    if not Deadline.objects.open().filter(pk=deadline.pk).update(**values):
        return False
    for name, value in values.items():
        setattr(deadline, name, value)
    return True


def tell(
    deadline: Deadline, what: str, *, by: User | None, at: datetime | None, **data: Any
) -> None:
    """Write what happened to the deadline into the customer's timeline; a watch is silent."""
    if deadline.customer_id is None or deadline.step in watches():
        return
    note(
        kind_of(what, deadline.step),
        store=deadline.store,
        customer=deadline.customer,
        by=by,
        at=at,
        subject=deadline,
        **data,
    )


def _local(at: datetime, store: Store) -> str:
    return f"{at.astimezone(store.tz):%m-%d %H:%M}"
