"""A Monday afternoon in the showroom, and a gateway that answers from a script."""

from datetime import UTC, datetime

import pytest
import time_machine

from dealership.messaging.actions import delivery
from tests.messaging.gateway import Scripted

# 14:00 in Wuhan.
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    """The clock stands at 14:00 in Wuhan until a test moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def gateway(monkeypatch):
    scripted = Scripted()
    monkeypatch.setattr(delivery, "current_gateway", lambda: scripted)
    return scripted
