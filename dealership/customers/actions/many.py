"""
A thousand customers at once, as a list brings them: the same rows as `register_customer` makes.

Whoever calls this has made sure, under a lock or a unique key, that nobody has the numbers yet.
"""

from dataclasses import dataclass
from datetime import date, datetime

from dealership import names
from dealership.customers import search
from dealership.customers.actions.events import Entries
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

    @property
    def plates(self) -> list[str]:
        return [self.car.plate] if self.car else []


def register_many(drafts: list[Draft], *, store: Store, by: User | None, at: datetime) -> list[int]:
    """Open the records of many people, with phones, cars, search keys and events; their ids."""
    ids = reserve_ids(Customer, len(drafts))
    pairs = list(zip(ids, drafts, strict=True))
    insert_many(
        Customer,
        ("id", "kind", "name", "name_key", "salutation", "owner_id", "identity_digest"),
        (
            (
                pk, draft.kind, draft.name, names.sort_key(draft.name), draft.salutation,
                draft.owner.pk if draft.owner else None, draft.identity_digest,
            )
            for pk, draft in pairs
        ),
        same={
            "store_id": store.pk,
            "is_demo": store.is_demo,
            "created_at": at,
            "created_by_id": by.pk if by else None,
        },
    )  # fmt: skip
    insert_many(
        Phone,
        ("customer_id", "number", "is_primary"),
        (
            (pk, number, place == 0)
            for pk, draft in pairs
            for place, number in enumerate(draft.numbers)
        ),
        same={"store_id": store.pk},
    )
    insert_many(
        SearchKey,
        ("customer_id", "key"),
        (
            (pk, key)
            for pk, draft in pairs
            for key in search.keys_of(draft, draft.numbers, draft.plates)
        ),
        same={"store_id": store.pk},
    )
    entries = Entries(store, by, at)
    for pk in ids:
        entries.add("customer.registered", customer_id=pk)
    for pk, draft in pairs:
        if draft.car:
            car = OwnedCar.objects.create(customer_id=pk, store=store, **vars(draft.car))
            entries.add("customer.car_added", customer_id=pk, car=str(car))
    entries.write()
    return ids
