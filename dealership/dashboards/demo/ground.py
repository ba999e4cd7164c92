"""The stores before the first guest: people, roster, series, sources, levels."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.hashers import make_password

from dealership import clock, names
from dealership.dashboards.demo import cast, texts
from dealership.dashboards.demo.cast import Person
from dealership.dashboards.demo.people import Invention
from dealership.messaging.actions import change_template
from dealership.messaging.purposes import PURPOSES
from dealership.staff.models import Duty, Membership, Store, Team, User
from dealership.staff.roles import Role
from dealership.vehicles.actions import set_guide_price
from dealership.vehicles.models import Series, Trim
from leads.actions import (
    set_up_levels,
    set_up_loss_reasons,
    set_up_ownership,
    set_up_sources,
)
from leads.models import IntentLevel, Source

ROSTER_AHEAD = 14
DAYS_OFF_A_WEEK = 2


@dataclass
class House:
    """A store with everything that its story needs at hand, so that no event looks it up."""

    store: Store
    rng: random.Random
    people: dict[str, User]
    pace: dict[int, float]
    levels: dict[str, IntentLevel]
    sources: list[Source]
    source_weights: list[int]
    series: list[Series]
    series_weights: list[int]
    invention: Invention
    on_duty: dict[date, list[User]] = field(default_factory=dict)

    def one(self, role: Role) -> User:
        """The first of the store who works as `role`."""
        return self.by_role[role][0]

    @cached_property
    def by_role(self) -> dict[Role, list[User]]:
        found: dict[Role, list[User]] = {}
        members = Membership.objects.filter(store=self.store).order_by("pk")
        by_pk = {user.pk: user for user in self.people.values()}
        for user_id, role in members.values_list("user_id", "role"):
            found.setdefault(Role(role), []).append(by_pk[user_id])
        return found

    def moment(self, day: date, hour: float) -> datetime:
        """`hour` o'clock of the store's day, 14.5 being 14:30."""
        return clock.start_of_day(day, self.store.tz) + timedelta(hours=hour)

    def day_of(self, at: datetime) -> date:
        return clock.day_of(at, self.store.tz)


def catalogue() -> list[Series]:
    """The brand's series with invented trims and prices; what is there already is kept."""
    found = []
    for order, (code, name, body, energy, _weight) in enumerate(cast.SERIES, start=1):
        series, is_new = Series.objects.get_or_create(
            code=code, defaults={"name": name, "body": body, "energy": energy, "order": order * 10}
        )
        if is_new:
            for step, name in enumerate(cast.TRIMS):
                trim = Trim.objects.create(
                    series=series, name=name, order=step * 10, **cast.trim_facts(energy, step)
                )
                set_guide_price(
                    trim,
                    amount=Decimal(cast.BASE_PRICE[code] + 12_000 * step),
                    valid_from=cast.PRICED_FROM,
                )
        found.append(series)
    return found


def people(who: Iterable[tuple[Person, list[Store]]], joined: datetime) -> dict[str, User]:
    """Sign-ins with one shared password; the hash is made once, it takes its time."""
    password = make_password(cast.PASSWORD)
    users = {}
    for number, (person, stores) in enumerate(who, start=1):
        users[person.username] = User(
            username=person.username,
            name=person.name,
            name_key=names.sort_key(person.name),
            phone=f"+861990009{number:04d}",
            password=password,
            default_store=stores[0],
            date_joined=joined,
        )
    User.objects.bulk_create(users.values())
    return {user.username: user for user in User.objects.filter(username__in=users)}


def build(
    staff: list[Person],
    users: dict[str, User],
    *,
    store: Store,
    rng: random.Random,
    series: list[Series],
    phone_block: str,
) -> House:
    """Give a store its teams, roles, sources and levels."""
    teams = {name: Team.objects.create(store=store, name=name) for name in cast.TEAMS}
    Membership.objects.bulk_create(
        Membership(
            user=users[person.username],
            store=store,
            role=person.role,
            team=teams.get(person.team),
        )
        for person in staff
    )
    sources = set_up_sources(store)
    set_up_loss_reasons(store)
    set_up_ownership(store)
    for purpose, (name, body) in texts.TEMPLATES.items():
        change_template(
            PURPOSES[purpose], store=store, name=name, body=body, by=None, at=clock.now()
        )
    return House(
        store=store,
        rng=rng,
        people={person.username: users[person.username] for person in staff},
        pace={users[person.username].pk: person.pace for person in staff},
        levels=set_up_levels(store),
        sources=[sources[code] for code, _weight in cast.SOURCES],
        source_weights=[weight for _code, weight in cast.SOURCES],
        series=series,
        series_weights=[row[-1] for row in cast.SERIES],
        invention=Invention(rng, phone_block),
    )


def open_store(facts: dict[str, str]) -> Store:
    return Store.objects.create(**facts, is_demo=True)


def roster(house: House, *, first: date, now: datetime) -> None:
    """
    Who works when, from `first` to two weeks from now.

    Two days off a week, never at the weekend for more than a third; past days are checked in.
    """
    today = house.day_of(now)
    consultants = house.by_role[Role.CONSULTANT]
    others = house.by_role.get(Role.RECEPTIONIST, []) + house.by_role.get(Role.SALES_MANAGER, [])
    rows: list[Duty] = []
    for number in range((today - first).days + ROSTER_AHEAD + 1):
        day = first + timedelta(days=number)
        working = [
            person
            for place, person in enumerate(consultants)
            if day == today or not _is_off(place, day)
        ]
        if day == today:
            working = [
                person for place, person in enumerate(consultants) if place % 3 != 2 or place < 3
            ]
        house.on_duty[day] = []
        for person in working + others:
            checked_in = _checked_in(house, day, now)
            rows.append(
                Duty(
                    user=person,
                    store=house.store,
                    day=day,
                    starts_at=time(8, 30),
                    ends_at=time(18, 0),
                    checked_in_at=checked_in,
                )
            )
            if person in consultants:
                house.on_duty[day].append(person)
    Duty.objects.bulk_create(rows)


def _is_off(place: int, day: date) -> bool:
    """Days off go round: each consultant two weekdays running, the weekend now and then."""
    turn = (place * 2 + day.isocalendar().week) % 7
    return day.weekday() in (turn, (turn + 1) % 7)


def _checked_in(house: House, day: date, now: datetime) -> datetime | None:
    at = house.moment(day, 8.25) + timedelta(seconds=house.rng.randint(0, 1500))
    today = house.day_of(now)
    if day > today:
        return None
    if day == today:
        # Whenever the demo is made, the floor is at work.
        return min(at, now - timedelta(minutes=house.rng.randint(70, 110))).astimezone(UTC)
    return at
