"""SOP-4.1-4.3: calls and messages stand in the one register."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.customers.models import Event
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.models import Deadline
from showroom import sop
from showroom.actions import complete_register, depart, log_call, log_message
from showroom.models import Visit
from showroom.selectors import traffic
from tests import make
from tests.showroom import make as showroom


def owed(visit):
    return Deadline.objects.about(visit).of_step(sop.CALL_REGISTER).get()


@pytest.mark.sop("4.2")
def test_a_call_notes_rings_words_and_the_invitation(store, li_na):
    call = log_call(
        store=store, by=li_na, phone="027-84281234", name="孙", salutation="ms", rings=2,
        remark="问皓极混动报价，预算13万", invitation="accepted",
    )  # fmt: skip

    assert (call.rings, call.invitation, call.consultant) == (2, "accepted", li_na)
    assert call.customer.primary_phone == "+862784281234"
    assert Event.objects.filter(kind="visit.called", customer=call.customer).exists()


@pytest.mark.sop("4.2")
def test_a_complete_call_keeps_its_promise_at_once(store, li_na):
    call = log_call(store=store, by=li_na, phone="13971001234", remark="问价格", invitation="open")

    assert (owed(call).outcome, owed(call).is_late) == ("done", False)


@pytest.mark.sop("4.2")
def test_what_a_call_lacks_is_owed_within_ten_minutes(store, li_na, monday):
    call = log_call(store=store, by=li_na, rings=4)
    assert owed(call).due_at == clock.now() + timedelta(minutes=10)

    monday.shift(timedelta(minutes=8))
    complete_register(
        call, by=li_na, phone="13971001234", name="孙", remark="要试驾", invitation="accepted"
    )

    assert (owed(call).outcome, owed(call).is_late) == ("done", False)


@pytest.mark.sop("4.2")
def test_a_call_entered_later_than_the_limit_counts_as_late(store, li_na):
    call = log_call(
        store=store, by=li_na, phone="13971001234", remark="问价格", invitation="open",
        arrived_at=clock.now() - timedelta(minutes=40),
    )  # fmt: skip

    assert owed(call).is_late
    assert call.is_late_entry


@pytest.mark.sop("4.3")
def test_messages_are_threaded_on_the_timeline(store, li_na):
    customer = make.customer(owner=li_na)

    for direction, text in (("in", "周末还有活动吗？"), ("out", "有的，周六试驾有礼。")):
        log_message(
            store=store, by=li_na, phone=customer.primary_phone, channel="wechat",
            direction=direction, text=text,
        )  # fmt: skip

    events = Event.objects.filter(customer=customer, kind__startswith="visit.w").order_by("pk")
    assert [event.kind for event in events] == ["visit.wrote", "visit.written_to"]
    assert "周末还有活动吗" in events[0].text


@pytest.mark.sop("4.3")
def test_a_message_without_words_is_refused(store, li_na):
    with pytest.raises(RuleViolation) as refusal:
        log_message(store=store, by=li_na, channel="sms", text=" ")

    assert refusal.value.field == "text"


@pytest.mark.sop("4.6")
def test_the_owner_hears_of_a_call_that_a_colleague_took(store, xiao_min, li_na):
    customer = make.customer(name="王", owner=li_na)

    call = log_call(store=store, by=xiao_min, phone=customer.primary_phone, remark="改约周日")

    assert call.consultant == li_na
    assert "王先生" in Notice.objects.get(user=li_na).text


@pytest.mark.sop("4.1")
def test_the_three_ways_in_are_counted_by_kind(store, li_na):
    showroom.visit(by=li_na, nameless=True, party_size=3)
    showroom.visit(by=li_na)
    log_call(store=store, by=li_na)
    log_message(store=store, by=li_na, channel="direct_mail", text="寄来回执")
    today = clock.day_of(clock.now(), store.tz)

    figures = traffic(Visit.objects.all(), store, today)

    assert figures == {
        "batches": 2, "people": 4, "first": 1, "again": 0, "contact": 1, "calls": 1,
        "messages": 1,
    }  # fmt: skip


def test_a_call_cannot_leave_the_showroom(store, li_na):
    call = log_call(store=store, by=li_na)

    with pytest.raises(RuleViolation):
        depart(call, by=li_na)
