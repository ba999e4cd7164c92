"""Questions about the clock: what is owed, how well it is kept, and does it run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import DatabaseError
from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Max, Min, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.messaging.models import Sms
from dealership.sop.limits import InForce, applied
from dealership.sop.models import Deadline, Heartbeat, StepLimit
from dealership.sop.models.deadlines import OPEN
from dealership.sop.models.limits import limit_of
from dealership.sop.steps import STEPS, Step
from dealership.sop.wording import text_of
from dealership.staff.models import Store, User

STOPPED_AFTER = timedelta(minutes=2)
GATEWAY_STUCK_AFTER = timedelta(minutes=5)
OWED_SHOWN = 200
CHANGES_SHOWN = 5
CALLS_IN_VAIN = 3
AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Owed:
    """One thing that somebody owes, as a card shows it."""

    deadline: Deadline
    state: str
    title: str
    action_label: str
    url: str
    quick_url: str
    customer: Customer | None


def owed_by(user: User, at: datetime | None = None, *, limit: int = OWED_SHOWN) -> list[Owed]:
    """What the person owes in this store, late first, then by due time, the future last."""
    at = at or clock.now()
    rows = Deadline.objects.open().owned_by(user).with_people().order_by("due_at", "pk")[:limit]
    owed = [as_owed(deadline, at) for deadline in rows]
    return sorted(owed, key=lambda one: one.state == "future")


def as_owed(deadline: Deadline, at: datetime) -> Owed:
    """A deadline as a card shows it; no query."""
    return Owed(
        deadline=deadline,
        state=deadline.state(at),
        title=deadline.title,
        action_label=deadline.action_label,
        url=deadline.action_url,
        quick_url=deadline.quick_url,
        customer=deadline.customer,
    )


@dataclass(frozen=True)
class Figures:
    """How well promises were kept; every figure knows the query that opens its rows."""

    key: str
    label: str
    due: int = 0
    on_time: int = 0
    late: int = 0
    open_late: int = 0
    open: int = 0
    waived: int = 0
    excused: int = 0
    narrowed: tuple[tuple[str, str], ...] = ()

    @property
    def breaches(self) -> int:
        return self.late + self.open_late

    @property
    def rate(self) -> int | None:
        """Kept in time, per cent of what was decided by time; waived ones are not counted."""
        decided = self.on_time + self.breaches
        return round(100 * self.on_time / decided) if decided else None

    def query(self, state: str = "due") -> str:
        """The query string of the list that holds exactly the rows of one figure."""
        return urlencode([("state", state), *self.narrowed])

    @property
    def links(self) -> dict[str, str]:
        """The list's address for each figure, by its name."""
        base = reverse("sop:deadline-list")
        return {name: f"{base}?{self.query(state)}" for name, state in STATE_OF.items()}


# Which state of the list opens which figure.
STATE_OF = {
    "due": "due",
    "on_time": "on_time",
    "late": "done_late",
    "open_late": "overdue",
    "open": "in_time",
    "breaches": "late",
    "waived": "waived",
    "excused": "excused",
}


def compliance(
    store: Store,
    first_day: date,
    last_day: date,
    by: str = "step",
    *,
    at: datetime | None = None,
    steps: list[Step] | None = None,
) -> list[Figures]:
    """
    Return the figures of what fell due on the days, by "step", "owner", "day" or "all".

    Cancelled promises were never owed. `due` counts the rest; of these `on_time` and `late`
    (done), `open_late` and `open`, `waived`; `excused` are breaches with an accepted answer.
    """
    at = at or clock.now()
    rows = Deadline.objects.in_store(store).kept().due_on(first_day, last_day, store.tz)
    if steps is not None:
        rows = rows.filter(step__in=[step.code for step in steps])
    group, label = GROUPS[by]
    grouped = rows.annotate(group=group(store)) if group else rows
    counted: Iterable[dict[str, Any]] = (
        grouped.values("group").order_by("group").annotate(**_counts(at))  # type: ignore[misc]
        if group
        else [{"group": "", **rows.aggregate(**_counts(at))}]
    )
    days = (("from", f"{first_day}"), ("to", f"{last_day}"))
    found = [dict(row) for row in counted]
    names = label([row["group"] for row in found])
    return [
        Figures(
            key=str(row["group"] or ""),
            label=names.get(row["group"], ""),
            narrowed=_narrowed(by, row["group"], days),
            **{name: row[name] for name in COUNTED},
        )
        for row in found
    ]


COUNTED = ("due", "on_time", "late", "open_late", "open", "waived", "excused")


def _counts(at: datetime) -> dict[str, Count]:
    overdue = OPEN & Q(due_at__lt=at)
    late = Q(outcome="done", closed_at__gt=F("due_at"))
    meant = {
        "due": Q(),
        "on_time": Q(outcome="done", closed_at__lte=F("due_at")),
        "late": late,
        "open_late": overdue,
        "open": OPEN & Q(due_at__gte=at),
        "waived": Q(outcome="waived"),
        "excused": (late | overdue) & Q(reply_accepted=True),
    }
    return {name: Count("pk", filter=condition) for name, condition in meant.items()}


def _narrowed(by: str, group: Any, days: tuple[tuple[str, str], ...]) -> tuple[Any, ...]:
    if by == "day":
        return (("from", f"{group}"), ("to", f"{group}"))
    if by in ("step", "owner"):
        return ((by, str(group or "none")), *days)
    return days


def _day_due(store: Store) -> TruncDate:
    """The day that a due time ends: 24:00 belongs to the day before it."""
    before = ExpressionWrapper(F("due_at") - AN_INSTANT, output_field=DateTimeField())
    return TruncDate(before, tzinfo=store.tz)


def _step_names(codes: list[str]) -> dict[str, str]:
    return {code: str(STEPS[code].title) if code in STEPS else code for code in codes}


def _owner_names(ids: list[int | None]) -> dict[int | None, str]:
    people = User.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk", "name")
    return {None: _("Nobody in person"), **dict(people)}


def _day_names(days: list[date]) -> dict[date, str]:
    return {day: f"{day:%m-%d}" for day in days}


GROUPS: dict[str, tuple[Callable[[Store], Any] | None, Callable[[list[Any]], dict[Any, str]]]] = {
    "step": (lambda store: F("step"), _step_names),
    "owner": (lambda store: F("owner"), _owner_names),
    "day": (_day_due, _day_names),
    "all": (None, lambda keys: {"": ""}),
}


@dataclass(frozen=True)
class Change:
    """A store's dated limit, in words."""

    pk: int
    valid_from: date
    text: str
    by: str
    is_planned: bool


@dataclass(frozen=True)
class StepSetting:
    """A declared step with the limit that counts today and the changes that are planned."""

    step: Step
    today: InForce
    changes: list[Change]

    @property
    def text(self) -> str:
        return text_of(self.today.limit)

    @property
    def declared_text(self) -> str:
        return text_of(self.step.limit)

    @property
    def is_own(self) -> bool:
        return self.today.row is not None


def limit_settings(store: Store, day: date) -> list[StepSetting]:
    """Every step whose limit a store sets, with that of `day`, in SOP order; one query."""
    rows: dict[str, list[StepLimit]] = {}
    dated = StepLimit.objects.filter(store=store).select_related("created_by")
    for row in dated.order_by("-valid_from"):
        rows.setdefault(row.step, []).append(row)
    found = []
    changeable = [step for step in STEPS.values() if step.has_own_limits]
    for step in sorted(changeable, key=sop_order):
        own = rows.get(step.code, [])
        current = next((row for row in own if row.valid_from <= day), None)
        changes = [
            Change(
                pk=row.pk,
                valid_from=row.valid_from,
                text=text_of(limit_of(step, row.amount)),
                by=row.created_by.name if row.created_by else "",
                is_planned=row.valid_from > day,
            )
            for row in own[:CHANGES_SHOWN]
        ]
        found.append(StepSetting(step, applied(step, current), changes))
    return found


def sop_order(step: Step) -> tuple[list[int], str]:
    return [int(part) for part in step.sop.split(".") if part.isdecimal()], step.code


@dataclass(frozen=True)
class ClockHealth:
    """Whether the clock runs, and what it is behind with."""

    last_tick: datetime | None
    lag: timedelta | None
    rows_due: int
    oldest_overdue: Deadline | None
    quarantined: int

    @property
    def is_running(self) -> bool:
        return self.lag is not None and self.lag <= STOPPED_AFTER


def clock_health(store: Store, at: datetime | None = None) -> ClockHealth:
    """Heartbeat and rows due are the whole clock's; the open and set-aside ones the store's."""
    at = at or clock.now()
    last = last_tick()
    rows = Deadline.objects.in_store(store)
    return ClockHealth(
        last_tick=last,
        lag=at - last if last else None,
        rows_due=Deadline.objects.ready(at).count(),
        oldest_overdue=rows.overdue(at).with_people().order_by("due_at").first(),
        quarantined=rows.quarantined().count(),
    )


def last_tick() -> datetime | None:
    """When a tick was last executed."""
    return Heartbeat.objects.filter(name=Heartbeat.TICK).values_list("at", flat=True).first()


@dataclass(frozen=True)
class VitalSigns:
    """What a machine that watches us may know."""

    database_answers: bool
    heartbeat_age: timedelta | None

    @property
    def clock_runs(self) -> bool:
        return self.heartbeat_age is not None and self.heartbeat_age <= STOPPED_AFTER

    @property
    def is_well(self) -> bool:
        return self.database_answers and self.clock_runs

    def as_json(self) -> dict[str, Any]:
        age = self.heartbeat_age
        return {
            "status": "ok" if self.is_well else "failing",
            "database": "ok" if self.database_answers else "down",
            "clock": "ok" if self.clock_runs else "stopped",
            "heartbeat_age_seconds": None if age is None else round(age.total_seconds()),
        }


def vital_signs(at: datetime | None = None) -> VitalSigns:
    """Ask the database and read the heartbeat, both in one query."""
    try:
        last = last_tick()
    except DatabaseError:
        return VitalSigns(database_answers=False, heartbeat_age=None)
    age = (at or clock.now()) - last if last else None
    return VitalSigns(database_answers=True, heartbeat_age=age)


@dataclass(frozen=True)
class Alarm:
    """What managers must know on every page."""

    text: str
    url: str
    state: str = "late"
    icon: str = "alert-triangle"


def alarms(user: User, at: datetime | None = None) -> list[Alarm]:
    """The managers' banner: the clock stands still, tasks are set aside, texts do not go out."""
    at = at or clock.now()
    if not user.is_manager or user.active_store is None:
        return []
    found = []
    last = last_tick()
    if last is None or at - last > STOPPED_AFTER:
        since = f"{last.astimezone(user.active_store.tz):%m-%d %H:%M}" if last else "—"
        text = _(
            "The clock has stopped (last tick %(time)s): nothing is sent or reminded by itself."
        )
        found.append(Alarm(text % {"time": since}, _health_url()))
    aside = Deadline.objects.in_store(user.active_store).quarantined()
    if aside.exists():
        text = _("Tasks were set aside by the clock because they failed.")
        found.append(Alarm(text, f"{reverse('sop:deadline-list')}?state=quarantined", "soon"))
    return found + _gateway_alarms(at)


def _gateway_alarms(at: datetime) -> list[Alarm]:
    """Messages that nobody took up, or that the gateway failed again and again; one query."""
    waiting = Sms.objects.filter(next_at__isnull=False).unsettled()
    signs = waiting.aggregate(oldest=Min("next_at"), calls=Max("attempts"))
    is_idle = signs["oldest"] is not None and at - signs["oldest"] > GATEWAY_STUCK_AFTER
    if not is_idle and (signs["calls"] or 0) < CALLS_IN_VAIN:
        return []
    return [Alarm(_("Text messages are stuck: the gateway does not answer."), _health_url())]


def _health_url() -> str:
    return reverse("dashboards:health")
