"""Quiet hours, against an oracle that knows nothing of the code: local minutes, one by one."""

import os
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealership.messaging import hours
from dealership.messaging.actions import deliver
from dealership.messaging.models import Sms
from dealership.messaging.purposes import Kind
from dealership.messaging.selectors import last_send_time
from dealership.staff.models import Store
from tests import make
from tests.messaging import room
from tests.messaging.gateway import REFUSED

MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Urumqi"]
# Around changes of clocks as well as anywhere in three years.
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, tzinfo=UTC),
    datetime(2028, 2, 29, 13, tzinfo=UTC),
    datetime(2026, 12, 31, 16, tzinfo=UTC),
]
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.one_of(
    st.integers(0, 3 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.tuples(st.sampled_from(CHANGES), st.integers(-10_800, 10_800)).map(
        lambda pair: pair[0] + timedelta(seconds=pair[1])
    ),
)
clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
# The bar is ten thousand in all; SMS_EXAMPLES=3400 reaches it, a normal run takes a sample.
EXAMPLES = int(os.environ.get("SMS_EXAMPLES", "500"))
many = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def store_of(zone, quiet_from, quiet_until):
    return Store(code="x", name="x", timezone=zone, quiet_from=quiet_from, quiet_until=quiet_until)


zone_of = cache(ZoneInfo)


def oracle_quiet(store, at):
    """By minutes of the local wall clock, walked from the beginning of the quiet hours."""
    local = at.astimezone(zone_of(store.timezone))
    now = local.hour * 60 + local.minute
    start = store.quiet_from.hour * 60 + store.quiet_from.minute
    length = (store.quiet_until.hour * 60 + store.quiet_until.minute - start) % 1440
    return (now - start) % 1440 < length


@many
@given(moments, st.sampled_from(ZONES), clock_times, clock_times)
def test_quiet_hours_agree_with_the_wall_clock(at, zone, quiet_from, quiet_until):
    store = store_of(zone, quiet_from, quiet_until)

    assert hours.is_quiet(store, at) == oracle_quiet(store, at)


@many
@given(moments, st.sampled_from(ZONES), clock_times, clock_times, st.sampled_from(list(Kind)))
def test_the_next_open_moment_is_open_and_nothing_before_it_is(
    at, zone, quiet_from, quiet_until, kind
):
    store = store_of(zone, quiet_from, quiet_until)

    def open_at(moment):
        local = moment.astimezone(zone_of(zone))
        daytime = kind is Kind.NOTICE or 8 <= local.hour < 21
        return daytime and not oracle_quiet(store, moment)

    opens = hours.next_open(kind, store, at)

    if opens is None:
        day = [at + step * MINUTE for step in range(1440)]
        assert not any(open_at(moment) for moment in day)
        return
    assert opens >= at
    assert open_at(opens)
    moment = at
    while moment < opens:
        assert not open_at(moment)
        moment += MINUTE


@many
@given(
    moments, st.timedeltas(timedelta(0), timedelta(hours=20)), st.sampled_from(ZONES),
    clock_times, clock_times,
)  # fmt: skip
def test_the_last_moment_is_open_and_close_to_the_latest_one(
    after, span, zone, quiet_from, quiet_until
):
    store, by = store_of(zone, quiet_from, quiet_until), after + span

    found = last_send_time(store, after=after, by=by)

    latest = by
    while latest >= after and oracle_quiet(store, latest):
        latest -= MINUTE
    if found is None:
        # Only an opening shorter than a minute, at its very edge, may be missed.
        assert latest < after or latest - after < MINUTE
        return
    assert after <= found <= by
    assert not oracle_quiet(store, found)
    assert by - found < by - latest + hours.MARGIN + MINUTE
    if not oracle_quiet(store, by):
        assert found == by


@pytest.mark.parametrize(
    ("after", "by", "expected"),
    [
        ("18:00", "20:00", "20:00"),
        ("20:30", "22:30", "20:55"),
        ("20:57", "22:57", "20:57"),
        ("21:30", "23:30", None),
        ("06:30", "08:30", "08:30"),
        ("05:00", "07:00", None),
    ],
)
def test_a_thank_you_late_in_the_evening_goes_out_before_nine(store, after, by, expected):
    def at(text):
        return datetime(2026, 11, 23, *map(int, text.split(":")), tzinfo=SHANGHAI)

    found = last_send_time(store, after=at(after), by=at(by))

    assert found == (at(expected) if expected else None)


def test_a_notice_in_the_night_waits_for_the_morning(gateway, queue, store):
    night = datetime(2026, 11, 23, 22, 0, tzinfo=SHANGHAI)
    sms = queue(at=night, within=timedelta(hours=12))

    deliver(night)
    assert gateway.sends == []
    deliver(datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI))

    sms.refresh_from_db()
    assert sms.state == Sms.State.ACCEPTED


def test_a_text_that_grew_late_is_held_or_given_up_but_never_sent_at_night(gateway, queue, store):
    evening = datetime(2026, 11, 23, 20, 50, tzinfo=SHANGHAI)
    patient = queue(at=evening, within=timedelta(hours=14))
    hasty = queue(at=evening, within=timedelta(hours=2))

    deliver(evening + timedelta(minutes=15))

    patient.refresh_from_db()
    hasty.refresh_from_db()
    assert gateway.sends == []
    assert patient.state == Sms.State.INTENT
    assert patient.next_at == datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI)
    assert hasty.state == Sms.State.DEAD
    assert room.told(hasty) == ["failed"]


def test_a_house_may_let_notices_out_at_night(gateway, queue, settings):
    settings.SMS_NOTICES_KEEP_QUIET_HOURS = False
    night = datetime(2026, 11, 23, 22, 0, tzinfo=SHANGHAI)
    queue(at=night)

    deliver(night)

    assert len(gateway.sends) == 1


def test_adverts_stay_within_the_laws_hours_whatever_the_store_says(noon):
    store = store_of("Asia/Shanghai", time(3), time(4))
    evening = datetime(2026, 11, 23, 21, 30, tzinfo=SHANGHAI)

    assert not hours.may_send(Kind.MARKETING, store, evening)
    assert hours.may_send(Kind.NOTICE, store, evening)
    assert hours.next_open(Kind.MARKETING, store, evening) == datetime(
        2026, 11, 24, 8, tzinfo=SHANGHAI
    )


# As many as a number may get


def many_for_one(queue, noon, count, **more):
    customer = make.customer(owner=make.user(), at=noon)
    subjects = [make.customer(owner=customer.owner, at=noon) for _number in range(count)]
    return [queue(customer, subject=subject, **more) for subject in subjects]


def test_a_number_gets_no_more_than_the_limit_of_the_hour(gateway, queue, noon, settings):
    settings.SMS_PER_PHONE_HOUR = 2
    rows = many_for_one(queue, noon, 5, within=timedelta(hours=8))

    for minutes in range(0, 180, 5):
        deliver(noon + minutes * MINUTE)
        recent = Sms.objects.filter(called_at__gt=noon + (minutes - 60) * MINUTE).count()
        assert recent <= 2

    assert len(gateway.sends) == 5
    for sms in rows:
        sms.refresh_from_db()
        assert sms.state == Sms.State.ACCEPTED


def test_a_number_gets_no_more_than_the_limit_of_the_day(gateway, queue, noon, settings):
    settings.SMS_PER_PHONE_DAY = 3
    rows = many_for_one(queue, noon, 4, within=timedelta(hours=40))

    deliver(noon)
    assert len(gateway.sends) == 3
    [held] = Sms.objects.filter(state=Sms.State.INTENT)
    assert held.next_at == datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI)
    assert held.reason
    deliver(held.next_at)

    assert len(gateway.sends) == 4
    assert {sms.pk for sms in rows} == {pk for pk, *_rest in gateway.sends}


def test_what_the_limit_keeps_back_too_long_is_refused_with_the_reason(
    gateway, queue, noon, settings
):
    settings.SMS_PER_PHONE_DAY = 1
    many_for_one(queue, noon, 2)

    deliver(noon)

    [refused] = Sms.objects.filter(state=Sms.State.REFUSED)
    assert refused.reason
    assert room.told(refused) == ["failed"]
    assert len(gateway.sends) == 1


def test_refused_and_cancelled_texts_do_not_count(gateway, queue, noon, settings):
    settings.SMS_PER_PHONE_HOUR = 1
    gateway.script = [REFUSED]
    many_for_one(queue, noon, 2)

    deliver(noon)

    assert len(gateway.sends) == 2


def test_the_oracle_itself_sees_the_night():
    store = store_of("Asia/Shanghai", time(21), time(8))
    assert oracle_quiet(store, datetime(2026, 11, 23, 22, tzinfo=SHANGHAI))
    assert not oracle_quiet(store, datetime(2026, 11, 23, 12, tzinfo=SHANGHAI))
