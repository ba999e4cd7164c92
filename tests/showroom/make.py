"""Visits for tests: plain functions, every row real."""

from datetime import datetime, timedelta
from typing import Any

from dealership import clock
from dealership.staff.models import Duty, User
from showroom.actions import depart, receive_visit
from showroom.models import Visit
from tests import make


def visit(*, consultant: User | None = None, by: User | None = None, **given: Any) -> Visit:
    """A walk-in: without anything else said, of a new customer whom a new consultant attends."""
    by = by or consultant or make.user()
    if not given.keys() & {"customer", "phone", "name", "nameless"}:
        given["customer"] = make.customer(owner=by, at=given.get("at"))
    given.pop("nameless", None)
    store = given.pop("store", None) or by.active_store
    return receive_visit(store=store, by=by, consultant=consultant, **given)


def departed(*, at: datetime | None = None, stayed: int = 40, **given: Any) -> Visit:
    """A visit that ended now, after `stayed` minutes."""
    at = at or clock.now()
    made = visit(at=at - timedelta(minutes=stayed), **given)
    return depart(made, by=made.consultant or made.entered_by, at=at)


def duty(user: User, *, at: datetime | None = None, checked_in: bool = True) -> Duty:
    """The person stands on today's roster, and has come."""
    at, store = at or clock.now(), user.active_store
    return Duty.objects.create(
        user=user,
        store=store,
        day=clock.day_of(at, store.tz),
        checked_in_at=at if checked_in else None,
    )
