"""The demo, written once for all tests of a module and rolled back after them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from dealership import clock
from dealership.dashboards.demo import write_demo

# A Wednesday, 15:10 in Shanghai: the floor is at work.
NOW = datetime(2026, 3, 18, 7, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """A store with a few days of work; inside, it is always `NOW`."""
    with django_db_blocker.unblock(), transaction.atomic():
        write_demo(seed=3, days=2, consultants=5, now=NOW)
        yield NOW
        transaction.set_rollback(True)


@pytest.fixture
def at_now(demo: datetime) -> Iterator[datetime]:
    with clock.pretending(demo):
        yield demo
