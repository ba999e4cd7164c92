"""
When a text message may go out: never in a store's quiet hours, adverts 08:00–21:00 only.

Pure functions of an instant and a store. They walk the minutes instead of computing with
offsets, so that days on which the clocks change need no special case.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from django.conf import settings

from dealership.messaging.purposes import Kind
from dealership.staff.models import Store

Test = Callable[[datetime], bool]

MINUTE = timedelta(minutes=1)
A_DAY_OF_MINUTES = 26 * 60  # with the hour that a change of clocks may add
ADVERTS_FROM, ADVERTS_UNTIL = time(8), time(21)
# A message planned for the very end of the open hours still needs a worker to come by.
MARGIN = timedelta(minutes=5)


def within(clock_time: time, start: time, end: time) -> bool:
    """Whether `clock_time` lies in [start, end), which may run over midnight; equal means never."""
    if start <= end:
        return start <= clock_time < end
    return clock_time >= start or clock_time < end


def quiet_in(store: Store) -> Test:
    """A test whether a moment falls into the store's quiet hours."""
    tz, start, end = store.tz, as_time(store.quiet_from), as_time(store.quiet_until)
    return lambda at: within(at.astimezone(tz).time(), start, end)


def open_in(store: Store, kind: Kind) -> Test:
    """A test whether a message of this kind may go out at a moment."""
    tz, quiet = store.tz, quiet_in(store)
    if kind is Kind.MARKETING:
        return lambda at: (
            within(at.astimezone(tz).time(), ADVERTS_FROM, ADVERTS_UNTIL) and not quiet(at)
        )
    if settings.SMS_NOTICES_KEEP_QUIET_HOURS:
        return lambda at: not quiet(at)
    return lambda _at: True


def is_quiet(store: Store, at: datetime) -> bool:
    """Whether `at` falls into the store's quiet hours."""
    return quiet_in(store)(at)


def may_send(kind: Kind, store: Store, at: datetime) -> bool:
    """Whether a message of this kind may go out at `at`."""
    return open_in(store, kind)(at)


def next_open(kind: Kind, store: Store, at: datetime) -> datetime | None:
    """Return the first whole minute from `at` on at which the kind may go out (`at` itself too)."""
    is_open = open_in(store, kind)
    return at if is_open(at) else _walk(is_open, at, MINUTE)


def last_open(store: Store, *, after: datetime, by: datetime) -> datetime | None:
    """
    Return the latest moment up to `by`, not before `after`, outside the quiet hours.

    If `by` itself is quiet, the moment lies five minutes before the quiet hours begin (or at
    `after`, if that is later), since a worker must still come by. None: quiet all the time.
    """
    if by < after:
        return None
    quiet = quiet_in(store)
    if not quiet(by):
        return by
    last = _walk(lambda at: not quiet(at), by, -MINUTE)
    if last is None:
        return None
    for moment in (max(last + MINUTE - MARGIN, after), last):
        if after <= moment <= by and not quiet(moment):
            return moment
    return None


def _walk(fits: Test, start: datetime, step: timedelta) -> datetime | None:
    """Return the first whole minute after `start` (before it, with a negative step) that fits."""
    moment = start.astimezone(UTC).replace(second=0, microsecond=0)
    for _minute in range(A_DAY_OF_MINUTES):
        moment += step
        if fits(moment):
            return moment
    return None


def as_time(value: time | str) -> time:
    """A field's default is still text on a row that was not read back."""
    return time.fromisoformat(value) if isinstance(value, str) else value
