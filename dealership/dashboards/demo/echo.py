"""
The weeks before the told ones: their rows copied, earlier and about other people.

Telling a visit through the actions takes some 150 queries, too many for a quarter of a year in a
minute. So the actions tell the last weeks, and each day before them is the echo of one told day:
what was written about everybody who first came on it is written again, the same rows in the same
relation, with other names, numbers and cars. Only what is finished is copied: an echo owes nothing.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models

from dealership import clock, names
from dealership.customers import search
from dealership.customers.models import Consent, Customer, Event, OwnedCar, Phone, SearchKey
from dealership.dashboards.demo.ground import House
from dealership.messaging.models import PhoneLine, Sms, SmsEvent
from dealership.sop.models import ChecklistRun, Deadline, Tick
from deals.models import Order
from delivery.models import Callback, CallbackAttempt, Delivery, DmsEntry, LateApplication
from leads.actions import owe_contact
from leads.models import Contact, Lead, LevelChange
from showroom.models import Visit

# Told by the actions: days that are echoed, and those in which their stories end.
TOLD_DAYS = 14
ECHOED_DAYS = 8
SATURDAY = 5
# The further back, the fewer guests: the store is growing.
FADING = 0.003
GIVEN_UP = 0.8

# A moment as the timeline tells it.
MOMENT = re.compile(r"(?P<month>\d\d)-(?P<day>\d\d) (?P<time>\d\d:\d\d)")

Rows = Iterable[Any]


def echo_back(house: House, *, days: int, now: datetime) -> None:
    """Fill the days before the told ones, back to `days` ago."""
    today = house.day_of(now)
    told = today - timedelta(days=TOLD_DAYS)
    sources = [told + timedelta(days=number) for number in range(ECHOED_DAYS)]
    finished = {day: _finished(house, day) for day in sources} if days > TOLD_DAYS else {}
    numbers = _order_numbers(house)
    for back in range(TOLD_DAYS + 1, days + 1):
        day = today - timedelta(days=back)
        alike = [source for source in sources if _is_weekend(source) == _is_weekend(day)]
        source = house.rng.choice(alike)
        echo = Echo(house, source - day, keep=1 - FADING * (back - TOLD_DAYS), numbers=numbers)
        echo.write(*finished[source], today=today)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _order_numbers(house: House) -> dict[str, int]:
    """The last serial of each day's orders, so that echoes go on counting."""
    found: dict[str, int] = {}
    for number in Order.objects.filter(store=house.store).values_list("number", flat=True):
        day, _dash, serial = number.partition("-")
        found[day] = max(found.get(day, 0), int(serial))
    return found


def _finished(house: House, day: date) -> tuple[list[Customer], list[Visit]]:
    """Customers first met on the day whose stories are over, and its nameless guests."""
    start, end = house.moment(day, 0), house.moment(day, 24)
    # A planned contact is no unfinished business: the echo of a prospect is given up, or planned.
    owing = Deadline.objects.open().filter(store=house.store)
    owing = owing.exclude(subject_type=Lead._meta.label_lower)
    customers = (
        Customer.objects.filter(store=house.store, created_at__gte=start, created_at__lt=end)
        .exclude(pk__in=owing.filter(customer__isnull=False).values("customer"))
        .exclude(pk__in=Visit.objects.present().filter(customer__isnull=False).values("customer"))
        .exclude(pk__in=Order.objects.open().values("customer"))
        .exclude(pk__in=Sms.objects.unsettled().values("customer"))
    )
    nameless = Visit.objects.filter(
        store=house.store, customer=None, arrived_at__gte=start, arrived_at__lt=end
    ).exclude(pk__in=owing.filter(subject_type="showroom.visit").values("subject_id"))
    return list(customers.order_by("pk")), list(nameless.order_by("pk"))


class Echo:
    """One copy of a day, `shift` earlier."""

    def __init__(self, house: House, shift: timedelta, *, keep: float, numbers: dict[str, int]):
        self.house, self.shift, self.keep, self.rng = house, shift, keep, house.rng
        self.numbers = numbers
        self.new: dict[str, dict[int, int]] = {}
        self.said: dict[str, str] = {}

    def write(self, customers: list[Customer], nameless: list[Visit], *, today: date) -> None:
        met = [customer for customer in customers if self.rng.random() < self.keep]
        guests = [visit for visit in nameless if self.rng.random() < self.keep]
        mine = {"customer__in": [customer.pk for customer in met]}
        self.copy(Customer, met, self._rename)
        self.copy(Phone, Phone.objects.filter(**mine), self._renumber)
        for model in (Consent, OwnedCar, Lead):
            self.copy(model, model.objects.filter(**mine), self._retouch(model, today))
        leads = {"lead__in": list(self.new[Lead._meta.label_lower])}
        self.copy(LevelChange, LevelChange.objects.filter(**leads))
        self.copy(Contact, Contact.objects.filter(**mine))
        visits = [*Visit.objects.filter(**mine).order_by("pk"), *guests]
        self.copy(Visit, visits)
        self.copy(Order, Order.objects.filter(**mine), self._renumber_order)
        self.copy(Delivery, Delivery.objects.filter(**mine), self._another_car)
        of_delivery = {"delivery__in": list(self.new[Delivery._meta.label_lower])}
        for later in (Callback, LateApplication, DmsEntry):
            self.copy(later, later.objects.filter(**of_delivery))
        callbacks = list(self.new[Callback._meta.label_lower])
        self.copy(CallbackAttempt, CallbackAttempt.objects.filter(callback__in=callbacks))
        self._about(Visit, Delivery, Callback, Lead)
        self.copy(Sms, Sms.objects.filter(**mine), self._reword)
        texts = list(self.new[Sms._meta.label_lower])
        self.copy(SmsEvent, SmsEvent.objects.filter(sms__in=texts))
        self.copy(Event, Event.objects.filter(**mine), self._retell)
        self._index()
        self._plan(today)

    def _plan(self, today: date) -> None:
        """Whoever has not bought is given up by now, or will be called one of these days."""
        pks = self.new[Lead._meta.label_lower].values()
        for lead in Lead.objects.filter(pk__in=pks, status=Lead.Status.OPEN).with_people():
            day = today + timedelta(days=self.rng.randint(0, 25))
            owe_contact(lead, on=day, at=clock.now())

    def _about(self, *subjects: type[models.Model]) -> None:
        """Promises and checklists about what was copied."""
        for model in subjects:
            label = model._meta.label_lower
            about = {"subject_type": label, "subject_id__in": list(self.new[label])}
            self.copy(Deadline, Deadline.objects.filter(**about), self._settle)
            self.copy(ChecklistRun, ChecklistRun.objects.filter(**about))
        runs = list(self.new[ChecklistRun._meta.label_lower])
        self.copy(Tick, Tick.objects.filter(run__in=runs))

    def copy(
        self, model: type[models.Model], rows: Rows, retouch: Callable[[Any], None] | None = None
    ) -> None:
        """Write `rows` again: earlier, pointing at copies where what they point at was copied."""
        if isinstance(rows, models.QuerySet):
            rows = rows.order_by("pk")
        old = list(rows)
        copies = [self._copied(model, row) for row in old]
        for made in copies:
            if retouch:
                retouch(made)
        written = model._default_manager.bulk_create(copies, batch_size=400)
        found = self.new.setdefault(model._meta.label_lower, {})
        found.update(zip([row.pk for row in old], [row.pk for row in written], strict=True))

    def _copied(self, model: type[models.Model], row: Any) -> Any:
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.primary_key:
                continue
            value = getattr(row, field.attname)
            if isinstance(value, date):  # a datetime is one, too
                value -= self.shift
            elif field.is_relation and field.related_model is not None:
                label = field.related_model._meta.label_lower
                value = self.new.get(label, {}).get(value, value)
            values[field.attname] = value
        if "subject_id" in values:
            copied = self.new.get(values["subject_type"], {})
            values["subject_id"] = copied.get(values["subject_id"], values["subject_id"])
        return model(**values)

    # What must differ ----------------------------------------------------------------------

    def _rename(self, customer: Customer) -> None:
        old = customer.display_name
        customer.name, customer.salutation = self.house.invention.who()
        customer.name_key = names.sort_key(customer.name)
        self.said[old] = customer.display_name

    def _renumber(self, phone: Phone) -> None:
        old, phone.number = phone.number, f"+86{self.house.invention.phone()}"
        self.said[old] = phone.number

    def _retouch(self, model: type[models.Model], today: date) -> Callable[[Any], None]:
        def lead(row: Lead) -> None:
            """Who has not bought for so long has mostly been given up by now."""
            if row.status != Lead.Status.OPEN:
                return
            if self.rng.random() < GIVEN_UP or row.pooled_at:
                row.status, row.level = Lead.Status.LOST, self.house.levels["F"]
                row.next_contact_on = row.pooled_at = None
                row.pool_reason = ""
            else:
                row.level = self.house.levels["C"]

        def car(row: OwnedCar) -> None:
            row.vin = self._vin(row.vin)

        return {Lead: lead, OwnedCar: car}.get(model, lambda row: None)

    def _settle(self, row: Deadline) -> None:
        """A contact that was still planned came to nothing."""
        if row.closed_at is None:
            row.outcome, row.reason = Deadline.Outcome.CANCELLED, "客户多次未接通"
            row.closed_at, row.next_at = row.due_at, None

    def _vin(self, old: str) -> str:
        if old and old not in self.said:
            self.said[old] = self.house.invention.vin()
        return self.said.get(old, "")

    def _renumber_order(self, order: Order) -> None:
        old = order.number
        day = f"{self.house.day_of(order.ordered_at):%Y%m%d}"
        self.numbers[day] = self.numbers.get(day, 0) + 1
        order.number = f"{day}-{self.numbers[day]:02d}"
        order.vin = self._vin(order.vin)
        self.said[old] = order.number

    def _another_car(self, delivery: Delivery) -> None:
        delivery.vin = self._vin(delivery.vin)

    def _reword(self, sms: Sms) -> None:
        sms.out_id = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        sms.provider_id = f"{sms.provider_id}-{self.shift.days}" if sms.provider_id else ""
        sms.phone = self.said[sms.phone]
        sms.body = self._with_new_words(sms.body)

    def _retell(self, event: Event) -> None:
        event.lead_ref = self.new[Lead._meta.label_lower].get(event.lead_ref, event.lead_ref)
        year = (event.occurred_at + self.shift).year
        event.data = {
            name: self._said_earlier(value, year) if isinstance(value, str) else value
            for name, value in event.data.items()
        }

    def _said_earlier(self, text: str, year: int) -> str:
        """A name as the echo's; a moment such as “11-16 12:30” as many days earlier."""
        if not (moment := MOMENT.fullmatch(text)):
            return self.said.get(text, text)
        day = date(year, int(moment["month"]), int(moment["day"])) - self.shift
        return f"{day:%m-%d} {moment['time']}"

    def _with_new_words(self, text: str) -> str:
        """The text begins with whom it is to."""
        addressed, comma, rest = text.partition("，")
        return f"{self.said.get(addressed, addressed)}{comma}{rest}"

    def _index(self) -> None:
        """Search keys and phone lines of the people that were made up."""
        made = Customer.objects.filter(pk__in=self.new[Customer._meta.label_lower].values())
        keys, lines = [], []
        for customer in made.prefetch_related("phones", "cars").order_by("pk"):
            numbers = [phone.number for phone in customer.phones.all()]
            plates = [car.plate for car in customer.cars.all() if car.plate]
            keys += [
                SearchKey(customer=customer, store=self.house.store, key=key)
                for key in sorted(search.keys_of(customer, numbers, plates))
            ]
            lines += [PhoneLine(phone=number) for number in numbers]
        SearchKey.objects.bulk_create(keys, batch_size=1000)
        PhoneLine.objects.bulk_create(lines, batch_size=1000)
