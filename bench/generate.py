"""Rows for the bench: many, plausible, and quickly made (bulk inserts, no actions)."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from dealership import clock, names
from dealership.customers import search
from dealership.customers.models import Customer, Event, Phone, SearchKey
from dealership.sop.models import Deadline, Heartbeat
from dealership.staff.models import Duty, Membership, Store, User
from dealership.staff.roles import Role
from dealership.vehicles.models import Series
from leads.actions import set_up_levels, set_up_sources
from leads.models import Campaign, Contact, Lead, LevelChange, Source
from leads.sop import FOLLOW_UP
from showroom.models import Visit
from showroom.sop import THANK_YOU

PASSWORD = "bench-Password-1"  # noqa: S105
CHUNK = 5_000
CONSULTANTS = 12
OPEN_DEADLINES = 300
PRESENT = 8
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰红建国志文斌"
# The customer whose page, phone and name the bench asks for.
PROBE = "欧阳晓梅"
PROBE_PHONE = "+8613900008642"


def fill(size: int) -> float:
    """Fill an empty database with `size` customers and what belongs to them; seconds taken."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    if Store.objects.exists():
        refresh_today()
        return 0.0
    began = time.monotonic()
    chance = random.Random(7)
    store, people, facts = ground()
    now = clock.now()
    for first in range(0, size, CHUNK):
        with transaction.atomic():
            chunk(range(first, min(first + CHUNK, size)), store, people, facts, chance, now)
    refresh_today()
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return time.monotonic() - began


def ground() -> tuple[Store, list[User], dict[str, Any]]:
    """A store with its people, levels, sources and series."""
    store = Store.objects.create(code="bench", name="Bench")
    people = [
        person(f"consultant{number}", Role.CONSULTANT, store) for number in range(CONSULTANTS)
    ]
    person("manager", Role.SALES_MANAGER, store)
    person("receptionist", Role.RECEPTIONIST, store)
    levels = set_up_levels(store)
    sources = list(set_up_sources(store).values())
    campaigns = [a_campaign(number, store, sources[0]) for number in range(20)]
    series = [
        Series.objects.create(code=f"s{number}", name=f"车系{number}", body="suv", energy="petrol")
        for number in range(6)
    ]
    facts = {"levels": levels, "sources": sources, "series": series, "campaigns": campaigns}
    now = clock.now()
    return store, people, facts | {"now": now, "today": clock.day_of(now, store.tz)}


def a_campaign(number: int, store: Store, source: Source) -> Campaign:
    day = clock.day_of(clock.now(), store.tz)
    return Campaign.objects.create(
        store=store, name=f"活动{number}", channel="auto_show", source=source, starts_on=day,
        ends_on=day, form_key=f"bench-{number}", created_at=clock.now(),
    )  # fmt: skip


def person(username: str, role: Role, store: Store) -> User:
    user = User.objects.create_user(username, PASSWORD, name=username, default_store=store)
    Membership.objects.create(user=user, store=store, role=role)
    return user


def bulk(model: type[models.Model], rows: Iterator[models.Model]) -> list[Any]:
    made: list[Any] = []
    while batch := list(islice(rows, 2_000)):
        made += model._default_manager.bulk_create(batch)
    return made


def chunk(
    numbers: range,
    store: Store,
    people: list[User],
    facts: dict[str, Any],
    chance: random.Random,
    now: datetime,
) -> None:
    """One chunk of customers with phone, keys, lead, visit, events and a kept promise each."""
    customers = bulk(Customer, (a_customer(n, store, people, chance, now) for n in numbers))
    pairs = list(zip(numbers, customers, strict=True))
    phone: Callable[[int], str] = lambda n: PROBE_PHONE if n == 0 else f"+86137{n:08d}"  # noqa: E731
    bulk(
        Phone,
        (Phone(customer=c, store=store, number=phone(n), is_primary=True) for n, c in pairs),
    )
    bulk(
        SearchKey,
        (
            SearchKey(customer=c, store=store, key=key)
            for n, c in pairs
            for key in search.keys_of(c, [phone(n)], [])
        ),
    )
    leads = bulk(Lead, (a_lead(c, facts, chance) for _n, c in pairs))
    bulk(Contact, (a_contact(lead) for lead in leads if lead.last_contacted_at))
    planned = [lead for lead in leads if lead.next_contact_on]
    bulk(Deadline, (a_follow_up(lead, store.tz, now) for lead in planned))
    bulk(
        LevelChange,
        (LevelChange(lead=lead, new_id=lead.level_id, at=lead.opened_at) for lead in leads),
    )
    visits = bulk(Visit, (a_visit(lead, chance) for lead in leads))
    bulk(Event, (event for visit in visits for event in events_of(visit)))
    bulk(Deadline, (a_promise(visit) for visit in visits))


def a_customer(
    number: int, store: Store, people: list[User], chance: random.Random, now: datetime
) -> Customer:
    name = chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(["", *GIVEN])
    name = PROBE if number == 0 else name
    owner = people[number % len(people)]
    at = now - timedelta(minutes=chance.randrange(3 * 24 * 60, 900 * 24 * 60))
    return Customer(
        store=store, name=name, name_key=names.sort_key(name), owner=owner, created_at=at,
        created_by=owner,
    )  # fmt: skip


# How a lead stands: its status, how often, at which levels, how far it may have come.
OPEN_ONES = (
    ("open", 90, "NHABC", ("new", "contacted", "invited", "visited", "driven", "quoted")),
    ("ordered", 10, "O", ("ordered",)),
)
OLD_ONES = (
    ("delivered", 50, "D", ("delivered",)),
    ("lost", 50, "F", ("contacted", "visited", "quoted")),
)
# Nobody keeps a lead open for longer.
OPEN_DAYS = 90
IN_POOL = 0.06
# Overdue, due today, or within the next weeks: most of the work is not today's.
PLANNED = (-6, -1, 0, *range(1, 28))


def a_lead(customer: Customer, facts: dict[str, Any], chance: random.Random) -> Lead:
    """Open ones owe their next contact: some today, some overdue, most in the next weeks."""
    age = (facts["now"] - customer.created_at).days
    stands = OPEN_ONES if age < OPEN_DAYS else OLD_ONES
    weights = [weight for _status, weight, _levels, _stages in stands]
    status, _weight, levels, stages = chance.choices(stands, weights)[0]
    is_open, in_pool = status in ("open", "ordered"), status == "open" and chance.random() < IN_POOL
    stage = chance.choice(stages)
    planned = is_open and not in_pool
    day = facts["today"] + timedelta(days=chance.choices(PLANNED, (1, 1, 1, *(30,) * 27))[0])
    spoken = None if stage == "new" else customer.created_at + timedelta(hours=3)
    return Lead(
        store_id=customer.store_id, customer=customer, status=status, stage=stage,
        consultant_id=None if in_pool else customer.owner_id,
        pooled_at=customer.created_at + timedelta(days=1) if in_pool else None,
        pooled_from_id=customer.owner_id if in_pool else None,
        source=chance.choice(facts["sources"]), level=facts["levels"][chance.choice(levels)],
        series=chance.choice(facts["series"]), opened_at=customer.created_at,
        way=chance.choice(("walk_in", "call", "online", "event")),
        campaign=chance.choice(facts["campaigns"]) if chance.random() < 0.1 else None,
        next_contact_on=day if planned else None, follow_ups=1 if planned else 0,
        first_contacted_at=spoken, last_contacted_at=spoken,
    )  # fmt: skip


def a_contact(lead: Lead) -> Contact:
    return Contact(
        store_id=lead.store_id, lead=lead, customer_id=lead.customer_id,
        by_id=lead.consultant_id or lead.pooled_from_id, at=lead.last_contacted_at,
        entered_at=lead.last_contacted_at, way="call", outcome="reached", feedback="考虑中",
        level_before_id=lead.level_id, level_after_id=lead.level_id,
    )  # fmt: skip


def a_follow_up(lead: Lead, tz: ZoneInfo, now: datetime) -> Deadline:
    """The one open deadline of an open lead."""
    due = clock.end_of_day(lead.next_contact_on, tz)
    opened = min(lead.opened_at, due - timedelta(days=2))
    return Deadline(
        store_id=lead.store_id, step=FOLLOW_UP.code, subject_type="leads.lead",
        subject_id=lead.pk, period="1", customer_id=lead.customer_id, owner_id=lead.consultant_id,
        role=Role.CONSULTANT, opened_at=opened, actionable_at=opened, entered_at=opened,
        due_at=due, limit_kind="days", limit_amount=0, remind_at=due - timedelta(hours=15),
        next_at=max(due - timedelta(hours=15), now + timedelta(days=1)),
    )  # fmt: skip


def a_visit(lead: Lead, chance: random.Random) -> Visit:
    at = lead.opened_at
    return Visit(
        store_id=lead.store_id, way="walk_in", customer_id=lead.customer_id, lead=lead,
        consultant_id=lead.consultant_id or lead.pooled_from_id, arrived_at=at, entered_at=at,
        taken_at=at,
        departed_at=at + timedelta(minutes=chance.randrange(10, 90)), purpose="see_car",
        party_size=chance.randrange(1, 5), is_first=True, has_contact=True, registered_at=at,
        series_id=lead.series_id,
    )  # fmt: skip


def events_of(visit: Visit) -> Iterator[Event]:
    for kind, at in (
        ("customer.registered", visit.arrived_at),
        ("lead.opened", visit.arrived_at),
        ("customer.consent_given", visit.departed_at),
    ):
        yield Event(
            store_id=visit.store_id, customer_id=visit.customer_id, lead_ref=visit.lead_id,
            kind=kind, actor_id=visit.consultant_id, occurred_at=at, entered_at=at,
            subject_type="showroom.visit", subject_id=visit.pk,
            data={"level": "H", "purpose": "–"},
        )  # fmt: skip


def a_promise(visit: Visit) -> Deadline:
    left = visit.departed_at
    return Deadline(
        store_id=visit.store_id, step=THANK_YOU.code, subject_type="showroom.visit",
        subject_id=visit.pk, customer_id=visit.customer_id, owner_id=visit.consultant_id,
        role=Role.CONSULTANT, opened_at=left, actionable_at=left, entered_at=left,
        due_at=left + timedelta(hours=2), limit_kind="minutes", limit_amount=120,
        outcome="done", closed_at=left + timedelta(hours=1), closed_by_id=visit.consultant_id,
    )  # fmt: skip


@transaction.atomic
def refresh_today() -> None:
    """Today's picture, made anew for each run: guests present, promises open, a clock that runs."""
    now = clock.now()
    store = Store.objects.get(code="bench")
    Deadline.objects.filter(closed_at=None, step=THANK_YOU.code).delete()
    Visit.objects.present().delete()
    recent = list(Visit.objects.order_by("-pk").exclude(departed_at=None)[:OPEN_DEADLINES])
    for number, visit in enumerate(recent):
        if number < PRESENT:
            visit.pk, visit.departed_at, visit.registered_at = None, None, None
            visit.arrived_at = visit.entered_at = now - timedelta(minutes=5 * number + 1)
            visit.save(force_insert=True)
    about = [visit.pk for visit in recent[PRESENT:]]
    Deadline.objects.filter(step=THANK_YOU.code, subject_id__in=about).delete()
    for number, visit in enumerate(recent[PRESENT:]):
        promise = a_promise(visit)
        promise.opened_at = promise.actionable_at = promise.entered_at = now - timedelta(hours=1)
        promise.due_at = now + timedelta(minutes=number - 30)
        promise.outcome, promise.closed_at, promise.closed_by_id = "", None, None
        promise.save()
    Heartbeat.objects.update_or_create(name="tick", defaults={"at": now + timedelta(hours=1)})
    day = clock.day_of(now, store.tz)
    for user in User.objects.in_store(store, Role.CONSULTANT):
        Duty.objects.get_or_create(user=user, store=store, day=day, defaults={"checked_in_at": now})


def pages() -> list[tuple[Any, ...]]:
    """What is measured: name, path, as whom, and the most it may take in trivial views."""
    probe = Customer.objects.get(phones__number=PROBE_PHONE)
    visit = Visit.objects.present().filter(consultant__username="consultant0").first()
    visit = visit or Visit.objects.present().first()
    return [
        ("trivial view", "/bench/trivial/", "manager", 1),
        ("Today", "/today/", "consultant0", 5),
        ("Floor", "/floor/", "receptionist", 5),
        *lead_pages(),
        ("customer list", "/customers/", "manager", 4),
        ("search: phone", "/customers/search/?q=13900008642", "manager", 4),
        ("search: last 4 digits", "/customers/search/?q=8642", "manager", 4),
        ("search: name", f"/customers/search/?q={PROBE}", "manager", 4),
        ("search: initials", "/customers/search/?q=oyxm", "manager", 4),
        ("look-up at the desk", "/customers/lookup/", "receptionist", 4, {"phone": "13900008642"}),
        ("customer", f"/customers/{probe.pk}/", "manager", 6),
        ("run sheet", f"/visits/{visit.pk}/", "manager", 6),
        ("manager's board", "/board/", "manager", 10),
    ]


def lead_pages() -> list[tuple[Any, ...]]:
    """The list in each of its views and orders, narrowed and searched; board, pool, one lead."""
    store = Store.objects.get(code="bench")
    group = Source.objects.get(store=store, code="online")
    consultant = User.objects.get(username="consultant0")
    lead = Lead.objects.open().filter(consultant=consultant).latest("pk")
    listed = [
        (f"leads: {view}", f"/leads/?view={view}", user, 4)
        for user, views in (
            ("manager", ("open", "today", "overdue", "pool", "new", "all")),
            ("consultant0", ("open", "mine", "my-h", "today", "overdue")),
        )
        for view in views
    ]
    ordered = [
        (f"leads by {order}", f"/leads/?view=open&order={order}", "manager", 4)
        for order in ("next", "last", "level")
    ]
    narrow = f"/leads/?view=all&level=H&level=A&source={group.pk}&stage=visited"
    campaign = Campaign.objects.filter(store=store).latest("pk")
    return [
        *listed,
        *ordered,
        ("leads: level, source, stage", narrow, "manager", 4),
        ("leads of a campaign", f"/leads/?view=all&campaign={campaign.pk}", "manager", 4),
        ("leads: phone", "/leads/?view=all&q=13900008642", "manager", 4),
        ("leads: name", f"/leads/?view=all&q={PROBE}", "manager", 4),
        ("leads: surname", "/leads/?view=open&q=王", "manager", 4),
        ("board of leads", "/leads/board/", "manager", 4),
        ("board: a column", "/leads/board/level/H/", "consultant0", 4),
        ("pool", "/leads/pool/", "consultant0", 4),
        ("a lead", f"/leads/{lead.pk}/", "consultant0", 4),
    ]
