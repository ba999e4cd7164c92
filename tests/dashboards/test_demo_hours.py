"""The demo can be written at any hour: a shop that has just closed, or at night."""

from datetime import UTC, datetime, timedelta

import pytest

from dealership import clock
from dealership.dashboards.demo import write_demo
from dealership.sop.actions import tick
from showroom.models import Visit

# Midnight in Shanghai, on a Tuesday.
MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [5, 150, 6 * 60, 9 * 60 + 10, 13 * 60, 20 * 60 + 40, 23 * 60])
def test_the_demo_is_written_at_any_hour(minutes: int):
    now = MIDNIGHT + timedelta(minutes=minutes)

    write_demo(seed=7, days=4, consultants=4, now=now)

    assert Visit.objects.present().count() == 4
    with clock.pretending(now):
        assert tick(now).acted == 0
