"""When something is due, against an oracle that only ever asks what day it is."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealership.sop.due import actionable, due, shift, times
from dealership.sop.steps import EndOfDay, Within
from dealership.sop.wording import due_text

EXAMPLES = int(os.environ.get("DUE_EXAMPLES", "500"))
SECOND = timedelta(seconds=1)

# With changes of clocks at 00:00, 01:00, 02:00, by 30 minutes, southern, leaps over a day, none.
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "Pacific/Chatham",
    "America/Havana",
    "Asia/Kathmandu",
    "UTC",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - the zone is given beside them
    datetime(2037, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
) | st.builds(
    # Near ends of months, leap days and the usual weekends of changing clocks.
    lambda year, day, seconds: datetime(year, *day, tzinfo=UTC) + timedelta(seconds=seconds),
    st.integers(2015, 2037),
    st.sampled_from([(2, 28), (3, 1), (3, 29), (4, 5), (9, 6), (10, 26), (11, 2), (12, 31)]),
    st.integers(-2 * 86400, 2 * 86400),
)


def first_instant_after(day: date, tz: ZoneInfo) -> datetime:
    """The oracle: halve the time between before and after until the day turns, to the second."""
    early = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    late = early + timedelta(days=4)
    while late - early > SECOND:
        middle = early + ((late - early) // 2 // SECOND) * SECOND
        if middle.astimezone(tz).date() > day:
            late = middle
        else:
            early = middle
    return late


@settings(max_examples=EXAMPLES, deadline=None)
@given(start=instants, tz=zones, days=st.integers(0, 40))
def test_a_day_limit_ends_when_the_stores_day_ends(start, tz, days):
    last = date.fromordinal(start.astimezone(tz).date().toordinal() + days)

    ends = due(start, EndOfDay(days), tz)

    assert ends == first_instant_after(last, tz)
    assert ends > start


@settings(max_examples=EXAMPLES, deadline=None)
@given(start=instants, tz=zones, minutes=st.integers(1, 10_000))
def test_a_span_is_real_time_whatever_the_clocks_on_the_wall_do(start, tz, minutes):
    ends = due(start.astimezone(tz), Within(minutes=minutes), tz)

    assert ends.timestamp() - start.timestamp() == minutes * 60


@settings(max_examples=EXAMPLES, deadline=None)
@given(start=instants, tz=zones, days=st.integers(0, 10), data=st.data())
def test_a_step_opens_with_its_day_and_before_its_end(start, tz, days, data):
    opens = data.draw(st.integers(0, days))
    limit = EndOfDay(days, opens=opens)

    begins = actionable(start, limit, tz)

    assert start <= begins < due(start, limit, tz)
    day = date.fromordinal(start.astimezone(tz).date().toordinal() + opens - 1)
    assert begins == (first_instant_after(day, tz) if opens else start)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    start=instants,
    tz=zones,
    limit=st.builds(EndOfDay, st.integers(0, 5))
    | st.builds(lambda minutes: Within(minutes=minutes), st.integers(1, 5000)),
    before=st.timedeltas(timedelta(0), timedelta(days=3)),
    after=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_reminders_never_take_more_than_half_of_the_time(start, tz, limit, before, after):
    planned = times(start, limit, tz, remind_before=before, act_before=before, escalate_after=after)

    half = planned.actionable_at + (planned.due_at - planned.actionable_at) / 2
    assert half - SECOND <= planned.remind_at <= planned.due_at <= planned.escalate_at
    assert planned.act_at == planned.remind_at


@pytest.mark.sop("9.8")
@pytest.mark.parametrize(
    ("invoiced", "ends"),
    [
        ("2026-11-23T09:00", "2026-11-26"),
        ("2026-11-23T23:59:59", "2026-11-26"),
        ("2026-11-28T00:00", "2026-12-01"),  # over a weekend and a month's end
        ("2028-02-27T12:00", "2028-03-01"),  # over a leap day
        ("2027-02-05T18:00", "2027-02-08"),  # over the Spring Festival
        ("2026-12-31T08:00", "2027-01-03"),  # over the year's end
    ],
)
def test_three_natural_days_count_the_first_and_every_holiday(invoiced, ends):
    tz = ZoneInfo("Asia/Shanghai")
    start, end = (datetime.fromisoformat(text).replace(tzinfo=tz) for text in (invoiced, ends))

    assert due(start, EndOfDay(2), tz) == end


def test_the_day_is_the_stores_not_the_servers():
    late_evening_in_utc = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    in_shanghai = due(late_evening_in_utc, EndOfDay(0), ZoneInfo("Asia/Shanghai"))
    in_berlin = due(late_evening_in_utc, EndOfDay(0), ZoneInfo("Europe/Berlin"))

    assert in_shanghai == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert in_berlin == datetime(2026, 11, 23, 23, tzinfo=UTC)


def test_counting_only_some_days_skips_the_others():
    friday = date(2026, 11, 27)

    assert shift(friday, 2, lambda day: day.weekday() < 5) == date(2026, 12, 1)
    assert shift(friday, 2) == date(2026, 11, 29)


def test_a_calendar_without_any_counting_day_is_refused():
    with pytest.raises(ValueError, match="No counting day"):
        shift(date(2026, 1, 1), 1, lambda day: False)


@pytest.mark.parametrize("limit", [{"minutes": 0}, {"hours": -1}])
def test_a_limit_of_no_time_is_refused(limit):
    with pytest.raises(ValueError, match="longer than nothing"):
        Within(**limit)


def test_a_step_that_opens_after_its_end_is_refused():
    with pytest.raises(ValueError, match="after it is due"):
        EndOfDay(1, opens=2)


@pytest.mark.parametrize(
    ("ends", "now", "text"),
    [
        ("2026-11-23T16:42", "2026-11-23T09:00", "16:42"),
        ("2026-11-24T00:00", "2026-11-23T09:00", "24:00"),
        ("2026-11-26T00:00", "2026-11-23T09:00", "11-25 24:00"),
        ("2027-01-01T00:00", "2026-12-31T09:00", "24:00"),
        ("2027-01-02T10:00", "2026-12-31T09:00", "2027-01-02 10:00"),
    ],
)
def test_the_end_of_a_day_is_told_as_its_24_oclock(ends, now, text):
    tz = ZoneInfo("Asia/Shanghai")
    due_at, at = (datetime.fromisoformat(value).replace(tzinfo=tz) for value in (ends, now))

    assert due_text(due_at.astimezone(UTC), tz, at) == text
