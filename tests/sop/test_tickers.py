"""Many tickers at once: each row is handled by exactly one."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.actions.ticking import TickResult
from dealership.sop.models import Deadline
from tests import make
from tests.sop.steps import MINUTE, TIDY
from tests.sop.test_deadlines import begin

ROWS = int(os.environ.get("TICK_ROWS", "120"))
TICKERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


def run_at_once(*works) -> None:
    """Run each in a thread with a connection of its own, all beginning together."""
    barrier, problems = threading.Barrier(len(works)), []

    def run(work) -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def test_eight_tickers_handle_each_row_once(noon, chen, li_na):
    customer = make.customer(owner=li_na)
    for number in range(ROWS):
        begin(TIDY, customer, noon, period=str(number))
    results: list[TickResult] = []
    at = noon + 6 * MINUTE

    run_at_once(*[lambda: results.append(actions.tick(at, limit=ROWS * 9, seconds=900))] * TICKERS)

    assert sum(result.handled for result in results) == ROWS
    assert sum(result.escalated for result in results) == ROWS
    assert sum(result.failed for result in results) == 0
    per_row = Counter(Notice.objects.filter(kind="sop.escalation").values_list("url", flat=True))
    assert set(per_row.values()) == {1}
    assert len(per_row) == ROWS
    assert not Deadline.objects.ready(at + timedelta(hours=1)).exists()


def test_a_person_and_the_clock_finish_once_between_them(noon, chen, li_na):
    """Somebody taps while the clock escalates: the row is closed once, its marks agree."""
    customer = make.customer(owner=li_na)
    at = noon + 6 * MINUTE
    for number in range(10):
        deadline, closed = begin(TIDY, customer, noon, period=str(number)), []
        finish = partial(actions.finish, TIDY, customer, at=at, period=str(number))
        run_at_once(
            partial(keep, closed, partial(finish, by=li_na)),
            partial(actions.tick, at),
            partial(keep, closed, partial(finish, by=chen)),
        )
        deadline.refresh_from_db()
        assert len([one for one in closed if one]) == 1
        assert deadline.outcome == "done"
        assert deadline.next_at is None
        told = Notice.objects.filter(url=deadline.get_absolute_url()).count()
        assert told == (1 if deadline.escalated_at else 0)


def keep(results: list[Any], work: Callable[[], Any]) -> None:
    results.append(work())


def test_starting_in_two_tabs_opens_one(noon, li_na):
    customer = make.customer(owner=li_na)
    opened = []

    run_at_once(*[lambda: opened.append(begin(TIDY, customer, noon).pk)] * 4)

    assert len(set(opened)) == 1
    assert Deadline.objects.count() == 1


def test_the_database_in_use_is_a_real_one():
    assert connection.vendor == "postgresql" or not connection.is_in_memory_db()
