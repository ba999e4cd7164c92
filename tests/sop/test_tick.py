"""tick(): what is due is done once, however often, from wherever and with whatever accidents."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.actions import ticking
from dealership.sop.models import Deadline, Heartbeat
from dealership.sop.tasks import tick as tick_task
from dealership.staff.models import User
from tests import make
from tests.sop import steps
from tests.sop.steps import DAILY, MINUTE, MONTHLY, THANK, TIDY, WINDOW, declared
from tests.sop.test_deadlines import begin

TWO_HOURS = timedelta(hours=2)


def told(kind: str) -> list[User]:
    return [notice.user for notice in Notice.objects.filter(kind=kind).select_related("user")]


def test_nothing_is_done_before_its_time(wang, noon):
    begin(THANK, wang, noon)

    assert actions.tick(noon + 89 * MINUTE).handled == 0
    assert not Notice.objects.exists()


def test_the_owner_is_reminded_once(wang, noon, li_na):
    deadline = begin(THANK, wang, noon)

    results = [actions.tick(noon + minutes * MINUTE) for minutes in (90, 91, 95)]

    assert [result.reminded for result in results] == [1, 0, 0]
    assert told("sop.reminder") == [li_na]
    deadline.refresh_from_db()
    assert deadline.next_at == deadline.act_at


@pytest.mark.sop("4.4.14")
def test_the_software_acts_before_the_time_runs_out(wang, noon):
    begin(THANK, wang, noon)

    actions.tick(noon + 110 * MINUTE)

    deadline = Deadline.objects.get()
    assert (deadline.outcome, deadline.is_automatic) == ("done", True)
    assert not deadline.is_late
    assert len(told("tests.sms")) == 1


def test_what_the_software_cannot_do_becomes_a_persons_task(li_na, noon):
    nameless = make.customer(owner=li_na, phone="")
    begin(THANK, nameless, noon)

    actions.tick(noon + 110 * MINUTE)

    deadline = Deadline.objects.get()
    assert deadline.is_open
    assert deadline.problem == "没有电话"


def test_managers_hear_of_a_breach_once_and_colleagues_do_not(
    wang, noon, chen, wang_qiang, outsider
):
    begin(TIDY, wang, noon)

    for minutes in (5, 6, 7, 60):
        actions.tick(noon + minutes * MINUTE)

    assert told("sop.escalation") == [chen]


def test_what_nobody_owes_in_person_is_told_to_the_role(wang, noon, xiao_min):
    clerk = make.user(role=WINDOW.role)
    begin(WINDOW, wang, noon, owner=None)

    actions.tick(noon + timedelta(days=2, hours=7))

    assert told("sop.reminder") == [clerk]


def test_a_kept_promise_is_left_alone(wang, noon, li_na):
    begin(THANK, wang, noon)
    actions.finish(THANK, wang, by=li_na, at=noon)

    assert actions.tick(noon + timedelta(days=1)).handled == 0
    assert not Notice.objects.exists()


def test_after_a_long_stop_everything_is_handled_and_shown_as_late(wang, noon, chen, li_na):
    begin(TIDY, wang, noon)
    nameless = make.customer(owner=li_na, phone="")
    begin(THANK, nameless, noon)

    actions.tick(noon + timedelta(days=3))

    assert Deadline.objects.overdue(noon + timedelta(days=3)).count() == 2
    assert Counter(told("sop.escalation")) == {chen: 2}
    assert not Deadline.objects.ready(noon + timedelta(days=3)).exists()


def test_the_notice_speaks_the_readers_language(wang, noon, li_na):
    li_na.language = "en"
    li_na.save(update_fields=["language"])
    begin(THANK, wang, noon)

    actions.tick(noon + 90 * MINUTE)

    assert Notice.objects.get().text == "Due at 11-23 14:00: 感谢短信 王建国"


def test_an_action_that_fails_changes_nothing_and_is_tried_again(wang, noon, chen):
    deadline = begin(THANK, wang, noon)
    at = noon + 110 * MINUTE
    steps.failing.add(deadline.pk)
    first = actions.tick(at)
    steps.failing.clear()

    second = actions.tick(at + MINUTE)

    assert (first.failed, second.acted) == (1, 1)
    assert len(told("tests.sms")) == 1
    assert told("sop.reminder") == []


def test_a_poisoned_row_is_set_aside_with_its_reason_and_harms_no_other(wang, noon, chen, li_na):
    poisoned = begin(THANK, wang, noon)
    others = [begin(THANK, make.customer(owner=li_na), noon) for _number in range(5)]
    steps.failing.add(poisoned.pk)
    at = noon + 110 * MINUTE

    for minutes in range(8):
        actions.tick(at + minutes * MINUTE)

    assert Counter(steps.called)[poisoned.pk] == 3
    assert list(Deadline.objects.quarantined()) == [poisoned]
    poisoned.refresh_from_db()
    assert "cannot be sent" in poisoned.quarantine_reason
    assert Deadline.objects.filter(outcome="done").count() == len(others)
    assert chen in [notice.user for notice in Notice.objects.filter(kind__contains="quarantine")]


def test_a_row_that_killed_three_workers_is_set_aside(wang, noon):
    deadline = begin(THANK, wang, noon)
    at = noon + 110 * MINUTE

    for death in range(5):
        die_in(steps.act_thank, at + death * MINUTE)

    deadline.refresh_from_db()
    assert len(steps.called) == 3
    assert deadline.quarantined_at
    assert deadline.quarantine_reason


def test_a_fault_of_the_whole_house_stops_the_clock_instead_of_setting_everything_aside(
    li_na, noon
):
    for _number in range(30):
        steps.failing.add(begin(THANK, make.customer(owner=li_na), noon).pk)
    at = noon + 110 * MINUTE

    result = actions.tick(at)

    assert result.failed == 10
    assert not Heartbeat.objects.exists()


def test_once_the_fault_is_mended_all_goes_on(li_na, chen, store, noon):
    for _number in range(12):
        steps.failing.add(begin(THANK, make.customer(owner=li_na), noon).pk)
    at = noon + 110 * MINUTE
    for minutes in range(6):
        actions.tick(at + minutes * MINUTE)
    assert Deadline.objects.quarantined().count() == 12
    steps.failing.clear()

    assert actions.retry_all(store=store, by=chen) == 12
    assert actions.tick(at + 9 * MINUTE).acted == 12


def test_a_manager_gives_it_back_to_the_clock(wang, noon, chen):
    deadline = begin(THANK, wang, noon)
    steps.failing.add(deadline.pk)
    at = noon + 110 * MINUTE
    for minutes in range(4):
        actions.tick(at + minutes * MINUTE)
    steps.failing.clear()
    deadline.refresh_from_db()

    actions.retry(deadline, by=chen)
    actions.tick(at + 5 * MINUTE)

    deadline.refresh_from_db()
    assert deadline.outcome == "done"


class Death(BaseException):
    """The worker is killed: nothing may catch it."""


def die_in(function: Callable[..., Any], at: datetime) -> None:
    """Run a tick that is killed at the end of `function`."""

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        if frame.f_code is function.__code__:
            if event == "return":
                raise Death
            return trace
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        actions.tick(at)
    except Death:
        pass
    finally:
        sys.settrace(before)


def test_the_heartbeat_is_written_by_a_tick_that_ran(noon):
    with time_machine.travel(noon, tick=False):
        actions.tick()

    assert Heartbeat.objects.get().at == noon


def test_a_tick_that_dies_does_not_beat(wang, noon):
    begin(THANK, wang, noon)

    die_in(ticking._work, noon + 110 * MINUTE)

    assert not Heartbeat.objects.exists()


def test_celery_and_the_command_call_the_same_tick(wang, noon, capsys):
    begin(TIDY, wang, noon)
    with time_machine.travel(noon + 6 * MINUTE):
        assert tick_task()["escalated"] == 1
    begin(TIDY, wang, noon, period="again")
    with time_machine.travel(noon + 6 * MINUTE):
        call_command("tick")

    assert "escalated=1" in capsys.readouterr().out


def test_a_tick_stops_at_its_limit_and_the_next_goes_on(li_na, noon):
    for _number in range(5):
        begin(TIDY, make.customer(owner=li_na), noon)
    at = noon + 6 * MINUTE

    assert [actions.tick(at, limit=3).handled for _time in range(3)] == [3, 2, 0]


@pytest.mark.sop("3.5")
def test_a_daily_step_opens_once_when_the_store_opens(store, noon):
    with declared(DAILY):
        early = noon.replace(hour=7)
        opened = [actions.tick(at).opened for at in (early, noon, noon + MINUTE)]

    deadline = Deadline.objects.get()
    assert opened == [0, 1, 0]
    assert (deadline.period, deadline.store) == ("2026-11-23", store)
    assert deadline.opened_at == noon.replace(hour=8, minute=30)
    assert deadline.due_at == noon.replace(hour=10)


def test_days_that_a_stopped_clock_missed_are_owed_all_the_same(store, noon):
    with declared(DAILY):
        with time_machine.travel(noon):
            actions.tick()
        with time_machine.travel(noon + timedelta(days=3)):
            assert actions.tick().opened == 3

    assert Deadline.objects.count() == 4


def test_a_closed_day_owes_nothing(store, noon):
    store.holidays.create(day=noon.date(), name="盘点")
    with declared(DAILY):
        assert actions.tick(noon).opened == 0


@pytest.mark.sop("2.4")
def test_a_monthly_step_opens_once_a_month_and_store(store, outsider, noon):
    with declared(MONTHLY):
        assert [actions.tick(noon).opened, actions.tick(noon + timedelta(days=7)).opened] == [2, 0]
        assert actions.tick(noon + timedelta(days=8)).opened == 2

    periods = Deadline.objects.filter(store=store).order_by("period")
    assert [deadline.period for deadline in periods] == ["2026-11", "2026-12"]


def test_a_tick_with_nothing_to_do_asks_little(store, noon, django_assert_max_num_queries):
    with declared(DAILY, MONTHLY):
        actions.tick(noon)
        with django_assert_max_num_queries(8):
            actions.tick(noon)


def test_the_cost_follows_the_rows_due(wang, noon):
    """Both databases find the rows due through the partial index."""
    begin(TIDY, wang, noon)
    ready = Deadline.objects.ready(noon).order_by("next_at").values_list("pk", "attempts")[:100]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "deadline_ready" in ready.explain()
