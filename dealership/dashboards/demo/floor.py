"""What happens on the floor: guests come, are looked after, leave; calls and messages come in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from dealership.customers.models import Customer
from dealership.dashboards.demo import texts
from dealership.dashboards.demo.ground import House
from dealership.dashboards.demo.prospects import Prospects
from dealership.dashboards.demo.story import Story
from dealership.errors import RuleViolation
from dealership.messaging.actions import fate
from dealership.messaging.gateways import Answer, Outcome
from dealership.messaging.models import Sms
from dealership.sop import actions as sop
from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.vehicles.models import Series
from leads.models import IntentLevel, Lead, Source
from leads.selectors import lead_of
from showroom import actions
from showroom.models import Visit
from showroom.sop import THANK_YOU

# Parties that come in by themselves, by weekday: quiet weekdays, full weekends (domain §3).
ARRIVALS = (9, 8, 9, 10, 10, 15, 14)
CALLS = (1, 3)
# Share of the day's guests by hour of arrival: a peak before noon, one after the nap.
HOURS = (
    (8.8, 2),
    (9.5, 5),
    (10.2, 8),
    (11.0, 6),
    (12.5, 2),
    (13.5, 4),
    (14.3, 8),
    (15.2, 8),
    (16.2, 5),
    (17.0, 2),
)
PURPOSES = ("see_car",) * 17 + ("after_sales",) * 2 + ("other",)
TRANSPORT = ("own_car",) * 6 + ("taxi",) * 2 + ("public", "cycle", "on_foot")
LEVELS = ("H",) * 2 + ("A",) * 4 + ("B",) * 8 + ("C",) * 6
# How likely a prospect comes again, and after how many days.
AGAIN = {"H": (0.66, 1, 3), "A": (0.48, 1, 5), "B": (0.26, 3, 8), "C": (0.08, 6, 20)}
LEAVES_PHONE = 0.78
AGREES = 0.95
BY_HAND = 0.72
ANSWERS_FOR_IT = 0.5
WAIVED = 0.25
EVENING = 20.5

Sold = Callable[[datetime, Lead, User], None]


def minutes(low: float, high: float, house: House) -> timedelta:
    return timedelta(seconds=house.rng.randint(int(low * 60), int(high * 60)))


class Floor:
    """The showroom of one store in the story."""

    def __init__(self, house: House, story: Story, *, sold: Sold):
        self.house, self.story, self.rng = house, story, house.rng
        self.invention = house.invention
        self.receptionist = house.one(Role.RECEPTIONIST)
        self.manager = house.one(Role.SALES_MANAGER)
        self.sold = sold
        self.prospects = Prospects(house, story, self)
        self.turn = 0
        self.share = 1.0
        self.until = datetime.max.replace(tzinfo=UTC)
        self.ticks: set[datetime] = set()

    # A day -------------------------------------------------------------------------------

    def open_day(self, at: datetime, day: date, until: datetime) -> None:
        """Plan who comes, calls and writes on `day`, up to `until`."""
        weekend_or_not = ARRIVALS[day.weekday()] * self.share
        for _number in range(max(1, round(self.rng.gauss(weekend_or_not, 1.6)))):
            self._plan(day, until, self.walk_in)
        for _number in range(round(self.rng.randint(*CALLS) * self.share)):
            self._plan(day, until, self.call)
        if self.rng.random() < 0.6 * self.share:
            self._plan(day, until, self.message)
        self.prospects.open_day(day, until)

    def _plan(self, day: date, until: datetime, event: Callable[[datetime], None]) -> None:
        hour = self.rng.choices([hour for hour, _ in HOURS], [share for _, share in HOURS])[0]
        at = self.house.moment(day, hour) + minutes(0, 45, self.house)
        if at <= until:
            self.story.at(at, event)

    def consultant(self, at: datetime) -> User:
        """The next in the queue of the day."""
        working = (
            self.house.on_duty.get(self.house.day_of(at)) or self.house.by_role[Role.CONSULTANT]
        )
        self.turn += 1
        return working[self.turn % len(working)]

    def keeps_time(self, person: User) -> bool:
        return self.rng.random() < self.house.pace[person.pk]

    def wish(self) -> Series:
        return self.rng.choices(self.house.series, self.house.series_weights)[0]

    # A guest -----------------------------------------------------------------------------

    def walk_in(self, at: datetime) -> None:
        """Somebody new comes in: with a number, or without a name."""
        purpose = self.rng.choice(PURPOSES)
        leaves_phone = self.rng.random() < LEAVES_PHONE
        name, salutation = self.invention.who() if leaves_phone else ("", "")
        visit = actions.receive_visit(
            store=self.house.store,
            by=self.receptionist,
            phone=self.invention.phone() if leaves_phone else "",
            name=name,
            salutation=salutation,
            party_size=self.rng.choice((1, 1, 2, 2, 2, 3, 4)),
            purpose=purpose,
            series=self.wish() if purpose == Visit.Purpose.SEE_CAR else None,
            source=self.rng.choices(self.house.sources, self.house.source_weights)[0],
            consultant=self.consultant(at),
            consents=leaves_phone and self.rng.random() < AGREES,
        )
        self._stay(at, visit)

    def come_again(self, at: datetime, customer: Customer, *, purpose: str = "see_car") -> None:
        """A customer whom the store knows comes back, to the consultant they know."""
        if at > self.until or Visit.objects.present().filter(customer=customer).exists():
            return
        owner = customer.owner
        visit = actions.receive_visit(
            store=self.house.store,
            by=self.receptionist,
            customer=customer,
            party_size=self.rng.choice((1, 2, 2, 3)),
            purpose=purpose,
            consultant=owner if owner in self._working(at) else self.consultant(at),
        )
        self._stay(at, visit)

    def _working(self, at: datetime) -> list[User]:
        return self.house.on_duty.get(self.house.day_of(at), [])

    def _stay(self, at: datetime, visit: Visit) -> None:
        long = visit.purpose == Visit.Purpose.SEE_CAR
        self.story.at(
            at + minutes(25 if long else 10, 95 if long else 40, self.house), self.leave, visit
        )

    def leave(self, at: datetime, visit: Visit) -> None:
        """The guest goes; level and next contact are said, the clocks start."""
        who = visit.consultant
        prospect = visit.customer is not None and visit.purpose == Visit.Purpose.SEE_CAR
        level = self._level(visit) if prospect else None
        planned = timedelta(days=level.interval_days or 7) if level else None
        visit = actions.depart(
            visit,
            by=who,
            level=level,
            next_contact_on=self.house.day_of(at) + planned if planned else None,
        )
        if level is not None and self.rng.random() < self._closing(visit, level.code):
            self.sold(at, visit.lead, who)
        elif visit.lead is not None:
            if level is not None:
                self._plan_return(at, visit.customer, level.code)
            self.prospects.plan_follow_up(Lead.objects.get(pk=visit.lead_id))
        self._after(at, visit)

    def _level(self, visit: Visit) -> IntentLevel | None:
        """A first guess, or one step nearer to buying for who comes again."""
        lead = visit.lead
        if lead is None or lead.level.code not in "HABCN":
            return None
        if lead.level.code == "N" or visit.is_first:
            return self.house.levels[self.rng.choice(LEVELS)]
        nearer = {"C": "B", "B": "A", "A": "H", "H": "H"}[lead.level.code]
        return self.house.levels[nearer if self.rng.random() < 0.7 else lead.level.code]

    @staticmethod
    def _closing(visit: Visit, level: str) -> float:
        """How likely the guest signs today."""
        if visit.is_first:
            return 0.25 if level == "H" else 0.0
        return {"H": 0.66, "A": 0.5, "B": 0.25}.get(level, 0.06)

    def _plan_return(self, at: datetime, customer: Customer, level: str) -> None:
        chance, soonest, latest = AGAIN.get(level, (0.0, 1, 1))
        if self.rng.random() >= chance:
            return
        day = self.house.day_of(at) + timedelta(days=self.rng.randint(soonest, latest))
        hour = self.rng.uniform(9.2, 16.5)
        self.story.at(self.house.moment(day, round(hour, 2)), self.come_again, customer)

    # What a departure starts -------------------------------------------------------------

    def _after(self, at: datetime, visit: Visit) -> None:
        who = visit.consultant
        late = 0 if self.keeps_time(who) else self.rng.choice((1, 2, 3))
        tidied = at + (minutes(6, 18, self.house) if late == 1 else minutes(1, 4.5, self.house))
        self.story.at(tidied, self.tidy, visit, late)
        if visit.customer is not None:
            self._plan_thanks(at, visit)

    def tidy(self, at: datetime, visit: Visit, late: int) -> None:
        actions.tidy_table(visit, by=visit.consultant)
        wait = minutes(6, 20, self.house) if late == 2 else minutes(1, 4.5, self.house)
        self.story.at(at + wait, self.reset, visit, late)

    def reset(self, at: datetime, visit: Visit, late: int) -> None:
        actions.reset_car(visit, by=visit.consultant)
        wait = minutes(12, 50, self.house) if late == 3 else minutes(2, 9, self.house)
        self.story.at(at + wait, self.register, visit, late)

    def register(self, at: datetime, visit: Visit, late: int) -> None:
        """Complete the register; some who came without a name have left their number by now."""
        found = {}
        if visit.customer_id is None:
            found = {"left_no_contact": True}
        actions.complete_register(
            visit,
            by=visit.consultant,
            remark=self.rng.choice(texts.REMARKS),
            transport=self.rng.choice(TRANSPORT),
            **found,
        )
        if late and self.rng.random() < ANSWERS_FOR_IT:
            self.story.at(at + minutes(8, 60, self.house), self.explain, visit)

    def explain(self, at: datetime, visit: Visit) -> None:
        """The consultant answers for the breach; the manager decides on the next morning."""
        late = Deadline.objects.about(visit).late(at).filter(reply="").first()
        if late is None or not late.owner_id:
            return
        late = Deadline.objects.with_people().get(pk=late.pk)
        sop.reply(late, by=late.owner, text=self.rng.choice(texts.ANSWERS))
        tomorrow = self.house.day_of(at) + timedelta(days=1)
        self.story.at(self.house.moment(tomorrow, self.rng.uniform(8.9, 11.5)), self.decide, late)

    def decide(self, at: datetime, late: Deadline) -> None:
        accepted = self.rng.random() < 0.85
        remark = self.rng.choice(texts.REMARKS_OF_MANAGERS if accepted else texts.REFUSALS)
        sop.decide_reply(late, by=self.manager, accepted=accepted, remark=remark)

    # Thanks ------------------------------------------------------------------------------

    def _plan_thanks(self, at: datetime, visit: Visit) -> None:
        """By hand within the hour, or by the software before the two hours are over."""
        owed = Deadline.objects.about(visit).of_step(THANK_YOU).open().first()
        if owed is None:
            return
        if owed.problem and self.rng.random() < WAIVED:
            tomorrow = self.house.moment(self.house.day_of(at) + timedelta(days=1), 9.2)
            self.story.at(tomorrow, self.waive, owed.pk)
        elif owed.problem:
            self.story.at(at + minutes(15, 80, self.house), self.thank_by_phone, visit)
        elif self.rng.random() < BY_HAND:
            self.story.at(at + minutes(4, 70, self.house), self.thank, visit)
        elif owed.act_at:
            self.tick_at(owed.act_at)

    def thank(self, at: datetime, visit: Visit) -> None:
        owed = Deadline.objects.about(visit).of_step(THANK_YOU).open()
        if owed.filter(problem="").exists():
            try:
                sms = actions.send_thank_you(visit, by=visit.consultant)
            except RuleViolation:  # the quiet hours have begun: the guest is called
                self.thank_by_phone(at, visit)
            else:
                self.send(at, sms)

    def thank_by_phone(self, at: datetime, visit: Visit) -> None:
        if Deadline.objects.about(visit).of_step(THANK_YOU).open().exists():
            actions.settle_thanks(visit, by=visit.consultant, how="call")

    def waive(self, at: datetime, pk: int) -> None:
        """Nobody could be thanked: the manager lets it go on the next morning."""
        owed = Deadline.objects.open().with_people().filter(pk=pk).first()
        if owed is not None:
            sop.waive(owed, by=self.manager, reason=self.rng.choice(texts.WAIVERS))

    def tick_at(self, moment: datetime) -> None:
        """Let the clock of the house tick then, as the worker would have done."""
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        if moment not in self.ticks:
            self.ticks.add(moment)
            self.story.at(moment, self.tick)

    def tick(self, at: datetime) -> None:
        sop.tick()
        for sms in Sms.objects.filter(
            store=self.house.store, state=Sms.State.INTENT, called_at=None
        ):
            self.send(at, sms)

    def send(self, at: datetime, sms: Sms) -> None:
        """Write the message down as delivered: the past is never told to a gateway."""
        self.story.at(at + timedelta(seconds=self.rng.randint(2, 9)), self.delivered, sms.pk)

    def delivered(self, at: datetime, pk: int) -> None:
        sms = Sms.objects.with_people().get(pk=pk)
        if sms.state != Sms.State.INTENT:
            return
        sms.latency_ms = self.rng.randint(90, 420)
        fate.accept(
            sms, Answer(Outcome.DELIVERED, provider_id=f"demo-{self.house.store.pk}-{pk}"), at
        )
        fate.tell(sms)

    # Calls and messages ------------------------------------------------------------------

    def call(self, at: datetime) -> None:
        """Somebody rings; most of it is written down during the call."""
        knows = self.rng.random() < 0.7
        name, salutation = self.invention.who()
        complete = self.rng.random() < 0.6
        visit = actions.log_call(
            store=self.house.store,
            by=self.receptionist,
            phone=self.invention.phone() if knows else "",
            name=name if knows else "",
            salutation=salutation if knows else "",
            left_no_contact=not knows,
            rings=self.rng.choice((1, 1, 2, 2, 2, 3, 3, 4)),
            remark=self.rng.choice(texts.CALL_REMARKS) if complete else "",
            invitation=self.rng.choice(("accepted", "open", "open", "declined")),
            series=self.wish(),
            source=self._source("call"),
            consultant=self.consultant(at),
            consents=knows,
        )
        if not complete:
            who = visit.consultant
            wait = (
                minutes(2, 9, self.house) if self.keeps_time(who) else minutes(12, 40, self.house)
            )
            self.story.at(at + wait, self.complete_call, visit)
        if knows and visit.invitation == Visit.Invitation.ACCEPTED:
            self._plan_return(at, visit.customer, "A")

    def complete_call(self, at: datetime, visit: Visit) -> None:
        actions.complete_register(
            visit,
            by=visit.consultant,
            remark=self.rng.choice(texts.CALL_REMARKS),
            left_no_contact=visit.customer_id is None,
        )

    def message(self, at: datetime) -> None:
        """A customer of the last days writes."""
        known = Customer.objects.filter(store=self.house.store, owner__isnull=False).order_by("-pk")
        customer = known[self.rng.randint(0, 9) :].first()
        if customer is None or lead_of(customer) is None:
            return
        actions.log_message(
            store=self.house.store,
            by=customer.owner,
            channel=self.rng.choice(("sms", "sms", "wechat")),
            text=self.rng.choice(texts.MESSAGE_REMARKS),
            customer=customer,
            consultant=customer.owner,
        )

    def _source(self, code: str) -> Source:
        return next(source for source in self.house.sources if source.code == code)
