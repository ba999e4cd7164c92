"""
Every URL × method × role has a declared answer, taken from the policy table.

The matrix is made out of the URL resolver: an address without a door, or with arguments and
without a sample, fails. 403 without the role, 404 for another store's rows, 405 for a method
that the door does not name, the sign-in for strangers, and never a 5xx.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from dealership.staff.models import User
from dealership.staff.policy import POLICY
from dealership.staff.roles import Role
from tests import make
from tests.samples import SAMPLES, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DONE = {200, 201, 204, 302, 400, 409, 422}

# Open to whoever has signed in, or to nobody in particular: each with its reason.
FOR_EVERYONE = {
    "api-schema": "the shape of the API is no secret to people who work here",
    "api-docs": "the reference page of the API",
}
PUBLIC = {
    "staff:login", "staff:logout", "staff:language", "healthz",
    "messaging:hook-receipt", "messaging:hook-inbound",
    "campaign-form", "campaign-thanks", "api-intake-lead",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One URL of the house, with what its view declares."""

    name: str
    view: Any
    has_arguments: bool

    @property
    def public(self) -> str:
        return getattr(self.view, "public", "")

    @property
    def is_api(self) -> bool:
        return hasattr(self.view, "cls")

    @property
    def doors(self) -> dict[str, str]:
        """The permission of each method that the view answers."""
        if self.is_api:
            perms = getattr(self.view.cls, "perms", {})
            actions = getattr(self.view, "actions", None) or {}
            return {method.upper(): perms.get(action, "") for method, action in actions.items()}
        doors = getattr(self.view, "door", {})
        return {method: permission for method, permission in doors.items() if method != "HEAD"}

    def path(self, world: World) -> str:
        args = SAMPLES[self.name](world) if self.has_arguments else ()
        return reverse(self.name, args=args)


def addresses(resolver: Any = None, space: str = "") -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from addresses(
                    entry, f"{space}{entry.namespace}:" if entry.namespace else space
                )
        elif isinstance(entry, URLPattern):
            has_arguments = bool(entry.pattern.regex.groups)
            yield Address(f"{space}{entry.name}", entry.callback, has_arguments)


ADDRESSES = list(addresses())
GUARDED = [one for one in ADDRESSES if not one.public and one.name not in FOR_EVERYONE]


def answer(browser: Client, method: str, path: str) -> int:
    """The status of one request, whose rows are thrown away again."""
    with transaction.atomic():
        status = browser.generic(method, path, content_type=body_type(path)).status_code
        transaction.set_rollback(True)
    return status


def report(wrong: list[tuple[str, str, int]]) -> str:
    return "\n".join(f"{name} {method} answered {status}" for name, method, status in wrong)


def body_type(path: str) -> str:
    is_api = path.startswith("/api/")
    return "application/json" if is_api else "application/x-www-form-urlencoded"


def test_every_address_declares_who_may_come_in():
    open_doors = [
        f"{one.name} {method}"
        for one in GUARDED
        for method, permission in (one.doors or {"any": ""}).items()
        if permission not in POLICY
    ]

    assert open_doors == []


def test_what_is_public_is_known():
    assert {one.name for one in ADDRESSES if one.public} == PUBLIC


def test_every_address_with_arguments_has_a_sample():
    wanted = {one.name for one in GUARDED if one.has_arguments}

    assert wanted - set(SAMPLES) == set(), "add them to tests/samples.py"
    assert set(SAMPLES) - wanted == set(), "these addresses are gone"


def test_strangers_are_sent_to_the_sign_in():
    world = World(make.home(), make.user(role=Role.SALES_MANAGER))
    stranger = Client()
    wrong = []
    for one in GUARDED:
        for method in one.doors:
            wanted = 401 if one.is_api else 302
            if (status := answer(stranger, method, one.path(world))) != wanted:
                wrong.append((one.name, method, status))

    assert not wrong, report(wrong)


def test_a_method_that_no_door_names_is_not_allowed():
    boss = make.user(role=[Role.GENERAL_MANAGER, Role.CLERK])
    world, browser = World(make.home(), boss), Client()
    browser.force_login(boss)
    wrong = []
    for one in GUARDED:
        for method in METHODS:
            if method in one.doors:
                continue
            if (status := answer(browser, method, one.path(world))) != 405:
                wrong.append((one.name, method, status))

    assert not wrong, report(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_the_answer_that_the_table_declares(role):
    user = make.user(role=role, username="me")
    world, browser = World(make.home(), user), Client()
    browser.force_login(user)
    wrong = []
    for one in GUARDED:
        path = one.path(world)
        for method, permission in one.doors.items():
            wanted = DONE if role in POLICY[permission].roles else {403}
            if (status := answer(browser, method, path)) not in wanted:
                wrong.append((one.name, method, status))

    assert not wrong, report(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_another_stores_rows_do_not_exist(role):
    user = make.user(role=role, username="me")
    far = make.store()
    world, browser = World(far, make.user(store=far)), Client()
    browser.force_login(user)
    wrong = []
    for one in GUARDED:
        if not one.has_arguments or one.name in BY_CODE:
            continue
        path = one.path(world)
        for method, permission in one.doors.items():
            wanted = {404, unread(one, method)} if role in POLICY[permission].roles else {403}
            if (status := answer(browser, method, path)) not in wanted:
                wrong.append((one.name, method, status))

    assert not wrong, report(wrong)


def unread(one: Address, method: str) -> int:
    """The API reads the body before it looks for the row: an empty one is 400 for any row."""
    return 400 if one.is_api and method == "POST" else 404


# Their argument is a word of the house, not a row.
BY_CODE = {
    "sop:limit-change", "messaging:template-edit", "messaging:template-preview",
    "messaging:template-drop", "leads:board-column",
    "leads:plan-month", "leads:plan-copy", "leads:plan-evaluate", "leads:plan-rows",
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_the_administration_is_closed_to_every_role(role, sign_in):
    response = sign_in(make.user(role=role)).get("/admin/")

    assert response.status_code == 302
    assert "/admin/login/" in response.headers["Location"]


def test_whoever_works_nowhere_gets_nowhere(sign_in):
    nobody: User = make.user()
    nobody.memberships.all().delete()
    browser = sign_in(nobody)

    assert {answer(browser, "GET", path) for path in ("/", "/customers/", "/leads/", "/me/")} == {
        403
    }
