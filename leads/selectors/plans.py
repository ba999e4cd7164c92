"""SOP-2.4 and 2.8: the month's plan as a table that fills itself from what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Sum, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.staff.models import Store, User
from dealership.staff.policy import may
from dealership.staff.roles import Role
from dealership.web.keyset import page_after
from leads.models import (
    SEGMENTS,
    Contact,
    Lead,
    MonthlyPlan,
    OwnerContact,
    PlannedVisit,
    PlanTarget,
    Segment,
)
from leads.models.plans import SEES_ALL_PLANS
from leads.selectors.loss_report import month_before, month_end

PAGE = 50
GIVEN_UP = ("F", "S")
# Targets are agreed in the first week and then stand (domain §3.1).
CHANGES_UNTIL = 7
BASE_KINDS = tuple(Lead.BaseKind.values)
Cell = tuple[int, str]


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def month_of(text: str) -> date | None:
    """The month that a URL names: 2026-11."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isdecimal()):
        return None
    if not (2000 <= int(year) <= 2100 and 1 <= int(month) <= 12):
        return None
    return date(int(year), int(month), 1)


def this_month(store: Store) -> date:
    return clock.day_of(clock.now(), store.tz).replace(day=1)


def done_in(store: Store, kind: str, month: date) -> dict[Cell, int]:
    """What each consultant did in the month, by segment; nobody types it."""
    if kind == MonthlyPlan.Kind.PROSPECTING:
        return _visits_made(store, month)
    talks: dict[Cell, set[int]] = {}
    for by, customer, segment in _talks(store, month):
        talks.setdefault((by, segment), set()).add(customer)
    done = {cell: len(customers) for cell, customers in talks.items()}
    leads = Lead.objects.filter(_in_month("opened_at", store, month), store=store)
    leads = leads.filter(base_kind__in=BASE_KINDS).exclude(consultant=None).order_by()
    for consultant, count in leads.values_list("consultant").annotate(Count("pk")):
        done[(consultant, Segment.LEADS.value)] = count
    return done


def _visits_made(store: Store, month: date) -> dict[Cell, int]:
    made = PlannedVisit.objects.filter(store=store).planned_in(month, month_end(month)).done()
    done: dict[Cell, int] = {}
    counted = made.order_by().values_list("consultant", "way")
    for consultant, way, count, won in counted.annotate(n=Count("pk"), won=Sum("leads_won")):
        done[(consultant, way)] = count
        cell = (consultant, Segment.LEADS.value)
        done[cell] = done.get(cell, 0) + won
    return {cell: count for cell, count in done.items() if count}


def _in_month(field: str, store: Store, month: date) -> Q:
    begins = clock.start_of_day(month, store.tz)
    ends = clock.end_of_day(month_end(month), store.tz)
    return Q(**{f"{field}__gte": begins, f"{field}__lt": ends})


def _talks(store: Store, month: date) -> "set[tuple[int, int, str]]":
    """(who, customer, segment) of the month: base customers who were spoken to."""
    segment = Case(
        When(level_before__code__in=GIVEN_UP, then=Value(Segment.LOST.value)),
        When(lead__base_kind__in=BASE_KINDS, then=F("lead__base_kind")),
        default=Value(""),
        output_field=CharField(),
    )
    talks = Contact.objects.reached().filter(_in_month("at", store, month), store=store)
    talks = talks.exclude(by=None).annotate(segment=segment).exclude(segment="").order_by()
    calls = OwnerContact.objects.reached().filter(_in_month("at", store, month), store=store)
    calls = calls.exclude(by=None).exclude(kind="").order_by()
    return set(talks.values_list("by", "customer", "segment").distinct()) | set(
        calls.values_list("by", "customer", "kind").distinct()
    )


def spoken_to(user: User, month: date, query: Mapping[str, str]) -> dict[str, Any]:
    """The base customers behind a figure of the plan: who spoke with whom in the month."""
    store = user.active_store
    person, segment = query.get("consultant", ""), query.get("segment", "")
    talks = _talks(store, month)
    if person.isdecimal():
        talks = {talk for talk in talks if talk[0] == int(person)}
    if segment in SEGMENTS[MonthlyPlan.Kind.BASE]:
        talks = {talk for talk in talks if talk[2] == segment}
    customers = Customer.objects.visible_to(user).with_people()
    found = customers.filter(pk__in={customer for _by, customer, _segment in talks})
    return {"rows": list(found.order_by("name_key", "pk")[:500]), "month": month}


def stands_from(plan: MonthlyPlan) -> date:
    """The day from which no target is changed: the 8th once in place, else the month's end."""
    if plan.status == MonthlyPlan.Status.DRAFT:
        return month_after(plan.month)
    if plan.status == MonthlyPlan.Status.IN_PLACE:
        return plan.month.replace(day=CHANGES_UNTIL + 1)
    return plan.month


@dataclass(frozen=True)
class PlanCell:
    """One target with how far it has come."""

    name: str
    label: str
    target: int | None
    done: int
    share: int | None
    state: str
    url: str


@dataclass(frozen=True)
class PlanRow:
    label: str
    consultant: User | None
    cells: list[PlanCell]


def plan_table(user: User, kind: str, month: date) -> dict[str, Any]:
    """The month's plan, consultant × segment, with what was done; a signed one as it was signed."""
    store = user.active_store
    plan = MonthlyPlan.objects.filter(store=store, kind=kind, month=month).first()
    plan = plan or MonthlyPlan(store=store, kind=kind, month=month)
    targets, done = figures_of(plan)
    people = _people(user, targets, done)
    segments = SEGMENTS[kind]
    today = clock.day_of(clock.now(), store.tz)
    passed = _share_passed(month, today)

    def cell(person: User | None, segment: Segment) -> PlanCell:
        if person is None:
            mine = {one.pk for one in people}
            wanted = sum(n for (pk, code), n in targets.items() if code == segment and pk in mine)
            made = sum(n for (pk, code), n in done.items() if code == segment and pk in mine)
        else:
            wanted = targets.get((person.pk, segment.value), 0)
            made = done.get((person.pk, segment.value), 0)
        share = min(100, round(100 * made / wanted)) if wanted else None
        state = "" if share is None else "done" if made >= wanted else _state(share, passed)
        name = f"t-{person.pk}-{segment.value}" if person else ""
        url = rows_url(kind, month, segment, person)
        return PlanCell(name, str(segment.label), wanted or None, made, share, state, url)

    rows = [
        PlanRow(person.name, person, [cell(person, segment) for segment in segments])
        for person in people
    ]
    return {
        "plan": plan,
        "kind": kind,
        "month": month,
        "segments": segments,
        "rows": rows,
        "total": PlanRow(_("The store"), None, [cell(None, segment) for segment in segments]),
        "is_editable": may(user, "leads.make_plans") and stands_from(plan) > today,
        "can_be_evaluated": not plan.is_frozen and today >= month_end(month),
        "before_url": month_url(kind, month_before(month, 1)),
        "after_url": month_url(kind, month_after(month)),
        "tabs": [
            {"label": one.label, "url": month_url(one.value, month), "active": one == kind}
            for one in MonthlyPlan.Kind
        ],
    }


def _state(share: int, passed: int) -> str:
    """Behind the days that have passed: soon, far behind: late."""
    return "late" if share + 25 < passed else "soon" if share < passed else ""


def _share_passed(month: date, today: date) -> int:
    if today > month_end(month):
        return 100
    return 0 if today < month else round(100 * today.day / month_end(month).day)


def figures_of(plan: MonthlyPlan) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Targets and what was done: alive, or as the manager signed them."""
    if plan.is_frozen:
        cells = plan.figures.get("cells", [])
        targets = {(one["consultant"], one["segment"]): one["target"] for one in cells}
        done = {(one["consultant"], one["segment"]): one["done"] for one in cells}
        return targets, done
    rows = PlanTarget.objects.filter(plan=plan) if plan.pk else PlanTarget.objects.none()
    found = rows.values_list("consultant_id", "segment", "amount")
    targets = {(person, segment): amount for person, segment, amount in found}
    return targets, done_in(plan.store, plan.kind, plan.month)


def frozen_figures(plan: MonthlyPlan) -> dict[str, Any]:
    """The plan's figures as they are now, to be kept under a signature."""
    targets, done = figures_of(plan)
    cells = [
        {
            "consultant": person,
            "segment": segment,
            "target": targets.get((person, segment), 0),
            "done": done.get((person, segment), 0),
        }
        for person, segment in sorted(targets.keys() | done.keys())
    ]
    return {"cells": cells}


def _people(user: User, targets: dict[Cell, int], done: dict[Cell, int]) -> list[User]:
    """The store's consultants, and who else has a figure; others than managers see themselves."""
    store = user.active_store
    known = {person for person, _segment in (*targets, *done)}
    found = User.objects.in_store(store, Role.CONSULTANT) | User.objects.filter(pk__in=known)
    if not user.has_role(*SEES_ALL_PLANS):
        found = found.filter(pk=user.pk)
    return list(found.distinct().order_by("name_key", "pk"))


def month_url(kind: str, month: date) -> str:
    return reverse("leads:plan-month", args=[kind, f"{month:%Y-%m}"])


def rows_url(kind: str, month: date, segment: Segment, person: User | None) -> str:
    """Where the rows of a figure are."""
    query: dict[str, Any] = {"consultant": person.pk} if person else {}
    if kind == MonthlyPlan.Kind.PROSPECTING:
        query |= {"month": f"{month:%Y-%m}", "shown": "done"}
        query |= {} if segment == Segment.LEADS else {"way": segment.value}
        return f"{reverse('leads:planned-visit-list')}?{urlencode(query)}"
    if segment == Segment.LEADS:
        query |= {"view": "all", "base_kind": BASE_KINDS, "from": month, "to": month_end(month)}
        return f"{reverse('leads:lead-list')}?{urlencode(query, doseq=True)}"
    address = reverse("leads:plan-rows", args=[f"{month:%Y-%m}"])
    return f"{address}?{urlencode({**query, 'segment': segment.value})}"


SHOWN: dict[str, Any] = {
    "ahead": lambda rows: rows.ahead(),
    "done": lambda rows: rows.done(),
    "all": lambda rows: rows,
}


def visit_listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of planned visits: what lies ahead by day, or the rows behind a figure."""
    shown = query.get("shown", "")
    shown = shown if shown in SHOWN else "ahead"
    rows = SHOWN[shown](PlannedVisit.objects.visible_to(user)).select_related("consultant")
    kept: dict[str, str] = {"shown": shown}
    if month := month_of(query.get("month", "")):
        rows, kept["month"] = rows.planned_in(month, month_end(month)), f"{month:%Y-%m}"
    if (person := query.get("consultant", "")).isdecimal() and len(person) < 19:
        rows, kept["consultant"] = rows.filter(consultant=int(person)), person
    if (way := query.get("way", "")) in PlannedVisit.Way.values:
        rows, kept["way"] = rows.filter(way=way), way
    is_newest_first = shown != "ahead"
    found, more = page_after(
        rows, "planned_on", query.get("after", ""), size=PAGE, newest_first=is_newest_first
    )
    labels = {"ahead": _("Ahead"), "done": _("Made"), "all": _("All visits")}
    return {
        "rows": found,
        "next_url": f"?{urlencode({**kept, 'after': more})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if query.get("after") else "",
        "chips": [
            {"label": label, "url": f"?{urlencode({**kept, 'shown': code})}",
             "active": code == shown}
            for code, label in labels.items()
        ],
        "shown": shown,
        "kept": kept,
        "today": clock.day_of(clock.now(), user.active_store.tz),
    }  # fmt: skip
