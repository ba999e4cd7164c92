"""
How two records of one person become one: what each room says about its rows.

Whatever points to a customer moves by itself. A room declares in its `merging` module only
what that cannot know: rows of which there may be one (an open lead), and what is worked out
from all of a customer's rows (first visit or again).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from dealership.customers.journal import Journal
from dealership.customers.models import Customer
from dealership.staff.models import User


@dataclass(frozen=True)
class Joining:
    """Two locked records on their way to becoming one, `keep`, looked after by `owner`."""

    keep: Customer
    other: Customer
    owner: User | None
    # Who looked after one of them until now.
    former: frozenset[User]
    journal: Journal
    by: User | None
    at: datetime

    @property
    def both(self) -> tuple[int, int]:
        return self.keep.pk, self.other.pk


Part = Callable[[Joining], None]


@dataclass(frozen=True)
class Reconciler:
    """
    What a room does with its own rows: `lock` before anything is read, `before` the rows move,
    `after` they have moved. RuleViolation in any of them refuses the whole merge.
    """

    lock: Part | None = None
    before: Part | None = None
    after: Part | None = None


@dataclass(frozen=True)
class Compared:
    """A line of the two records side by side: `read(customer ids) -> {id: text}`, one question."""

    label: str | Promise
    read: str


COMPARED: list[Compared] = []
RECONCILERS: list[Reconciler] = []
SENTENCES: dict[str, str | Promise] = {}
# Rows that tell of one of the two records and go on doing so.
STAYING: set[str] = {
    "customers.Customer",
    "customers.SearchKey",
    "customers.Merge",
    "customers.DuplicatePair",
}


def declare_reconciler(
    *, lock: Part | None = None, before: Part | None = None, after: Part | None = None
) -> None:
    """Declare how a room's rows are reconciled; the rooms' order is the order of the process."""
    RECONCILERS.append(Reconciler(lock, before, after))


def declare_comparison(label: str | Promise, read: str) -> None:
    """Declare what somebody who merges should see of both, by dotted path."""
    COMPARED.append(Compared(label, read))


def declare_staying(*labels: str) -> None:
    """Declare rows that stay with the record they were written about (the row of an import)."""
    STAYING.update(labels)


def declare_sentence(code: str, sentence: str | Promise) -> None:
    """Declare what `journal.say(code, …)` reads like."""
    SENTENCES[code] = sentence


def sentence(code: str, data: dict[str, Any]) -> str:
    try:
        return str(SENTENCES[code]) % data
    except (KeyError, TypeError, ValueError):
        return str(SENTENCES.get(code, code))


def pointing_to(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every (model, column) of any room that refers to rows of `model`, by foreign key."""
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            yield relation.related_model, relation.field.attname


def naming_subject() -> Iterator[type[models.Model]]:
    """Every model whose rows may be about any row: `subject_type` and `subject_id`."""
    for model in apps.get_models():
        if {"subject_type", "subject_id"} <= {field.name for field in model._meta.fields}:
            yield model


def rows_of(customer: Customer) -> Iterable[models.Model]:
    """Every row that points to the customer, the timeline excepted."""
    for model, column in pointing_to(Customer):
        if model._meta.label not in STAYING | {"customers.Event"}:
            yield from model._base_manager.filter(**{column: customer.pk})


def move_all(joining: Joining) -> None:
    """Point everything of `other` to `keep`."""
    keep, other, journal = joining.keep, joining.other, joining.journal
    for model, column in pointing_to(Customer):
        if model._meta.label not in STAYING:
            journal.move(model, column, other.pk, keep.pk)
    about = Customer._meta.label_lower
    for model in naming_subject():
        if model._meta.label not in STAYING:
            journal.move_what_fits(model, "subject_id", other.pk, keep.pk, subject_type=about)
