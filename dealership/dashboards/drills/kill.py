"""
`manage.py drill kill`: processes die while promises fall due and SMS go out.

Guests have left; nobody thanks them by hand. Web, worker, beat and broker are killed with -9
or frozen at random, the gateway loses answers, and walk-ins go on being logged over the API
with retries. At the end every promise is kept or on a person's list, no SMS went out twice, and
each logged walk-in is there once.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import requests
from django.core.management import call_command
from django.db import connection, transaction

from dealership import clock
from dealership.customers.actions import give_consent, register_customer
from dealership.customers.models import Consent
from dealership.dashboards.drills.chaos import Chaos
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline, DeadlineQuerySet
from dealership.staff.actions import create_token
from dealership.staff.models import Membership, Store, User
from dealership.staff.roles import Role
from leads.actions import set_up_levels
from showroom.actions import depart, receive_visit
from showroom.models import Visit
from showroom.sop import THANK_YOU

SETTLED = ("accepted", "delivered", "refused", "dead", "cancelled")
CONSULTANTS = 6


@dataclass(frozen=True)
class Size:
    deadlines: int
    faults: int
    seconds: float
    gateway_rate: float = 0.25


SHORT = Size(deadlines=150, faults=14, seconds=15)
FULL = Size(deadlines=20_000, faults=300, seconds=1500)


@dataclass
class Outcome:
    """What the drill found; `misses` is empty if the house held."""

    figures: dict[str, object]
    misses: list[str]


def run(size: Size, folder: Path, *, seed: int, say: Callable[[str], object]) -> Outcome:
    """Drill once on the database that Django is connected to, which must be empty."""
    call_command("migrate", verbosity=0, interactive=False)
    began = time.monotonic()
    store, token = furnish()
    guests(store, size)
    say(f"  {size.deadlines} guests have left ({time.monotonic() - began:.0f} s to write them)")
    with Chaos(folder, seed=seed) as chaos:
        chaos.gateway_faults(size.gateway_rate)
        desk = Desk(chaos.url, token)
        desk.start()
        chaos.rage(faults=size.faults, seconds=size.seconds, say=say, settled=settled)
        desk.stop()
        sent = requests.get(f"{chaos.gateway}/messages", timeout=60).json()
    return judge(size, sent, desk, sum(chaos.counts.values()))


def furnish() -> tuple[Store, str]:
    """A store whose quiet hours are far from now, its people, and a token for the desk."""
    far = clock.now() + timedelta(hours=8)
    store = Store.objects.create(code="drill", name="Drill")
    far = far.astimezone(store.tz)
    store.quiet_from, store.quiet_until = far.time(), (far + timedelta(hours=2)).time()
    store.save()
    set_up_levels(store)
    for number in range(CONSULTANTS):
        person(store, f"consultant{number}", Role.CONSULTANT)
    desk = person(store, "desk", Role.RECEPTIONIST)
    return store, create_token(desk, name="drill")


def person(store: Store, username: str, role: Role) -> User:
    user = User.objects.create_user(username, name=username, default_store=store)
    Membership.objects.create(user=user, store=store, role=role)
    return user


def guests(store: Store, size: Size) -> None:
    """
    Log visits that are over, so that their SMS fall due all through the drill.

    The software acts `act_before` the end of the two hours: a guest who left that long ago is
    due at once.
    """
    people = list(User.objects.in_store(store, Role.CONSULTANT))
    span = timedelta(hours=2) - THANK_YOU.act_before
    # Writing them takes a while: what falls due meanwhile waits for the first tick.
    first = clock.now() - span
    gap = timedelta(seconds=size.seconds * 0.8) / size.deadlines
    for start in range(0, size.deadlines, 500):
        with transaction.atomic():
            for number in range(start, min(start + 500, size.deadlines)):
                guest(store, people[number % len(people)], number, first + gap * number)


def guest(store: Store, consultant: User, number: int, left: datetime) -> None:
    came = left - timedelta(minutes=40)
    customer = register_customer(
        store=store, name=f"客{number}", phone=f"1390{number:07d}", owner=consultant,
        by=consultant, at=came,
    )  # fmt: skip
    give_consent(customer, Consent.Purpose.SERVICE, by=consultant, at=came)
    visit = receive_visit(
        store=store, by=consultant, customer=customer, consultant=consultant, arrived_at=came
    )
    depart(visit, by=consultant, departed_at=left)


def settled() -> bool:
    """Nothing is left for the software to do."""
    waiting = Sms.objects.exclude(state__in=SETTLED).exists()
    owed = thank_yous().open().filter(problem="").exists()
    connection.close()
    return not (waiting or owed)


def thank_yous() -> DeadlineQuerySet:
    return Deadline.objects.of_step(THANK_YOU)


class Desk(threading.Thread):
    """Logs walk-ins over the API while the web process dies: each with a key, until it is in."""

    def __init__(self, url: str, token: str):
        super().__init__(daemon=True)
        self.url, self.token = f"{url}/api/v1/visits/", token
        self.keys: list[str] = []
        self.answers: Counter[int] = Counter()
        self.ids: set[int] = set()
        self.is_open = True

    def run(self) -> None:
        while self.is_open:
            key = uuid.uuid4().hex
            self.enter(key)
            self.keys.append(key)
            time.sleep(0.3)

    def enter(self, key: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        body = {"name": key, "party_size": 2, "remark": key}
        for _attempt in range(200):
            try:
                answer = requests.post(self.url, json=body, headers=headers, timeout=15)
            except requests.RequestException:
                time.sleep(0.2)
                continue
            self.answers[answer.status_code] += 1
            if answer.status_code == 201:
                self.ids.add(answer.json()["id"])
                return
            time.sleep(0.2)

    def stop(self) -> None:
        self.is_open = False
        self.join(60)


def judge(size: Size, sent: list[dict[str, str]], desk: Desk, faults: int) -> Outcome:
    """Hold what the gateway has taken against what was promised."""
    phones = Counter(message["phone"][-11:] for message in sent)
    doubled = [phone for phone, times in phones.items() if times > 1]
    promised = thank_yous()
    done = promised.filter(outcome="done").count()
    listed = promised.open().exclude(problem="").count()
    lost = size.deadlines - done - listed
    unsent = sum(not phones.get(f"1390{number:07d}") for number in range(size.deadlines))
    logged = Visit.objects.filter(remark__in=desk.keys).count()
    lateness = [
        (deadline.closed_at - deadline.due_at).total_seconds()
        for deadline in promised.filter(outcome="done")
    ]
    late = sum(seconds > 0 for seconds in lateness)
    figures = {
        "database": connection.vendor,
        "faults": faults,
        "promises": size.deadlines,
        "kept": done,
        "kept late": late,
        "on a person's list": listed,
        "lost": lost,
        "SMS taken by the gateway": len(sent),
        "SMS twice": len(doubled),
        "walk-ins entered": len(desk.keys),
        "walk-ins in the register": logged,
        "answers 5xx": sum(n for code, n in desk.answers.items() if code >= 500),
        "SMS states": dict(Counter(Sms.objects.values_list("state", flat=True))),
    }
    misses = []
    if lost:
        misses.append(f"{lost} promises lost")
    if doubled:
        misses.append(f"{len(doubled)} guests got an SMS twice")
    if unsent > listed:
        misses.append(f"{unsent} guests got no SMS, only {listed} are on a person's list")
    if logged != len(desk.keys):
        misses.append(f"{len(desk.keys)} walk-ins entered, {logged} in the register")
    return Outcome(figures, misses)
