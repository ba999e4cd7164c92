"""SOP-9.6.21: whoever bought a car is thanked within two hours, by text or else by phone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from dealership import clock
from dealership.customers.actions import give_consent, refuse_contact
from dealership.customers.models import Consent
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice, Sms
from dealership.sop.actions import tick, waive
from dealership.sop.models import Deadline
from delivery.actions import (
    draft_thanks,
    reason_against_thanks,
    send_thanks,
    thank_by_call,
    thanks_accepted,
    thanks_failed,
)
from delivery.actions.thanks import PROMISE
from tests import make
from tests.deals import make as deals
from tests.delivery import make as handed

pytestmark = pytest.mark.sop("9.6.21")
# 14:00 on Monday in Wuhan.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def owed(delivery):
    return Deadline.objects.about(delivery).get(step="delivery.thank_you")


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def accepted(sms, at):
    Sms.objects.filter(pk=sms.pk).update(state="accepted", accepted_at=at, next_at=None)
    return Sms.objects.get(pk=sms.pk)


def test_the_software_texts_before_the_two_hours_are_over(monday):
    delivery = handed.delivery()
    monday.move_to(MONDAY + timedelta(minutes=99))
    tick()
    assert not Sms.objects.exists()

    monday.move_to(MONDAY + timedelta(minutes=101))
    tick()
    tick()

    sms = Sms.objects.get()
    assert delivery.customer.display_name in sms.body
    assert delivery.order.series.name in sms.body
    assert (sms.created_by, sms.send_by) == (None, owed(delivery).due_at)
    assert owed(delivery).is_open


def test_the_promise_is_kept_when_the_provider_has_taken_the_text(monday):
    delivery = handed.delivery()
    sms = send_thanks(delivery, body="感谢您", by=delivery.consultant)

    thanks_accepted(accepted(sms, MONDAY + timedelta(minutes=3)))

    kept = owed(delivery)
    assert (kept.outcome, kept.closed_by) == ("done", delivery.consultant)
    assert kept.closed_at == MONDAY + timedelta(minutes=3)


def test_a_text_by_hand_leaves_the_software_nothing_to_send(monday):
    delivery = handed.delivery()
    send_thanks(delivery, body="我自己写的感谢", by=delivery.consultant)
    monday.move_to(MONDAY + timedelta(minutes=110))

    tick()

    assert [sms.body for sms in Sms.objects.all()] == ["我自己写的感谢"]


def test_what_was_sent_is_not_sent_again(monday):
    delivery = handed.delivery()
    accepted(send_thanks(delivery, body="感谢您", by=delivery.consultant), MONDAY)

    with pytest.raises(RuleViolation):
        send_thanks(delivery, body="再次感谢您", by=delivery.consultant)


@pytest.mark.parametrize(
    "stranger", [{"phone": ""}, {"consents": False}], ids=["no phone", "no consent"]
)
def test_who_cannot_be_texted_has_to_be_called_and_the_task_says_so_at_once(monday, stranger):
    seller = make.user()
    lead = make.lead(customer=make.customer(owner=seller, **stranger))
    delivery = handed.delivery(order=deals.order(lead=lead, at=MONDAY - timedelta(days=1)))

    assert owed(delivery).problem
    with pytest.raises(RuleViolation):
        send_thanks(delivery, body="感谢您", by=seller)
    thank_by_call(delivery, by=seller)

    assert (owed(delivery).outcome, Sms.objects.count()) == ("done", 0)


def test_who_opts_out_meanwhile_is_not_texted(monday):
    delivery = handed.delivery()
    refuse_contact(delivery.customer, reason="回复R", by=None)
    monday.move_to(MONDAY + timedelta(minutes=110))

    tick()

    assert not Sms.objects.exists()
    assert owed(delivery).problem


def test_a_refused_text_becomes_a_call(monday):
    delivery = handed.delivery()
    sms = send_thanks(delivery, body="感谢您", by=delivery.consultant)

    thanks_failed(sms, "空号")

    assert owed(delivery).is_open
    assert "空号" in owed(delivery).problem


@pytest.mark.parametrize("how", ["called", "waived"])
def test_nothing_goes_out_after_the_promise_is_closed(monday, how, chen):
    delivery = handed.delivery()
    sms = send_thanks(delivery, body="感谢您", by=delivery.consultant)
    if how == "called":
        thank_by_call(delivery, by=delivery.consultant)
        assert Sms.objects.get().state == "cancelled"
    else:
        waive(owed(delivery), by=chen, reason="客户要求")

    assert reason_against_thanks(sms)
    with pytest.raises(RuleViolation):
        send_thanks(delivery, body="感谢您", by=delivery.consultant)


def test_a_hand_over_entered_on_the_same_day_is_thanked_late():
    with time_machine.travel(MONDAY + timedelta(hours=4), tick=False):
        delivery = handed.delivery(at=MONDAY)
        tick()

        assert owed(delivery).is_late
        assert Sms.objects.get().send_by == clock.end_of_day(
            clock.day_of(MONDAY, delivery.store.tz), delivery.store.tz
        )


def test_a_hand_over_entered_days_later_is_left_to_a_person():
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        delivery = handed.delivery(at=MONDAY)
        tick()

        assert not Sms.objects.exists()
        assert owed(delivery).problem


def test_an_evening_hand_over_is_thanked_before_the_quiet_hours():
    evening = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # 19:30; quiet from 21:00
    with time_machine.travel(evening, tick=False):
        delivery = handed.delivery()

    act_at = owed(delivery).act_at.astimezone(delivery.store.tz)
    assert evening < act_at
    assert f"{act_at:%H:%M}" < "21:00"


def test_a_receipt_that_comes_to_nothing_is_told_to_whoever_owed_it(monday):
    delivery = handed.delivery()
    sms = accepted(send_thanks(delivery, body="感谢您", by=delivery.consultant), MONDAY)
    thanks_accepted(sms)

    thanks_failed(sms, "空号")

    notice = Notice.objects.get(user=delivery.consultant, kind="delivery.sms_failed")
    assert "空号" in notice.text
    assert owed(delivery).outcome == "done"


def test_consent_that_is_given_in_time_lets_the_software_text(monday):
    lead = make.lead(customer=make.customer(owner=make.user(), consents=False))
    delivery = handed.delivery(order=deals.order(lead=lead, at=MONDAY - timedelta(days=1)))
    give_consent(delivery.customer, Consent.Purpose.SERVICE, by=delivery.consultant)
    monday.move_to(MONDAY + timedelta(minutes=101))

    tick()

    assert Sms.objects.get().state == "intent"
    assert owed(delivery).problem == ""


def test_the_text_speaks_the_customers_language_whoever_reads_the_pages(monday):
    lead = make.lead(customer=make.customer(name="王", salutation="mr", owner=make.user()))
    delivery = handed.delivery(order=deals.order(lead=lead, at=MONDAY - timedelta(days=1)))

    with translation.override("en"):
        assert "王先生" in draft_thanks(delivery)


def test_nobody_is_asked_to_call_a_customer_who_wants_to_be_left_alone(monday):
    delivery = handed.delivery()
    refuse_contact(delivery.customer, reason="回复R", by=None)
    monday.move_to(MONDAY + timedelta(minutes=110))

    tick()

    assert owed(delivery).problem == PROMISE.obstacle(delivery)
