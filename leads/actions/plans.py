"""SOP-2.4 and 2.8: the month's plan, its evaluation, and the visits to prospects."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.sop.actions import finish, start
from dealership.sop.steps import Step
from dealership.staff.models import Store, User
from leads import sop
from leads.actions.ownership import refuse_leaver
from leads.models import SEGMENTS, MonthlyPlan, PlannedVisit, PlanTarget, Segment
from leads.selectors.loss_report import month_before, month_end
from leads.selectors.plans import frozen_figures, month_after, stands_from

Kind, Status = MonthlyPlan.Kind, MonthlyPlan.Status
CLOCKS: dict[str, tuple[Step, Step]] = {
    Kind.BASE: (sop.BASE_PLAN, sop.BASE_EVALUATION),
    Kind.PROSPECTING: (sop.PROSPECT_PLAN, sop.PROSPECT_EVALUATION),
}
MOST = 999


@transaction.atomic
def set_targets(
    store: Store,
    *,
    kind: str,
    month: date,
    targets: Mapping[tuple[User, Segment | str], int | None],
    by: User,
    at: datetime | None = None,
) -> MonthlyPlan:
    """
    Write targets into the month's plan, which begins with the first; an empty one is taken out.

    A month that is over is evaluated, not planned; what is in place stands from the 8th on.
    """
    at = at or clock.now()
    plan = _locked(store, kind, month)
    _refuse_change(plan, at)
    for (consultant, segment), amount in targets.items():
        if segment not in SEGMENTS[kind]:
            raise RuleViolation(_("This plan has no such segment."), code="segment")
        if amount is not None and not 0 <= amount <= MOST:
            raise RuleViolation(_("A target lies between 0 and 999."), code="amount")
        cell: dict[str, Any] = {"plan": plan, "consultant": consultant, "segment": segment}
        if not amount:
            PlanTarget.objects.filter(**cell).delete()
            continue
        refuse_leaver(consultant, store)
        PlanTarget.objects.update_or_create(**cell, defaults={"amount": amount})
    return plan


def _locked(store: Store, kind: str, month: date) -> MonthlyPlan:
    plan, _made = MonthlyPlan.objects.get_or_create(
        store=store, kind=Kind(kind), month=month.replace(day=1)
    )
    return MonthlyPlan.objects.select_for_update().get(pk=plan.pk)


def _refuse_change(plan: MonthlyPlan, at: datetime) -> None:
    today = clock.day_of(at, plan.store.tz)
    if today < stands_from(plan):
        return
    if plan.is_frozen or today > month_end(plan.month):
        raise RuleViolation(_("This month is over: it is evaluated, not planned."), code="over")
    raise RuleViolation(_("The plan is in place; since the 8th its targets stand."), code="stands")


@transaction.atomic
def copy_targets(
    store: Store, *, kind: str, month: date, by: User, at: datetime | None = None
) -> MonthlyPlan:
    """Begin with last month's targets, of those who still work here; nothing typed is lost."""
    at, month = at or clock.now(), month.replace(day=1)
    before = PlanTarget.objects.filter(
        plan__store=store, plan__kind=kind, plan__month=month_before(month, 1)
    ).select_related("consultant")
    typed = set(
        PlanTarget.objects.filter(
            plan__store=store, plan__kind=kind, plan__month=month
        ).values_list("consultant_id", "segment")
    )
    targets = {
        (target.consultant, target.segment): target.amount
        for target in before
        if (target.consultant_id, target.segment) not in typed
        and target.consultant.is_active
        and target.consultant.roles_in(store)
    }
    if not targets:
        raise RuleViolation(_("Last month's plan holds nothing to copy."), code="empty")
    return set_targets(store, kind=kind, month=month, targets=targets, by=by, at=at)


@transaction.atomic
def place_plan(
    store: Store, *, kind: str, month: date, by: User, at: datetime | None = None
) -> MonthlyPlan:
    """Put the plan in place: everybody sees it, and the month's clock is kept (SOP-2.4, 2.8)."""
    at = at or clock.now()
    plan = _locked(store, kind, month)
    _refuse_change(plan, at)
    if plan.status != Status.DRAFT:
        raise RuleViolation(_("This plan is already in place."), code="placed")
    if not plan.targets.exists():
        raise RuleViolation(_("Type at least one target first."), code="empty")
    plan.status, plan.placed_at, plan.placed_by = Status.IN_PLACE, at, by
    plan.save(update_fields=["status", "placed_at", "placed_by"])
    note("plan.placed", store=store, by=by, at=at, subject=plan, plan=str(plan))
    _keep(CLOCKS[plan.kind][0], plan, plan.month, by=by, at=at)
    return plan


@transaction.atomic
def evaluate_plan(
    store: Store,
    *,
    kind: str,
    month: date,
    evaluation: str,
    score: int,
    by: User,
    at: datetime | None = None,
) -> MonthlyPlan:
    """
    Sign the month's evaluation: from its last day on, also where no plan was made.

    The figures of that moment are kept with it and never move again.
    """
    at, evaluation = at or clock.now(), evaluation.strip()
    plan = _locked(store, kind, month)
    if plan.is_frozen:
        raise RuleViolation(_("This month has already been evaluated."), code="evaluated")
    if clock.day_of(at, store.tz) < month_end(plan.month):
        raise RuleViolation(
            _("The month can be evaluated from %(day)s on.") % {"day": month_end(plan.month)},
            code="too_early",
        )
    if not evaluation:
        raise RuleViolation(_("Write how the month went."), field="evaluation")
    plan.figures = frozen_figures(plan)
    plan.status, plan.evaluation, plan.score = Status.EVALUATED, evaluation[:2000], score
    plan.evaluated_at, plan.evaluated_by = at, by
    plan.save(
        update_fields=["figures", "status", "evaluation", "score", "evaluated_at", "evaluated_by"]
    )
    note("plan.evaluated", store=store, by=by, at=at, subject=plan, plan=str(plan), score=score)
    _keep(CLOCKS[plan.kind][1], plan, month_after(plan.month), by=by, at=at)
    return plan


def _keep(step: Step, plan: MonthlyPlan, month: date, *, by: User, at: datetime) -> None:
    """Keep the clock that runs from the first of `month`; done earlier, it never comes up."""
    store, period = plan.store, f"{month:%Y-%m}"
    begins = clock.start_of_day(month, store.tz)
    if begins > at:
        start(step, store, store=store, at=begins, period=period)
    finish(step, store, by=by, at=at, period=period)


@transaction.atomic
def plan_visit(
    store: Store, *, consultant: User, way: str, place: str, planned_on: date, by: User
) -> PlannedVisit:
    """Plan a visit of ours: door to door (地毯式), or to somebody on a list (名单)."""
    refuse_leaver(consultant, store)
    place = " ".join(place.split())
    if not place:
        raise RuleViolation(_("Where does the visit go?"), field="place")
    today = clock.day_of(clock.now(), store.tz)
    if not month_before(today.replace(day=1), 1) <= planned_on <= today + timedelta(days=366):
        raise RuleViolation(
            _("Choose a day from last month up to a year ahead."), field="planned_on"
        )
    return PlannedVisit.objects.create(
        store=store, consultant=consultant, way=PlannedVisit.Way(way), place=place[:100],
        planned_on=planned_on, planned_by=by,
    )  # fmt: skip


@transaction.atomic
def record_planned_visit(
    visit: PlannedVisit,
    *,
    result: str = "",
    leads_won: int = 0,
    by: User,
    at: datetime | None = None,
) -> PlannedVisit:
    """
    Note that the visit was made, with what it brought; the result may follow later.

    Made before its day, it counts for the day on which it was made.
    """
    at = at or clock.now()
    visit = PlannedVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.dropped_at is not None:
        raise RuleViolation(_("This visit was dropped."), code="dropped")
    is_first = visit.done_at is None
    visit.done_at = visit.done_at or at
    visit.planned_on = min(visit.planned_on, clock.day_of(visit.done_at, visit.store.tz))
    visit.result, visit.leads_won = result.strip()[:500], leads_won
    visit.save(update_fields=["done_at", "planned_on", "result", "leads_won"])
    if is_first:
        note("prospect.visited", store=visit.store, by=by, at=at, subject=visit, place=visit.place)
    return visit


@transaction.atomic
def drop_planned_visit(
    visit: PlannedVisit, *, by: User, at: datetime | None = None
) -> PlannedVisit:
    """Take a visit out of the plan; one that was made stays."""
    at = at or clock.now()
    ahead = PlannedVisit.objects.ahead().filter(pk=visit.pk)
    if not ahead.update(dropped_at=at):
        raise RuleViolation(_("Only a visit that lies ahead can be dropped."), code="done")
    visit.dropped_at = at
    return visit
