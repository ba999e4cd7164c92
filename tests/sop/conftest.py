"""The tests' own steps are declared for every test here."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dealership.customers.models import Customer
from dealership.sop.steps import STEPS, recurring
from dealership.staff.models import User
from tests import make
from tests.sop import steps

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def declared_steps() -> Iterator[None]:
    steps.called.clear()
    steps.failing.clear()
    with steps.declared(*steps.ALL), steps.declared_checklist(steps.ROUND):
        yield


@pytest.fixture(autouse=True)
def nothing_else_recurs(monkeypatch: pytest.MonkeyPatch, declared_steps: None) -> None:
    """What the rooms owe each month would stand beside what these tests open."""
    for step in recurring():
        if not step.code.startswith("tests."):
            monkeypatch.delitem(STEPS, step.code)


@pytest.fixture
def noon() -> datetime:
    """Monday 2026-11-23, 12:00 in Shanghai."""
    return datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture
def wang(li_na: User) -> Customer:
    """王先生, a customer of 李娜."""
    return make.customer(name="王建国", owner=li_na)


@pytest.fixture
def hour() -> timedelta:
    return timedelta(hours=1)
