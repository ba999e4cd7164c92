"""The life of a text: each state, and what leads from one to the next."""

from datetime import timedelta

import pytest

from dealership.customers.actions import give_consent, refuse_contact, withdraw_consent
from dealership.customers.models import Consent, Event
from dealership.errors import RuleViolation
from dealership.messaging.actions import (
    cancel_sms,
    deliver,
    delivery,
    queue_sms,
    receive_receipt,
)
from dealership.messaging.models import Sms
from dealership.messaging.purposes import PURPOSES
from tests import make
from tests.messaging import room
from tests.messaging.gateway import ABSENT, ACCEPTED, DELIVERED, NOT_SENT, REFUSED, UNSURE

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def fresh(sms):
    sms.refresh_from_db()
    return sms


def test_a_queued_text_is_sent_once_and_its_room_is_told(gateway, queue, noon):
    sms = queue()

    deliver(noon)
    deliver(noon + MINUTE)

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert (sms.provider, sms.provider_id, sms.attempts) == ("scripted", "biz-1", 1)
    assert sms.next_at is None
    assert len(gateway.sends) == 1
    assert room.told(sms) == ["accepted"]
    assert [event.state for event in sms.events.all()] == ["intent", "calling", "accepted"]
    assert Event.objects.filter(kind="sms.accepted", customer=sms.customer).count() == 1


def test_nothing_is_sent_before_it_is_due(gateway, queue, noon):
    queue()

    deliver(noon - MINUTE)

    assert gateway.sends == []


def test_a_refused_text_is_not_tried_again(gateway, queue, noon):
    sms = queue()
    gateway.script = [REFUSED]

    for minutes in range(0, 130, 10):
        deliver(noon + minutes * MINUTE)

    assert fresh(sms).state == Sms.State.REFUSED
    assert sms.reason == "isv.MOBILE_NUMBER_ILLEGAL"
    assert len(gateway.sends) == 1
    assert room.told(sms) == ["failed"]


def test_what_was_surely_not_sent_is_tried_again_later_each_time(gateway, queue, noon):
    sms = queue()
    gateway.script = [NOT_SENT, NOT_SENT, NOT_SENT]

    waits = []
    for _round in range(3):
        deliver(fresh(sms).next_at)
        waits.append((fresh(sms).next_at - sms.called_at).total_seconds())
    deliver(sms.next_at)

    assert waits == [5, 10, 20]
    assert fresh(sms).state == Sms.State.ACCEPTED
    assert sms.attempts == 4
    assert room.told(sms) == ["accepted"]


def test_an_unclear_answer_is_asked_about_and_never_sent_again(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    gateway.answers = [UNSURE, ACCEPTED]

    deliver(noon)
    assert fresh(sms).state == Sms.State.UNKNOWN
    deliver(noon + MINUTE)
    assert fresh(sms).state == Sms.State.UNKNOWN
    deliver(noon + 2 * MINUTE)

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert len(gateway.sends) == 1
    assert gateway.queries == [sms.out_id, sms.out_id]
    assert room.told(sms) == ["accepted"]


def test_what_the_provider_does_not_know_is_sent_again_only_after_its_calls_have_expired(
    gateway, queue, noon
):
    sms = queue()
    gateway.script = [UNSURE, ACCEPTED]
    gateway.answers = [ABSENT, ABSENT]

    deliver(noon)
    deliver(noon + timedelta(seconds=10))
    assert fresh(sms).state == Sms.State.UNKNOWN
    assert sms.next_at == noon + gateway.settles_after
    deliver(noon + timedelta(seconds=89))
    assert len(gateway.sends) == 1
    deliver(noon + timedelta(seconds=90))
    assert fresh(sms).state == Sms.State.INTENT
    deliver(noon + timedelta(seconds=90))

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert [out_id for _pk, out_id, _body in gateway.sends] == [sms.out_id, sms.out_id]


def test_one_absence_alone_does_not_convince(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    gateway.answers = [UNSURE, ABSENT, ACCEPTED]

    deliver(noon)
    deliver(noon + MINUTE)
    deliver(noon + 2 * MINUTE)
    assert fresh(sms).state == Sms.State.UNKNOWN
    deliver(noon + 3 * MINUTE)

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert len(gateway.sends) == 1


def test_an_unknown_text_is_given_up_when_its_time_is_over(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]

    at = noon
    while at <= noon + timedelta(hours=3):
        deliver(at)
        at += MINUTE

    assert fresh(sms).state == Sms.State.DEAD
    assert "ReadTimeout" in sms.reason
    assert len(gateway.sends) == 1
    assert len(gateway.queries) < 35
    assert room.told(sms) == ["failed"]


def test_a_text_that_found_no_gateway_in_time_is_given_up_once(gateway, queue, noon):
    sms = queue()
    gateway.script = [NOT_SENT] * 1000

    at = noon
    while at <= noon + timedelta(hours=3):
        deliver(at)
        at += MINUTE

    assert fresh(sms).state == Sms.State.DEAD
    assert sms.reason == "no connection"
    assert room.told(sms) == ["failed"]


def test_what_no_worker_came_by_for_in_time_is_not_sent_late(gateway, queue, noon):
    sms = queue()

    deliver(noon + timedelta(hours=2))

    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.DEAD
    assert room.told(sms) == ["failed"]


def test_a_lost_workers_call_is_asked_about(gateway, queue, noon):
    sms = queue()
    gateway.script = [SystemExit()]
    gateway.answers = [ACCEPTED]

    with pytest.raises(SystemExit):
        deliver(noon)
    assert fresh(sms).state == Sms.State.CALLING
    assert deliver(noon + timedelta(seconds=59)) == {}
    deliver(noon + timedelta(seconds=60))

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert len(gateway.sends) == 1
    assert sms.deaths == 1
    assert room.told(sms) == ["accepted"]


def test_a_row_that_kills_its_worker_is_set_aside_after_three_deaths(gateway, queue, noon):
    poison = queue()
    others = [queue() for _number in range(20)]
    gateway.answers = [SystemExit(), SystemExit(), SystemExit()]
    deaths = 0
    kill = poison.pk

    send = gateway.send

    def deadly(sms, *, signed_at=None):
        if sms.pk == kill:
            raise SystemExit
        return send(sms, signed_at=signed_at)

    gateway.send = deadly
    at = noon
    for _round in range(12):
        try:
            deliver(at)
        except SystemExit:
            deaths += 1
        at += timedelta(seconds=61)

    assert deaths <= 3
    assert fresh(poison).state == Sms.State.DEAD
    assert "3" in poison.reason
    assert room.told(poison) == ["failed"]
    assert {fresh(sms).state for sms in others} == {Sms.State.ACCEPTED}
    assert poison in Sms.objects.needing_people()


def test_an_error_of_the_adapter_counts_as_unclear(gateway, queue, noon):
    sms = queue()
    gateway.script = [ValueError("bug")]

    deliver(noon)

    assert fresh(sms).state == Sms.State.UNKNOWN
    assert "bug" in sms.reason


def test_a_gateway_that_does_not_answer_ends_the_run(gateway, queue, noon):
    for _number in range(12):
        queue()
    gateway.script = [NOT_SENT] * 12

    counts = deliver(noon)

    assert counts == {"not_sent": 5, "left": 7}
    assert len(gateway.sends) == 5


# Who may still be texted is asked right before the call


def test_who_opted_out_after_the_text_was_written_gets_none(gateway, queue, noon):
    sms = queue()
    withdraw_consent(sms.customer, Consent.Purpose.SERVICE, by=None, at=noon)

    deliver(noon)

    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.CANCELLED
    assert sms.reason
    assert room.told(sms) == ["failed"]


def test_who_refused_all_contact_gets_none(gateway, queue, noon):
    sms = queue()
    refuse_contact(sms.customer, reason="不要联系", by=None, at=noon)

    deliver(noon)

    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.CANCELLED


def test_a_number_that_is_no_longer_the_customers_gets_nothing(gateway, queue, noon):
    sms = queue()
    sms.customer.phones.all().delete()

    deliver(noon)

    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.CANCELLED


def test_a_voided_visit_sends_nothing(gateway, queue, noon):
    sms = queue()
    type(sms.customer).objects.filter(pk=sms.subject_id).update(name="作废")

    deliver(noon)

    assert gateway.sends == []
    assert fresh(sms).reason == "作废"


def test_an_opt_out_counts_even_for_a_row_whose_first_call_was_lost(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    gateway.answers = [ABSENT, ABSENT]
    deliver(noon)
    withdraw_consent(sms.customer, Consent.Purpose.SERVICE, by=None, at=noon + MINUTE)

    for minutes in range(2, 6):
        deliver(noon + minutes * MINUTE)

    assert len(gateway.sends) == 1
    assert fresh(sms).state == Sms.State.CANCELLED


def test_a_purpose_nobody_declares_any_more_is_not_sent(gateway, queue, noon, monkeypatch):
    sms = queue()
    monkeypatch.delitem(PURPOSES, "test.notice")

    deliver(noon)

    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.DEAD


# Writing and taking back


def test_the_same_purpose_and_subject_make_one_text(gateway, queue, noon):
    sms = queue()

    again = queue(sms.customer, body="另一段文字", by=sms.customer.owner)
    own = queue(sms.customer, body="软件自己的文字")
    deliver(noon)

    assert sms.pk == again.pk == own.pk
    assert [body for *_ids, body in gateway.sends] == ["另一段文字"]


def test_a_sent_text_is_not_sent_again_by_queueing_it_again(gateway, queue, noon):
    sms = queue()
    deliver(noon)

    queue(sms.customer, by=sms.customer.owner)
    deliver(noon + MINUTE)

    assert len(gateway.sends) == 1
    assert fresh(sms).state == Sms.State.ACCEPTED


@pytest.mark.parametrize("answer", [UNSURE, ACCEPTED])
def test_what_may_have_been_sent_is_never_renewed(gateway, queue, noon, answer):
    sms = queue()
    gateway.script = [answer]
    deliver(noon)
    if answer is UNSURE:
        deliver(noon + timedelta(hours=3))
    else:
        receive_receipt(out_id=str(sms.out_id), is_delivered=False, at=noon + MINUTE)
    before = fresh(sms).state

    queue(sms.customer, at=noon + timedelta(hours=3))
    deliver(noon + timedelta(hours=3))

    assert fresh(sms).state == before
    assert len(gateway.sends) == 1


def test_a_text_that_surely_never_left_may_be_queued_anew(gateway, queue, noon):
    sms = queue()
    gateway.script = [REFUSED]
    deliver(noon)
    first = fresh(sms).out_id

    queue(sms.customer, body="改过的文字", by=sms.customer.owner, at=noon + MINUTE)
    deliver(noon + MINUTE)

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert sms.out_id != first
    assert room.told(sms) == ["failed", "accepted"]


def test_a_waiting_text_is_taken_back(gateway, queue, noon):
    sms = queue()

    cancelled = cancel_sms(room.NOTICE, sms.customer, reason="已电话致谢", at=noon)
    deliver(noon)

    assert cancelled.pk == sms.pk
    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.CANCELLED
    assert room.told(sms) == []


def test_taking_back_an_unknown_text_stops_a_second_call(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    gateway.answers = [ABSENT] * 10
    deliver(noon)

    assert cancel_sms(room.NOTICE, sms.customer, reason="已电话致谢", at=noon + MINUTE) is None
    for minutes in range(2, 10):
        deliver(noon + minutes * MINUTE)

    assert len(gateway.sends) == 1
    assert fresh(sms).state == Sms.State.DEAD


def test_taking_back_what_was_sent_changes_nothing(gateway, queue, noon):
    sms = queue()
    deliver(noon)

    assert cancel_sms(room.NOTICE, sms.customer, reason="晚了") is None
    assert fresh(sms).state == Sms.State.ACCEPTED


def test_without_consent_no_text_is_written(queue):
    customer = make.customer(consents=False, owner=make.user())

    with pytest.raises(RuleViolation):
        queue(customer)
    assert not Sms.objects.exists()


def test_adverts_need_their_own_consent_and_carry_the_way_out(gateway, queue, noon):
    customer = make.customer(owner=make.user(), at=noon)
    with pytest.raises(RuleViolation):
        queue(customer, purpose=room.ADVERT)
    give_consent(customer, Consent.Purpose.MARKETING, by=None, at=noon)

    queue(customer, purpose=room.ADVERT, body="周末有活动。")
    deliver(noon)

    assert gateway.sends[0][2].endswith("拒收请回复R")


def test_a_landline_gets_no_text(queue):
    with pytest.raises(RuleViolation):
        queue(phone="027-84281234")


def test_a_colleagues_wording_wins_until_the_moment_of_the_call(gateway, queue, noon):
    sms = queue()
    queue(sms.customer, body="您好，改过了", by=sms.customer.owner)
    gateway.before_send = lambda: queue(sms.customer, body="晚了", by=sms.customer.owner)

    deliver(noon)

    assert gateway.sends[0][2] == "您好，改过了" == fresh(sms).body


def test_a_wording_changed_after_the_worker_read_the_row_is_the_one_that_goes(
    gateway, queue, noon, monkeypatch
):
    sms = queue()
    lease = delivery._lease

    def reworded_meanwhile(*args):
        queue(sms.customer, body="您好，改过了", by=sms.customer.owner)
        return lease(*args)

    monkeypatch.setattr(delivery, "_lease", reworded_meanwhile)
    deliver(noon)

    assert [body for *_ids, body in gateway.sends] == ["您好，改过了"]


def test_a_run_ends_when_its_time_is_up(gateway, queue, noon, monkeypatch):
    for _number in range(3):
        queue()
    monkeypatch.setattr(delivery, "RUN_SECONDS", -1)

    assert deliver(noon) == {"left": 3}
    assert gateway.sends == []


# The room that is told


def test_a_room_that_fails_is_told_again_and_the_text_stays_sent(gateway, queue, noon, monkeypatch):
    sms = queue()
    calls = []

    def breaks(told_sms):
        calls.append(told_sms.pk)
        room._write(told_sms, "accepted")
        if len(calls) == 1:
            raise ValueError("the room has a bug")

    monkeypatch.setattr(room, "accepted", breaks)
    deliver(noon)
    assert fresh(sms).state == Sms.State.ACCEPTED
    assert sms.owes == "accepted"
    assert room.told(sms) == []
    deliver(noon + MINUTE)

    assert fresh(sms).owes == ""
    assert sms.next_at is None
    assert room.told(sms) == ["accepted"]
    assert len(gateway.sends) == 1


def test_a_room_that_always_fails_is_left_after_three_times(gateway, queue, noon, monkeypatch):
    sms = queue()
    calls = []

    def breaks(told_sms):
        calls.append(1)
        raise ValueError

    monkeypatch.setattr(room, "accepted", breaks)
    for minutes in range(10):
        deliver(noon + minutes * MINUTE)

    assert len(calls) == 3
    assert fresh(sms).next_at is None
    assert list(Sms.objects.untold()) == [sms]


# Late truths


def test_a_late_answer_is_believed_although_the_lease_was_lost(gateway, queue, noon):
    sms = queue()
    gateway.before_send = lambda: Sms.objects.filter(pk=sms.pk).update(
        state="unknown", lease="another", next_at=noon + MINUTE
    )

    deliver(noon)

    assert fresh(sms).state == Sms.State.ACCEPTED
    assert room.told(sms) == ["accepted"]


def test_a_worker_that_lost_its_lease_does_not_undo_the_others_work(gateway, queue, noon):
    sms = queue()
    gateway.script = [REFUSED]
    gateway.before_send = lambda: Sms.objects.filter(pk=sms.pk).update(
        state="delivered", lease="", next_at=None, accepted_at=noon
    )

    deliver(noon)

    assert fresh(sms).state == Sms.State.DELIVERED
    assert room.told(sms) == []


def test_a_worker_that_slept_after_its_claim_does_not_call(gateway, queue, noon, monkeypatch):
    monkeypatch.setattr(delivery, "CLAIM_IS_STALE", -1)
    sms = queue()

    assert deliver(noon) == {"stale": 1}
    assert gateway.sends == []
    assert fresh(sms).state == Sms.State.CALLING


def test_a_query_may_tell_that_it_was_delivered(gateway, queue, noon):
    sms = queue()
    gateway.script, gateway.answers = [UNSURE], [DELIVERED]

    deliver(noon)
    deliver(noon + MINUTE)

    assert fresh(sms).state == Sms.State.DELIVERED
    assert sms.accepted_at is not None
    assert room.told(sms) == ["accepted"]


def test_the_table_of_states_names_every_state():
    assert set(Sms.NEXT) == set(Sms.State)
    for state in (Sms.State.DELIVERED,):
        assert not Sms.NEXT[state]


def test_queue_sms_takes_a_subject_of_any_kind(gateway, noon):
    customer = make.customer(owner=make.user(), at=noon)
    lead = make.lead(customer=customer, at=noon)

    sms = queue_sms(
        room.NOTICE,
        subject=lead,
        customer=customer,
        phone=customer.primary_phone,
        body="您好",
        at=noon,
    )

    assert (sms.subject_type, sms.subject_id) == ("leads.lead", lead.pk)
    assert list(Sms.objects.about(lead)) == [sms]
