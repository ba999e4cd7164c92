"""SOP-2.3: lost and dormant leads are taken up again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dealership.customers.actions import refuse_contact
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from leads import actions
from leads.models import Lead
from leads.selectors import base_kind_of
from tests import make

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def application(li_na, chen, store):
    reason = actions.set_up_loss_reasons(store)["budget"]
    lead = make.lead(consultant=li_na, level="A", at=NOW - timedelta(days=9))
    made = actions.apply_for_loss(lead, reason=reason, feedback="太贵", by=li_na)
    return actions.decide_loss(made, approved=True, by=chen)


@pytest.fixture
def lost(application):
    return Lead.objects.with_people().get(pk=application.lead_id)


@pytest.mark.sop("2.3")
def test_taken_up_again_the_lead_is_open_at_level_c_and_planned(lost, li_na):
    lead = actions.reactivate_lead(lost, reason="客户来电", by=li_na)

    assert (lead.status, lead.level.code) == ("open", "C")
    assert (lead.consultant, lead.next_contact_on) == (li_na, date(2026, 12, 11))
    assert Deadline.objects.get(step="leads.revisit").outcome == "cancelled"
    assert lead.customer.events.filter(kind="lead.reactivated").count() == 1


def test_another_consultant_goes_on(lost, wang_qiang, chen):
    lead = actions.reactivate_lead(
        lost, consultant=wang_qiang, level=make.levels()["H"], reason="换人试试", by=chen
    )

    assert (lead.consultant, lead.level.code) == (wang_qiang, "H")
    assert lead.customer.owner == wang_qiang
    assert Deadline.objects.open().get(step="leads.follow_up").owner == wang_qiang


def test_a_yes_at_the_revisit_takes_the_lead_up_again(application, li_na, now):
    now.move_to(NOW + timedelta(days=30))

    actions.record_revisit(
        application, outcome="reached", feedback="年终奖发了", wants_car=True, by=li_na
    )

    lead = Lead.objects.get(pk=application.lead_id)
    assert (lead.status, lead.level.code) == ("open", "C")
    assert Deadline.objects.get(step="leads.revisit").outcome == "done"


def test_who_refuses_contact_is_not_taken_up(lost, li_na):
    refuse_contact(lost.customer, reason="别再打", by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        actions.reactivate_lead(Lead.objects.get(pk=lost.pk), by=li_na)

    assert refusal.value.code == "refused"


def test_a_customer_with_another_open_lead_goes_on_with_that(lost, li_na):
    make.lead(customer=lost.customer, consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        actions.reactivate_lead(lost, by=li_na)

    assert refusal.value.code == "open"


def test_nobody_who_has_left_takes_a_lead_up(lost, li_na, chen):
    li_na.is_active = False
    li_na.save()

    with pytest.raises(RuleViolation) as refusal:
        actions.reactivate_lead(Lead.objects.with_people().get(pk=lost.pk), by=chen)

    assert refusal.value.field == "consultant"


def test_an_open_lead_needs_no_taking_up(li_na):
    with pytest.raises(RuleViolation) as refusal:
        actions.reactivate_lead(make.lead(consultant=li_na), by=li_na)

    assert refusal.value.code == "status"


@pytest.mark.sop("2.3")
def test_a_lost_customer_who_comes_back_is_a_base_customer(lost, li_na):
    assert base_kind_of(lost.customer) == "lost"

    again = make.lead(customer=lost.customer, consultant=li_na)

    assert again.base_kind == "lost"
