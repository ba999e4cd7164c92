"""The store's rules of who gets which lead, in their order (SOP-2.2)."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from leads.models import AssignmentRule

OWN = ("source", "series", "campaign", "prospect_list", "team")


@transaction.atomic
def make_rule(
    *, store: Store, people: list[User] | None = None, by: User | None, **values: Any
) -> AssignmentRule:
    """Add a rule after the others."""
    rules = AssignmentRule.objects.filter(store=store)
    last = rules.aggregate(last=Max("order"))["last"] or 0
    rule = AssignmentRule(store=store, order=last + 1)
    return _write(rule, values, people or [])


@transaction.atomic
def change_rule(
    rule: AssignmentRule, *, people: list[User] | None = None, by: User | None, **values: Any
) -> AssignmentRule:
    """Change what a rule is for or whom it gives to; decisions that it made stay as they were."""
    rule = AssignmentRule.objects.select_for_update().get(pk=rule.pk)
    return _write(rule, values, people or [])


def _write(rule: AssignmentRule, values: dict[str, Any], people: list[User]) -> AssignmentRule:
    for name, value in values.items():
        setattr(rule, name, value)
    for name in OWN:
        row = getattr(rule, name)
        if getattr(row, "store_id", None) not in (None, rule.store_id):
            raise RuleViolation(_("This belongs to another store."), field=name)
    if rule.candidates == AssignmentRule.Candidates.TEAM and rule.team is None:
        raise RuleViolation(_("Choose the team."), field="team")
    if rule.candidates == AssignmentRule.Candidates.NAMED and not people:
        raise RuleViolation(_("Choose at least one person."), field="people")
    if rule.candidates != AssignmentRule.Candidates.TEAM:
        rule.team = None
    rule.save()
    named = rule.candidates == AssignmentRule.Candidates.NAMED
    rule.people.set(people if named else [])
    return rule


@transaction.atomic
def move_rule(rule: AssignmentRule, *, is_up: bool, by: User | None) -> None:
    """Let a rule be asked before (or after) its neighbour."""
    rules = list(AssignmentRule.objects.select_for_update().filter(store=rule.store))
    place = rules.index(rule)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(rules):
        return
    rules[place], rules[other] = rules[other], rules[place]
    for number, row in enumerate(rules, 1):
        if row.order != number:
            row.order = number
            row.save(update_fields=["order"])
