"""Short facts that later rooms tell about a customer (level, last visit), for lists and cards."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from dealership.customers.models import Customer

Read = Callable[[list[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Fact:
    """A fact by dotted path: `read(customer ids) -> {id: value}`, one query for a whole page."""

    code: str
    label: str | Promise
    read: str
    order: int = 50


@dataclass(frozen=True)
class Known:
    """A fact's value for one customer."""

    code: str
    label: str | Promise
    value: Any


FACTS: list[Fact] = []


def fact(declared: Fact) -> None:
    """Declare a fact; a room does so in its `menu` module, beside its panels."""
    FACTS.append(declared)
    FACTS.sort(key=lambda entry: entry.order)


def known_of(customers: Iterable[Customer]) -> dict[int, list[Known]]:
    """Every declared fact of each customer, in the declared order."""
    pks = [customer.pk for customer in customers]
    found: dict[int, list[Known]] = {pk: [] for pk in pks}
    for declared in FACTS if pks else ():
        read: Read = import_string(declared.read)
        for pk, value in read(pks).items():
            found[pk].append(Known(declared.code, declared.label, value))
    return found
