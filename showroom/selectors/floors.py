"""Who is in the showroom, since when and with whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dealership import clock
from dealership.customers.models import SEES_WHOLE_STORE
from dealership.sop.models import Deadline
from dealership.sop.models.checklists import Tick
from dealership.staff.models import Duty, Store, User
from dealership.staff.roles import MANAGERS, Role
from leads.selectors import expected_today
from showroom import sop
from showroom.models import Visit
from showroom.selectors.traffic import Counter, counters

RECENT = timedelta(days=7)
VISIT = Visit._meta.label_lower


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
    expected: int = 0
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
        expected=expected_today(user, at),
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
    line = [
        Standby(duty.user, duty.checked_in_at or at, busy.get(duty.user_id, 0)) for duty in rows
    ]
    return sorted(line, key=lambda standby: (standby.busy, standby.since))
