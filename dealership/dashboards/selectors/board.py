"""The manager's board: who is in, what is owed and late, how well the SOP is kept, the funnel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, FilteredRelation, Q

from dealership import clock
from dealership.dashboards.kpis import KPIS, Kpi
from dealership.dashboards.selectors import links
from dealership.dashboards.selectors.figures import (
    OpenNow,
    Tally,
    kept_by_owner,
    kept_by_step_and_day,
    open_now,
    summed,
    tallies,
)
from dealership.dashboards.selectors.periods import Period
from dealership.dashboards.selectors.presence import Present, presence
from dealership.sop.models import Deadline
from dealership.sop.selectors import Figures, sop_order
from dealership.sop.steps import STEPS, Step
from dealership.staff.models import Membership, Store, User
from dealership.staff.roles import Role
from delivery.sop import DMS_ENTRY

TREND_DAYS = 7


@dataclass(frozen=True)
class Number:
    """A figure with the list of its rows, and what it means."""

    value: int
    url: str
    label: str = ""
    kpi: Kpi | None = None
    share: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Trend:
    """How one step was kept on each day of the last week."""

    day: date
    rate: int | None
    url: str


@dataclass(frozen=True)
class StepRow:
    """One step of the SOP, or all of them: kept in the period, in the week, and day by day."""

    step: Step | None
    period: Figures
    week: Figures
    trend: list[Trend]

    @property
    def spark(self) -> list[int]:
        return [day.rate or 0 for day in self.trend]


@dataclass(frozen=True)
class ConsultantRow:
    """One consultant's line."""

    user: User
    team: str
    url: str
    is_rostered: bool
    checked_in_at: datetime | None
    attended: Number
    recorded: Number
    orders: Number
    deliveries: Number
    overdue: Number
    kept: Figures

    @property
    def numbers(self) -> list[Number]:
        return [self.attended, self.recorded, self.orders, self.deliveries, self.overdue]


@dataclass(frozen=True)
class Board:
    """Everything on the page, counted and ready to be shown."""

    at: datetime
    period: Period
    month: Period
    consultant: User | None
    present: Present
    in_now: Number
    waiting: Number
    overdue: Number
    overdue_by_step: list[Number]
    tonight: Number
    tonight_by_step: list[Number]
    decide: list[Number]
    steps: list[StepRow]
    whole: StepRow
    funnel: list[Number]
    consultants: list[ConsultantRow]


def board(
    store: Store, period: Period, *, consultant: User | None = None, at: datetime | None = None
) -> Board:
    """The board of a store, or of one of its consultants; the number of queries is fixed."""
    at = at or clock.now()
    owner = consultant.pk if consultant else ""
    month = period.as_kind("month")
    now_open = open_now(store, at=at, consultant=consultant)
    counted = tallies(
        store,
        {"period": (period.first, period.last), "month": (month.first, month.last)},
        consultant=consultant,
    )
    steps, whole = _steps(store, period, at=at, consultant=consultant)
    present = presence(store, consultant=consultant)
    here = {"consultant": owner, **_since(present, store, period.today)}
    live = {"state": "overdue", "owner": owner}
    today = {"state": "in_time", "owner": owner, "from": period.today, "to": period.today}
    return Board(
        at=at,
        period=period,
        month=month,
        consultant=consultant,
        present=present,
        in_now=_number("in_now", present.total, links.register(state="here", **here)),
        waiting=_number("waiting", present.waiting, links.register(state="waiting", **here)),
        overdue=_number("overdue", now_open.total("overdue"), links.deadlines(**live)),
        overdue_by_step=_by_step(now_open, "overdue", live),
        tonight=_number("owed", now_open.total("tonight"), links.deadlines(**today)),
        tonight_by_step=_by_step(now_open, "tonight", today),
        decide=_decide(store, now_open),
        steps=steps,
        whole=whole,
        funnel=_funnel(counted, month, owner),
        consultants=_consultants(store, period, counted, now_open, at=at, only=consultant),
    )


def _number(code: str, value: int, url: str, **more: Any) -> Number:
    found = KPIS[code]
    return Number(value, url, str(found.title), found, **more)


def _since(present: Present, store: Store, today: date) -> dict[str, object]:
    """The days to look at for who is in: somebody may have been forgotten since yesterday."""
    came = [clock.day_of(visit.arrived_at, store.tz) for visit in present.visits]
    return {"from": min(came), "to": today} if came and min(came) < today else {}


def _by_step(now_open: OpenNow, what: str, narrowed: Mapping[str, object]) -> list[Number]:
    counts = now_open.by_step(what)
    return [
        Number(counts[step.code], links.deadlines(**narrowed, step=step.code), str(step.title))
        for step in sorted(STEPS.values(), key=sop_order)
        if step.code in counts
    ]


def _decide(store: Store, now_open: OpenNow) -> list[Number]:
    """What waits for somebody to decide: explanations, and sales that the DMS takes no more."""
    answers = Deadline.objects.in_store(store).awaiting_decision().count()
    late = now_open.by_step("overdue").get(DMS_ENTRY.code, 0)
    return [
        _number("answers", answers, links.deadlines(state="to_decide")),
        _number("window_over", late, links.deadlines(state="overdue", step=DMS_ENTRY.code)),
    ]


def _steps(
    store: Store, period: Period, *, at: datetime, consultant: User | None
) -> tuple[list[StepRow], StepRow]:
    """Each declared step that was owed, and all of them together; one query."""
    last = min(period.last, period.today)
    week = [last - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]
    days = (min(week[0], period.first), max(last, period.last))
    counts = kept_by_step_and_day(store, days, at=at, consultant=consultant)
    narrowed = {"owner": str(consultant.pk)} if consultant else {}

    def figure(codes: set[str], first: date, until: date) -> Figures:
        parts = [
            count
            for (code, day), count in counts.items()
            if code in codes and first <= day <= until
        ]
        only = {"step": next(iter(codes))} if len(codes) == 1 else {}
        found = {**only, **narrowed, "from": first.isoformat(), "to": until.isoformat()}
        return summed(parts, narrowed=found)

    def row(step: Step | None, codes: set[str]) -> StepRow:
        trend = [(day, figure(codes, day, day)) for day in week]
        return StepRow(
            step=step,
            period=figure(codes, period.first, period.last),
            week=figure(codes, week[0], week[-1]),
            trend=[Trend(day, kept.rate, kept.links["due"]) for day, kept in trend],
        )

    owed = {code for code, _day in counts}
    declared = sorted((step for step in STEPS.values() if step.code in owed), key=sop_order)
    return [row(step, {step.code}) for step in declared], row(None, owed)


def _funnel(counted: Mapping[int | None, Tally], month: Period, owner: object) -> list[Number]:
    """Guests → first visits → phones → orders → deliveries, counted in the month (domain §3.3)."""
    whole = Tally()
    for tally in counted.values():
        whole.add(tally.counts)
    days = {**month.days, "consultant": owner}
    stages = (
        ("batches", links.parties(**days)),
        ("first", links.parties(first="yes", **days)),
        ("recorded", links.parties(first="yes", phone="yes", **days)),
        ("orders", links.orders(**days)),
        ("deliveries", links.deliveries(**days)),
    )
    found: list[Number] = []
    top = whole["month_batches"]
    for code, url in stages:
        value = whole[f"month_{code}"]
        before = found[-1].value if found else 0
        note = f"{round(100 * value / before)}%" if before else ""
        share = min(100, round(100 * value / top)) if top else 0
        found.append(_number(code, value, url, share=share, note=note))
    return found


def _consultants(
    store: Store,
    period: Period,
    counted: Mapping[int | None, Tally],
    now_open: OpenNow,
    *,
    at: datetime,
    only: User | None,
) -> list[ConsultantRow]:
    """A line for each consultant of the store; two queries."""
    day = min(period.last, period.today)
    kept = kept_by_owner(store, (period.first, period.last), at=at, consultant=only)
    found = []
    for member in _members(store, day, only):
        user = member.user
        tally = counted.get(user.pk, Tally())
        mine = {"consultant": user.pk, **period.days}
        found.append(
            ConsultantRow(
                user=user,
                team=member.team.name if member.team else "",
                url=links.link("dashboards:board", consultant=user.pk, **_in_url(period)),
                is_rostered=member.duty_day is not None,
                checked_in_at=member.duty_since,
                attended=Number(tally["period_batches"], links.parties(**mine)),
                recorded=Number(
                    tally["period_recorded"], links.parties(first="yes", phone="yes", **mine)
                ),
                orders=Number(tally["period_orders"], links.orders(**mine)),
                deliveries=Number(tally["period_deliveries"], links.deliveries(**mine)),
                overdue=Number(
                    now_open.total("overdue", lambda row, pk=user.pk: row["owner"] == pk),  # type: ignore[misc]
                    links.deadlines(state="overdue", owner=user.pk),
                ),
                kept=summed(
                    [kept.get(user.pk, {})], narrowed={"owner": str(user.pk), **period.days}
                ),
            )
        )
    return found


def _in_url(period: Period) -> dict[str, str]:
    return {period.kind: period.key} if period.query else {}


def _members(store: Store, day: date, only: User | None) -> list[Any]:
    """The store's consultants with their duty of the day, in one query."""
    duty = FilteredRelation(
        "user__duties", condition=Q(user__duties__store=store, user__duties__day=day)
    )
    members = Membership.objects.filter(store=store, role=Role.CONSULTANT, user__is_active=True)
    if only is not None:
        members = members.filter(user=only)
    members = members.annotate(duty=duty).annotate(
        duty_day=F("duty__day"), duty_since=F("duty__checked_in_at")
    )
    return list(members.select_related("user", "team").order_by("team__name", "user__name_key"))
