"""SOP-2.2: attempted is not reached; what is said plans what comes next."""

from datetime import date, timedelta

import pytest
import time_machine

from dealership import clock
from dealership.customers.actions import refuse_contact
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from leads import sop
from leads.actions import agree_visit, plan_contact, record_contact
from leads.models import Contact, Lead
from leads.selectors import follow_up_of, visit_of
from tests import make

MONDAY = "2026-11-23 02:00Z"


def call(lead: Lead, outcome: str = "reached", **given) -> Contact:
    return record_contact(lead, way="call", outcome=outcome, by=lead.consultant, **given)


@pytest.mark.sop("2.2")
@time_machine.travel(MONDAY, tick=False)
def test_speaking_with_the_customer_keeps_the_promise_and_plans_the_next_contact(li_na):
    lead = make.lead(consultant=li_na, level="H")
    plan_contact(lead, on=date(2026, 11, 23), by=li_na)

    contact = call(lead, feedback="周末想来看车")

    done = Deadline.objects.about(lead).of_step(sop.FOLLOW_UP).get(outcome="done")
    assert done.closed_by == li_na
    assert contact.next_contact_on == date(2026, 11, 25), "level H is spoken to every 2 days"
    assert follow_up_of(contact.lead).opened_at == clock.now()


@pytest.mark.sop("2.2")
def test_an_attempt_in_vain_keeps_nothing(li_na):
    lead = make.lead(consultant=li_na, level="H")
    plan_contact(lead, on=clock.day_of(clock.now(), lead.store.tz), by=li_na)
    owed = follow_up_of(Lead.objects.get(pk=lead.pk))

    call(lead, "no_answer")

    owed.refresh_from_db()
    lead.refresh_from_db()
    assert owed.is_open
    assert lead.first_contacted_at is None
    assert lead.customer.events.filter(kind="lead.attempted").count() == 1


def test_after_three_attempts_in_vain_the_contact_is_planned_anew(li_na):
    lead = make.lead(consultant=li_na, level="H")
    today = clock.day_of(clock.now(), lead.store.tz)
    plan_contact(lead, on=today, by=li_na)

    for _number in range(3):
        call(lead, "no_answer")

    lead.refresh_from_db()
    assert lead.next_contact_on == today + timedelta(days=2)
    assert Deadline.objects.about(lead).of_step(sop.FOLLOW_UP).cancelled().count() == 1


@pytest.mark.parametrize(
    "given", [{"level": "A"}, {"answer": "open"}, {"answer": "accepted", "visit_at": 2}]
)
def test_who_was_not_reached_said_nothing(li_na, given):
    lead = make.lead(consultant=li_na, level="H")
    if "level" in given:
        given = {"level": make.levels()[given["level"]], "feedback": "再看看"}
    if "visit_at" in given:
        given = given | {"visit_at": clock.now() + timedelta(days=given["visit_at"])}

    with pytest.raises(RuleViolation) as refusal:
        call(lead, "busy", **given)

    assert refusal.value.field == "outcome"
    assert not Contact.objects.exists()


def test_the_level_rises_with_what_was_said_and_sets_the_next_contact(li_na):
    lead = make.lead(consultant=li_na, level="B")

    contact = call(lead, level=make.levels()["H"])

    lead.refresh_from_db()
    today = clock.day_of(clock.now(), lead.store.tz)
    assert (contact.level_before.code, contact.level_after.code) == ("B", "H")
    assert lead.next_contact_on == today + timedelta(days=2)


def test_a_level_falls_only_for_a_reason(li_na):
    lead = make.lead(consultant=li_na, level="H")

    with pytest.raises(RuleViolation) as refusal:
        call(lead, level=make.levels()["C"])
    call(lead, level=make.levels()["C"], feedback="年后再买")

    assert refusal.value.field == "feedback"
    assert lead.level_changes.first().reason == "年后再买"


def test_the_next_contact_lies_within_what_the_level_allows(li_na):
    lead = make.lead(consultant=li_na, level="H")
    today = clock.day_of(clock.now(), lead.store.tz)

    with pytest.raises(RuleViolation) as refusal:
        call(lead, next_contact_on=today + timedelta(days=8))
    contact = call(lead, next_contact_on=today + timedelta(days=7))

    assert refusal.value.code == "too_late"
    assert contact.next_contact_on == today + timedelta(days=7)


def test_a_call_can_be_entered_up_to_seven_days_later(li_na):
    lead = make.lead(consultant=li_na, level="H", at=clock.now() - timedelta(days=20))
    spoken = clock.now() - timedelta(days=6)

    contact = call(lead, happened_at=spoken)

    lead.refresh_from_db()
    assert contact.at == lead.first_contacted_at == spoken
    for wrong in (timedelta(days=-8), timedelta(minutes=5)):
        with pytest.raises(RuleViolation) as refusal:
            call(lead, happened_at=clock.now() + wrong)
        assert refusal.value.field == "happened_at"


def test_nobody_calls_whoever_asked_not_to_be_called(li_na):
    lead = make.lead(consultant=li_na)
    refuse_contact(lead.customer, reason="别再打电话", by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        call(lead)

    assert refusal.value.code == "refused"


@pytest.mark.sop("4.2")
def test_an_accepted_invitation_is_an_appointment_at_once(li_na):
    lead = make.lead(consultant=li_na, level="A")
    when = clock.now() + timedelta(days=3)

    contact = call(lead, answer="accepted", visit_at=when, purpose="invite")

    visit = visit_of(lead)
    lead.refresh_from_db()
    assert visit.starts_at == when
    assert lead.stage == Lead.Stage.INVITED
    assert contact.next_contact_on == visit.day + timedelta(days=1)


def test_accepting_means_a_day_and_a_time(li_na):
    lead = make.lead(consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        call(lead, answer="accepted")
    agree_visit(lead, at_time=clock.now() + timedelta(days=1), by=li_na)
    call(lead, answer="accepted")

    assert refusal.value.field == "visit_at"
    assert Contact.objects.count() == 1


def test_the_timeline_says_how_and_what(li_na):
    lead = make.lead(consultant=li_na)

    call(lead, feedback="周末来")
    call(lead)

    first, second = lead.customer.events.filter(kind="lead.contacted").order_by("pk")
    assert first.text.endswith(" · 周末来")
    assert second.text == first.text.removesuffix(" · 周末来")
