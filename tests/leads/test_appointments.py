"""SOP-2.2, 4.2: a visit agreed on is confirmed, moved, called off, kept or missed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.translation import override

from dealership import clock
from dealership.customers.actions import merge_customers, refuse_contact
from dealership.errors import RuleViolation
from dealership.sop.actions import tick
from dealership.sop.models import Deadline
from leads import sop
from leads.actions import (
    agree_visit,
    assign_lead,
    cancel_appointment,
    change_level,
    confirm_appointment,
    move_appointment,
    move_on,
    plan_contact,
)
from leads.models import Appointment, Lead
from leads.selectors import visit_of
from showroom.actions import identify_visit, log_call, receive_visit, void_visit
from tests import make

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in Wuhan
FRIDAY = datetime(2026, 11, 27, 6, tzinfo=UTC)  # 14:00


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def lead(li_na) -> Lead:
    return make.lead(consultant=li_na, level="B")


def agree(lead: Lead, at_time: datetime = FRIDAY, **given) -> Appointment:
    return agree_visit(lead, at_time=at_time, by=lead.consultant, **given)


def owed(appointment: Appointment) -> dict[str, Deadline]:
    return {row.step: row for row in Deadline.objects.open().about(appointment)}


def days(appointment: Appointment) -> dict[str, date]:
    """The last day of each open promise."""
    tz = appointment.store.tz
    moment = timedelta(seconds=1)
    return {step: clock.day_of(row.due_at - moment, tz) for step, row in owed(appointment).items()}


@pytest.mark.sop("4.2")
def test_a_visit_agreed_on_is_expected_and_confirmed_the_day_before(lead):
    made = agree(lead)

    assert days(made) == {
        sop.APPOINTMENT.code: date(2026, 11, 27),
        sop.CONFIRM_VISIT.code: date(2026, 11, 26),
    }
    lead.refresh_from_db()
    assert lead.stage == Lead.Stage.INVITED
    assert lead.next_contact_on == date(2026, 11, 28), "whoever does not come is called"


@pytest.mark.parametrize("ahead", [timedelta(hours=4), timedelta(days=1)])
def test_a_visit_today_or_tomorrow_needs_no_confirming(lead, ahead):
    assert list(owed(agree(lead, MONDAY + ahead))) == [sop.APPOINTMENT.code]


def test_a_contact_planned_before_the_visit_stays(lead):
    plan_contact(lead, on=date(2026, 11, 25), by=None)

    agree(lead)

    lead.refresh_from_db()
    assert lead.next_contact_on == date(2026, 11, 25)


def test_the_next_contact_keeps_to_the_levels_cap_before_a_far_visit(li_na):
    hot = make.lead(consultant=li_na, level="H")

    agree(hot, MONDAY + timedelta(days=20))

    hot.refresh_from_db()
    assert hot.next_contact_on == date(2026, 11, 30)


def test_a_lead_has_one_open_appointment(lead):
    first = agree(lead)

    with pytest.raises(RuleViolation) as refusal:
        agree(lead, FRIDAY + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            store=lead.store, lead=lead, customer=lead.customer, starts_at=FRIDAY, agreed_at=MONDAY
        )

    assert refusal.value.code == "agreed"
    assert visit_of(lead) == first


@pytest.mark.parametrize("wrong", [MONDAY - timedelta(minutes=1), MONDAY + timedelta(days=400)])
def test_a_visit_lies_ahead_and_within_a_year(lead, wrong):
    with pytest.raises(RuleViolation) as refusal:
        agree(lead, wrong)

    assert refusal.value.field == "visit_at"


def test_nobody_is_invited_who_asked_not_to_be_contacted(lead):
    refuse_contact(lead.customer, reason="别再联系", by=None)
    lead.customer.refresh_from_db()

    with pytest.raises(RuleViolation) as refusal:
        agree(lead)

    assert refusal.value.code == "refused"


def test_confirming_keeps_the_reminder_and_counts_once(lead, li_na):
    made = agree(lead)

    confirm_appointment(made, by=li_na)
    again = confirm_appointment(made, by=li_na)

    assert again.state == Appointment.State.CONFIRMED
    assert list(owed(made)) == [sop.APPOINTMENT.code]
    assert lead.customer.events.filter(kind="lead.visit_confirmed").count() == 1


@pytest.mark.sop("2.2")
def test_a_moved_visit_stays_as_moved_and_a_new_one_is_expected(lead, li_na):
    old = agree(lead)

    new = move_appointment(old, at_time=FRIDAY + timedelta(days=2), reason="周末才有空", by=li_na)

    old.refresh_from_db()
    assert (old.state, old.reason) == (Appointment.State.MOVED, "周末才有空")
    assert (new.moved_from, visit_of(lead)) == (old, new)
    assert owed(old) == {}
    assert days(new)[sop.APPOINTMENT.code] == date(2026, 11, 29)
    lead.refresh_from_db()
    assert lead.next_contact_on == date(2026, 11, 30)


def test_a_refused_move_changes_nothing(lead, li_na):
    old = agree(lead)

    for wrong in ({"at_time": MONDAY, "reason": "改"}, {"at_time": FRIDAY, "reason": "改"}):
        with pytest.raises(RuleViolation):
            move_appointment(old, by=li_na, **wrong)
    with pytest.raises(RuleViolation) as refusal:
        move_appointment(old, at_time=FRIDAY + timedelta(days=1), reason=" ", by=li_na)

    assert refusal.value.field == "reason"
    assert visit_of(lead) == old
    assert len(owed(old)) == 2


def test_a_visit_called_off_leaves_the_level_to_plan(lead, li_na):
    made = cancel_appointment(agree(lead), reason="出差", by=li_na)

    lead.refresh_from_db()
    assert made.state == Appointment.State.CANCELLED
    assert owed(made) == {}
    assert lead.next_contact_on == date(2026, 11, 30), "level B: every 7 days"
    with pytest.raises(RuleViolation):
        confirm_appointment(made, by=li_na)


@pytest.mark.sop("4.2")
@pytest.mark.parametrize("hours", [-5, 0, 6], ids=["early", "on time", "late"])
def test_the_visit_register_keeps_the_appointment_by_itself(lead, li_na, hours):
    made = agree(lead)

    with time_machine.travel(FRIDAY + timedelta(hours=hours), tick=False):
        visit = receive_visit(store=lead.store, customer=lead.customer, by=li_na)

    made.refresh_from_db()
    assert (made.state, made.visit_ref) == (Appointment.State.SHOWN, visit.pk)
    kept = Deadline.objects.about(made).of_step(sop.APPOINTMENT).get()
    assert kept.outcome == "done"


def test_a_reminder_that_nobody_gave_is_late_although_the_guest_came(lead, li_na):
    made = agree(lead)

    with time_machine.travel(FRIDAY, tick=False):
        receive_visit(store=lead.store, customer=lead.customer, by=li_na)

    assert Deadline.objects.about(made).of_step(sop.CONFIRM_VISIT).done_late().count() == 1


def test_another_days_visit_keeps_nothing(lead, li_na):
    made = agree(lead)

    with time_machine.travel(FRIDAY - timedelta(days=1), tick=False):
        receive_visit(store=lead.store, customer=lead.customer, by=li_na)

    made.refresh_from_db()
    assert made.is_open


def test_a_phone_call_is_no_visit(lead, li_na):
    made = agree(lead)

    with time_machine.travel(FRIDAY, tick=False):
        log_call(store=lead.store, customer=lead.customer, remark="问路", by=li_na)

    made.refresh_from_db()
    assert made.is_open


def test_a_nameless_guest_who_is_recognised_has_come_as_agreed(lead, li_na):
    made = agree(lead)

    with time_machine.travel(FRIDAY, tick=False):
        visit = receive_visit(store=lead.store, by=li_na)
        identify_visit(visit, phone=lead.customer.primary_phone, by=li_na)

    made.refresh_from_db()
    assert (made.state, made.visit_ref) == (Appointment.State.SHOWN, visit.pk)


@pytest.mark.sop("4.2")
def test_who_stays_away_is_called_the_next_day(lead):
    made = agree(lead)

    with time_machine.travel(FRIDAY + timedelta(hours=11), tick=False):
        tick()

    made.refresh_from_db()
    lead.refresh_from_db()
    assert made.state == Appointment.State.NO_SHOW
    assert lead.next_contact_on == date(2026, 11, 28)
    assert Deadline.objects.about(made).of_step(sop.APPOINTMENT).get().outcome == "cancelled"
    assert lead.customer.events.filter(kind="lead.visit_missed").count() == 1


def test_a_guest_entered_only_the_next_day_did_come(lead, li_na):
    made = agree(lead)
    with time_machine.travel(FRIDAY + timedelta(hours=11), tick=False):
        tick()

    with time_machine.travel(FRIDAY + timedelta(hours=20), tick=False):
        receive_visit(
            store=lead.store, customer=lead.customer, by=li_na, arrived_at=FRIDAY,
            departed_at=FRIDAY + timedelta(hours=1),
        )  # fmt: skip

    made.refresh_from_db()
    assert made.state == Appointment.State.SHOWN


def test_a_voided_visit_gives_the_appointment_back(lead, li_na, chen):
    made = agree(lead)

    with time_machine.travel(FRIDAY - timedelta(hours=4), tick=False):
        visit = receive_visit(store=lead.store, customer=lead.customer, by=li_na)
        void_visit(visit, reason="登记错了", by=chen)
        made.refresh_from_db()
        assert (made.state, list(owed(made))) == (
            Appointment.State.PLANNED,
            [sop.APPOINTMENT.code],
        )
    with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
        again = receive_visit(store=lead.store, customer=lead.customer, by=li_na)

    made.refresh_from_db()
    assert (made.state, made.visit_ref) == (Appointment.State.SHOWN, again.pk)


def test_a_lead_that_is_over_expects_nobody(lead):
    made = agree(lead)

    move_on(lead, to=Lead.Status.DORMANT, by=None)

    made.refresh_from_db()
    assert made.state == Appointment.State.CANCELLED
    assert owed(made) == {}


def test_whoever_gets_the_lead_waits_for_its_guest(lead, wang_qiang, chen):
    made = agree(lead)

    assign_lead(lead, consultant=wang_qiang, by=chen)

    made.refresh_from_db()
    assert made.consultant == wang_qiang
    assert {row.owner for row in owed(made).values()} == {wang_qiang}


def test_a_level_that_changes_leaves_the_appointment(lead, li_na):
    made = agree(lead)

    change_level(lead, level=make.levels()["H"], by=li_na)

    assert visit_of(lead) == made


@pytest.mark.sop("4.2")
def test_a_caller_who_says_when_has_an_appointment(li_na):
    visit = log_call(
        store=make.home(), phone="13800138000", name="王", remark="看车", invitation="accepted",
        visit_at=FRIDAY, by=li_na,
    )  # fmt: skip

    assert visit_of(visit.lead).starts_at == FRIDAY


def test_a_caller_without_a_number_cannot_be_expected(li_na):
    with pytest.raises(RuleViolation) as refusal:
        log_call(
            store=make.home(), left_no_contact=True, invitation="accepted", visit_at=FRIDAY,
            by=li_na,
        )  # fmt: skip

    assert refusal.value.field == "phone"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_timeline_reads_as_a_sentence(lead, li_na, language):
    new = move_appointment(agree(lead), at_time=FRIDAY + timedelta(days=1), reason="加班", by=li_na)
    confirm_appointment(new, by=li_na)
    cancel_appointment(new, reason="出差", by=li_na)

    with override(language):
        told = [event.text for event in lead.customer.events.filter(kind__startswith="lead.visit")]

    assert len(told) == 4
    assert all("%(" not in text and "11-2" in text for text in told)


def test_who_refuses_all_contact_is_expected_no_more(lead, li_na):
    made = agree(lead)

    refuse_contact(lead.customer, reason="别再联系", by=li_na)

    made.refresh_from_db()
    assert made.state == Appointment.State.CANCELLED
    assert owed(made) == {}


def test_two_records_of_one_guest_expect_them_once(lead, li_na, chen):
    first = agree(lead)
    double = make.lead(consultant=li_na, level="B")
    second = agree(double, FRIDAY + timedelta(days=1))

    merge_customers(lead.customer, double.customer, by=chen)

    for row in (first, second):
        row.refresh_from_db()
    assert (first.state, second.state) == (Appointment.State.PLANNED, Appointment.State.CANCELLED)
    assert {row.customer for row in (first, second)} == {lead.customer}
    assert owed(second) == {}
