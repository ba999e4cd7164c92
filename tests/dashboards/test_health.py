"""The health page: green is quiet, red says who should do what."""

from datetime import timedelta

import pytest
from django.utils import translation

from dealership import clock
from dealership.dashboards.selectors import health
from dealership.sop.actions import tick
from dealership.sop.models import Deadline, Heartbeat
from dealership.staff.models import Store, User
from tests.fixtures import SignIn
from tests.showroom import make as showroom


def test_a_running_clock_is_quiet(store: Store):
    tick()

    assert health(store).clock.is_running
    assert not [sign for sign in health(store).clock_signs if sign.state != "done"]


def test_a_stopped_clock_says_who_restarts_it(chen: User, sign_in: SignIn):
    Heartbeat.objects.create(name=Heartbeat.TICK, at=clock.now() - timedelta(minutes=5))

    page = sign_in(chen, language="en").get("/health/").text

    assert "The administrator restarts beat and worker" in page


@pytest.fixture
def set_aside(li_na: User) -> Deadline:
    """A task that the clock gave up on."""
    visit = showroom.departed(consultant=li_na)
    owed = Deadline.objects.open().about(visit).first()
    Deadline.objects.filter(pk=owed.pk).update(
        quarantined_at=clock.now(), quarantine_reason="ValueError: boom", attempts=3
    )
    return owed


def test_a_task_set_aside_shows_its_reason_and_goes_back_to_the_clock(
    chen: User, sign_in: SignIn, set_aside: Deadline
):
    browser = sign_in(chen)
    page = browser.get("/health/").text

    browser.post(f"/deadlines/{set_aside.pk}/retry/")

    assert "ValueError: boom" in page
    assert f'action="/deadlines/{set_aside.pk}/retry/"' in page
    assert not Deadline.objects.quarantined().exists()


def test_another_stores_troubles_stay_there(outsider: User, set_aside: Deadline):
    assert health(outsider.active_store).set_aside == []


def test_a_bad_sign_says_who_should_do_what(store: Store, set_aside: Deadline):
    with translation.override("en"):
        advice = [sign.advice for sign in health(store).troubles]

    assert any(said.startswith("A manager reads the reason") for said in advice)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_page_reads_in_both_languages_as_page_and_part(
    chen: User, sign_in: SignIn, language: str, headers: dict[str, str]
):
    answer = sign_in(chen, language=language).get("/health/", headers=headers)

    assert answer.status_code == 200
    assert ("<html" in answer.text) is (not headers)
    assert "SQLite" in answer.text or "PostgreSQL" in answer.text


def test_consultants_have_no_health_page(li_na: User, sign_in: SignIn):
    assert sign_in(li_na).get("/health/").status_code == 403
