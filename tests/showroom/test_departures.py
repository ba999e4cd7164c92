"""SOP-4.4.10-4.4.13: the departure starts the clocks, one after the other."""

from datetime import timedelta

import pytest
import time_machine

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop.actions import run_for, tick_item
from dealership.sop.models import Deadline
from leads.actions import move_on
from leads.selectors import level_of
from showroom import sop
from showroom.actions import (
    complete_register,
    depart,
    receive_visit,
    reset_car,
    tidy_table,
    undo_departure,
    void_visit,
)
from showroom.models import Visit
from tests.showroom import make as showroom

MINUTE = timedelta(minutes=1)


def owed(visit, step):
    return Deadline.objects.about(visit).of_step(step).filter(period=visit.period).first()


def is_done(visit, step):
    deadline = owed(visit, step)
    return deadline is not None and deadline.outcome == "done"


def minutes_left(visit, step):
    deadline = owed(visit, step)
    return (deadline.due_at - deadline.opened_at) / MINUTE


@pytest.mark.sop("4.4.11")
@pytest.mark.sop("4.4.14")
def test_the_departure_starts_the_table_and_the_thanks(li_na):
    visit = showroom.departed(consultant=li_na)

    assert minutes_left(visit, sop.TIDY) == 5
    assert minutes_left(visit, sop.THANK_YOU) == 120
    assert owed(visit, sop.TIDY).opened_at == visit.departed_at
    assert {row.owner for row in Deadline.objects.about(visit)} == {li_na}
    assert owed(visit, sop.RESET) is None


@pytest.mark.sop("4.4.12")
@pytest.mark.sop("4.4.13")
def test_car_and_register_follow_when_the_step_before_is_done(li_na):
    visit = showroom.departed(consultant=li_na)
    tidied_at = visit.departed_at + 4 * MINUTE
    reset_at = tidied_at + 3 * MINUTE

    with time_machine.travel(reset_at, tick=False):
        tidy_table(visit, by=li_na, at=tidied_at)
        reset_car(visit, by=li_na, at=reset_at)

    assert owed(visit, sop.RESET).opened_at == tidied_at
    assert owed(visit, sop.RESET).due_at == tidied_at + 5 * MINUTE
    assert owed(visit, sop.REGISTER).opened_at == reset_at
    assert owed(visit, sop.REGISTER).due_at == reset_at + 10 * MINUTE


@pytest.mark.sop("4.4.13")
def test_completing_the_register_keeps_the_promise(li_na, monday):
    visit = showroom.departed(consultant=li_na)
    tidy_table(visit, by=li_na)
    reset_car(visit, by=li_na)
    monday.shift(6 * MINUTE)

    complete_register(visit, by=li_na, remark="看了奕炫MAX，下周带家人来", purpose="see_car")

    deadline = owed(visit, sop.REGISTER)
    assert (deadline.outcome, deadline.closed_by, deadline.is_late) == ("done", li_na, False)


@pytest.mark.sop("4.4.13")
def test_a_register_completed_early_counts_as_soon_as_its_step_opens(li_na):
    visit = showroom.visit(consultant=li_na)
    complete_register(visit, by=li_na, purpose="see_car")
    depart(visit, by=li_na)
    tidy_table(visit, by=li_na)

    reset_car(visit, by=li_na)

    assert is_done(visit, sop.REGISTER)


@pytest.mark.sop("4.4.13")
@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "phone"), ({"left_no_contact": True, "purpose": ""}, "purpose")],
    ids=["number", "purpose"],
)
def test_the_register_needs_a_number_and_why_they_came(store, li_na, given, field):
    visit = receive_visit(store=store, by=li_na, purpose="")

    with pytest.raises(RuleViolation) as refusal:
        complete_register(visit, by=li_na, **given)

    assert refusal.value.field == field
    assert Visit.objects.get(pk=visit.pk).registered_at is None


@pytest.mark.sop("4.4.13")
def test_the_register_needs_a_consultant(store, xiao_min, li_na):
    visit = receive_visit(store=store, by=xiao_min)

    with pytest.raises(RuleViolation) as refusal:
        complete_register(visit, by=xiao_min, left_no_contact=True)
    assert refusal.value.field == "consultant"

    visit = complete_register(visit, by=xiao_min, consultant=li_na, left_no_contact=True)
    assert (visit.consultant, visit.is_first, visit.is_incomplete) == (li_na, True, False)


@pytest.mark.sop("4.4.10")
@pytest.mark.sop("4.4.11")
@pytest.mark.sop("4.4.12")
@pytest.mark.sop("4.4.13")
def test_the_clocks_tick_the_last_steps_of_the_checklist(li_na):
    visit = showroom.departed(consultant=li_na)
    tidy_table(visit, by=li_na)
    reset_car(visit, by=li_na)
    complete_register(visit, by=li_na, purpose="see_car")

    done = {line.item.sop for line in run_for(sop.RECEPTION, visit).lines() if line.is_done}

    assert {"4.4.10", "4.4.11", "4.4.12", "4.4.13"} <= done


def test_a_step_that_is_done_cannot_be_done_again(li_na):
    visit = showroom.departed(consultant=li_na)
    tidy_table(visit, by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        tidy_table(visit, by=li_na)

    assert refusal.value.code == "done"


def test_the_car_waits_for_the_table(li_na):
    visit = showroom.departed(consultant=li_na)

    with pytest.raises(RuleViolation):
        reset_car(visit, by=li_na)


def test_nobody_leaves_twice(li_na):
    visit = showroom.departed(consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        depart(visit, by=li_na)

    assert refusal.value.code == "departed"
    assert "14:00" in str(refusal.value)
    assert Deadline.objects.about(visit).of_step(sop.TIDY).count() == 1


@pytest.mark.parametrize(
    "away", [timedelta(minutes=1), timedelta(minutes=-41)], ids=["to come", "before arriving"]
)
def test_nobody_leaves_in_the_future_or_before_arriving(li_na, monday, away):
    visit = showroom.visit(consultant=li_na)
    monday.shift(40 * MINUTE)

    with pytest.raises(RuleViolation) as refusal:
        depart(visit, by=li_na, departed_at=clock.now() + away)

    assert refusal.value.field == "departed_at"
    assert Visit.objects.get(pk=visit.pk).is_present


def test_a_departure_entered_later_starts_its_clocks_at_the_time_it_happened(li_na, monday):
    visit = showroom.visit(consultant=li_na)
    monday.shift(60 * MINUTE)

    depart(visit, by=li_na, departed_at=clock.now() - 20 * MINUTE)

    assert owed(visit, sop.TIDY).opened_at == clock.now() - 20 * MINUTE
    assert owed(visit, sop.TIDY).is_late


def test_the_departure_asks_the_level_and_the_next_contact(store, li_na):
    visit = showroom.visit(consultant=li_na)
    tomorrow = clock.day_of(clock.now(), store.tz) + timedelta(days=1)

    depart(visit, by=li_na, level=level_of(store, "H"), next_contact_on=tomorrow)

    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.level_before.code, visit.level_after.code) == ("N", "H")
    assert (visit.lead.level.code, visit.lead.next_contact_on) == ("H", tomorrow)


def test_a_next_contact_in_the_past_is_refused(store, li_na):
    visit = showroom.visit(consultant=li_na)
    yesterday = clock.day_of(clock.now(), store.tz) - timedelta(days=1)

    with pytest.raises(RuleViolation) as refusal:
        depart(visit, by=li_na, next_contact_on=yesterday)

    assert refusal.value.field == "next_contact_on"


def test_a_departure_is_undone_within_a_minute_and_starts_its_clocks_anew(li_na, monday):
    visit = showroom.departed(consultant=li_na)
    monday.shift(MINUTE)

    visit = undo_departure(visit, by=li_na)
    assert visit.is_present
    assert not Deadline.objects.open().about(visit).exists()

    monday.shift(10 * MINUTE)
    visit = depart(visit, by=li_na)
    assert owed(visit, sop.TIDY).is_open
    assert Deadline.objects.open().about(visit).count() == 2


def test_a_departure_stands_after_a_minute(li_na, monday):
    visit = showroom.departed(consultant=li_na)
    monday.shift(MINUTE + timedelta(seconds=1))

    with pytest.raises(RuleViolation):
        undo_departure(visit, by=li_na)


def test_a_voided_visit_owes_nothing_and_says_why(li_na):
    visit = showroom.departed(consultant=li_na)

    void_visit(visit, reason="客户没有来", by=li_na)

    assert not Deadline.objects.open().about(visit).exists()
    assert all("客户没有来" in row.reason for row in Deadline.objects.about(visit))
    assert not Visit.objects.counted().exists()


def test_a_visit_is_not_voided_without_a_reason(li_na):
    with pytest.raises(RuleViolation) as refusal:
        void_visit(showroom.visit(by=li_na), reason="  ", by=li_na)

    assert refusal.value.field == "reason"


def test_the_level_of_an_ordered_car_is_left_alone(store, li_na):
    visit = showroom.visit(consultant=li_na)
    move_on(visit.lead, to="ordered", level="O", by=li_na)

    depart(visit, by=li_na, level=level_of(store, "H"))

    assert Visit.objects.get(pk=visit.pk).lead.level.code == "O"


def test_the_level_sets_the_next_contact_by_its_own_interval(store, li_na):
    visit = showroom.visit(consultant=li_na)

    depart(visit, by=li_na, level=level_of(store, "A"))

    today = clock.day_of(clock.now(), store.tz)
    assert Visit.objects.get(pk=visit.pk).lead.next_contact_on == today + timedelta(days=3)


@pytest.mark.sop("4.4.11")
def test_a_clock_step_is_not_ticked_by_hand(li_na):
    visit = showroom.departed(consultant=li_na)

    with pytest.raises(RuleViolation):
        tick_item(run_for(sop.RECEPTION, visit), "tidy", by=li_na)


@pytest.mark.sop("4.4.2")
@pytest.mark.sop("4.4.4")
@pytest.mark.sop("4.4.5")
@pytest.mark.sop("4.4.6")
@pytest.mark.sop("4.4.7")
@pytest.mark.sop("4.4.8")
@pytest.mark.sop("4.4.9")
@pytest.mark.parametrize(
    "item", ["greet", "introduce", "explain_areas", "free_viewing", "seat", "material", "drinks"]
)
def test_what_only_the_consultant_can_know_is_ticked_by_hand_once(li_na, item):
    run = run_for(sop.RECEPTION, showroom.visit(consultant=li_na))
    tick_item(run, item, by=li_na)

    with pytest.raises(RuleViolation):
        tick_item(run, item, by=li_na)

    (tick,) = run.ticks.filter(item=item)
    assert (tick.by, tick.is_automatic) == (li_na, False)
