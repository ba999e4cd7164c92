"""The clock's pages in the browser, and the signs that it runs."""

from datetime import timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.urls import reverse

from dealership.messaging.actions import queue_sms
from dealership.messaging.purposes import PURPOSES
from dealership.sop import actions, calendar, selectors
from dealership.sop.models import Deadline, Heartbeat, Holiday, StepLimit, Tick
from dealership.sop.steps import Days, Step, Within
from dealership.staff.roles import Role
from tests import make
from tests.sop.steps import MINUTE, ROUND, THANK, TIDY, declared
from tests.sop.test_deadlines import begin

HTMX = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


def address(name, deadline):
    return reverse(f"sop:deadline-{name}", args=[deadline.pk])


@pytest.fixture
def three(noon):
    with time_machine.travel(noon + timedelta(hours=3)):
        yield noon + timedelta(hours=3)


@pytest.fixture
def late(wang, noon):
    return begin(THANK, wang, noon)


@HTMX
def test_the_page_tells_the_story(sign_in, chen, late, three, headers):
    actions.tick()

    page = sign_in(chen).get(late.get_absolute_url(), headers=headers)

    assert page.status_code == 200
    assert ("<html" in page.text) is (not headers)
    assert page.text.count('class="story-line"') >= 2


@HTMX
def test_a_consultant_answers_and_the_manager_decides(sign_in, li_na, chen, late, three, headers):
    answered = sign_in(li_na).post(
        address("reply", late), {"text": "客户折返"}, headers=headers, follow=True
    )
    decided = sign_in(chen).post(
        address("decide", late), {"accepted": "yes"}, headers=headers, follow=True
    )

    late.refresh_from_db()
    assert late.reply_accepted is True
    assert "客户折返" in answered.text
    assert "客户折返" in decided.text
    assert ("<html" in decided.text) is (not headers)


@HTMX
def test_an_empty_answer_comes_back_with_what_to_do(sign_in, li_na, late, three, headers):
    refused = sign_in(li_na).post(address("reply", late), {"text": "  "}, headers=headers)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_an_answer_to_what_is_not_late_is_refused_in_the_form(sign_in, li_na, late, noon):
    with time_machine.travel(noon):
        refused = sign_in(li_na).post(address("reply", late), {"text": "早"})

    assert refused.status_code == 422
    late.refresh_from_db()
    assert late.reply == ""


def test_waiving_closes_with_the_reason(sign_in, chen, late):
    sign_in(chen).post(address("waive", late), {"reason": "客户不便"})

    late.refresh_from_db()
    assert (late.outcome, late.reason, late.closed_by) == ("waived", "客户不便", chen)


@pytest.mark.parametrize("verb", ["decide", "waive", "retry"])
def test_a_consultant_does_not_decide(sign_in, li_na, late, verb):
    data = {"accepted": "yes", "reason": "x"}

    assert sign_in(li_na).post(address(verb, late), data).status_code == 403


def test_a_colleague_of_the_role_does_not_find_anothers_task(sign_in, wang_qiang, outsider, late):
    for person in (wang_qiang, outsider):
        for name in ("detail", "reply"):
            assert sign_in(person).get(address(name, late)).status_code == 404


def test_giving_a_task_back_to_the_clock(sign_in, chen, late, noon):
    Deadline.objects.update(quarantined_at=noon, quarantine_reason="ValueError", attempts=3)

    page = sign_in(chen).get(late.get_absolute_url())
    answer = sign_in(chen).post(address("retry", late))

    assert "ValueError" in page.text
    assert answer.status_code == 302
    assert not Deadline.objects.quarantined().exists()


def test_giving_all_back_to_the_clock(sign_in, chen, li_na, late, noon):
    Deadline.objects.update(quarantined_at=noon, quarantine_reason="ValueError", attempts=3)
    url = reverse("sop:deadline-retry-all")

    assert url in sign_in(chen).get("/deadlines/?state=quarantined").text
    assert sign_in(li_na).post(url).status_code == 403
    sign_in(chen).post(url)

    assert not Deadline.objects.quarantined().exists()


def test_giving_back_what_is_not_set_aside_is_a_message(sign_in, chen, late):
    answer = sign_in(chen).post(
        address("retry", late), headers={"referer": f"http://testserver{late.get_absolute_url()}"}
    )

    assert answer.status_code == 302


@HTMX
def test_managers_set_a_limit_from_a_day_on(sign_in, chen, store, late, headers):
    browser = sign_in(chen)
    url = reverse("sop:limit-change", args=[THANK.code])
    assert THANK.title in browser.get(reverse("sop:limit-list")).text
    assert 'value="120"' in browser.get(url, headers=headers).text

    browser.post(
        url,
        {"amount": "30", "remind_before": "10", "valid_from": "2999-01-01"},
        headers=headers,
    )

    row = StepLimit.objects.get()
    assert (row.step, row.amount, row.created_by) == (THANK.code, 30, chen)
    assert (row.remind_before, row.escalate_after) == (10 * MINUTE, None)
    assert "2999-01-01" in browser.get(reverse("sop:limit-list")).text
    browser.post(reverse("sop:limit-withdraw", args=[row.pk]))
    assert not StepLimit.objects.exists()


def test_a_limit_in_the_past_is_refused_beside_its_field(sign_in, chen):
    url = reverse("sop:limit-change", args=[TIDY.code])

    refused = sign_in(chen).post(url, {"amount": "9", "valid_from": "2020-01-01"})

    assert refused.status_code == 422
    assert not StepLimit.objects.exists()


def test_the_limit_of_an_undeclared_step_is_not_found(sign_in, chen):
    url = reverse("sop:limit-change", args=["nobody.knows"])

    assert sign_in(chen).get(url).status_code == 404


def test_anothers_stores_limit_is_not_found(sign_in, chen, outsider, noon):
    row = actions.set_limit(TIDY, store=outsider.active_store, amount=9, by=None)

    assert sign_in(chen).post(reverse("sop:limit-withdraw", args=[row.pk])).status_code == 404


def test_consultants_do_not_change_limits(sign_in, li_na):
    url = reverse("sop:limit-change", args=[TIDY.code])

    assert sign_in(li_na).post(url, {"amount": "9"}).status_code == 403


@HTMX
def test_ticking_and_undoing_on_the_page(sign_in, li_na, wang, headers):
    run = actions.open_run(ROUND, wang, store=wang.store, by=li_na)
    url = reverse("sop:checklist-tick", args=[run.pk, "greet"])
    browser = sign_in(li_na)

    ticked = browser.post(url, headers=headers, follow=True)
    assert Tick.objects.get().by == li_na
    assert ("<html" in ticked.text) is (not headers)
    assert 'data-state="done"' in ticked.text
    undone = browser.post(url, {"undo": "on"}, headers=headers, follow=True)

    assert not Tick.objects.exists()
    assert 'data-state="done"' not in undone.text


def test_ticking_a_finished_step_is_a_clear_message(sign_in, li_na, wang_qiang, wang):
    run = actions.open_run(ROUND, wang, store=wang.store, by=li_na)
    actions.tick_item(run, "greet", by=li_na)
    url = reverse("sop:checklist-tick", args=[run.pk, "greet"])

    refused = sign_in(wang_qiang).post(url, headers={"HX-Request": "true"})

    assert refused.status_code == 422
    assert "李娜" in refused.text


def test_an_item_that_is_not_on_the_list_is_not_found(sign_in, li_na, wang):
    run = actions.open_run(ROUND, wang, store=wang.store, by=li_na)

    url = reverse("sop:checklist-tick", args=[run.pk, "dance"])

    assert sign_in(li_na).post(url).status_code == 404


def test_another_stores_checklist_is_not_found(sign_in, outsider, li_na, wang):
    run = actions.open_run(ROUND, wang, store=wang.store, by=li_na)

    assert sign_in(outsider).get(run.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("age", "status", "clock_says"),
    [(timedelta(seconds=120), 200, "ok"), (timedelta(seconds=121), 503, "stopped")],
)
def test_the_health_address_turns_red_after_two_minutes(client, noon, age, status, clock_says):
    with time_machine.travel(noon, tick=False):
        actions.tick()
    with time_machine.travel(noon + age, tick=False):
        response = client.get("/healthz")

    assert response.status_code == status
    assert response.json() == {
        "status": "ok" if status == 200 else "failing",
        "database": "ok",
        "clock": clock_says,
        "heartbeat_age_seconds": age.total_seconds(),
    }


def test_a_clock_that_never_ran_is_red(client):
    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["heartbeat_age_seconds"] is None


def test_a_dead_database_is_red_and_no_crash(client, monkeypatch):
    def fail():
        raise DatabaseError("gone")

    monkeypatch.setattr(selectors, "last_tick", fail)

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["database"] == "down"


def test_managers_see_that_the_clock_stopped_and_others_do_not(chen, li_na, noon):
    with time_machine.travel(noon):
        actions.tick()

    assert selectors.alarms(chen, noon + MINUTE) == []
    assert len(selectors.alarms(chen, noon + 3 * MINUTE)) == 1
    assert selectors.alarms(li_na, noon + 3 * MINUTE) == []


def test_managers_see_what_was_set_aside(chen, late, noon):
    Heartbeat.objects.create(name=Heartbeat.TICK, at=noon)
    Deadline.objects.update(quarantined_at=noon, quarantine_reason="ValueError")

    (alarm,) = selectors.alarms(chen, noon)

    assert "state=quarantined" in alarm.url


def test_the_health_of_the_clock(store, late, noon, chen):
    Heartbeat.objects.create(name=Heartbeat.TICK, at=noon)
    at = noon + timedelta(hours=3)

    health = selectors.clock_health(store, at)

    assert (health.lag, health.is_running) == (timedelta(hours=3), False)
    assert (health.rows_due, health.oldest_overdue, health.quarantined) == (1, late, 0)


def test_a_limit_needs_a_declared_step(store, noon):
    stray = StepLimit(store=store, step="nobody.knows", amount=5, valid_from=noon.date())
    with pytest.raises(ValidationError):
        stray.full_clean()
    stray.save()

    found = [message.id for message in run_checks(tags=["database"], databases=["default"])]

    assert "sop.E001" in found


def test_a_step_must_name_what_exists():
    broken = Step(
        code="tests.broken",
        sop="99",
        title="100%",
        role=Role.CONSULTANT,
        limit=Within(minutes=5),
        acts="tests.sop.nowhere.act",
        page="nowhere:at-all",
    )
    with declared(broken):
        found = {message.id for message in run_checks() if message.id.startswith("sop.")}

    assert {"sop.E002", "sop.E003", "sop.W004"} <= found


def test_workdays_come_from_the_public_calendar_and_the_stores_own_table(store, noon):
    monday = noon.date()
    national_day = monday.replace(year=2025, month=10, day=1)
    saturday_of_unknown_year = monday.replace(year=2060, month=5, day=1)
    work = calendar.counting(store, Days.WORK, since=national_day)
    is_open = calendar.counting(store, Days.OPEN, since=national_day)
    assert work(monday)
    assert not work(national_day)
    assert is_open(national_day)
    assert not work(saturday_of_unknown_year)

    Holiday.objects.create(day=monday, name="盘点")
    Holiday.objects.create(day=national_day, name="国庆活动", store=store, is_workday=True)
    elsewhere = make.store()

    assert not calendar.counting(store, Days.WORK, since=national_day)(monday)
    assert not calendar.counting(store, Days.OPEN, since=national_day)(monday)
    assert calendar.counting(store, Days.WORK, since=national_day)(national_day)
    assert not calendar.counting(elsewhere, Days.WORK, since=national_day)(national_day)


def test_managers_see_that_texts_are_stuck(chen, wang, noon):
    Heartbeat.objects.create(name=Heartbeat.TICK, at=noon)
    sms = queue_sms(
        next(iter(PURPOSES.values())),
        subject=wang,
        customer=wang,
        phone=wang.primary_phone,
        body="您好",
        at=noon - 6 * MINUTE,
    )

    assert len(selectors.alarms(chen, noon)) == 1
    type(sms).objects.update(next_at=noon + MINUTE)
    assert selectors.alarms(chen, noon) == []
    type(sms).objects.update(attempts=3)
    assert len(selectors.alarms(chen, noon)) == 1
