"""
When a step is due: pure functions of its start, its limit and the store's zone.

Instants are UTC. A span is real time; a day is a day of the store's zone, so both hold across
changes of clocks. Natural days are the default: weekends and holidays count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dealership import clock
from dealership.sop.steps import EndOfDay, Limit, Within

Counts = Callable[[date], bool]

LONGEST_SEARCH = 3660


def every_day(day: date) -> bool:
    """Natural days: each one counts."""
    return True


def shift(day: date, days: int, counts: Counts = every_day) -> date:
    """Return the day that is `days` counting days after `day`; `day` itself is day 0."""
    if counts is every_day:
        return day + timedelta(days=days)
    for _ in range(LONGEST_SEARCH):
        if not days:
            return day
        day += timedelta(days=1)
        days -= counts(day)
    raise ValueError("No counting day within ten years.")


def due(start: datetime, limit: Limit, tz: ZoneInfo, counts: Counts = every_day) -> datetime:
    """Return the instant at which a step begun at `start` turns late."""
    if isinstance(limit, Within):
        return start.astimezone(UTC) + limit.span
    last = shift(clock.day_of(start, tz), limit.days, counts)
    return clock.end_of_day(last, tz)


def actionable(start: datetime, limit: Limit, tz: ZoneInfo, counts: Counts = every_day) -> datetime:
    """Return the instant from which the step can be done."""
    start = start.astimezone(UTC)
    if isinstance(limit, EndOfDay) and limit.opens:
        first = shift(clock.day_of(start, tz), limit.opens, counts)
        return max(start, clock.start_of_day(first, tz))
    return start


@dataclass(frozen=True)
class Times:
    """All instants of one deadline, frozen when it opens."""

    actionable_at: datetime
    due_at: datetime
    remind_at: datetime | None
    act_at: datetime | None
    escalate_at: datetime | None


def times(
    start: datetime,
    limit: Limit,
    tz: ZoneInfo,
    *,
    remind_before: timedelta | None,
    act_before: timedelta | None,
    escalate_after: timedelta | None,
    counts: Counts = every_day,
) -> Times:
    """
    Return the instants of a deadline opened at `start`.

    A reminder, or the software's own act, never comes before half of the time has passed:
    a store that shortens a limit still leaves people their turn.
    """
    opens, ends = actionable(start, limit, tz, counts), due(start, limit, tz, counts)
    half = (ends - opens) / 2

    def before(end: timedelta | None) -> datetime | None:
        return None if end is None else ends - min(end, half)

    return Times(
        actionable_at=opens,
        due_at=ends,
        remind_at=before(remind_before),
        act_at=before(act_before),
        escalate_at=None if escalate_after is None else ends + escalate_after,
    )
