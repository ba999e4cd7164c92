"""SOP-2.4 and 2.8: the month's plan, what was done, the signed evaluation, the clocks."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from dealership.customers.actions import add_car
from dealership.errors import RuleViolation
from dealership.sop.actions import tick
from dealership.sop.models import Deadline
from leads import actions
from leads.models import MonthlyPlan, PlannedVisit
from leads.selectors.plans import done_in
from tests import make

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
BASE = {"kind": "base", "month": DECEMBER}
PROSPECTING = {"kind": "prospecting", "month": DECEMBER}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def plan(store, by, targets, **where):
    return actions.set_targets(store, targets=targets, by=by, **(BASE | where))


def owner(consultant):
    customer = make.customer(owner=consultant)
    add_car(customer, series_text="AX7", bought_on=date(2020, 1, 1), by=consultant)
    return customer


def clocks():
    rows = Deadline.objects.filter(step__regex="_plan$|_evaluation$").order_by("step", "period")
    return [(row.step, row.period, row.outcome or "open") for row in rows]


STEPS = (
    "leads.base_evaluation", "leads.base_plan", "leads.prospect_evaluation", "leads.prospect_plan",
)  # fmt: skip


@pytest.mark.sop("2.4")
@pytest.mark.sop("2.8")
def test_each_month_owes_two_plans_and_two_evaluations_by_the_fifth(store, now):
    tick()
    now.move_to(datetime(2026, 12, 31, 16, 0, 5, tzinfo=UTC))

    tick()

    assert clocks() == [
        (step, period, "open") for step in STEPS for period in ("2026-12", "2027-01")
    ]
    january = Deadline.objects.filter(period="2027-01")
    assert {row.due_at for row in january} == {datetime(2027, 1, 5, 16, 0, tzinfo=UTC)}
    assert {row.role for row in january} == {"sales_manager"}


def test_a_store_that_joins_late_in_a_month_has_five_days(store, now):
    now.move_to(datetime(2026, 12, 20, 2, 0, tzinfo=UTC))

    tick()

    assert {row.due_at for row in Deadline.objects.filter(step__in=STEPS)} == {
        datetime(2026, 12, 24, 16, 0, tzinfo=UTC)
    }


@pytest.mark.sop("2.4")
def test_a_plan_in_place_keeps_the_months_clock(store, chen, li_na):
    tick()
    plan(store, chen, {(li_na, "owner"): 20, (li_na, "leads"): 3})

    made = actions.place_plan(store, by=chen, **BASE)

    assert (made.status, made.placed_by) == ("in_place", chen)
    assert ("leads.base_plan", "2026-12", "done") in clocks()
    assert ("leads.prospect_plan", "2026-12", "open") in clocks()


def test_a_plan_made_before_its_month_never_comes_up(store, chen, li_na, now):
    where = {"month": date(2027, 1, 1)}
    plan(store, chen, {(li_na, "owner"): 20}, **where)
    actions.place_plan(store, kind="base", by=chen, **where)
    now.move_to(datetime(2027, 1, 1, 2, 0, tzinfo=UTC))

    tick()

    assert ("leads.base_plan", "2027-01", "done") in clocks()


def test_an_empty_plan_is_none(store, chen):
    with pytest.raises(RuleViolation) as refusal:
        actions.place_plan(store, by=chen, **BASE)

    assert refusal.value.code == "empty"


def test_targets_stand_from_the_eighth_on(store, chen, li_na, now):
    plan(store, chen, {(li_na, "owner"): 20})
    actions.place_plan(store, by=chen, **BASE)
    now.move_to(datetime(2026, 12, 7, 2, 0, tzinfo=UTC))
    plan(store, chen, {(li_na, "owner"): 25})
    now.move_to(datetime(2026, 12, 7, 16, 0, tzinfo=UTC))

    with pytest.raises(RuleViolation) as refusal:
        plan(store, chen, {(li_na, "owner"): 5})

    assert refusal.value.code == "stands"
    assert MonthlyPlan.objects.get().targets.get().amount == 25


def test_a_month_that_is_over_is_not_planned(store, chen, li_na):
    with pytest.raises(RuleViolation) as refusal:
        plan(store, chen, {(li_na, "owner"): 20}, month=NOVEMBER)

    assert refusal.value.code == "over"


@pytest.mark.parametrize("cell", [("list", 5), ("owner", 1000), ("owner", -1)])
def test_a_target_fits_its_plan(store, chen, li_na, cell):
    segment, amount = cell

    with pytest.raises(RuleViolation):
        plan(store, chen, {(li_na, segment): amount})


def test_last_months_targets_are_copied_for_those_who_are_still_here(
    store, chen, li_na, wang_qiang, now
):
    now.move_to(datetime(2026, 11, 3, 2, tzinfo=UTC))
    plan(
        store, chen,
        {(li_na, "owner"): 20, (li_na, "lost"): 5, (wang_qiang, "owner"): 9}, month=NOVEMBER,
    )  # fmt: skip
    now.move_to(NOW)
    wang_qiang.is_active = False
    wang_qiang.save()
    plan(store, chen, {(li_na, "owner"): 30})

    copied = actions.copy_targets(store, by=chen, **BASE)

    targets = copied.targets.values_list("consultant", "segment", "amount")
    assert set(targets) == {(li_na.pk, "owner", 30), (li_na.pk, "lost", 5)}


@pytest.mark.sop("2.4")
def test_progress_fills_itself_from_the_timeline(store, chen, li_na, wang_qiang):
    customer = owner(li_na)
    for _call in range(2):
        actions.record_owner_contact(customer, outcome="none", by=li_na)
    actions.record_owner_contact(owner(li_na), outcome="not_reached", by=li_na)
    wished = actions.record_owner_contact(owner(wang_qiang), outcome="add_on", by=wang_qiang).lead
    actions.record_contact(wished, way="call", outcome="reached", feedback="约周末", by=wang_qiang)
    reason = actions.set_up_loss_reasons(store)["budget"]
    lead = make.lead(consultant=li_na)
    lost = actions.apply_for_loss(lead, reason=reason, feedback="太贵", by=li_na)
    lost = actions.decide_loss(lost, approved=True, by=chen)
    actions.record_revisit(lost, outcome="reached", feedback="不买", by=li_na)

    assert done_in(store, "base", DECEMBER) == {
        (li_na.pk, "outside"): 1,
        (wang_qiang.pk, "outside"): 1,
        (wang_qiang.pk, "leads"): 1,
        (li_na.pk, "lost"): 1,
    }
    assert done_in(store, "base", NOVEMBER) == {}


def visit(store, consultant, **given):
    given = {"way": "list", "place": "市出租车协会", "planned_on": date(2026, 12, 3)} | given
    return actions.plan_visit(store, consultant=consultant, by=consultant, **given)


@pytest.mark.sop("2.8")
def test_visits_planned_and_made_and_the_leads_they_won(store, li_na):
    actions.record_planned_visit(visit(store, li_na), result="留了6张名片", leads_won=2, by=li_na)
    actions.record_planned_visit(visit(store, li_na, way="door_to_door"), by=li_na)
    actions.drop_planned_visit(visit(store, li_na), by=li_na)
    visit(store, li_na)

    assert done_in(store, "prospecting", DECEMBER) == {
        (li_na.pk, "list"): 1, (li_na.pk, "door_to_door"): 1, (li_na.pk, "leads"): 2,
    }  # fmt: skip


def test_a_visit_made_before_its_day_counts_for_the_day_it_was_made(store, li_na):
    early = visit(store, li_na, planned_on=date(2027, 1, 15))

    actions.record_planned_visit(early, by=li_na)

    assert PlannedVisit.objects.get().planned_on == date(2026, 12, 2)


def test_what_was_made_is_not_dropped_nor_what_was_dropped_made(store, li_na):
    made = actions.record_planned_visit(visit(store, li_na), by=li_na)
    dropped = actions.drop_planned_visit(visit(store, li_na), by=li_na)

    with pytest.raises(RuleViolation):
        actions.drop_planned_visit(made, by=li_na)
    with pytest.raises(RuleViolation):
        actions.record_planned_visit(dropped, by=li_na)


def evaluate(store, by, **given):
    given = {"evaluation": "联系率达标，换购偏少", "score": 4} | given
    return actions.evaluate_plan(store, by=by, **(BASE | given))


@pytest.mark.sop("2.4")
def test_the_signature_freezes_the_months_figures(sign_in, store, chen, li_na, now):
    plan(store, chen, {(li_na, "outside"): 4})
    actions.record_owner_contact(owner(li_na), outcome="none", by=li_na)
    now.move_to(datetime(2027, 1, 2, 2, tzinfo=UTC))
    tick()

    signed = evaluate(store, chen)
    late = datetime(2026, 12, 20, 2, tzinfo=UTC)
    actions.record_owner_contact(owner(li_na), outcome="none", by=li_na, at=late)

    assert signed.figures == {
        "cells": [{"consultant": li_na.pk, "segment": "outside", "target": 4, "done": 1}]
    }
    assert ("leads.base_evaluation", "2027-01", "done") in clocks()
    shown = sign_in(chen).get("/leads/plans/base/2026-12/").context
    assert [(cell.target, cell.done) for cell in shown["rows"][0].cells][1] == (4, 1)


def test_a_month_is_evaluated_from_its_last_day_on_and_once(store, chen, now):
    with pytest.raises(RuleViolation) as refusal:
        evaluate(store, chen)
    assert refusal.value.code == "too_early"

    now.move_to(datetime(2026, 12, 31, 2, tzinfo=UTC))
    evaluate(store, chen)
    with pytest.raises(RuleViolation):
        evaluate(store, chen)

    now.move_to(datetime(2027, 1, 1, 2, tzinfo=UTC))
    tick()
    assert ("leads.base_evaluation", "2027-01", "done") in clocks()


@pytest.mark.sop("2.8")
def test_a_month_without_a_plan_is_evaluated_all_the_same(store, chen, now):
    now.move_to(datetime(2027, 1, 2, 2, tzinfo=UTC))
    tick()

    evaluate(store, chen, kind="prospecting", evaluation="没有做计划", score=1)

    assert ("leads.prospect_evaluation", "2027-01", "done") in clocks()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_manager_types_targets_in_place_and_puts_them_in_force(
    sign_in, store, chen, li_na, wang_qiang, language
):
    browser = sign_in(chen, language=language)
    url = "/leads/plans/base/2026-12/"
    shown = browser.get(url).text
    assert f'name="t-{li_na.pk}-owner"' in shown
    cells = {f"t-{li_na.pk}-owner": "20", f"t-{wang_qiang.pk}-owner": "", "t-999999-owner": "7"}

    assert browser.post(url, cells | {"place": "1"}).status_code == 302

    made = MonthlyPlan.objects.get()
    assert made.status == "in_place"
    assert [(one.consultant, one.amount) for one in made.targets.all()] == [(li_na, 20)]


def test_what_was_typed_wrong_is_refused_and_nothing_is_written(sign_in, chen, li_na):
    answer = sign_in(chen).post("/leads/plans/base/2026-12/", {f"t-{li_na.pk}-owner": "viele"})

    assert answer.status_code == 422
    assert not MonthlyPlan.objects.exists()


def test_a_consultant_sees_his_own_line_and_changes_nothing(
    sign_in, store, chen, li_na, wang_qiang
):
    plan(store, chen, {(li_na, "owner"): 20, (wang_qiang, "owner"): 30})
    browser = sign_in(li_na)

    shown = browser.get("/leads/plans/base/2026-12/")

    assert [row.consultant for row in shown.context["rows"]] == [li_na]
    assert "plan-target" not in shown.text
    assert browser.post("/leads/plans/base/2026-12/", {}).status_code == 403


def test_a_figure_opens_its_rows(sign_in, store, chen, li_na):
    talked = owner(li_na)
    actions.record_owner_contact(talked, outcome="none", by=li_na)
    made = actions.record_planned_visit(visit(store, li_na), leads_won=1, by=li_na)
    browser = sign_in(chen)

    base = browser.get("/leads/plans/base/2026-12/").context
    outside = base["rows"][0].cells[1]
    assert outside.done == 1
    assert browser.get(outside.url).context["rows"] == [talked]
    prospecting = browser.get("/leads/plans/prospecting/2026-12/").context
    for cell in prospecting["rows"][0].cells[1:]:
        assert browser.get(cell.url).context["rows"] == [made]


def test_signing_on_the_page(sign_in, chen, now):
    now.move_to(datetime(2027, 1, 2, 2, tzinfo=UTC))
    browser = sign_in(chen)
    assert "/leads/plans/base/2026-12/evaluate/" in browser.get("/leads/plans/base/2026-12/").text

    refused = browser.post("/leads/plans/base/2026-12/evaluate/", {"score": "4"})
    browser.post("/leads/plans/base/2026-12/evaluate/", {"evaluation": "达标", "score": "4"})

    assert refused.status_code == 422
    assert MonthlyPlan.objects.get().evaluated_by == chen


@pytest.mark.parametrize(
    "path", ["base/2026-13", "base/heute", "other/2026-12", "base/0000-01", "base/9999-12"]
)
def test_a_month_that_no_calendar_has_is_not_found(sign_in, chen, path):
    assert sign_in(chen).get(f"/leads/plans/{path}/").status_code == 404


def test_the_clock_leads_to_the_month(sign_in, chen, store, outsider):
    browser = sign_in(chen)

    assert browser.get(f"/leads/plans/of/{store.pk}/base-plan/").url.endswith("/base/2026-12/")
    last = browser.get(f"/leads/plans/of/{store.pk}/prospect-evaluation/").url
    assert last.endswith("/prospecting/2026-11/")
    foreign = outsider.active_store.pk
    assert browser.get(f"/leads/plans/of/{foreign}/base-plan/").status_code == 404


@pytest.mark.sop("2.8")
def test_a_consultant_plans_a_visit_and_says_in_one_tap_that_it_was_made(sign_in, li_na, store):
    browser = sign_in(li_na)
    data = {"way": "door_to_door", "place": "光谷步行街", "planned_on": "2026-12-02"}
    browser.post("/leads/plans/visits/new/", data)
    planned = PlannedVisit.objects.get()
    assert "光谷步行街" in browser.get("/leads/plans/visits/").text

    browser.post(f"/leads/plans/visits/{planned.pk}/")

    planned.refresh_from_db()
    assert (planned.consultant, planned.done_at) == (li_na, NOW)
    browser.post(f"/leads/plans/visits/{planned.pk}/", {"result": "三条线索", "leads_won": "3"})
    planned.refresh_from_db()
    assert (planned.result, planned.leads_won, planned.done_at) == ("三条线索", 3, NOW)


def test_a_colleagues_visit_is_not_seen(sign_in, store, li_na, wang_qiang):
    theirs = visit(store, wang_qiang)

    assert sign_in(li_na).get(f"/leads/plans/visits/{theirs.pk}/").status_code == 404


def test_the_lists_never_ask_per_row(client, store, chen, assert_flat_queries):
    client.force_login(chen)

    def another():
        consultant = make.user()
        visit(store, consultant)
        plan(store, chen, {(consultant, "owner"): 3})

    assert_flat_queries("/leads/plans/visits/", another)
    assert_flat_queries("/leads/plans/base/2026-12/", another)


def test_the_api_shows_plans_with_their_figures(client, store, chen, li_na):
    plan(store, chen, {(li_na, "owner"): 20})
    client.force_login(chen)

    found = client.get("/api/v1/plans/").json()["results"]

    assert found[0]["cells"] == [
        {"consultant": li_na.pk, "segment": "owner", "target": 20, "done": 0}
    ]
