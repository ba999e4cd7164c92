"""
A thousand customers at once, as a list brings them: the same rows as `register_customer` makes.

Whoever calls this has made sure, under a lock or a unique key, that nobody has the numbers yet.
"""

from dataclasses import dataclass
from datetime import date, datetime

from dealership import names
from dealership.customers import search
from dealership.customers.actions.events import event_of, note_many
from dealership.customers.models import Customer, OwnedCar, Phone, SearchKey
from dealership.databases import insert_many, reserve_ids
from dealership.staff.models import Store, User


@dataclass
class Car:
    """A car that somebody owns, as a list tells it."""

    plate: str = ""
    series_text: str = ""
    vin: str = ""
    bought_on: date | None = None


@dataclass
class Draft:
    """A customer to be: the name is clean, the numbers are E.164 and nobody's."""

    name: str
    numbers: list[str]
    salutation: str = ""
    kind: str = Customer.Kind.PERSON
    owner: User | None = None
    identity_digest: str = ""
    car: Car | None = None


def register_many(
    drafts: list[Draft], *, store: Store, by: User | None, at: datetime
) -> list[Customer]:
    """Open the records of many people, with phones, cars, search keys and events."""
    ids = reserve_ids(Customer, len(drafts))
    made = [
        Customer(
            pk=pk,
            store_id=store.pk,
            kind=draft.kind,
            name=draft.name,
            name_key=names.sort_key(draft.name),
            salutation=draft.salutation,
            owner_id=draft.owner.pk if draft.owner else None,
            identity_digest=draft.identity_digest,
        )
        for pk, draft in zip(ids, drafts, strict=True)
    ]
    shared = {"store_id": store.pk, "is_demo": store.is_demo, "created_at": at}
    told = ("id", "kind", "name", "name_key", "salutation", "owner_id", "identity_digest")
    insert_many(
        Customer,
        told,
        (tuple(getattr(customer, name) for name in told) for customer in made),
        same=shared | {"created_by_id": by.pk if by else None},
    )
    for customer in made:
        customer._state.adding = False
    pairs = list(zip(drafts, made, strict=True))
    events = [
        event_of("customer.registered", store=store, customer=customer, by=by, at=at)
        for customer in made
    ]
    insert_many(
        Phone,
        ("customer_id", "number", "is_primary"),
        (
            (customer.pk, number, place == 0)
            for draft, customer in pairs
            for place, number in enumerate(draft.numbers)
        ),
        same={"store_id": store.pk},
    )
    for draft, customer in pairs:
        if draft.car:
            car = OwnedCar.objects.create(customer=customer, store=store, **vars(draft.car))
            events.append(
                event_of(
                    "customer.car_added",
                    store=store,
                    customer=customer,
                    by=by,
                    at=at,
                    car=str(car),
                )
            )
    insert_many(
        SearchKey,
        ("customer_id", "key"),
        (
            (customer.pk, key)
            for draft, customer in pairs
            for key in search.keys_of(
                customer, draft.numbers, [draft.car.plate] if draft.car else []
            )
        ),
        same={"store_id": store.pk},
    )
    note_many(events)
    return made
