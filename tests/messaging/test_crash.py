"""A worker that dies after any line of deliver(), then the job again: effects exactly once."""

import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connections

from dealership.messaging import actions
from dealership.messaging.actions import deliver
from dealership.messaging.models import Notice, Sms
from tests.messaging import room
from tests.messaging.gateway import ABSENT, ACCEPTED, Scripted
from tests.messaging.process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)
PACKAGE = str(Path(actions.__file__).parent)
STEP = timedelta(seconds=61)


class Killed(BaseException):
    """kill -9: nothing in the code catches it."""


class Crash:
    """Die when the `number`-th line of the messaging actions has been reached."""

    def __init__(self, number):
        self.number, self.seen, self.where = number, 0, ""

    def __enter__(self):
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_error):
        sys.settrace(None)

    def trace(self, frame, event, _arg):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            self.seen += 1
            if self.seen == self.number:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
                sys.settrace(None)
                raise Killed
        return self.trace


class Provider(Scripted):
    """A provider that knows what it has taken, and counts it."""

    def __init__(self):
        super().__init__()
        self.taken = {}

    def send(self, sms, *, signed_at=None):
        answer = super().send(sms, signed_at=signed_at)
        self.taken[sms.out_id] = self.taken.get(sms.out_id, 0) + 1
        return answer

    def query(self, sms):
        return ACCEPTED if sms.out_id in self.taken else ABSENT


def die_at(number, at):
    """Run deliver() in a worker of its own that dies at line `number`; where, or '' if it lived."""
    died = []

    def worker():
        with Crash(number) as crash:
            try:
                deliver(at)
            except Killed:
                died.append(crash.where)
        # What a dead process leaves of its connection: nothing, uncommitted work is gone.
        if raw := connections["default"].connection:
            raw.close()

    thread = Thread(target=worker)
    thread.start()
    thread.join()
    return died[0] if died else ""


def run_on(at, until):
    while at < until and Sms.objects.filter(next_at__isnull=False).exists():
        deliver(at)
        at += STEP


def lives_through(queue, noon, number, sent):
    """Queue one text, die at line `number`, run again; True while there are lines left."""
    sms = queue()
    where = die_at(number, noon)
    run_on(noon + STEP, noon + timedelta(hours=2))
    sms.refresh_from_db()
    assert sms.state in (Sms.State.ACCEPTED, Sms.State.DELIVERED), where
    assert room.told(sms) == ["accepted"], where
    assert sent(sms) == 1, where
    ends = sms.events.filter(state__in=("accepted", "delivered"))
    assert ends.count() == 1, where
    return where


def test_every_line_of_deliver_with_a_provider_in_memory(queue, noon, monkeypatch):
    provider = Provider()
    monkeypatch.setattr("dealership.messaging.actions.delivery.current_gateway", lambda: provider)
    number, places = 1, set()

    while where := lives_through(queue, noon, number, lambda sms: provider.taken[sms.out_id]):
        places.add(where)
        number += 1
        Notice.objects.all().delete()

    assert number > 60
    assert len(places) > 50


def test_every_fifth_line_of_deliver_against_the_real_gateway_process(simulator, queue, noon):
    number = 1

    def sent(sms):
        return len(simulator.messages(out_id=sms.out_id))

    while lives_through(queue, noon, number, sent):
        number += 5

    assert simulator.stats()["doubled"] == 0


def test_a_gateway_that_dies_with_the_message_in_hand(queue, noon, settings, tmp_path):
    journal = str(tmp_path / "simulator.sqlite3")
    first = SimulatorProcess("--crm", "", "--db", journal)
    settings.SMS_GATEWAY, settings.SMS_SIMULATOR_URL = "simulator", first.url
    sms = queue()
    first.faults(next=["drop_accepted"])
    deliver(noon)
    first.kill()
    sms.refresh_from_db()
    assert sms.state == Sms.State.UNKNOWN
    deliver(noon + timedelta(seconds=5))

    second = SimulatorProcess("--crm", "", "--db", journal)
    settings.SMS_SIMULATOR_URL = second.url
    try:
        run_on(noon + STEP, noon + timedelta(hours=2))
        sms.refresh_from_db()
        assert sms.state in (Sms.State.ACCEPTED, Sms.State.DELIVERED)
        assert second.stats()["accepted"] == 1
    finally:
        second.kill()
