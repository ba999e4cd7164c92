"""Today's live picture: guests in the showroom, clocks that run, calls that are due."""

from datetime import datetime, timedelta

from dealership.dashboards.demo.floor import Floor
from dealership.dashboards.demo.sales import Sales
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from deals.models import Order
from delivery.models import Delivery
from delivery.sop import THANK_YOU
from leads.models import Lead
from showroom import actions
from showroom.models import Visit


class Present:
    """Stages the last two hours before `now`, so that a first look shows everything at work."""

    def __init__(self, floor: Floor, sales: Sales, now: datetime):
        self.floor, self.sales, self.now = floor, sales, now
        self.house, self.story, self.rng = floor.house, floor.story, floor.rng
        working = (
            self.house.on_duty.get(self.house.day_of(now)) or self.house.by_role[Role.CONSULTANT]
        )
        self.working = working

    def plan(self) -> None:
        """Lay the scenes into the story; it tells them in the order of time."""
        for ago, scene in (
            (135, self.left_long_ago),
            (70, self.left_a_while_ago),
            (62, self.left_just_now),
            (38, self.returning_guest),
            (25, self.first_guest),
            (12, self.nameless_guest),
            (4, self.waiting_guest),
        ):
            self.story.at(self._ago(ago), scene)

    def _ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def _receive(self, *, phone: bool = True, place: int = 0, **facts: object) -> Visit:
        name, salutation = self.floor.invention.who() if phone else ("", "")
        return actions.receive_visit(
            store=self.house.store,
            by=self.floor.receptionist,
            phone=self.floor.invention.phone() if phone else "",
            name=name,
            salutation=salutation,
            consents=phone,
            **{
                "consultant": self.working[place % len(self.working)],
                "series": self.floor.wish(),
                "source": self.house.sources[0],
                **facts,
            },
        )

    # Left already ------------------------------------------------------------------------

    def left_long_ago(self, at: datetime) -> None:
        """Everything is done but the thanks: the software sends them in a few minutes."""
        visit = self._receive(place=0, party_size=2)
        self.story.at(self._ago(94), self._depart, visit, "H")
        for ago, act in ((91, actions.tidy_table), (88, actions.reset_car)):
            self.story.at(self._ago(ago), self._do, act, visit)
        self.story.at(self._ago(84), self._complete, visit)

    def left_a_while_ago(self, at: datetime) -> None:
        """The register is still owed for some minutes."""
        visit = self._receive(place=0, party_size=1)
        self.story.at(self._ago(13), self._depart, visit, "A")
        for ago, act in ((10, actions.tidy_table), (6, actions.reset_car)):
            self.story.at(self._ago(ago), self._do, act, visit)

    def left_just_now(self, at: datetime) -> None:
        """The table is to be tidied now; of an earlier guest it is already late."""
        visit = self._receive(place=0, party_size=3)
        self.story.at(self._ago(2), self._depart, visit, "B")
        late = self._receive(place=1, party_size=2)
        self.story.at(self._ago(9), self._depart, late, "B")

    def _depart(self, at: datetime, visit: Visit, level: str) -> None:
        found = self.house.levels[level]
        days = timedelta(days=found.interval_days or 7)
        actions.depart(
            visit,
            by=visit.consultant,
            level=found,
            next_contact_on=self.house.day_of(at) + days,
        )

    def _do(self, at: datetime, act, visit: Visit) -> None:
        act(visit, by=visit.consultant)

    def _complete(self, at: datetime, visit: Visit) -> None:
        actions.complete_register(visit, by=visit.consultant, remark="对比秦PLUS，关注油耗。")

    # In the showroom ---------------------------------------------------------------------

    def returning_guest(self, at: datetime) -> None:
        """A known prospect of the first consultant is here again."""
        here = Visit.objects.present().filter(customer__isnull=False).values("customer")
        this_morning = self.house.moment(self.house.day_of(at), 0)
        lead = (
            Lead.objects.with_people()
            .filter(store=self.house.store, status="open", level__code__in="HAB")
            .filter(customer__owner=self.working[0], opened_at__lt=this_morning)
            .exclude(customer__in=here)
            .order_by("-pk")
            .first()
        )
        if lead is None:
            self._receive(place=0, party_size=2)
            return
        actions.receive_visit(
            store=self.house.store,
            by=self.floor.receptionist,
            customer=lead.customer,
            party_size=2,
            consultant=self.working[0],
        )

    def first_guest(self, at: datetime) -> None:
        self._receive(place=2, party_size=2)

    def nameless_guest(self, at: datetime) -> None:
        self._receive(phone=False, place=3, party_size=1)

    def waiting_guest(self, at: datetime) -> None:
        self._receive(place=0, party_size=2, consultant=None)

    # Cars that were handed over ----------------------------------------------------------

    def plan_deliveries(self) -> None:
        """Callbacks due today, one overdue since yesterday, a DMS window that is open."""
        today = self.house.day_of(self.now)
        this_morning = min(self.house.moment(today, 10.0), self._ago(150))
        for at, kept in (
            (self.house.moment(today - timedelta(days=3), 10.5), ("first_call", "file", "dms")),
            (self.house.moment(today - timedelta(days=1), 11.2), ("file",)),
            (this_morning, ()),
        ):
            self.story.at(at, self.hand_over, kept)

    def hand_over(self, at: datetime, kept: tuple[str, ...]) -> None:
        """The oldest order's car goes out, and only some of what follows is done."""
        orders = Order.objects.open().with_people().filter(store=self.house.store)
        order = orders.order_by("ordered_at", "pk").first()
        if order is None:
            return
        delivery = self.sales.hand_over(at, order, follow=False)
        thank = self.sales.thank if thanks_by_text(delivery) else self.sales.thank_by_phone
        self.story.at(at + timedelta(minutes=35), thank, delivery)
        if "file" in kept:
            self.story.at(at + timedelta(hours=2), self.sales.file, delivery)
        if "dms" in kept:
            self.story.at(at + timedelta(hours=3), self.sales.enter, delivery)
        if "first_call" in kept:
            first = delivery.callbacks.order_by("pk").first()
            self.story.at(at + timedelta(hours=7), self.sales.phone, first.pk, 2)


def thanks_by_text(delivery: Delivery) -> bool:
    """Whether nothing stands in the way of the thank-you SMS."""
    owed = Deadline.objects.about(delivery).of_step(THANK_YOU).open()
    return owed.filter(problem="").exists()
