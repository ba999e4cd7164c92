from datetime import UTC, datetime, timedelta

import pytest

from dealership.messaging.actions import delivery, queue_sms
from dealership.messaging.purposes import PURPOSES
from tests import make
from tests.messaging import room
from tests.messaging.gateway import Scripted
from tests.messaging.process import SimulatorProcess

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def noon():
    """12:00 in Wuhan on a Monday."""
    return NOON


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """The test room's purposes, for the length of a test."""
    for purpose in (room.NOTICE, room.ADVERT):
        monkeypatch.setitem(PURPOSES, purpose.code, purpose)


@pytest.fixture
def gateway(monkeypatch):
    scripted = Scripted()
    monkeypatch.setattr(delivery, "current_gateway", lambda: scripted)
    return scripted


@pytest.fixture
def queue():
    """Queue a thank-you to a new customer, due at noon and to be sent within two hours."""

    def queue(customer=None, *, purpose=room.NOTICE, at=NOON, within=timedelta(hours=2), **more):
        customer = customer or make.customer(owner=more.pop("owner", None) or make.user(), at=at)
        body = more.pop("body", "谢谢您今天来看车。")
        return queue_sms(
            purpose, subject=more.pop("subject", customer), customer=customer,
            phone=more.pop("phone", customer.primary_phone), body=body, at=at,
            send_by=at + within, **more,
        )  # fmt: skip

    return queue


@pytest.fixture(scope="session")
def simulator_process():
    process = SimulatorProcess("--crm", "")
    yield process
    process.kill()


@pytest.fixture
def simulator(simulator_process, settings):
    """The real gateway process, empty and without faults."""
    settings.SMS_GATEWAY = "simulator"
    settings.SMS_SIMULATOR_URL = simulator_process.url
    simulator_process.reset()
    return simulator_process
