"""How spans are said: as people feel them, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from dealership.web.phrases import countdown_text, span_key
from dealership.web.stages import stage_of

DUE = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late_by", "words"),
    [
        (timedelta(minutes=-38), "38 min left"),
        (timedelta(minutes=-38, seconds=-59), "38 min left"),
        (timedelta(seconds=-59), "less than 1 min left"),
        (timedelta(0), "less than 1 min left"),
        (timedelta(seconds=1), "just overdue"),
        (timedelta(minutes=12), "12 min late"),
        (timedelta(hours=-2), "2 h left"),
        (timedelta(hours=2, minutes=10), "2 h 10 min late"),
        (timedelta(days=-1, hours=-4), "1 d 4 h left"),
        (timedelta(days=-4, hours=-4), "4 d left"),
        (timedelta(days=400), "400 d late"),
    ],
)
def test_time_is_said_as_people_feel_it(late_by, words):
    with translation.override("en"):
        assert countdown_text(actionable_at=None, due_at=DUE, at=DUE + late_by) == words


def test_what_cannot_be_done_yet_says_when():
    """A third-day callback opens on its day."""
    opens = DUE - timedelta(hours=3)

    with translation.override("en"):
        text = countdown_text(actionable_at=opens, due_at=DUE, at=opens - timedelta(minutes=65))

    assert text == "in 1 h 5 min"


@pytest.mark.parametrize("seconds", [0, 59, 60, 3599, 3600, 86399, 86400, 3 * 86400, 10**9])
def test_every_span_has_a_phrase(seconds):
    for counted in ("left", "late", "until"):
        key, numbers = span_key(seconds, counted)

        assert key.startswith(counted)
        assert numbers["hours"] < 24
        assert numbers["minutes"] < 60


def test_a_step_belongs_to_the_stage_of_its_room():
    assert stage_of("showroom.thank_you").code == "showroom"
    assert stage_of("customer") is None
