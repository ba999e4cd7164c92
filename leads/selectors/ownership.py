"""Who would get a lead now and why not the others; what somebody holds (SOP-2.2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count

from dealership import clock
from dealership.sop.models import Deadline
from dealership.staff.models import Duty, Membership, Store, User
from dealership.staff.roles import Role
from leads import sop
from leads.models import (
    Assignment,
    AssignmentRule,
    Lead,
    OwnershipPolicy,
    RotationPlace,
    Source,
)
from leads.models.ownership import why_not

HISTORY = 20
AN_INSTANT = timedelta(microseconds=1)


def policy_of(store: Store) -> OwnershipPolicy:
    """What the store says about owning customers, or the usual."""
    policy = OwnershipPolicy.objects.filter(store=store).first() or OwnershipPolicy()
    policy.store = store
    return policy


@dataclass(frozen=True)
class Facts:
    """What a rule may ask of a lead."""

    store: Store
    source: Source | None = None
    way: str = ""
    series_id: int | None = None
    campaign_id: int | None = None
    prospect_list_id: int | None = None


def facts_of(lead: Lead) -> Facts:
    return Facts(
        store=lead.store,
        source=lead.source,
        way=lead.way,
        series_id=lead.series_id,
        campaign_id=lead.campaign_id,
        prospect_list_id=lead.prospect_list_id,
    )


def fits(rule: AssignmentRule, facts: Facts) -> bool:
    """Whether every condition of the rule holds; a group's holds for each of its parts."""
    source = facts.source
    sources = {source.pk, source.parent_id} if source else set()
    return (
        (rule.source_id is None or rule.source_id in sources)
        and (not rule.way or rule.way == facts.way)
        and rule.series_id in (None, facts.series_id)
        and rule.campaign_id in (None, facts.campaign_id)
        and rule.prospect_list_id in (None, facts.prospect_list_id)
    )


@dataclass(frozen=True)
class Weighed:
    """Who is next by the first rule that fits, and why nobody else."""

    store: Store
    rule: AssignmentRule | None
    consultant: User | None
    skipped: list[dict[str, Any]] = field(default_factory=list)
    turns: dict[int, int] = field(default_factory=dict)

    @property
    def passed_over(self) -> list[tuple[str, str]]:
        return [(entry["name"], why_not(entry)) for entry in self.skipped]


def weigh(facts: Facts, *, at: datetime) -> Weighed:
    """
    Find who gets a lead: the first rule in use that fits it, else everybody on duty in turn.

    Whoever is off duty, has too many overdue follow-ups or holds too many leads is passed over.
    """
    rules = AssignmentRule.objects.filter(store=facts.store, is_active=True).with_conditions()
    rule = next((rule for rule in rules if fits(rule, facts)), None)
    people, gone = _candidates(facts.store, rule)
    loads = holdings(person.pk for person in people)
    policy = policy_of(facts.store)
    barred = _barred(people, loads, policy, at)
    able = [person for person in people if person.pk not in barred]
    turns = dict(
        RotationPlace.objects.filter(store=facts.store, rule=rule).values_list("user", "last_turn")
    )
    by_load = rule is not None and rule.strategy == AssignmentRule.Strategy.LEAST_LOAD

    def place(person: User) -> tuple[int, int, int]:
        return (loads.get(person.pk, 0) if by_load else 0, turns.get(person.pk, 0), person.pk)

    able.sort(key=place)
    skipped: list[dict[str, Any]] = [{"name": person.name, "reason": "left"} for person in gone]
    skipped += [
        {"name": person.name} | barred[person.pk] for person in people if person not in able
    ]
    skipped += [
        {"name": person.name, "reason": "more", "count": loads.get(person.pk, 0)}
        if by_load and loads.get(person.pk, 0) > loads.get(able[0].pk, 0)
        else {"name": person.name, "reason": "not_next"}
        for person in able[1:]
    ]
    return Weighed(facts.store, rule, able[0] if able else None, skipped, turns)


def _candidates(store: Store, rule: AssignmentRule | None) -> tuple[list[User], list[User]]:
    """The consultants whom a rule names, and those named who are none any more."""
    consultants = User.objects.in_store(store, Role.CONSULTANT)
    if rule is not None and rule.candidates == AssignmentRule.Candidates.TEAM:
        members = Membership.objects.filter(store=store, team=rule.team)
        return list(consultants.filter(pk__in=members.values("user"))), []
    people = list(consultants)
    if rule is not None and rule.candidates == AssignmentRule.Candidates.NAMED:
        named = list(rule.people.all())
        return [p for p in people if p in named], [p for p in named if p not in people]
    return people, []


def _barred(
    people: Collection[User], loads: dict[int, int], policy: OwnershipPolicy, at: datetime
) -> dict[int, dict[str, Any]]:
    """Who can't be given anything now, and why."""
    today = clock.day_of(at, policy.store.tz)
    on_duty = set(Duty.objects.on(policy.store, today).values_list("user", flat=True))
    overdue = overdue_of([person.pk for person in people], at)
    barred: dict[int, dict[str, Any]] = {}
    for person in people:
        late, load = overdue.get(person.pk, 0), loads.get(person.pk, 0)
        if person.pk not in on_duty:
            barred[person.pk] = {"reason": "off_duty"}
        elif late >= policy.overdue_limit:
            barred[person.pk] = {"reason": "overdue", "count": late}
        elif load >= policy.holding_cap:
            barred[person.pk] = {"reason": "full", "count": load}
    return barred


def holdings(people: Iterable[int]) -> dict[int, int]:
    """How many open leads each person (by id) holds."""
    rows = Lead.objects.open().filter(consultant__in=list(people)).order_by()
    return dict(rows.values_list("consultant").annotate(Count("pk")))


def overdue_of(people: Iterable[int], at: datetime) -> dict[int, int]:
    """How many first contacts and follow-ups each person (by id) is late with."""
    late = Deadline.objects.overdue(at).filter(
        owner__in=list(people), step__in=[sop.FIRST_CONTACT.code, sop.FOLLOW_UP.code]
    )
    return dict(late.order_by().values_list("owner").annotate(Count("pk")))


def decisions_on(lead: Lead) -> list[Assignment]:
    """Every decision about who gets the lead, latest first."""
    rows = Assignment.objects.filter(lead=lead).with_people().order_by("-at", "-pk")
    return list(rows[:HISTORY])


def consultants_of(store: Store) -> list[User]:
    """Who looks after customers of the store."""
    return list(User.objects.in_store(store, Role.CONSULTANT))


@dataclass(frozen=True)
class Recycling:
    """When the pool takes a lead, and whether a manager has put that off already."""

    deadline: Deadline
    on: date
    is_near: bool
    is_postponed: bool


def recycling_of(lead: Lead, at: datetime | None = None) -> Recycling | None:
    """The watch over a lead; None if nothing takes it to the pool."""
    at = at or clock.now()
    found = Deadline.objects.open().about(lead).of_step(sop.RECYCLE).with_people().first()
    if found is None or not policy_of(lead.store).is_recycling:
        return None
    on = clock.day_of(found.due_at - AN_INSTANT, lead.store.tz)
    is_postponed = lead.postponements.filter(deadline=found).exists()
    near = found.remind_at is not None and found.remind_at <= at
    return Recycling(found, on, near, is_postponed)
