"""What somebody has whom others follow, and who gets which customer (离职交接)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count
from django.utils.functional import Promise

from dealership import clock
from dealership.customers.models import Customer
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.sop.steps import STEPS
from dealership.staff.models import Duty, Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.web.keyset import page_after
from leads.belongings import BELONGINGS
from leads.models import Appointment, HandOver, HandOverRow, IntentLevel, Lead
from leads.selectors.ownership import holdings, overdue_of, policy_of

PAGE = 30
# Whose consultant matters still: lost and delivered ones tell who did it.
ALIVE = (Lead.Status.OPEN, Lead.Status.ORDERED, Lead.Status.DORMANT)


@dataclass(frozen=True)
class Thing:
    """One row that has to change hands, and whose customer it is about."""

    kind: str
    pk: int
    customer_id: int | None
    subject_type: str = ""


@dataclass(frozen=True)
class Wish:
    """What decides who follows: the customer's level and series."""

    customer_id: int
    level: str = ""
    series: str = ""


@dataclass(frozen=True)
class Estate:
    """Everything that somebody has in a store."""

    leaver: User
    store: Store
    things: list[Thing] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    # Customers of colleagues about whom the leaver owes something: it goes to those.
    others: dict[int, User] = field(default_factory=dict)
    by_level: list[tuple[str, int]] = field(default_factory=list)
    by_series: list[tuple[str, int]] = field(default_factory=list)
    by_step: list[tuple[str, int]] = field(default_factory=list)
    by_room: list[tuple[str | Promise, int]] = field(default_factory=list)

    @property
    def customers(self) -> int:
        return len(self.wishes)

    def count(self, kind: str) -> int:
        return sum(thing.kind == kind for thing in self.things)

    @property
    def leads(self) -> int:
        return self.count(HandOverRow.Kind.LEAD)

    @property
    def deadlines(self) -> int:
        return sum(number for _step, number in self.by_step)

    @property
    def is_empty(self) -> bool:
        return not self.things


def estate_of(leaver: User, store: Store) -> Estate:
    """Count and list what has to change hands; a few queries for any number of customers."""
    kind = HandOverRow.Kind
    owned = Customer.objects.filter(owner=leaver, store=store, merged_into=None)
    things = [Thing(kind.CUSTOMER, pk, pk) for pk in owned.values_list("pk", flat=True)]
    mine = {thing.pk for thing in things}
    leads = list(
        Lead.objects.filter(consultant=leaver, store=store, status__in=ALIVE)
        .order_by("pk")
        .values_list("pk", "customer", "level__code", "series__name")
    )
    things += [Thing(kind.LEAD, pk, customer) for pk, customer, _level, _series in leads]
    owed = Deadline.objects.open().in_store(store).filter(owner=leaver)
    steps: Counter[str] = Counter()
    for pk, customer, step in owed.values_list("pk", "customer", "step"):
        things.append(Thing(kind.DEADLINE, pk, customer))
        if step in STEPS and not STEPS[step].is_watch:
            steps[str(STEPS[step].title)] += 1
    by_room = []
    for belonging in BELONGINGS:
        rows = belonging.of(leaver, store)
        found = list(rows.values_list("pk", "customer"))
        label = rows.model._meta.label_lower
        things += [Thing(kind.OTHER, pk, customer, label) for pk, customer in found]
        if found:
            by_room.append((belonging.label, len(found)))
    others = _others({thing.customer_id for thing in things} - mine, leaver, store)
    wishes = _wishes(things, leads, others)
    return Estate(
        leaver, store, things, wishes, others,
        by_level=_levels(store, wishes),
        by_series=Counter(wish.series for wish in wishes).most_common(),
        by_step=steps.most_common(),
        by_room=by_room,
    )  # fmt: skip


def _others(customers: set[int | None], leaver: User, store: Store) -> dict[int, User]:
    """Customers of others, with their consultants who still work here."""
    rows = Customer.objects.filter(pk__in=[pk for pk in customers if pk])
    owners = dict(rows.exclude(owner=None).exclude(owner=leaver).values_list("pk", "owner"))
    here = User.objects.in_store(store, Role.CONSULTANT, *MANAGERS).in_bulk(set(owners.values()))
    return {pk: here[owner] for pk, owner in owners.items() if owner in here}


def _wishes(
    things: list[Thing], leads: Sequence[tuple[int, int, str, str | None]], others: dict[int, User]
) -> list[Wish]:
    """Each customer who needs somebody new, with the level and series of the newest lead."""
    known = {customer: (level, series or "") for _pk, customer, level, series in leads}
    customers = {thing.customer_id for thing in things if thing.customer_id} - set(others)
    return [Wish(pk, *known.get(pk, ("", ""))) for pk in sorted(customers)]


def _levels(store: Store, wishes: list[Wish]) -> list[tuple[str, int]]:
    count = Counter(wish.level for wish in wishes)
    codes = [*IntentLevel.objects.filter(store=store).values_list("code", flat=True), ""]
    return [(code, count[code]) for code in codes if count[code]]


def visits_of(user: User, store: Store) -> "models.QuerySet[Appointment]":
    """The visits that customers have agreed on with the person."""
    return Appointment.objects.open().filter(consultant=user, store=store)


def spread(wishes: list[Wish], how: str, people: list[User]) -> dict[int, User]:
    """
    Share customers out: each customer with everything to one person.

    Within each level everybody gets the same number, or each series goes to one person, the
    largest first to whoever has least.
    """
    if how == HandOver.Spread.SERIES:
        groups: dict[str, list[int]] = defaultdict(list)
        for wish in wishes:
            groups[wish.series].append(wish.customer_id)
        given = dict.fromkeys(people, 0)
        found: dict[int, User] = {}
        for ids in sorted(groups.values(), key=len, reverse=True):
            person = min(people, key=lambda one: given[one])
            given[person] += len(ids)
            found |= dict.fromkeys(ids, person)
        return found
    ordered = wishes
    if how == HandOver.Spread.LEVEL:
        ordered = sorted(wishes, key=lambda wish: (wish.level, wish.customer_id))
    return {wish.customer_id: people[number % len(people)] for number, wish in enumerate(ordered)}


@dataclass(frozen=True)
class Successor:
    """Somebody who could take customers, with what they have now and would have."""

    user: User
    load: int
    overdue: int
    is_on_duty: bool
    would_get: int = 0
    is_too_many: bool = False


def successors_of(
    leaver: User,
    store: Store,
    plan: dict[int, User] | None = None,
    at: datetime | None = None,
) -> list[Successor]:
    """Who could take over, the least loaded first; with `plan`, how many each would get."""
    at = at or clock.now()
    people = list(User.objects.in_store(store, Role.CONSULTANT).exclude(pk=leaver.pk))
    ids = [person.pk for person in people]
    loads, overdue, policy = holdings(ids), overdue_of(ids, at), policy_of(store)
    today = clock.day_of(at, store.tz)
    on_duty = set(Duty.objects.on(store, today).values_list("user", flat=True))
    gets = Counter(user.pk for user in (plan or {}).values())
    found = [
        Successor(
            person,
            loads.get(person.pk, 0),
            overdue.get(person.pk, 0),
            person.pk in on_duty,
            gets[person.pk],
            loads.get(person.pk, 0) + gets[person.pk] > policy.holding_cap,
        )
        for person in people
    ]
    return sorted(found, key=lambda row: (row.load, row.user.name_key, row.user.pk))


def holds_customers(user: User, store: Store) -> int:
    """How many customers and open leads would be left without anybody."""
    customers = Customer.objects.filter(owner=user, store=store, merged_into=None)
    leads = Lead.objects.filter(consultant=user, store=store, status__in=ALIVE)
    strays = leads.exclude(customer__owner=user).values("customer").distinct()
    return customers.count() + strays.count()


@dataclass(frozen=True)
class Receipt:
    """What one person got by a hand-over."""

    user: User
    customers: int
    leads: int
    deadlines: int
    other: int


@dataclass(frozen=True)
class Journal:
    """A hand-over as its page shows it."""

    receipts: list[Receipt]
    texted: int
    waiting: int
    customers: int


def journal_of(hand_over: HandOver) -> Journal:
    """Who got what, and how many customers have been told."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for to, what in hand_over.rows.values_list("to", "kind"):
        counts[to][what] += 1
    people = User.objects.in_bulk(counts)
    kind = HandOverRow.Kind
    each = (kind.CUSTOMER, kind.LEAD, kind.DEADLINE, kind.OTHER)
    receipts = [Receipt(people[pk], *(of[one] for one in each)) for pk, of in counts.items()]
    rows = hand_over.rows.filter(kind=kind.CUSTOMER)
    sms: Any = Sms.objects.filter(
        subject_type=HandOverRow._meta.label_lower, subject_id__in=rows.values("pk")
    )
    states = Counter(sms.values_list("state", flat=True))
    waiting = states[Sms.State.INTENT]
    return Journal(
        receipts=sorted(receipts, key=lambda row: (-row.customers, row.user.name_key)),
        texted=sum(states.values()) - waiting - states[Sms.State.CANCELLED],
        waiting=waiting,
        customers=sum(row.customers for row in receipts),
    )


def listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of hand-overs, newest first, each with how many customers moved."""
    after = query.get("after", "")
    moved = Count("rows", filter=models.Q(rows__kind=HandOverRow.Kind.CUSTOMER))
    rows = HandOver.objects.visible_to(user).with_people().annotate(customers=moved)
    found, more = page_after(rows, "pk", after, size=PAGE)
    return {
        "hand_overs": found,
        "next_url": f"?after={more}" if more else "",
        "first_url": "?" if after else "",
    }
