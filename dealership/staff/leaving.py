"""
What somebody still has when their access closes: declared by the rooms that know it.

A closed account keeps customers waiting; whoever closes it is offered to hand them over.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.module_loading import import_string

from dealership.staff.models import Store, User


@dataclass(frozen=True)
class Holding:
    """`count(user, store)` by dotted path, and the page (taking the person's pk) to hand over."""

    count: str
    page: str
    permission: str


HOLDINGS: list[Holding] = []


def declare_holding(holding: Holding) -> None:
    """Let whoever closes an account see what the person still has."""
    if holding not in HOLDINGS:
        HOLDINGS.append(holding)


def left_by(user: User, store: Store) -> tuple[int, Holding] | None:
    """How much the person leaves behind in the store, and where it is handed over."""
    for holding in HOLDINGS:
        if number := import_string(holding.count)(user, store):
            return number, holding
    return None


def page_of(holding: Holding, user: User) -> str:
    return reverse(holding.page, args=[user.pk])
