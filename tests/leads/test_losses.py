"""SOP-2.2 and 2.3: a lead is given up with the manager's consent, and spoken to again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dealership.customers.actions import allow_contact, refuse_contact
from dealership.errors import RuleViolation
from dealership.messaging.actions import queue_sms, receive_inbound
from dealership.messaging.models import Notice, Sms
from dealership.messaging.purposes import PURPOSES
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from leads import actions
from leads.models import Contact, Lead, LossApplication, LossRecall
from tests import make
from tests.showroom import make as visits

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reasons(store):
    return actions.set_up_loss_reasons(store)


@pytest.fixture
def lead(li_na, clock):
    made = make.lead(consultant=li_na, level="B", at=NOW - timedelta(days=20))
    return actions.review_lead(made, level=made.level, by=li_na)


def apply(lead, reason, by=None, **given):
    given = {"feedback": "预算不够，今年不买了"} | given
    return actions.apply_for_loss(lead, reason=reason, by=by or lead.consultant, **given)


def approved(lead, reason, by, **given):
    return actions.decide_loss(apply(lead, reason, **given), approved=True, by=by)


def owed(*steps):
    """The steps that are open; a lead's way to the pool is told elsewhere."""
    rows = Deadline.objects.open().exclude(step="leads.recycle").order_by("due_at")
    return [row.step for row in rows if not steps or row.step in steps]


def day(deadline):
    return (deadline.due_at.astimezone(deadline.store.tz) - timedelta(seconds=1)).date()


@pytest.mark.sop("2.2")
def test_an_application_waits_for_the_manager_and_keeps_level_and_stage(lead, reasons, li_na):
    application = apply(lead, reasons["budget"], remark="试过两次报价")

    lead.refresh_from_db()
    assert (application.state, lead.status) == ("pending", "open")
    assert (application.level.code, application.stage, application.is_direct) == ("B", "new", False)
    review = Deadline.objects.get(step="leads.loss_review")
    assert (review.role, review.due_at) == (Role.SALES_MANAGER, NOW + timedelta(hours=24))
    assert lead.customer.events.filter(kind="lead.loss_applied").count() == 1


def test_a_lead_has_one_application_at_a_time(lead, reasons):
    apply(lead, reasons["budget"])

    with pytest.raises(RuleViolation) as refusal:
        apply(lead, reasons["no-stock"])

    assert refusal.value.code == "applied"


def test_whoever_bought_a_rival_bought_a_brand(lead, reasons):
    with pytest.raises(RuleViolation) as refusal:
        apply(lead, reasons["rival-bought"])

    assert refusal.value.field == "rival"
    application = apply(lead, reasons["rival-bought"], rival="比亚迪", rival_series="秦PLUS")
    assert application.rival_name == "比亚迪 秦PLUS"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "dormant"}, "revisit_on"),
        ({"kind": "dormant", "revisit_on": date(2026, 11, 26)}, "revisit_on"),
        ({"kind": "dormant", "revisit_on": date(2027, 3, 1)}, "revisit_on"),
        ({"feedback": "  "}, "feedback"),
    ],
)
def test_what_is_missing_is_named(lead, reasons, given, field):
    with pytest.raises(RuleViolation) as refusal:
        apply(lead, reasons["postponed"], **given)

    assert refusal.value.field == field
    assert not LossApplication.objects.exists()


def test_a_group_a_retired_reason_and_another_stores_are_refused(lead, reasons):
    retired = reasons["far-away"]
    retired.is_active = False
    retired.save()
    foreign = actions.set_up_loss_reasons(make.store())["budget"]

    for reason in (reasons["price"], retired, foreign):
        with pytest.raises(RuleViolation) as refusal:
            apply(lead, reason)
        assert refusal.value.field == "reason"


def test_an_ordered_car_is_cancelled_on_its_own_page(lead, reasons, li_na):
    actions.move_on(lead, to=Lead.Status.ORDERED, level="O", by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        apply(lead, reasons["budget"])

    assert refusal.value.code == "ordered"


@pytest.mark.sop("2.3")
def test_only_what_the_manager_approves_is_lost(lead, reasons, chen):
    application = approved(lead, reasons["budget"], chen)

    lead.refresh_from_db()
    assert (lead.status, lead.level.code, lead.next_contact_on) == ("lost", "F", None)
    assert (application.decided_by, application.decided_at) == (chen, NOW)
    assert owed() == ["leads.revisit"]
    follow_up = Deadline.objects.get(step="leads.follow_up")
    assert (follow_up.outcome, bool(follow_up.reason)) == ("cancelled", True)
    assert Deadline.objects.get(step="leads.loss_review").outcome == "done"
    lost = lead.level_changes.first()
    assert (lost.old.code, lost.new.code, lost.by) == ("B", "F", chen)


def test_what_is_decided_stays_decided(lead, reasons, chen, li_na):
    application = approved(lead, reasons["budget"], chen)

    with pytest.raises(RuleViolation):
        actions.decide_loss(application, approved=False, remark="再试试", by=chen)
    with pytest.raises(RuleViolation):
        actions.withdraw_application(application, by=li_na)


def test_sent_back_the_consultant_goes_on_from_the_day_given(lead, reasons, chen, li_na):
    application = actions.decide_loss(
        apply(lead, reasons["budget"]), approved=False, remark="报一次金融方案",
        next_contact_on=date(2026, 11, 28), by=chen,
    )  # fmt: skip

    lead.refresh_from_db()
    assert (application.state, lead.status, lead.next_contact_on) == (
        "returned", "open", date(2026, 11, 28),
    )  # fmt: skip
    assert owed() == ["leads.follow_up"]
    assert "报一次金融方案" in Notice.objects.get(user=li_na, kind="leads.loss_returned").text


def test_sending_back_says_what_is_missing(lead, reasons, chen):
    with pytest.raises(RuleViolation) as refusal:
        actions.decide_loss(apply(lead, reasons["budget"]), approved=False, by=chen)

    assert refusal.value.field == "remark"


def test_a_promise_that_is_broken_stays_broken_when_the_loss_is_sent_back(
    lead, reasons, chen, clock
):
    application = apply(lead, reasons["budget"])
    clock.move_to(NOW + timedelta(days=30))

    actions.decide_loss(application, approved=False, remark="请再联系", by=chen)

    follow_up = Deadline.objects.get(step="leads.follow_up")
    assert follow_up.is_open
    assert follow_up.is_late


def test_a_withdrawn_application_leaves_the_lead_as_it_was(lead, reasons, li_na):
    application = actions.withdraw_application(apply(lead, reasons["budget"]), by=li_na)

    assert application.state == "withdrawn"
    assert owed() == ["leads.follow_up"]
    assert apply(lead, reasons["budget"]).is_pending


def test_a_lead_of_the_pool_leaves_it_when_it_is_lost(reasons, chen, clock):
    lead = make.lead(level="C")
    Lead.objects.filter(pk=lead.pk).update(consultant=None, pooled_at=NOW, pool_reason="超期未跟进")

    actions.decide_loss(apply(lead, reasons["unreachable"], by=chen), approved=True, by=chen)

    lead.refresh_from_db()
    assert (lead.status, lead.pooled_at) == ("lost", None)


@pytest.mark.sop("2.3")
def test_a_lost_customer_is_spoken_to_after_30_90_and_180_days(lead, reasons, chen, li_na, clock):
    application = approved(lead, reasons["budget"], chen)

    for days in (30, 90, 180):
        revisit = Deadline.objects.open().get(step="leads.revisit")
        assert (day(revisit), revisit.owner) == (date(2026, 11, 26) + timedelta(days=days), li_na)
        clock.move_to(NOW + timedelta(days=days))
        actions.record_revisit(application, outcome="reached", feedback="暂时不买", by=li_na)

    assert owed() == []
    assert Contact.objects.filter(lead=lead, level_before__code="F").count() == 3


def test_three_attempts_in_vain_settle_a_turn(lead, reasons, chen, li_na, clock):
    application = approved(lead, reasons["budget"], chen)
    clock.move_to(NOW + timedelta(days=30))

    for _attempt in range(3):
        actions.record_revisit(application, outcome="no_answer", by=li_na)

    settled, coming = Deadline.objects.filter(step="leads.revisit").order_by("pk")
    assert (settled.outcome, coming.is_open) == ("cancelled", True)
    assert day(coming) == date(2026, 11, 26) + timedelta(days=90)


@pytest.mark.sop("2.3")
def test_a_dormant_customer_is_spoken_to_on_the_day_agreed(lead, reasons, chen, li_na, clock):
    application = approved(
        lead, reasons["postponed"], chen, kind="dormant", revisit_on=date(2027, 1, 10)
    )

    lead.refresh_from_db()
    assert (lead.status, lead.level.code) == ("dormant", "S")
    assert day(Deadline.objects.open().get()) == date(2027, 1, 10)
    clock.move_to(datetime(2027, 1, 10, 3, tzinfo=UTC))
    actions.record_revisit(
        application, outcome="reached", feedback="年后再看", revisit_on=date(2027, 2, 20), by=li_na
    )
    assert day(Deadline.objects.open().get()) == date(2027, 2, 20)


def test_a_dormant_lead_can_be_lost_for_good(lead, reasons, chen):
    approved(lead, reasons["postponed"], chen, kind="dormant", revisit_on=date(2027, 1, 10))
    lead.refresh_from_db()

    approved(lead, reasons["cancelled"], chen)

    lead.refresh_from_db()
    assert lead.status == "lost"
    assert [day(row) for row in Deadline.objects.open()] == [date(2026, 12, 26)]


@pytest.mark.sop("2.2")
def test_an_explicit_refusal_stops_all_contact_before_the_manager_decides(lead, reasons, li_na):
    departed = visits.departed(customer=lead.customer, consultant=li_na)
    sms = queue_sms(
        PURPOSES["showroom.thank_you"], subject=departed, customer=lead.customer, by=li_na,
        phone=lead.customer.primary_phone, body="感谢光临",
    )  # fmt: skip

    apply(lead, reasons["refused"], feedback="别再打电话了")

    lead.customer.refresh_from_db()
    lead.refresh_from_db()
    assert lead.customer.do_not_contact_at == NOW
    assert (lead.status, lead.next_contact_on) == ("open", None)
    assert Sms.objects.get(pk=sms.pk).state == "cancelled"
    assert owed("leads.follow_up", "leads.first_contact") == []
    assert owed("leads.loss_review") == ["leads.loss_review"]


def test_who_refuses_contact_is_not_called_again_when_lost(lead, reasons, chen):
    approved(lead, reasons["refused"], chen)

    assert owed() == []


def test_a_refusal_on_the_customers_page_ends_what_the_leads_owe(lead, li_na):
    refuse_contact(lead.customer, reason="不要再联系", by=li_na)

    lead.refresh_from_db()
    assert (owed(), lead.next_contact_on) == ([], None)


def test_a_refusal_by_sms_ends_the_clock_of_a_lost_customer(lead, reasons, chen):
    approved(lead, reasons["budget"], chen)

    receive_inbound(
        phone=lead.customer.primary_phone, body="不要再联系我", provider="sim", provider_id="1"
    )

    assert owed() == []


def test_nothing_is_planned_for_who_refuses_contact(lead, li_na):
    refuse_contact(lead.customer, reason="不要再联系", by=li_na)
    lead = Lead.objects.with_people().get(pk=lead.pk)

    actions.plan_usual(lead, by=li_na)

    lead.refresh_from_db()
    assert (owed(), lead.next_contact_on) == ([], None)


def test_when_the_refusal_is_lifted_leads_are_planned_again(lead, reasons, li_na, chen):
    gone = make.lead(consultant=li_na)
    approved(gone, reasons["budget"], chen)
    for one in (lead, gone):
        refuse_contact(one.customer, reason="不要联系", by=li_na)

    for one in (lead, gone):
        allow_contact(one.customer, reason="客户来电", by=li_na)

    lead.refresh_from_db()
    assert lead.next_contact_on == date(2026, 12, 3)
    assert sorted(owed()) == ["leads.follow_up", "leads.revisit"]


def lose(consultant, reason, by):
    return approved(make.lead(consultant=consultant), reason, by)


@pytest.mark.sop("2.3")
def test_every_fifth_loss_is_called_by_somebody_who_did_not_give_it_up(
    store, reasons, li_na, chen, clock
):
    zhang = make.user(role=Role.SERVICE_SPECIALIST, store=store)
    losses = []
    for minute in range(10):
        clock.move_to(NOW + timedelta(minutes=minute))
        losses.append(lose(li_na, reasons["budget"], chen))

    recalls = list(LossRecall.objects.order_by("pk"))
    assert [one.application for one in recalls] == [losses[4], losses[9]]
    assert {one.caller for one in recalls} == {zhang}
    assert owed("leads.recall") == ["leads.recall", "leads.recall"]


def test_without_customer_service_the_manager_calls(store, reasons, li_na, chen, clock):
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=90, owners_a_day=30, recall_every=1, by=chen
    )

    lose(li_na, reasons["budget"], chen)

    assert LossRecall.objects.get().caller == chen


def test_a_store_may_do_without_samples(store, reasons, li_na, chen, clock):
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=90, owners_a_day=30, recall_every=0, by=chen
    )

    for _loss in range(6):
        lose(li_na, reasons["budget"], chen)

    assert not LossRecall.objects.exists()


@pytest.fixture
def recall(store, reasons, li_na, chen, clock):
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=90, owners_a_day=30, recall_every=1, by=chen
    )
    return LossRecall.objects.get(application=lose(li_na, reasons["budget"], chen))


def test_a_sample_that_confirms_the_loss_changes_nothing(recall, chen):
    actions.record_recall(recall, outcome="confirmed", remark="确实不买了", by=chen)

    assert recall.application.lead.status == "lost"
    assert owed() == ["leads.revisit"]
    with pytest.raises(RuleViolation):
        actions.record_recall(recall, outcome="wants", by=chen)


def test_a_sample_that_still_wants_a_car_opens_the_lead_and_tells_the_manager(recall, chen):
    actions.record_recall(recall, outcome="wants", remark="没人给我报价", by=chen)

    lead = Lead.objects.get(pk=recall.application.lead_id)
    assert (lead.status, lead.level.code) == ("open", "C")
    assert owed() == ["leads.follow_up"]
    assert Notice.objects.filter(user=chen, kind="leads.recall_wants").count() == 1


def test_nobody_checks_their_own_loss(recall, li_na):
    with pytest.raises(RuleViolation) as refusal:
        actions.record_recall(recall, outcome="confirmed", by=li_na)

    assert refusal.value.code == "own"
