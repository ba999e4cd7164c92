"""Puts the invented stores on: builds them, tells their story up to now, hands out the keys."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from dealership import clock
from dealership.customers.actions import register_customer
from dealership.customers.models import Customer, Event
from dealership.dashboards.demo import cast, ground
from dealership.dashboards.demo.echo import TOLD_DAYS, echo_back
from dealership.dashboards.demo.floor import Floor
from dealership.dashboards.demo.ground import House
from dealership.dashboards.demo.occasions import Occasions
from dealership.dashboards.demo.people import ELSEWHERE, MAIN_BLOCK, SISTER_BLOCK
from dealership.dashboards.demo.present import Present
from dealership.dashboards.demo.sales import Sales
from dealership.dashboards.demo.story import Story, savepoints_at_night, without_savepoints
from dealership.messaging.models import Sms
from dealership.sop.actions import tick
from dealership.sop.models import Deadline
from dealership.staff.models import Membership, Store
from dealership.staff.roles import Role
from deals.models import Order
from delivery.models import CallbackAttempt, Delivery, DmsEntry
from leads.models import Lead
from showroom.models import Visit

SISTER_DAYS = 6
SISTER_SHARE = 0.25
# The last two and a half hours belong to the staged picture of the present.
STAGED = timedelta(minutes=150)


class DemoExists(Exception):
    """The database holds a store already: the demo never mixes with what is there."""


@dataclass(frozen=True)
class SignIn:
    """A demo sign-in, as the welcome prints it."""

    username: str
    name: str
    role: Role
    store: str


def write_demo(
    *, seed: int = 7, days: int = 90, consultants: int = 12, now: datetime | None = None
) -> None:
    """
    Write two invented stores with `days` of history up to `now`, in one transaction.

    The same seed and the same `now` give the same story. The last weeks are told by the house's
    own actions, each at its own time; the weeks before are echoes of them. No gateway is called.
    """
    now = (now or clock.now()).replace(microsecond=0)
    if Store.objects.exists():
        raise DemoExists
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic(), without_savepoints():
        with clock.pretending(now - timedelta(days=days + 1)):
            main, sister = _houses(seed, consultants, now, days)
        story = Story()
        _plan(main, story, days=min(days, TOLD_DAYS), history=days, now=now, share=1.0)
        _plan(sister, story, days=min(days, SISTER_DAYS), history=days, now=now, share=SISTER_SHARE)
        story.tell(until=now)
        echo_back(main, days=days, now=now)
        _settle(now)


def _houses(seed: int, consultants: int, now: datetime, days: int) -> tuple[House, House]:
    main_staff = [*cast.CONSULTANTS[:consultants], *cast.OTHERS]
    sisters = list(cast.SISTERS)
    both = next(person for person in main_staff if person.username == cast.IN_BOTH)
    stores = ground.open_store(cast.MAIN_STORE), ground.open_store(cast.SISTER_STORE)
    joined = now - timedelta(days=days + 30)
    users = ground.people(
        [(person, [stores[0]]) for person in main_staff]
        + [(person, [stores[1]]) for person in sisters],
        joined,
    )
    series = ground.catalogue()
    houses = []
    for store, staff, block in (
        (stores[0], main_staff, MAIN_BLOCK),
        (stores[1], [*sisters, both], SISTER_BLOCK),
    ):
        rng = random.Random(f"{seed}:{store.code}")  # noqa: S311
        house = ground.build(staff, users, store=store, rng=rng, series=series, phone_block=block)
        first = house.day_of(now) - timedelta(days=days)
        ground.roster(house, first=first, now=now)
        houses.append(house)
    return houses[0], houses[1]


def _plan(
    house: House, story: Story, *, days: int, history: int, now: datetime, share: float
) -> None:
    """Plan `days` in full, what happens once in the whole history, and the picture of now."""
    sales = Sales(house, story)
    floor = Floor(house, story, sold=sales.sold)
    floor.share, sales.floor = share, floor
    floor.until = now - STAGED
    today = house.day_of(now)
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        story.at(house.moment(day, 0), floor.open_day, day, now - STAGED)
    occasions = Occasions(house, story, floor)
    occasions.plan_months(now, days=history)
    present = Present(floor, sales, now)
    if share == 1.0:
        present.plan()
        present.plan_deliveries()
        occasions.plan_once(now, days=history)
    else:
        story.at(now - timedelta(days=3), _elsewhere, house)


def _elsewhere(at: datetime, house: House) -> None:
    """Somebody whom only the sister store knows: at the other one it shows that they exist."""
    owner = house.by_role[Role.CONSULTANT][0]
    register_customer(
        store=house.store, name="汪建华", salutation="mr", phone=ELSEWHERE, owner=owner, by=owner
    )


def _settle(now: datetime) -> None:
    """Let the clock do what is due by now: the first real tick finds nothing of the past."""
    with clock.pretending(now), savepoints_at_night(now):
        tick()


def sign_ins() -> Iterator[SignIn]:
    """One sign-in for each role of the main store, then the rest of its consultants."""
    store = Store.objects.filter(code=cast.MAIN_STORE["code"], is_demo=True).first()
    if store is None:
        return
    members = Membership.objects.filter(store=store, user__is_active=True)
    seen: set[str] = set()
    for member in members.select_related("user", "store").order_by("pk"):
        if member.role not in seen or member.role == Role.CONSULTANT:
            seen.add(member.role)
            yield SignIn(member.user.username, member.user.name, Role(member.role), store.name)


def digest() -> str:
    """A fingerprint of what the demo wrote, without the ids that the database gave."""
    found = hashlib.sha256()
    for model, fields in PRINTED:
        for row in model.objects.order_by("pk").values_list(*fields):
            found.update(repr(row).encode())
    return found.hexdigest()


PRINTED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Customer, ("store__code", "name", "salutation", "owner__username", "created_at")),
    (Lead, ("customer__name", "level__code", "status", "consultant__username", "next_contact_on")),
    (
        Visit,
        ("way", "customer__name", "consultant__username", "arrived_at", "departed_at", "is_first"),
    ),
    (Deadline, ("step", "owner__username", "opened_at", "due_at", "closed_at", "outcome", "reply")),
    (Order, ("number", "customer__name", "series__code", "status", "ordered_at")),
    (Delivery, ("vin", "delivered_at", "invoice_on", "vehicle_use")),
    (CallbackAttempt, ("outcome", "remark", "at", "by__username")),
    (DmsEntry, ("dms_number", "entered_at")),
    (Sms, ("purpose", "phone", "body", "state", "created_at", "accepted_at")),
    (Event, ("kind", "customer__name", "actor__username", "occurred_at", "entered_at")),
)
