"""The one reader of the clock: instants in UTC, days in a store's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# Where the brand's own days begin: prices and the like that are no single store's.
HOUSE_ZONE = ZoneInfo(settings.TIME_ZONE)

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _pretended.get() or timezone.now()


@contextmanager
def pretending(at: datetime) -> Iterator[None]:
    """Let it be `at` inside the block, for this thread alone: the demo's past is written so."""
    token = _pretended.set(at)
    try:
        yield
    finally:
        _pretended.reset(token)


def day_of(at: datetime, tz: ZoneInfo) -> date:
    """Return the calendar day that `at` falls on in `tz`."""
    return at.astimezone(tz).date()


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """Return 00:00 of `day` in `tz` as an instant in UTC."""
    return datetime.combine(day, time.min, tzinfo=tz).astimezone(UTC)


def end_of_day(day: date, tz: ZoneInfo) -> datetime:
    """Return 24:00 of `day` in `tz`: the first instant that no longer belongs to it."""
    return start_of_day(day + timedelta(days=1), tz)
