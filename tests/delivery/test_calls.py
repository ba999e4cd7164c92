"""SOP-9.6.22 and 9.6.23: attempted is not reached."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from dealership.customers.models import Event
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.actions import waive
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from delivery.actions import record_call
from delivery.models import Callback, CallbackAttempt
from tests import make
from tests.delivery import make as handed

# 14:00 on Monday in Wuhan.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)  # its 00:00 in Wuhan


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def calls(monday):
    delivery = handed.delivery()
    return {call.kind: call for call in Callback.objects.filter(delivery=delivery)}


def owed(call):
    return Deadline.objects.about(call).get()


@pytest.mark.sop("9.6.22")
@pytest.mark.parametrize("outcome", ["no_answer", "busy", "wrong_number"])
def test_a_try_that_reached_nobody_keeps_the_promise_open(calls, outcome):
    call = calls["same_day"]

    record_call(call, outcome=outcome, remark="无人接听", by=call.delivery.consultant)

    assert owed(call).is_open
    assert Event.objects.filter(kind=f"delivery.call.same_day.{outcome}").count() == 1


@pytest.mark.sop("9.6.22")
@pytest.mark.parametrize("outcome", ["reached", "refused"])
def test_a_call_that_took_place_closes_the_promise(calls, outcome):
    call = calls["same_day"]
    record_call(call, outcome="no_answer", by=call.delivery.consultant)

    record_call(call, outcome=outcome, by=call.delivery.consultant)

    assert owed(call).outcome == "done"
    assert call.attempts.count() == 2
    with pytest.raises(RuleViolation):
        record_call(call, outcome="reached", by=call.delivery.consultant)


@pytest.mark.sop("9.6.22")
def test_a_call_after_midnight_is_kept_late(calls, monday):
    call = calls["same_day"]
    monday.move_to(MONDAY + timedelta(hours=11))

    record_call(call, outcome="reached", by=call.delivery.consultant)

    assert owed(call).is_late


@pytest.mark.sop("9.6.23")
def test_the_third_day_callback_cannot_be_recorded_before_its_day(calls, monday):
    call = calls["third_day"]
    seller = call.delivery.consultant
    monday.move_to(THURSDAY - timedelta(seconds=1))
    for outcome in CallbackAttempt.Outcome:
        with pytest.raises(RuleViolation) as refused:
            record_call(call, outcome=outcome, survey_told=True, by=seller)
        assert refused.value.code == "too_early"

    monday.move_to(THURSDAY)
    record_call(call, outcome="reached", survey_told=True, by=seller)

    assert owed(call).outcome == "done"


@pytest.mark.sop("9.6.23")
def test_the_third_day_callback_says_whether_the_survey_was_explained(calls, monday):
    call = calls["third_day"]
    monday.move_to(THURSDAY + timedelta(hours=10))

    with pytest.raises(RuleViolation) as refused:
        record_call(call, outcome="reached", by=call.delivery.consultant)
    record_call(call, outcome="no_answer", by=call.delivery.consultant)

    assert refused.value.field == "survey_told"
    assert list(call.attempts.values_list("survey_told", flat=True)) == [None]


@pytest.mark.sop("9.6.23")
def test_the_convenient_time_is_passed_to_customer_service(calls, monday):
    service = make.user(role=Role.SERVICE_SPECIALIST)
    call = calls["third_day"]
    monday.move_to(THURSDAY + timedelta(hours=10))

    record_call(
        call, outcome="reached", survey_told=True, convenient_time="工作日晚上",
        by=call.delivery.consultant,
    )  # fmt: skip

    assert "工作日晚上" in Notice.objects.get(user=service).text


def test_three_tries_without_contact_offer_the_manager_a_waiver(calls, chen):
    call = calls["same_day"]
    for _number in range(4):
        record_call(call, outcome="no_answer", by=call.delivery.consultant)

    told = Notice.objects.filter(user=chen, kind="delivery.unreached")
    assert (told.count(), owed(call).is_open) == (1, True)
    waive(owed(call), by=chen, reason="三次未接通")
    with pytest.raises(RuleViolation):
        record_call(call, outcome="reached", by=call.delivery.consultant)


def test_a_wrong_number_says_what_is_needed(calls):
    call = calls["same_day"]

    record_call(call, outcome="wrong_number", by=call.delivery.consultant)

    assert owed(call).problem


@pytest.mark.parametrize("at", [MONDAY + timedelta(minutes=1), MONDAY - timedelta(minutes=1)])
def test_a_call_lies_between_the_hand_over_and_now(calls, at):
    call = calls["same_day"]

    with pytest.raises(RuleViolation) as refused:
        record_call(call, outcome="reached", at=at, by=call.delivery.consultant)

    assert refused.value.field == "at"


def test_the_database_lets_a_call_be_finished_once(calls):
    call = calls["same_day"]
    row = {
        "callback": call, "outcome": "reached", "at": MONDAY, "entered_at": MONDAY,
        "by": call.delivery.consultant,
    }  # fmt: skip
    CallbackAttempt.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        CallbackAttempt.objects.create(**row | {"outcome": "refused"})
