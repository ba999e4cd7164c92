"""
When a text message may go out: never in a store's quiet hours, adverts 08:00–21:00 only.

Pure functions of an instant and a store. They walk the minutes instead of computing with
offsets, so that days on which the clocks change need no special case.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from dealership.messaging.purposes import Kind
from dealership.staff.models import Store

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


def local_time(at: datetime, tz: ZoneInfo) -> time:
    return at.astimezone(tz).time()


def is_quiet(store: Store, at: datetime) -> bool:
    """Whether `at` falls into the store's quiet hours."""
    return within(local_time(at, store.tz), as_time(store.quiet_from), as_time(store.quiet_until))


def may_send(kind: Kind, store: Store, at: datetime) -> bool:
    """Whether a message of this kind may go out at `at`."""
    if kind is Kind.MARKETING:
        day = within(local_time(at, store.tz), ADVERTS_FROM, ADVERTS_UNTIL)
        return day and not is_quiet(store, at)
    return not (settings.SMS_NOTICES_KEEP_QUIET_HOURS and is_quiet(store, at))


def next_open(kind: Kind, store: Store, at: datetime) -> datetime | None:
    """Return the first whole minute from `at` on at which the kind may go out (`at` itself too)."""
    if may_send(kind, store, at):
        return at
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return _walk(lambda moment: may_send(kind, store, moment), minute, MINUTE)


def last_open(store: Store, *, after: datetime, by: datetime) -> datetime | None:
    """
    Return the latest moment up to `by`, not before `after`, outside the quiet hours.

    If `by` itself is quiet, the moment lies five minutes before the quiet hours begin (or at
    `after`, if that is later), since a worker must still come by. None: quiet all the time.
    """
    if by < after:
        return None
    if not is_quiet(store, by):
        return by
    minute = by.astimezone(UTC).replace(second=0, microsecond=0)
    last = _walk(lambda moment: not is_quiet(store, moment), minute, -MINUTE)
    if last is None or last + MINUTE <= after:
        return None
    wanted = last + MINUTE - MARGIN
    for moment in (max(wanted, after), last):
        if moment >= after and not is_quiet(store, moment):
            return moment
    return None


def _walk(
    fits: Callable[[datetime], bool], start: datetime, step: timedelta
) -> datetime | None:
    moment = start
    for _minute in range(A_DAY_OF_MINUTES):
        moment += step
        if fits(moment):
            return moment
    return None


def as_time(value: time | str) -> time:
    """A field's default is still text on a row that was not read back."""
    return time.fromisoformat(value) if isinstance(value, str) else value
