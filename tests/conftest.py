"""What all tests share: the database at hand, and what may be skipped."""

import os

import hypothesis
import pytest
from django.db import connection

from tests.fixtures import (  # noqa: F401
    assert_flat_queries,
    chen,
    li_na,
    outsider,
    rows,
    sign_in,
    store,
    wang_qiang,
    xiao_min,
)

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in {"", "0"}
VENDORS = ("sqlite", "postgresql")

# How fast the machine is today is no property of the code, and what was green yesterday is green
# today. New examples are looked for by `pytest --hypothesis-profile=default`.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what holds on the other database only: that is no skipped test."""
    other = [
        item
        for item in items
        if any(item.get_closest_marker(name) for name in VENDORS if name != connection.vendor)
    ]
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if item not in other]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With REQUIRE_ALL a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE_ALL and reporter and reporter.stats.get("skipped") and not session.exitstatus:
        session.exitstatus = 1
