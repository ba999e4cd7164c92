"""SOP-2: a lead opens once, its level has a history, its status follows the process."""

import itertools
from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from dealership.errors import RuleViolation
from leads import actions
from leads.models import Lead
from leads.selectors import DEFAULT_LEVELS, lead_of, levels_of
from tests import make


def test_opening_a_lead_writes_its_first_level_and_one_event(li_na):
    lead = make.lead(consultant=li_na, level="H")

    change = lead.level_changes.get()
    assert (change.old, change.new.code, change.by) == (None, "H", li_na)
    assert lead.customer.events.filter(kind="lead.opened").count() == 1


def test_a_customer_has_one_open_lead(li_na):
    first = make.lead(consultant=li_na)

    again = make.lead(customer=first.customer, consultant=li_na, level="A")

    assert again == first
    assert again.level.code == "N"


def test_the_first_source_is_never_overwritten(li_na):
    walked_in, called = make.source(), make.source(code="call", name="来电")
    lead = make.lead(consultant=li_na, source=walked_in)

    make.lead(customer=lead.customer, consultant=li_na, source=called)

    lead.refresh_from_db()
    assert lead.source == walked_in


def test_the_database_itself_keeps_one_open_lead_per_customer():
    lead = make.lead()

    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.create(
            store=lead.store, customer=lead.customer, level=lead.level, opened_at=lead.opened_at
        )


def test_a_level_changes_with_who_when_and_why(li_na):
    lead = make.lead(consultant=li_na)

    lead = actions.change_level(lead, level=make.levels()["H"], reason="试驾后很满意", by=li_na)

    change = lead.level_changes.first()
    assert (change.old.code, change.new.code, change.reason) == ("N", "H", "试驾后很满意")


def test_the_same_level_again_is_no_change(li_na):
    lead = make.lead(consultant=li_na)

    actions.change_level(lead, level=lead.level, by=li_na)

    assert lead.level_changes.count() == 1


def test_a_level_of_another_store_is_refused():
    lead = make.lead()

    with pytest.raises(RuleViolation):
        actions.change_level(lead, level=make.levels(make.store())["H"], by=None)


def test_a_review_sets_the_next_contact_by_the_levels_own_interval(li_na):
    lead = make.lead(consultant=li_na)
    with time_machine.travel("2026-11-23 02:00Z", tick=False):
        lead = actions.review_lead(lead, level=make.levels()["H"], by=li_na)

    assert lead.next_contact_on == date(2026, 11, 25)


@time_machine.travel("2026-11-23 02:00Z", tick=False)
def test_the_next_contact_cannot_lie_in_the_past(li_na):
    lead = make.lead(consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        actions.review_lead(
            lead, level=make.levels()["H"], next_contact_on=date(2026, 11, 22), by=li_na
        )

    assert refusal.value.field == "next_contact_on"
    lead.refresh_from_db()
    assert lead.level.code == "N", "nothing of the refused review is kept"


# A joined lead is no lead of its own any more: tests/customers/test_merge.py.
OWN = [status for status in Lead.Status if status != Lead.Status.JOINED]


@pytest.mark.parametrize(("now", "then"), list(itertools.product(OWN, Lead.Status)))
def test_a_status_follows_only_where_the_process_leads(now, then):
    lead = make.lead()
    Lead.objects.filter(pk=lead.pk).update(status=now)

    if then in Lead.NEXT[now]:
        assert actions.move_on(lead, to=then, by=None).status == then
    else:
        with pytest.raises(RuleViolation):
            actions.move_on(lead, to=then, by=None)


def test_the_level_that_counts_is_the_open_leads():
    lead = make.lead(level="A")
    Lead.objects.filter(pk=lead.pk).update(status=Lead.Status.DELIVERED)
    second = make.lead(customer=lead.customer, level="H")
    make.lead(level="B")

    assert levels_of([lead.customer_id])[lead.customer_id].code == "H"
    assert lead_of(lead.customer) == second


def test_a_store_without_levels_says_who_sets_them_up():
    customer = make.customer()
    customer.store.levels.all().delete()

    with pytest.raises(RuleViolation) as refusal:
        actions.open_lead(customer, consultant=None, by=None)

    assert refusal.value.code == "setup"


def test_the_levels_are_those_of_the_trade():
    assert [code for code, *_rest in DEFAULT_LEVELS] == list("NHABCODFS")
