"""SOP-2.3 and 2.5: who the base customers are, and whom the store has not spoken to for long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer, OwnedCar
from dealership.customers.selectors import primary_number, shown_phone
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from dealership.staff.policy import may
from leads import sop
from leads.models import BasePolicy, Contact, Lead, OwnerContact

PAGE = 30
Kind, Status = Lead.BaseKind, Lead.Status


def policy_of(store: Store) -> BasePolicy:
    """The store's rules for base customers; the usual ones until it sets its own."""
    return BasePolicy.objects.filter(store=store).first() or BasePolicy(store=store)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 02-28 for a 02-29 that did not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def owners_due(store: Store, at: datetime) -> "QuerySet[Customer]":
    """
    Whom the store owes a call now: owners of an old enough car, not spoken to for the interval.

    Left out is who refuses contact, who is about to buy (an open lead has its own clock), and
    who was called, or let off, within the interval.
    """
    policy = policy_of(store)
    today = clock.day_of(at, store.tz)
    since = at - timedelta(days=policy.owner_interval_days)
    called = Deadline.objects.of_step(sop.OWNER_CONTACT).filter(
        Q(closed_at=None) | Q(closed_at__gt=since),
        subject_type=Customer._meta.label_lower,
        subject_id=OuterRef("pk"),
    )
    spoken = OwnerContact.objects.reached().filter(customer=OuterRef("pk"), at__gt=since)
    cars = OwnedCar.objects.filter(
        store=store, bought_on__lte=years_before(today, policy.owner_years)
    )
    rows = Customer.objects.filter(
        pk__in=cars.values("customer"), do_not_contact_at=None, merged_into=None
    )
    wishes = Lead.objects.open().filter(customer=OuterRef("pk"))
    return rows.exclude(Exists(called)).exclude(Exists(spoken)).exclude(Exists(wishes))


# What a customer is to the store, by what happened (SOP-2.3); the order is `base_kind_of`'s.
DELIVERED = Exists(Lead.objects.filter(customer=OuterRef("pk"), status=Status.DELIVERED))
LOST = Exists(Lead.objects.filter(customer=OuterRef("pk"), status=Status.LOST))
DRIVES = Exists(OwnedCar.objects.filter(customer=OuterRef("pk")))
BASE_KIND = Case(
    When(DELIVERED, then=Value(Kind.OWNER.value)),
    When(LOST, then=Value(Kind.LOST.value)),
    When(DRIVES, then=Value(Kind.OUTSIDE_OWNER.value)),
    default=Value(""),
    output_field=CharField(),
)


def of_kind(rows: "QuerySet[Customer]", kind: str) -> "QuerySet[Customer]":
    """Narrow customers to a kind of base customer; any kind without one."""
    delivered, lost = (
        Q(pk__in=Lead.objects.filter(status=status).values("customer"))
        for status in (Status.DELIVERED, Status.LOST)
    )
    drives = Q(pk__in=OwnedCar.objects.values("customer"))
    meant = {
        Kind.OWNER: delivered,
        Kind.LOST: lost & ~delivered,
        Kind.OUTSIDE_OWNER: drives & ~lost & ~delivered,
    }
    return rows.filter(meant.get(kind, delivered | lost | drives))  # type: ignore[call-overload]


@dataclass(frozen=True)
class BaseRow:
    """A base customer ready for a list."""

    customer: Customer
    kind: str
    cars: str
    years: int | None
    last_contact_at: datetime | None
    is_owed: bool
    contact_url: str
    tel: str
    phone: str


def base_listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of base customers, newest record first; chips for each kind, no COUNT."""
    store, now = user.active_store, clock.now()
    kind, age, after = (query.get(name, "") for name in ("kind", "age", "after"))
    kind = kind if kind in Kind.values else ""
    policy = policy_of(store)
    rows = of_kind(Customer.objects.visible_to(user), kind)
    if age == "old":
        old = years_before(clock.day_of(now, store.tz), policy.owner_years)
        cars = OwnedCar.objects.filter(store=store, bought_on__lte=old)
        rows = rows.filter(pk__in=cars.values("customer"))
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(with_facts(rows).order_by("-pk")[: PAGE + 1])
    kept = {name: value for name, value in (("kind", kind), ("age", age)) if value}
    more = {**kept, "after": str(found[PAGE - 1].pk)} if len(found) > PAGE else None
    return {
        "rows": [_row(user, customer, now) for customer in found[:PAGE]],
        "next_url": f"?{urlencode(more)}" if more else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "chips": _chips(kind, age, policy),
        "is_narrowed": bool(kept),
        "policy": policy,
    }


def with_facts(rows: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """With what a line tells of a base customer, in one query and one for the cars."""
    owed = (
        Deadline.objects.open()
        .of_step(sop.OWNER_CONTACT)
        .filter(subject_type=Customer._meta.label_lower, subject_id=OuterRef("pk"))
    )

    def latest(rows: Any, field: str) -> Subquery:
        found = rows.filter(customer=OuterRef("pk")).order_by().values("customer")
        return Subquery(found.annotate(latest=Max(field)).values("latest"))

    return rows.select_related("owner").prefetch_related("cars").annotate(
        base_kind=BASE_KIND,
        bought_on=Subquery(
            OwnedCar.objects.filter(customer=OuterRef("pk"))
            .order_by().values("customer").annotate(first=Min("bought_on")).values("first")
        ),
        lead_contact=latest(Lead.objects, "last_contacted_at"),
        owner_contact=latest(OwnerContact.objects.reached(), "at"),
        is_owed=Exists(owed),
        number=primary_number("pk"),
    )  # fmt: skip


def _row(user: User, customer: Any, now: datetime) -> BaseRow:
    spoken = filter(None, (customer.lead_contact, customer.owner_contact))
    today = clock.day_of(now, user.active_store.tz)
    may_call = customer.may_be_contacted and may(user, "leads.contact_owner", customer)
    drives = customer.base_kind == Kind.OWNER or bool(customer.cars.all())
    return BaseRow(
        customer=customer,
        kind=str(Kind(customer.base_kind).label) if customer.base_kind else "",
        cars=" · ".join(str(car) for car in customer.cars.all() if str(car)),
        years=car_years(customer.bought_on, today),
        last_contact_at=max(spoken, default=None),
        is_owed=customer.is_owed,
        contact_url=reverse("leads:owner-contact", args=[customer.pk])
        if may_call and drives
        else "",
        **shown_phone(user, customer, customer.number),
    )


def car_years(bought_on: date | None, today: date) -> int | None:
    """Whole years since the car was bought."""
    if bought_on is None:
        return None
    return (
        today.year - bought_on.year - ((today.month, today.day) < (bought_on.month, bought_on.day))
    )


def _chips(kind: str, age: str, policy: BasePolicy) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?{urlencode(query)}" if query else "?", "active": active}
        for label, query, active in (
            (_("All base customers"), {}, not kind and not age),
            *(
                (member.label, {"kind": member.value}, kind == member and not age)
                for member in Kind
            ),
            (
                _("Car of %(years)s years and more") % {"years": policy.owner_years},
                {"age": "old"},
                age == "old",
            ),
        )
    ]


def owner_contacts_of(customer: Customer, limit: int = 10) -> list[OwnerContact]:
    """The latest calls to an owner."""
    return list(
        OwnerContact.objects.filter(customer=customer).with_people().order_by("-at")[:limit]
    )


def last_spoken(customer: Customer) -> datetime | None:
    """When somebody of ours last spoke with the customer, about whatever."""
    talks = Contact.objects.reached().filter(customer=customer)
    owners = OwnerContact.objects.reached().filter(customer=customer)
    moments = [rows.aggregate(at=Max("at"))["at"] for rows in (talks, owners)]
    return max(filter(None, moments), default=None)


@dataclass(frozen=True)
class Car:
    """A car of a customer, with its age in whole years."""

    label: str
    bought_on: date | None
    years: int | None


def cars_of(customer: Customer) -> list[Car]:
    today = clock.day_of(clock.now(), customer.store.tz)
    return [
        Car(str(car), car.bought_on, car_years(car.bought_on, today))
        for car in customer.cars.order_by("pk")
    ]


def owners_waiting(store: Store) -> int:
    """How many owners are due a call that the daily share has not yet let in."""
    return owners_due(store, clock.now()).count()
