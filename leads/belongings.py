"""
What else a consultant has: rows of any room that change hands when somebody leaves.

Each room declares its own. `rows` is the dotted path of a function `(user, store)` that returns
the open rows; they have a `consultant` and a `customer`.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from dealership.staff.models import Store, User


@dataclass(frozen=True)
class Belonging:
    label: str | Promise
    rows: str

    def of(self, user: User, store: Store) -> "models.QuerySet[Any]":
        found: models.QuerySet[Any] = import_string(self.rows)(user, store)
        return found


BELONGINGS: list[Belonging] = []


def declare_belonging(belonging: Belonging) -> None:
    """Let these rows go with their customers."""
    if belonging not in BELONGINGS:
        BELONGINGS.append(belonging)
