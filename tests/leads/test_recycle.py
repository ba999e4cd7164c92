"""SOP-2.2: without a contact for as long as the level allows, the pool takes the lead."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealership.customers.actions import refuse_contact
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.actions import set_day, tick
from dealership.sop.models import Deadline
from dealership.sop.selectors import compliance, owed_by
from leads import sop
from leads.actions import (
    agree_visit,
    assign_lead,
    change_level,
    move_on,
    postpone_recycling,
    record_contact,
    set_policy,
    spoke,
)
from leads.models import Lead
from leads.selectors.ownership import recycling_of
from tests import make
from tests.leads.ownership import MONDAY, day
from tests.showroom import make as showroom


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def watch(lead):
    return Deadline.objects.open().about(lead).of_step(sop.RECYCLE).first()


def is_pooled(lead):
    lead.refresh_from_db()
    return lead.pooled_at is not None


def midnight_after(number):
    """24:00 of the day so many days after the Monday."""
    return day(number + 1, hour=0)


def tick_on(clock, at):
    clock.move_to(at)
    tick(at=at)


@pytest.mark.sop("2.2")
@pytest.mark.parametrize(("level", "days"), [("N", 3), ("H", 5), ("A", 10), ("B", 20), ("C", 45)])
def test_each_level_has_its_own_days_without_a_contact(li_na, clock, level, days):
    lead = make.lead(consultant=li_na, level=level, at=MONDAY)

    tick_on(clock, midnight_after(days) - timedelta(minutes=1))
    assert not is_pooled(lead)
    tick_on(clock, midnight_after(days))

    assert is_pooled(lead)
    assert lead.pooled_from == li_na


@pytest.mark.sop("2.2")
def test_the_owner_is_warned_before(li_na, clock):
    make.lead(consultant=li_na, level="B", at=MONDAY)

    tick_on(clock, midnight_after(18) - timedelta(minutes=1))
    assert not Notice.objects.filter(user=li_na, kind="sop.reminder").exists()
    tick_on(clock, midnight_after(18))

    assert Notice.objects.filter(user=li_na, kind="sop.reminder").count() == 1


@pytest.mark.sop("2.2")
def test_speaking_with_the_customer_begins_the_days_anew(li_na, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    clock.move_to(day(4))
    record_contact(lead, way="call", outcome="reached", feedback="还在比较", by=li_na)

    tick_on(clock, midnight_after(5))
    assert not is_pooled(lead)
    assert Deadline.objects.about(lead).of_step(sop.RECYCLE).count() == 1
    tick_on(clock, midnight_after(9))

    assert is_pooled(lead)


def test_an_attempt_in_vain_is_no_contact(li_na, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    clock.move_to(day(4))
    record_contact(lead, way="call", outcome="no_answer", by=li_na)

    tick_on(clock, midnight_after(5))

    assert is_pooled(lead)


def test_a_new_consultant_has_the_whole_time(li_na, wang_qiang, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    clock.move_to(day(4))
    assign_lead(lead, consultant=wang_qiang, by=None)

    tick_on(clock, midnight_after(8))
    assert not is_pooled(lead)
    tick_on(clock, midnight_after(9))

    assert is_pooled(lead)
    assert lead.pooled_from == wang_qiang


def test_a_hotter_level_leaves_the_time_of_the_warning(li_na, clock):
    lead = make.lead(consultant=li_na, level="C", at=MONDAY)
    clock.move_to(day(20))

    change_level(lead, level=make.levels()["H"], by=li_na)

    assert watch(lead).due_at == midnight_after(22)


def test_a_colder_level_counts_from_the_same_contact(li_na, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    clock.move_to(day(2))

    change_level(lead, level=make.levels()["A"], reason="要等年终奖", by=li_na)

    assert watch(lead).due_at == midnight_after(10)


@pytest.mark.sop("2.2")
@pytest.mark.parametrize("what", ["ordered", "refused"])
def test_who_ordered_or_refuses_contact_is_never_taken(li_na, clock, what):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    if what == "ordered":
        move_on(lead, to=Lead.Status.ORDERED, level="O", by=li_na)
    else:
        refuse_contact(lead.customer, reason="不要再打", by=li_na)

    tick_on(clock, midnight_after(5))

    assert not is_pooled(lead)
    assert watch(lead) is None


def test_who_is_in_the_showroom_is_not_taken_now(li_na, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    showroom.visit(consultant=li_na, customer=lead.customer)
    Deadline.objects.about(lead).of_step(sop.RECYCLE).update(act_at=day(1), next_at=day(1))

    tick_on(clock, day(1))

    assert not is_pooled(lead)
    assert watch(lead).due_at == midnight_after(6)


def test_who_has_agreed_to_a_visit_is_not_taken_before_it(li_na, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    agree_visit(lead, at_time=day(6), by=li_na)
    Deadline.objects.open().about(lead).of_step(sop.FOLLOW_UP).delete()

    tick_on(clock, midnight_after(5))

    assert not is_pooled(lead)
    assert watch(lead) is not None


def test_a_store_that_does_not_recycle_neither_warns_nor_takes(store, li_na, chen, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    set_policy(store, by=chen, is_recycling=False)

    tick_on(clock, midnight_after(5))

    assert not is_pooled(lead)
    assert not Notice.objects.filter(user=li_na, kind="sop.reminder").exists()
    set_policy(store, by=chen, is_recycling=True)
    tick_on(clock, midnight_after(11))
    assert is_pooled(lead), "switched on again, the days of the watch count"


def test_the_warning_follows_the_stores_days(store, li_na, chen, clock):
    lead = make.lead(consultant=li_na, level="C", at=MONDAY)

    set_policy(store, by=chen, warning_days=10)

    assert watch(lead).remind_at == midnight_after(35)
    assert watch(lead).due_at == midnight_after(45)


@pytest.mark.sop("2.2")
def test_a_manager_puts_it_off_once_with_a_reason(li_na, chen, clock):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)

    postpone_recycling(lead, until=date(2026, 12, 10), reason="客户出国", by=chen)

    tick_on(clock, midnight_after(10))
    assert not is_pooled(lead)
    assert recycling_of(lead).on == date(2026, 12, 10)
    with pytest.raises(RuleViolation) as refusal:
        postpone_recycling(lead, until=date(2026, 12, 20), reason="再等等", by=chen)
    assert refusal.value.code == "again"


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (date(2026, 11, 28), "早于原定", "until"),
        (date(2027, 11, 28), "太久", "until"),
        (date(2026, 12, 10), " ", "reason"),
    ],
)
def test_putting_off_has_bounds(li_na, chen, until, reason, field):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)

    with pytest.raises(RuleViolation) as refusal:
        postpone_recycling(lead, until=until, reason=reason, by=chen)

    assert refusal.value.field == field


def test_the_watch_is_nobodys_task_and_in_no_figure(store, li_na):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)

    assert watch(lead) is not None
    assert owed_by(li_na, MONDAY) == []
    assert compliance(store, date(2026, 11, 20), date(2026, 12, 20), at=MONDAY) == []
    assert not lead.customer.events.filter(kind__contains="leads.recycle").exists()


def test_a_contact_costs_the_walk_in_two_queries_for_the_watch(li_na):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)

    with CaptureQueriesContext(connection) as queries:
        spoke(lead, by=li_na, at=MONDAY)

    mine = [q["sql"] for q in queries if "leads.recycle" in q["sql"] or "ownershippol" in q["sql"]]
    assert len(mine) == 2


def test_what_was_promised_to_somebody_keeps_its_day(store):
    with pytest.raises(ValueError, match="keeps its day"):
        set_day(sop.FOLLOW_UP, Deadline.objects.all(), store=store, on=date(2026, 12, 1), at=MONDAY)
