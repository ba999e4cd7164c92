"""The roster: who is on duty on which day, and checking in (SOP-4.4.1)."""

from datetime import date, timedelta

import pytest
import time_machine

from dealership.errors import RuleViolation
from dealership.staff import actions, selectors
from dealership.staff.models import Duty
from dealership.staff.roles import Role
from tests import make

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel("2026-11-23 01:00Z", tick=False) as clock:
        yield clock


def put(user, day, *, on=True):
    actions.roster(user, store=make.home(), day=day, is_on_duty=on)


def test_somebody_is_put_on_the_roster_once(li_na):
    put(li_na, MONDAY)
    put(li_na, MONDAY)

    duty = Duty.objects.get()
    assert (duty.starts_at.hour, duty.ends_at.hour) == (8, 18)


def test_somebody_is_taken_off_the_roster(li_na):
    put(li_na, MONDAY)

    put(li_na, MONDAY, on=False)
    put(li_na, MONDAY, on=False)

    assert not Duty.objects.exists()


def test_a_day_that_has_begun_stays(li_na):
    actions.check_in(li_na, store=make.home())

    with pytest.raises(RuleViolation, match="李娜"):
        put(li_na, MONDAY, on=False)


def test_a_past_day_stays_as_it_was(li_na):
    with pytest.raises(RuleViolation):
        put(li_na, MONDAY - timedelta(days=1))


@pytest.mark.sop("4.4.1")
def test_checking_in_begins_the_day_once(li_na, monday_morning):
    first = actions.check_in(li_na, store=make.home())
    monday_morning.move_to("2026-11-23 03:00Z")

    assert actions.check_in(li_na, store=make.home()).checked_in_at == first.checked_in_at
    assert first.day == MONDAY


def test_the_day_of_a_duty_is_the_stores_day(li_na, monday_morning):
    monday_morning.move_to("2026-11-23 16:30Z")

    assert actions.check_in(li_na, store=make.home()).day == MONDAY + timedelta(days=1)


def test_the_week_shows_who_has_guests_to_look_after(li_na, xiao_min, chen, outsider):
    put(li_na, MONDAY)
    put(xiao_min, MONDAY + timedelta(days=6))

    rows = selectors.roster_of(make.home(), MONDAY)

    assert {row.user for row in rows} == {li_na, xiao_min}
    assert selectors.on_duty(rows) == [1, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_manager_taps_somebody_onto_the_roster(headers, sign_in, chen, li_na):
    body = {"user": li_na.pk, "day": "2026-11-24", "on_duty": "on"}

    response = sign_in(chen).post("/roster/?week=2026-11-24", body, headers=headers, follow=True)

    assert Duty.objects.filter(user=li_na, day="2026-11-24").exists()
    assert 'aria-pressed="true"' in response.text
    assert ("<html" in response.text) is (not headers)


def test_a_past_day_is_refused_with_a_sentence(sign_in, chen, li_na):
    body = {"user": li_na.pk, "day": "2026-11-20", "on_duty": "on"}

    response = sign_in(chen).post("/roster/?week=2026-11-16", body)

    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_nobody_of_another_store_is_put_on_the_roster(sign_in, chen, outsider):
    body = {"user": outsider.pk, "day": "2026-11-24", "on_duty": "on"}

    assert sign_in(chen).post("/roster/", body).status_code == 404


def test_consultants_see_the_roster_and_cannot_change_it(sign_in, li_na):
    browser = sign_in(li_na)

    assert '<button class="duty"' not in browser.get("/roster/").text
    assert browser.post("/roster/", {}).status_code == 403


def test_checking_in_goes_back_to_the_page_it_was_on(sign_in, li_na):
    browser = sign_in(li_na)

    assert browser.post("/roster/check-in/", {"next": "/roster/"}).headers["Location"] == "/roster/"
    assert (
        browser.post("/roster/check-in/", {"next": "https://evil.example/"}).headers["Location"]
        == "/"
    )
    assert Duty.objects.get().checked_in_at


def test_the_roster_never_asks_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)

    def another():
        put(make.user(role=Role.CONSULTANT), MONDAY)

    assert_flat_queries("/roster/", another)
