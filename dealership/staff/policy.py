"""
The one policy table: which role may do what.

Each room's `rules.py` adds its rows with `allow`. Doors (pages, API), templates, exports and
the test that walks every URL × method × role read this table and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules
from django.utils.functional import Promise

from dealership.staff.models import User
from dealership.staff.roles import Role

Condition = Callable[[User, Any], bool]


@dataclass(frozen=True)
class Grant:
    """One row of the table: roles that may, and what must be true of the object."""

    permission: str
    title: str | Promise
    roles: frozenset[Role]
    when: Condition | None = None


POLICY: dict[str, Grant] = {}


def allow(
    permission: str, *roles: Role, title: str | Promise, when: Condition | None = None
) -> None:
    """Declare that `roles` may do `permission`; managers too are named, never implied."""
    if permission in POLICY:
        raise ValueError(f"{permission} is declared twice")
    POLICY[permission] = Grant(permission, title, frozenset(roles), when)
    rules.add_perm(permission, rules.predicate(lambda user, obj=None: may(user, permission, obj)))


def may(user: User, permission: str, obj: Any = None) -> bool:
    """
    Whether `user` may do `permission`, to `obj` if one is given.

    A role counts in the store of the object, else in the store the person works in now.
    An undeclared permission is a programming error: KeyError.
    """
    grant = POLICY[permission]
    if not user.is_authenticated or not user.is_active:
        return False
    store = getattr(obj, "store_id", None) or user.active_store
    if user.roles_in(store).isdisjoint(grant.roles):
        return False
    return grant.when is None or obj is None or grant.when(user, obj)
