"""Questions about the floor, the register and a guest at the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership import clock
from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.customers.selectors import find, look_up
from dealership.messaging.models import Sms
from dealership.sop.models import ChecklistRun, Deadline
from dealership.sop.models.checklists import Tick
from dealership.sop.steps import Step
from dealership.staff.models import Duty, Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.web.templatetags.showroom_tags import clocktime
from leads.models import Lead
from leads.selectors import lead_of
from showroom import sop
from showroom.models import Visit
from showroom.sms import THANKS

PAGE = 50
LONGEST_RANGE = 400
RECENT = timedelta(days=7)
VISIT = Visit._meta.label_lower


# ── at the door ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Greeting:
    """What is known about somebody at the door, from what was typed so far (SOP-4.6)."""

    typed: str = ""
    number: str = ""
    customer: Customer | None = None
    candidates: list[Customer] = field(default_factory=list)
    elsewhere: bool = False
    problem: str = ""
    lead: Lead | None = None
    last: Visit | None = None
    owner_is_on_duty: bool = False
    here: Visit | None = None


def greet(user: User, typed: str) -> Greeting:
    """Find the guest by a whole number or plate, else list who may be meant."""
    typed, store = typed.strip()[:60], user.active_store
    if store is None or not typed:
        return Greeting()
    looked = look_up(user, typed)
    if looked.customer:
        return _known(store, typed, looked.customer, looked.number)
    if looked.number or looked.plate:
        return Greeting(typed, number=looked.number, elsewhere=looked.elsewhere)
    is_number = len([sign for sign in typed if sign.isdigit()]) >= 11
    return Greeting(
        typed,
        candidates=find(user, typed, limit=5),
        problem=looked.problem if is_number else "",
    )


def _known(store: Store, typed: str, customer: Customer, number: str = "") -> Greeting:
    visits = Visit.objects.counted().filter(customer=customer).with_people()
    last = visits.order_by("-arrived_at").first()
    today = clock.day_of(clock.now(), store.tz)
    owner_here = Duty.objects.on(store, today).filter(user=customer.owner_id)
    return Greeting(
        typed,
        number=number,
        customer=customer,
        lead=lead_of(customer),
        last=last,
        owner_is_on_duty=bool(customer.owner_id) and owner_here.exists(),
        here=visits.present().first(),
    )


# ── the floor ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Counter:
    """A figure of the day that opens its rows."""

    code: str
    label: str | Promise
    value: int
    url: str


@dataclass
class FloorGuest:
    """A guest in the showroom as the floor shows them."""

    visit: Visit
    step: int = 0
    step_title: str = ""
    is_mine: bool = False
    is_open_to_me: bool = False


@dataclass(frozen=True)
class Aftermath:
    """A table or car that a departed guest left behind."""

    visit: Visit
    deadline: Deadline
    can_undo: bool


@dataclass(frozen=True)
class Standby:
    """A consultant on duty, with the guests in their hands."""

    user: User
    since: datetime
    busy: int


@dataclass(frozen=True)
class Floor:
    at: datetime
    waiting: list[FloorGuest]
    attended: list[FloorGuest]
    aftermath: list[Aftermath]
    nameless: list[Visit]
    queue: list[Standby]
    counters: list[Counter]
    takes_guests: bool = False

    @property
    def guests(self) -> list[FloorGuest]:
        return [*self.waiting, *self.attended]


def floor(user: User, at: datetime | None = None) -> Floor:
    """Who is in the showroom, since when and with whom; and what the day came to so far."""
    at, store = at or clock.now(), user.active_store
    if store is None:
        return Floor(at, [], [], [], [], [], [])
    present = Visit.objects.in_store(store).present().with_people().order_by("arrived_at", "pk")
    guests = _guests(list(present), user)
    recent = Visit.objects.visible_to(user).filter(arrived_at__gte=at - RECENT)
    nameless = recent.incomplete().filter(way=Visit.Way.WALK_IN).exclude(
        departed_at__isnull=True
    ) | recent.incomplete().exclude(way=Visit.Way.WALK_IN)
    return Floor(
        at=at,
        waiting=[guest for guest in guests if guest.visit.consultant_id is None],
        attended=[guest for guest in guests if guest.visit.consultant_id is not None],
        aftermath=_aftermath(user, store, at),
        nameless=list(nameless.with_people().order_by("-arrived_at")[:10]),
        queue=queue(store, at, guests),
        counters=counters(user, clock.day_of(at, store.tz)),
        takes_guests=user.has_role(Role.CONSULTANT, *MANAGERS),
    )


def _guests(visits: list[Visit], user: User) -> list[FloorGuest]:
    """Each visit with the step of reception it has reached; one query for all of them."""
    order = {item.code: number for number, item in enumerate(sop.RECEPTION.items, start=1)}
    reached: dict[int, int] = {}
    ticks = Tick.objects.filter(
        run__subject_type=VISIT,
        run__subject_id__in=[visit.pk for visit in visits],
        run__checklist=sop.RECEPTION.code,
    )
    for visit_id, item in ticks.values_list("run__subject_id", "item"):
        reached[visit_id] = max(reached.get(visit_id, 0), order.get(item, 0))
    sees_all = user.has_role(*SEES_WHOLE_STORE)
    guests = []
    for visit in visits:
        step = reached.get(visit.pk, 0)
        title = str(sop.RECEPTION.items[step - 1].title) if step else ""
        mine = user.pk in (visit.consultant_id, visit.entered_by_id) or bool(
            visit.customer and visit.customer.owner_id == user.pk
        )
        guests.append(
            FloorGuest(
                visit,
                step=step,
                step_title=title,
                is_mine=visit.consultant_id == user.pk,
                is_open_to_me=sees_all or mine or visit.consultant_id is None,
            )
        )
    return guests


def _aftermath(user: User, store: Store, at: datetime) -> list[Aftermath]:
    """What today's guests left behind; older breaches stand in the list of deadlines."""
    today = clock.start_of_day(clock.day_of(at, store.tz), store.tz)
    owed = (
        Deadline.objects.visible_to(user)
        .open()
        .filter(step__in=(sop.TIDY.code, sop.RESET.code), subject_type=VISIT, due_at__gte=today)
    )
    deadlines = list(owed.with_people().order_by("due_at")[:12])
    visits = Visit.objects.with_people().in_bulk([row.subject_id for row in deadlines])
    now = clock.now()
    return [
        Aftermath(visit, row, row.step == sop.TIDY.code and visit.can_undo_departure(now))
        for row in deadlines
        if (visit := visits.get(row.subject_id))
    ]


def queue(store: Store, at: datetime, guests: list[FloorGuest]) -> list[Standby]:
    """Consultants who have checked in today: free ones first, then by the time they came."""
    busy: dict[int, int] = {}
    for guest in guests:
        if guest.visit.consultant_id:
            busy[guest.visit.consultant_id] = busy.get(guest.visit.consultant_id, 0) + 1
    consultants = User.objects.in_store(store, Role.CONSULTANT)
    duties = Duty.objects.on(store, clock.day_of(at, store.tz)).checked_in()
    rows = duties.filter(user__in=consultants).select_related("user")
    line = [Standby(duty.user, duty.checked_in_at, busy.get(duty.user_id, 0)) for duty in rows]
    return sorted(line, key=lambda standby: (standby.busy, standby.since))


BATCH = Q(way=Visit.Way.WALK_IN, is_same_day_return=False)
LABELS: dict[str, str | Promise] = {
    "batches": _("Parties"),
    "first": _("First visit"),
    "again": pgettext_lazy("visit", "Again"),
    "contact": _("Left a number"),
    "calls": _("Calls"),
    "messages": _("Messages"),
}
COUNTERS: dict[str, tuple[Q, dict[str, str]]] = {
    "batches": (BATCH, {"way": "walk_in", "batch": "yes"}),
    "first": (BATCH & Q(is_first=True), {"way": "walk_in", "batch": "yes", "first": "yes"}),
    "again": (BATCH & Q(is_first=False), {"way": "walk_in", "batch": "yes", "first": "no"}),
    "contact": (BATCH & Q(has_contact=True), {"way": "walk_in", "batch": "yes", "phone": "yes"}),
    "calls": (Q(way=Visit.Way.CALL), {"way": "call"}),
    "messages": (Q(way=Visit.Way.MESSAGE), {"way": "message"}),
}


def counters(user: User, day: date, last: date | None = None) -> list[Counter]:
    """
    The traffic of a day (or of the days up to `last`) among the visits `user` may see.

    Batches are parties: a second visit of the same day belongs to the first one's.
    """
    figures = traffic(Visit.objects.visible_to(user), user.active_store, day, last)
    days = {"day": day.isoformat()} if last is None else {"from": f"{day}", "to": f"{last}"}
    url = reverse("showroom:register")
    return [
        Counter(code, LABELS[code], figures[code], f"{url}?{urlencode(days | wanted)}")
        for code, (_where, wanted) in COUNTERS.items()
    ]


def traffic(visits: Any, store: Store, day: date, last: date | None = None) -> dict[str, int]:
    """The figures of `counters`, and the number of people, over a queryset of visits."""
    found = visits.on(day, last or day, store).counted()
    figures = {code: Count("pk", filter=condition) for code, (condition, _url) in COUNTERS.items()}
    answer = found.aggregate(people=Sum("party_size", filter=BATCH), **figures)
    return {code: value or 0 for code, value in answer.items()}


# ── the register ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Register:
    """One page of the register, with what narrowed it."""

    rows: list[Visit]
    first_day: date
    last_day: date
    today: date
    chosen: dict[str, str]
    days: dict[str, str]
    more: str
    consultants: list[User]

    @property
    def is_one_day(self) -> bool:
        return self.first_day == self.last_day

    @property
    def previous_day(self) -> date:
        return self.first_day - timedelta(days=1)

    @property
    def next_url(self) -> str:
        return "?" + urlencode(self.days | self.chosen | {"after": self.more})

    @property
    def groups(self) -> list[list["Chip"]]:
        """The filters as links: which rows, and whose."""
        narrowed = [
            self._chip(name, value, label)
            for name, values in CHIPS.items()
            for value, label in values.items()
        ]
        people = [self._chip("consultant", str(user.pk), user.name) for user in self.consultants]
        return [narrowed, people] if len(people) > 1 else [narrowed]

    def _chip(self, name: str, value: str, label: str | Promise) -> "Chip":
        active = self.chosen.get(name) == value
        rest = {key: kept for key, kept in self.chosen.items() if key != name}
        wanted = rest if active else rest | {name: value}
        return Chip("?" + urlencode(self.days | wanted), label, active)

    @property
    def next_day(self) -> date | None:
        following = self.last_day + timedelta(days=1)
        return following if following <= self.today else None


@dataclass(frozen=True)
class Chip:
    """A filter as a link; an active one takes itself back."""

    url: str
    label: str | Promise
    active: bool
    count: int | None = None


CHIPS: dict[str, dict[str, str | Promise]] = {
    "way": {way.value: way.label for way in Visit.Way},
    "first": {"yes": LABELS["first"], "no": LABELS["again"]},
    "phone": {"yes": LABELS["contact"], "no": _("Left no number")},
    "state": {
        "here": _("Here now"),
        "nameless": _("To be completed"),
        "late": _("Entered later"),
        "voided": _("Void"),
    },
}
NARROW: dict[str, dict[str, Q]] = {
    "way": {way.value: Q(way=way) for way in Visit.Way},
    "purpose": {purpose.value: Q(purpose=purpose) for purpose in Visit.Purpose},
    "first": {"yes": Q(is_first=True), "no": Q(is_first=False), "unknown": Q(is_first=None)},
    "phone": {"yes": Q(has_contact=True), "no": Q(has_contact=False)},
    "batch": {"yes": Q(is_same_day_return=False), "no": Q(is_same_day_return=True)},
    "registered": {
        "yes": Q(registered_at__isnull=False),
        "no": Q(registered_at__isnull=True),
    },
}


def register(user: User, query: Mapping[str, str]) -> Register:
    """A page of the register by the days and filters of the URL, latest first, without a COUNT."""
    store = user.active_store
    today = clock.day_of(clock.now(), store.tz)
    first, last = _days(query, today)
    rows = Visit.objects.visible_to(user).on(first, last, store)
    chosen = {name: query.get(name, "") for name in (*NARROW, "state", "consultant")}
    for name, values in NARROW.items():
        if chosen[name] in values:
            rows = rows.filter(values[chosen[name]])
    rows = _in_state(rows, chosen["state"])
    if chosen["consultant"] == "none":
        rows = rows.filter(consultant=None)
    elif _number(chosen["consultant"]):
        rows = rows.filter(consultant=_number(chosen["consultant"]))
    page = list(
        _after(rows, query.get("after", ""))
        .with_people()
        .prefetch_related("customer__phones")[: PAGE + 1]
    )
    kept = {name: value for name, value in chosen.items() if value}
    days = {"from": f"{first}", "to": f"{last}"} if first != last else {"day": f"{first}"}
    return Register(
        rows=page[:PAGE],
        first_day=first,
        last_day=last,
        today=today,
        chosen=kept,
        days=days,
        more=str(page[PAGE - 1].pk) if len(page) > PAGE else "",
        consultants=list(User.objects.in_store(store, Role.CONSULTANT)),
    )


def _in_state(rows: Any, state: str) -> Any:
    if state == "voided":
        return rows.exclude(voided_at=None)
    rows = rows.counted()
    words = {
        "here": rows.present,
        "waiting": rows.waiting,
        "nameless": rows.incomplete,
        "late": rows.entered_late,
    }
    if state == "left":
        return rows.filter(departed_at__isnull=False)
    return words[state]() if state in words else rows


def _after(rows: Any, cursor: str) -> Any:
    """The rows that follow the one with this id, by time, then id."""
    rows = rows.order_by("-arrived_at", "-pk")
    if last := Visit.objects.filter(pk=_number(cursor)).first():
        earlier = Q(arrived_at__lt=last.arrived_at)
        rows = rows.filter(earlier | Q(arrived_at=last.arrived_at, pk__lt=last.pk))
    return rows


def _days(query: Mapping[str, str], today: date) -> tuple[date, date]:
    """The days of the URL; what is no day is today, and a range is at most about a year."""
    one = _day(query.get("day", ""))
    if one:
        return one, one
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    first = first or last or today
    last = max(last or today, first)
    return first, min(last, first + timedelta(days=LONGEST_RANGE))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


# ── one visit ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RunSheet:
    """A visit in progress: its checklist, its clocks, and the guest's history."""

    visit: Visit
    run: ChecklistRun | None
    deadlines: list[Deadline]
    lead: Lead | None
    earlier: list[Visit]
    sms: Sms | None
    sees_customer: bool


def run_sheet(visit: Visit, user: User) -> RunSheet:
    run = None
    if visit.is_walk_in:
        runs = ChecklistRun.objects.about(visit).filter(checklist=sop.RECEPTION.code)
        run = runs.select_related("store").annotate(done=Count("ticks")).first()
    owed = Deadline.objects.about(visit).with_people().order_by("opened_at", "pk")
    return RunSheet(
        visit=visit,
        run=run,
        deadlines=list(owed.exclude(outcome="cancelled")),
        lead=lead_of(visit.customer) if visit.customer else None,
        earlier=history(visit.customer, but=visit, limit=5) if visit.customer else [],
        sms=sms_of(visit),
        sees_customer=visit.customer is not None
        and (
            user.has_role(*SEES_WHOLE_STORE)
            or user.pk in (visit.customer.owner_id, visit.customer.attended_by_id)
        ),
    )


def last_visits(customer_ids: list[int]) -> dict[int, str]:
    """When each customer was last in the showroom (a fact of the customer page)."""
    visits = Visit.objects.counted().walk_ins().filter(customer__in=customer_ids).order_by()
    latest = visits.values_list("customer").annotate(Max("arrived_at"))
    return {customer_id: clocktime(at) for customer_id, at in latest}


def history(customer: Customer, *, but: Visit | None = None, limit: int = 30) -> list[Visit]:
    """The customer's visits, calls and messages, latest first."""
    visits = Visit.objects.filter(customer=customer).with_people().order_by("-arrived_at", "-pk")
    if but is not None:
        visits = visits.counted().exclude(pk=but.pk)
    return list(visits[:limit])


def deadline_of(visit: Visit, step: Step) -> Deadline | None:
    """The visit's clock for `step`, open or closed."""
    found = Deadline.objects.about(visit).of_step(step).filter(period=visit.period)
    return found.with_people().first()


def sms_of(visit: Visit) -> Sms | None:
    return Sms.objects.about(visit).filter(purpose=THANKS.code).first()


def text_under_way(visit: Visit) -> Sms | None:
    """The visit's thank-you SMS if it has left the house, or is about to by the software."""
    sms = sms_of(visit)
    if sms is None or sms.surely_unsent or sms.state == Sms.State.INTENT:
        return None
    return sms


def thanked_today(visit: Visit) -> Sms | None:
    """The SMS that thanks, or is about to thank, for another visit of the customer's same day."""
    if visit.customer is None or visit.departed_at is None:
        return None
    day = clock.day_of(visit.departed_at, visit.store.tz)
    others = Visit.objects.counted().filter(customer=visit.customer).exclude(pk=visit.pk)
    today = others.filter(
        departed_at__gte=clock.start_of_day(day, visit.store.tz),
        departed_at__lt=clock.end_of_day(day, visit.store.tz),
    )
    sent = Sms.objects.filter(
        purpose=THANKS.code, subject_type=VISIT, subject_id__in=today.values("pk")
    )
    return sent.filter(state__in=(Sms.State.INTENT, *Sms.LEFT_THE_HOUSE)).first()
