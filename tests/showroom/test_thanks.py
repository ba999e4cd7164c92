"""SOP-4.4.14: the thank-you goes out by itself, once, or becomes a task that says why not."""

from datetime import timedelta

import pytest
import time_machine

from dealership import clock
from dealership.customers.actions import give_consent, refuse_contact
from dealership.customers.models import Consent, Event
from dealership.errors import RuleViolation
from dealership.messaging.actions import deliver, receive_receipt
from dealership.messaging.models import Notice, Sms
from dealership.sop.actions import run_for, tick, waive
from dealership.sop.models import Deadline
from showroom import sop
from showroom.actions import (
    depart,
    identify_visit,
    receive_visit,
    send_thank_you,
    settle_thanks,
    undo_departure,
    void_visit,
)
from showroom.actions.thanks import review_thanks
from tests import make
from tests.messaging.gateway import REFUSED
from tests.showroom import make as showroom

ACTS_AFTER = timedelta(minutes=100)


@pytest.fixture
def visit(li_na):
    """A visit that ended at 14:00."""
    customer = make.customer(name="王", salutation="mr", owner=li_na)
    return showroom.departed(customer=customer, consultant=li_na)


def thanks(visit):
    return Deadline.objects.about(visit).of_step(sop.THANK_YOU).get(period=visit.period)


def later(monday, after=ACTS_AFTER):
    monday.shift(after)
    return tick()


def at_hour(hour):
    """A moment of this Monday in Wuhan."""
    return time_machine.travel(f"2026-11-23T{hour}:00+08:00", tick=False)


@pytest.mark.sop("4.4.14")
def test_the_software_sends_the_thanks_before_the_time_runs_out(visit, monday, gateway):
    later(monday)
    deliver()

    (sent,) = gateway.sends
    assert "王先生" in sent[2]
    assert "李娜" in sent[2]
    deadline = thanks(visit)
    assert (deadline.outcome, deadline.is_automatic, deadline.is_late) == ("done", True, False)
    done = [line.item.code for line in run_for(sop.RECEPTION, visit).lines() if line.is_done]
    assert "thank_you" in done


@pytest.mark.sop("4.4.14")
def test_the_thanks_go_out_once_however_often_the_clock_ticks(visit, monday, gateway):
    for _minute in range(5):
        later(monday, ACTS_AFTER if not gateway.sends else timedelta(minutes=10))
        deliver()

    assert len(gateway.sends) == 1


@pytest.mark.sop("4.4.14")
def test_the_consultant_sends_it_in_their_own_words(visit, li_na, monday, gateway):
    send_thank_you(visit, by=li_na, text="王先生，路上慢点开，周六见！")
    deliver()
    later(monday)
    deliver()

    assert [sent[2] for sent in gateway.sends] == ["王先生，路上慢点开，周六见！"]
    assert (thanks(visit).closed_by, thanks(visit).is_automatic) == (li_na, False)


def test_words_kept_at_the_departure_are_what_the_software_sends(li_na, monday, gateway):
    visit = showroom.visit(consultant=li_na)
    depart(visit, by=li_na, thank_text="谢谢您带宝宝来看车！")
    later(monday)
    deliver()

    assert gateway.sends[0][2] == "谢谢您带宝宝来看车！"


def test_the_departure_can_send_at_once(li_na, gateway):
    visit = showroom.visit(consultant=li_na)
    depart(visit, by=li_na, send_now=True)
    deliver()

    assert thanks(visit).outcome == "done"


def test_thanks_that_are_on_their_way_are_not_sent_again(visit, li_na, gateway):
    send_thank_you(visit, by=li_na)
    deliver()

    with pytest.raises(RuleViolation) as refusal:
        send_thank_you(visit, by=li_na, text="再谢一次")

    assert refusal.value.code == "sent"


@pytest.mark.sop("4.4.14")
def test_a_nameless_guest_is_a_task_that_says_so(store, li_na, monday, gateway):
    visit = receive_visit(store=store, by=li_na)
    depart(visit, by=li_na)

    assert thanks(visit).problem
    assert Notice.objects.filter(user=li_na, kind="sop.problem").exists()

    later(monday)
    deliver()
    assert thanks(visit).is_open
    assert not gateway.sends


@pytest.mark.sop("4.4.14")
def test_no_consent_is_a_task_that_says_so_until_it_is_given(li_na, monday, gateway):
    customer = make.customer(owner=li_na, consents=False)
    visit = showroom.departed(customer=customer, consultant=li_na)
    assert thanks(visit).problem

    give_consent(customer, Consent.Purpose.SERVICE, by=li_na)
    later(monday)
    deliver()

    assert thanks(visit).outcome == "done"
    assert len(gateway.sends) == 1


def test_a_name_found_in_time_lets_the_software_send(store, li_na, monday, gateway):
    visit = receive_visit(store=store, by=li_na)
    depart(visit, by=li_na)

    identify_visit(visit, by=li_na, phone="13971001234", name="周", consents=True)
    assert thanks(visit).problem == ""
    assert thanks(visit).customer is not None

    later(monday)
    deliver()
    assert thanks(visit).outcome == "done"


@pytest.mark.sop("4.4.14")
def test_what_the_provider_refuses_becomes_a_task(visit, monday, gateway):
    gateway.script = [REFUSED]
    later(monday)
    deliver()

    deadline = thanks(visit)
    assert deadline.is_open
    assert "ILLEGAL" in deadline.problem


def test_a_receipt_that_comes_to_nothing_is_told_to_the_consultant(visit, li_na, gateway):
    sms = send_thank_you(visit, by=li_na)
    deliver()

    receive_receipt(out_id=str(sms.out_id), is_delivered=False, reason="空号")

    assert "空号" in Notice.objects.get(user=li_na, kind="showroom.sms_failed").text


@pytest.mark.sop("4.4.14")
def test_the_consultant_settles_the_task_by_calling(store, li_na):
    customer = make.customer(owner=li_na, consents=False)
    visit = showroom.departed(customer=customer, consultant=li_na)

    settle_thanks(visit, by=li_na, how="call", remark="已致电感谢")

    assert (thanks(visit).outcome, thanks(visit).closed_by) == ("done", li_na)
    assert "已致电感谢" in Event.objects.get(kind="visit.thanked", customer=customer).text


def test_who_can_be_texted_is_not_let_off(visit, li_na):
    with pytest.raises(RuleViolation):
        settle_thanks(visit, by=li_na, how="impossible", remark="太忙")

    assert thanks(visit).is_open


def test_who_cannot_be_reached_is_let_off_with_a_reason(store, li_na):
    visit = receive_visit(store=store, by=li_na)
    depart(visit, by=li_na)

    with pytest.raises(RuleViolation):
        settle_thanks(visit, by=li_na, how="impossible")
    settle_thanks(visit, by=li_na, how="impossible", remark="客户没有留电话")

    assert (thanks(visit).outcome, thanks(visit).reason) == ("cancelled", "客户没有留电话")


def test_nobody_is_thanked_twice_by_call(visit, li_na):
    settle_thanks(visit, by=li_na, how="call")

    with pytest.raises(RuleViolation) as refusal:
        settle_thanks(visit, by=li_na, how="call")

    assert refusal.value.code == "done"


@pytest.mark.sop("4.4.14")
def test_before_the_quiet_hours_rather_than_in_them(li_na, gateway):
    with at_hour("20:30"):
        visit = showroom.departed(consultant=li_na)
    with at_hour("20:56"):
        tick()
        deliver()

    assert thanks(visit).outcome == "done"
    assert len(gateway.sends) == 1


@pytest.mark.sop("4.4.14")
def test_a_guest_of_the_quiet_hours_is_a_task_at_once(li_na, gateway):
    with at_hour("21:30"):
        visit = showroom.departed(consultant=li_na)
        tick()
        deliver()

    assert thanks(visit).problem
    assert not gateway.sends


def test_late_on_the_same_day_it_still_goes_out_and_shows_as_late(visit, monday, gateway):
    later(monday, timedelta(hours=4))
    deliver()

    assert (thanks(visit).outcome, thanks(visit).is_late) == ("done", True)


def test_on_another_day_a_person_takes_over(visit, monday, gateway):
    later(monday, timedelta(hours=20))
    deliver()

    assert thanks(visit).is_open
    assert thanks(visit).problem
    assert not gateway.sends


def test_the_second_visit_of_a_day_is_not_thanked_again(visit, li_na, monday, gateway):
    send_thank_you(visit, by=li_na)
    deliver()
    monday.shift(timedelta(hours=1))

    again = showroom.departed(customer=visit.customer, consultant=li_na, stayed=20)

    assert (thanks(again).outcome, "14:00" in thanks(again).reason) == ("cancelled", True)


@pytest.mark.parametrize(
    "stop",
    [
        lambda visit, by: void_visit(visit, reason="登记错了", by=by),
        lambda visit, by: refuse_contact(visit.customer, reason="不要打扰", by=by),
        lambda visit, by: undo_departure(visit, by=by),
        lambda visit, by: settle_thanks(visit, by=by, how="call"),
    ],
    ids=["voided", "opted out", "not gone", "called"],
)
def test_nothing_goes_out_after_the_reason_has_gone(visit, li_na, gateway, stop):
    send_thank_you(visit, by=li_na)
    stop(visit, li_na)
    deliver()

    assert not gateway.sends


def test_a_waived_thanks_is_not_sent_even_when_it_waits(visit, li_na, chen, gateway):
    send_thank_you(visit, by=li_na)
    waive(thanks(visit), by=chen, reason="客户投诉中")
    deliver()

    assert not gateway.sends
    assert Sms.objects.get().reason == "客户投诉中"


def test_a_forbidden_text_is_refused_where_it_was_typed(li_na):
    visit = showroom.visit(consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        depart(visit, by=li_na, thank_text="【东风】谢谢")

    assert refusal.value.field == "thank_text"
    assert not Deadline.objects.about(visit).exists()


def test_two_visits_due_in_the_same_minute_bring_one_text(visit, li_na, monday, gateway):
    again = showroom.departed(customer=visit.customer, consultant=li_na, stayed=0)

    later(monday)
    deliver()

    assert len(gateway.sends) == 1
    assert {thanks(visit).outcome, thanks(again).outcome} == {"done", "cancelled"}


def test_an_answer_from_the_provider_after_the_visit_was_voided_harms_nothing(
    visit, li_na, gateway
):
    send_thank_you(visit, by=li_na)
    gateway.before_send = lambda: void_visit(visit, reason="登记错了", by=li_na)

    counts = deliver()

    assert counts["accepted"] == 1
    assert thanks(visit).outcome == "cancelled"
    assert Sms.objects.get().owes == ""


def test_whoever_was_called_gets_no_text_as_well(visit, li_na, gateway):
    settle_thanks(visit, by=li_na, how="call")

    with pytest.raises(RuleViolation) as refusal:
        send_thank_you(visit, by=li_na)
    deliver()

    assert refusal.value.code == "done"
    assert not gateway.sends


def test_what_the_provider_said_stays_written_when_the_guest_is_looked_at_anew(
    visit, li_na, gateway
):
    gateway.script = [REFUSED]
    send_thank_you(visit, by=li_na)
    deliver()

    review_thanks(visit, by=li_na, at=clock.now())

    assert "ILLEGAL" in thanks(visit).problem


@pytest.mark.sop("4.4.14")
def test_what_never_left_the_house_is_sent_anew_when_its_moment_comes(
    visit, li_na, monday, gateway
):
    gateway.script = [REFUSED]
    send_thank_you(visit, by=li_na)
    deliver()

    later(monday)
    deliver()

    assert (thanks(visit).outcome, thanks(visit).problem) == ("done", "")
