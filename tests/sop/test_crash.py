"""The worker dies at each line of a tick in turn; the next tick makes it good."""

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db import connection

from dealership.messaging.models import Notice
from dealership.sop import actions
from dealership.sop.actions import ticking
from dealership.sop.models import Deadline
from tests import make
from tests.sop.steps import MINUTE, THANK, TIDY
from tests.sop.test_deadlines import begin

HOUSE = str(Path(ticking.__file__).parent.parent.parent)
STRIDE = int(os.environ.get("CRASH_STRIDE", "7"))


class Death(BaseException):
    """The worker is killed: nothing may catch it."""


def lines_of(run: Callable[[], Any], *, stop_at: int | None = None) -> int:
    """
    Count the house's lines that `run` executes in a worker; kill it before one of them.

    The worker is a thread with a connection of its own, which is torn down when it dies: the
    database sees what it sees when a process is killed.
    """
    seen = 0

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal seen
        if not frame.f_code.co_filename.startswith(HOUSE):
            return None
        if event == "line":
            seen += 1
            if seen == stop_at:
                raise Death
        return trace

    def work() -> None:
        connection.ensure_connection()
        sys.settrace(trace)
        try:
            run()
        except Death:
            pass
        finally:
            sys.settrace(None)
            connection.connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    return seen


@pytest.mark.django_db(transaction=True)
def test_a_crash_at_any_line_loses_nothing_and_does_nothing_twice(li_na, chen, noon):
    at = noon + 110 * MINUTE
    first, second = (make.customer(owner=li_na) for _number in range(2))

    def open_two(number: int) -> tuple[Deadline, Deadline]:
        Deadline.objects.all().delete()
        Notice.objects.all().delete()
        thank = begin(THANK, first, noon)
        tidy = begin(TIDY, second, noon, period=str(number))
        Deadline.objects.filter(pk=tidy.pk).update(remind_at=tidy.due_at, next_at=tidy.due_at)
        return thank, tidy

    open_two(0)
    lines = lines_of(lambda: actions.tick(at))
    assert lines > 200

    for line in range(1, lines + 1, STRIDE):
        thank, tidy = open_two(line)
        lines_of(lambda: actions.tick(at), stop_at=line)

        actions.tick(at + MINUTE)

        thank.refresh_from_db()
        tidy.refresh_from_db()
        notices = Counter(Notice.objects.values_list("kind", flat=True))
        assert thank.outcome == "done", line
        assert tidy.reminded_at, line
        assert tidy.escalated_at, line
        assert notices == {"tests.sms": 1, "sop.escalation": 1, "sop.reminder": 1}, line
