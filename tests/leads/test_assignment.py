"""SOP-2.2: rules decide who gets a lead; every decision is kept and can be overridden."""

from datetime import timedelta

import pytest

from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.actions import start, tick
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from leads import sop
from leads.actions import (
    assign_customer,
    assign_lead,
    choose_consultant,
    distribute_lead,
    give_lead,
    make_rule,
    move_rule,
    set_policy,
)
from leads.models import Assignment, AssignmentRule, Way
from tests import make
from tests.leads.ownership import MONDAY, day, on_duty, unassigned


def reasons(lead):
    decision = Assignment.objects.filter(lead=lead).latest("pk")
    return {entry["name"]: entry["reason"] for entry in decision.skipped}


@pytest.mark.sop("2.2")
def test_the_first_rule_that_fits_decides(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    online = make.source(store=store, code="online", name="网络")
    named = AssignmentRule.Candidates.NAMED
    given = {"candidates": named, "people": [wang_qiang]}
    make_rule(store=store, name="网络", source=online, by=chen, **given)
    make_rule(store=store, name="其余", candidates=named, people=[li_na], by=chen)

    assert choose_consultant(unassigned(source=online), at=MONDAY) == wang_qiang
    assert choose_consultant(unassigned(), at=MONDAY) == li_na


def test_a_rule_for_a_group_of_sources_holds_for_its_parts(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    group = make.source(store=store, code="online", name="网络")
    part = make.source(store=store, code="dongchedi", name="懂车帝")
    part.parent = group
    part.save()
    named = AssignmentRule.Candidates.NAMED
    given = {"candidates": named, "people": [wang_qiang]}
    make_rule(store=store, name="网络", source=group, by=chen, **given)

    assert choose_consultant(unassigned(source=part), at=MONDAY) == wang_qiang


@pytest.mark.parametrize("what", ["way", "series", "team"])
def test_a_rule_asks_for_way_and_series_and_gives_to_a_team(store, li_na, wang_qiang, chen, what):
    on_duty(li_na, wang_qiang)
    series = make.series()
    conditions = {"way": {"way": Way.CALL}, "series": {"series": series}, "team": {}}[what]
    team = wang_qiang.memberships.get().team
    make_rule(
        store=store, name="二组", candidates=AssignmentRule.Candidates.TEAM, team=team,
        by=chen, **conditions,
    )  # fmt: skip
    other = unassigned()
    fitting = unassigned(way=Way.CALL, series=series)

    assert choose_consultant(fitting, at=MONDAY) == wang_qiang
    assert Assignment.objects.get(lead=fitting).rule.name == "二组"
    if conditions:
        choose_consultant(other, at=MONDAY)
        assert Assignment.objects.get(lead=other).rule is None


def test_a_rule_out_of_use_decides_nothing(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    named = AssignmentRule.Candidates.NAMED
    make_rule(
        store=store, name="旧", candidates=named, people=[wang_qiang], is_active=False, by=chen
    )

    assert choose_consultant(unassigned(), at=MONDAY) == li_na


def test_rules_change_places(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    named = AssignmentRule.Candidates.NAMED
    make_rule(store=store, name="一", candidates=named, people=[wang_qiang], by=chen)
    second = make_rule(store=store, name="二", candidates=named, people=[li_na], by=chen)

    move_rule(second, is_up=True, by=chen)

    assert choose_consultant(unassigned(), at=MONDAY) == li_na
    move_rule(second, is_up=True, by=chen)
    assert [rule.name for rule in AssignmentRule.objects.filter(store=store)] == ["二", "一"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"candidates": "team"}, "team"), ({"candidates": "named"}, "people")],
)
def test_a_rule_says_whom_it_gives_to(store, chen, values, field):
    with pytest.raises(RuleViolation) as refusal:
        make_rule(store=store, name="空", by=chen, **values)

    assert refusal.value.field == field


def test_a_rule_does_not_reach_into_another_store(store, chen):
    foreign = make.source(store=make.store(), code="x", name="别店")

    with pytest.raises(RuleViolation) as refusal:
        make_rule(store=store, name="别店", source=foreign, by=chen)

    assert refusal.value.field == "source"


@pytest.mark.sop("2.2")
def test_who_is_off_duty_late_or_full_is_passed_over(store, li_na, wang_qiang, chen):
    off = make.user(name="赵强")
    full = make.user(name="孙敏")
    on_duty(li_na, wang_qiang, full)
    set_policy(store, by=chen, overdue_limit=1, holding_cap=2)
    for _number in range(2):
        make.lead(consultant=full, at=MONDAY)
    late = make.lead(consultant=wang_qiang, at=day(-5))
    start(
        sop.FIRST_CONTACT, late, store=store, customer=late.customer, owner=wang_qiang, at=day(-5)
    )

    lead = unassigned()

    assert choose_consultant(lead, at=MONDAY) == li_na
    assert reasons(lead) == {off.name: "off_duty", "王强": "overdue", "孙敏": "full"}
    sentences = dict(Assignment.objects.get(lead=lead).passed_over)
    assert "1" in sentences["王强"]


def test_somebody_named_who_left_is_passed_over(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    named = AssignmentRule.Candidates.NAMED
    make_rule(store=store, name="老", candidates=named, people=[wang_qiang, li_na], by=chen)
    wang_qiang.is_active = False
    wang_qiang.save()

    lead = unassigned()

    assert choose_consultant(lead, at=MONDAY) == li_na
    assert reasons(lead) == {"王强": "left"}


@pytest.mark.sop("2.2")
def test_nobody_available_is_owed_by_the_sales_manager_within_the_hour(store, li_na, chen):
    lead = unassigned()

    assert choose_consultant(lead, at=MONDAY) is None

    owed = Deadline.objects.about(lead).of_step(sop.ASSIGN).get()
    assert (owed.owner, owed.role) == (None, Role.SALES_MANAGER)
    assert owed.due_at == MONDAY + timedelta(hours=1)
    assert Notice.objects.filter(user=chen, kind="lead.unassigned").count() == 1
    assert reasons(lead) == {"李娜": "off_duty"}


def test_the_managers_are_reminded_by_the_clock(store, li_na, chen):
    lead = unassigned()
    choose_consultant(lead, at=MONDAY)

    tick(at=MONDAY + timedelta(minutes=45))

    assert Notice.objects.filter(user=chen, kind="sop.reminder").exists()


@pytest.mark.sop("2.2")
def test_giving_the_lead_to_somebody_keeps_the_managers_promise(store, li_na, chen):
    lead = unassigned()
    choose_consultant(lead, at=MONDAY)

    give_lead(lead, consultant=li_na, by=chen, at=MONDAY + timedelta(minutes=5))

    owed = Deadline.objects.about(lead).of_step(sop.ASSIGN).get()
    assert (owed.outcome, owed.closed_by) == ("done", chen)
    lead.customer.refresh_from_db()
    assert lead.customer.owner == li_na
    assert Notice.objects.filter(user=li_na, kind="lead.yours").count() == 1


def test_asking_the_rules_again_when_somebody_has_come_in(store, li_na, chen):
    lead = unassigned()
    distribute_lead(lead, by=chen, at=MONDAY)
    on_duty(li_na)

    lead = distribute_lead(lead, by=chen, at=MONDAY + timedelta(minutes=10))

    assert lead.consultant == li_na
    assert not Deadline.objects.open().about(lead).of_step(sop.ASSIGN).exists()


def test_a_manager_overrides_the_rules_and_the_reason_is_kept(li_na, wang_qiang, chen):
    lead = make.lead(consultant=wang_qiang)

    with pytest.raises(RuleViolation) as refusal:
        give_lead(lead, consultant=li_na, by=chen)
    assert refusal.value.field == "reason"

    lead = give_lead(lead, consultant=li_na, reason="客户要求换人", by=chen)

    decision = Assignment.objects.get(lead=lead)
    assert (decision.how, decision.by, decision.reason) == ("manager", chen, "客户要求换人")
    assert lead.consultant == li_na


def test_giving_to_who_has_it_says_so(li_na, chen):
    lead = make.lead(consultant=li_na)

    with pytest.raises(RuleViolation) as refusal:
        give_lead(lead, consultant=li_na, reason="再来", by=chen)

    assert refusal.value.code == "same"


@pytest.mark.sop("2.2")
@pytest.mark.parametrize("who", ["leaver", "elsewhere", "receptionist"])
def test_nobody_gets_a_customer_who_cannot_look_after_them(li_na, xiao_min, outsider, chen, who):
    lead = make.lead(consultant=li_na)
    leaver = make.user(name="周洋")
    leaver.is_active = False
    leaver.save()
    person = {"leaver": leaver, "elsewhere": outsider, "receptionist": xiao_min}[who]

    for act in (assign_lead, give_lead):
        with pytest.raises(RuleViolation) as refusal:
            act(lead, consultant=person, reason="试试", by=chen)
        assert (refusal.value.code, refusal.value.field) == ("no_consultant", "consultant")
        assert person.name in str(refusal.value)

    lead.refresh_from_db()
    assert lead.consultant == li_na
    assert lead.customer.owner == li_na


def test_a_customer_without_a_lead_changes_hands_with_what_is_owed(store, li_na, wang_qiang, chen):
    customer = make.customer(owner=li_na)
    owed = start(sop.FIRST_CONTACT, customer, store=store, customer=customer, owner=li_na)

    assign_customer(customer, consultant=wang_qiang, by=chen)

    customer.refresh_from_db()
    moved = Deadline.objects.get(pk=owed.pk)
    assert (customer.owner, moved.owner, moved.due_at) == (wang_qiang, wang_qiang, owed.due_at)


def test_a_customer_with_an_open_lead_goes_with_the_lead(li_na, wang_qiang, chen):
    lead = make.lead(consultant=li_na)

    assign_customer(lead.customer, consultant=wang_qiang, by=chen)

    lead.refresh_from_db()
    assert lead.consultant == wang_qiang
