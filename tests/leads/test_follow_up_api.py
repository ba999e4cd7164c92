"""SOP-2.2, 4.2 over the API: the same actions as the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dealership import clock
from dealership.staff.models import User
from leads.models import Appointment, Contact, IntentLevel
from leads.selectors import visit_of
from tests import make
from tests.fixtures import SignIn


def post(browser: Client, url: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
    return browser.post(
        f"/api/v1/{url}", data or {}, content_type="application/json", headers=headers
    )


@pytest.mark.sop("2.2")
def test_a_contact_is_recorded_once_and_read_again(li_na: User, sign_in: SignIn):
    lead, browser = make.lead(consultant=li_na, level="B"), sign_in(li_na)
    when = (clock.now() + timedelta(days=2)).isoformat()
    data = {
        "way": "call", "outcome": "reached", "level": "H", "feedback": "本周定",
        "purpose": "invite", "answer": "accepted", "visit_at": when,
    }  # fmt: skip

    for _number in range(2):
        made = post(browser, f"leads/{lead.pk}/contacts/", data, **{"Idempotency-Key": "a1"})
    listed = browser.get(f"/api/v1/leads/{lead.pk}/contacts/").json()["results"]

    assert made.status_code == 201
    assert (made.json()["level_before"], made.json()["level_after"]) == ("B", "H")
    assert [row["id"] for row in listed] == [Contact.objects.get().pk]
    assert visit_of(lead) is not None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"outcome": "busy", "answer": "open"}, "outcome"),
        ({"outcome": "reached", "answer": "accepted"}, "visit_at"),
        ({"outcome": "reached", "next_contact_on": "2020-01-01"}, "next_contact_on"),
    ],
)
def test_a_broken_rule_is_a_clear_409(
    li_na: User, sign_in: SignIn, data: dict[str, Any], field: str
):
    lead = make.lead(consultant=li_na)

    answer = post(sign_in(li_na), f"leads/{lead.pk}/contacts/", {"way": "call", **data})

    assert (answer.status_code, answer.json()["field"]) == (409, field)
    assert not Contact.objects.exists()


@pytest.mark.sop("4.2")
def test_a_visit_is_agreed_confirmed_moved_and_called_off(li_na: User, sign_in: SignIn):
    lead, browser = make.lead(consultant=li_na), sign_in(li_na)
    when = clock.now() + timedelta(days=2)

    made = post(browser, "appointments/", {"lead": lead.pk, "starts_at": when.isoformat()}).json()
    confirmed = post(browser, f"appointments/{made['id']}/confirm/").json()
    moved = post(
        browser,
        f"appointments/{made['id']}/move/",
        {"starts_at": (when + timedelta(hours=2)).isoformat(), "reason": "堵车"},
    ).json()
    gone = post(browser, f"appointments/{moved['id']}/cancel/", {"reason": "出差"}).json()
    listed = browser.get("/api/v1/appointments/").json()["results"]

    assert (made["state"], confirmed["state"], gone["state"]) == (
        "planned", "confirmed", "cancelled",
    )  # fmt: skip
    assert moved["moved_from"] == made["id"]
    assert [row["id"] for row in listed] == [moved["id"], made["id"]]


def test_a_colleagues_lead_is_not_there(li_na: User, wang_qiang: User, sign_in: SignIn):
    lead, browser = make.lead(consultant=li_na), sign_in(wang_qiang)
    data = {"lead": lead.pk, "starts_at": "2030-01-01T10:00:00Z"}

    assert browser.get(f"/api/v1/leads/{lead.pk}/contacts/").status_code == 404
    assert post(browser, "appointments/", data).status_code == 404
    assert not Appointment.objects.exists()


def test_a_manager_sets_a_levels_days(chen: User, li_na: User, sign_in: SignIn):
    level = make.levels()["A"]
    url = f"/api/v1/levels/{level.pk}/"
    data = {"name": "半月内", "horizon_days": 15, "interval_days": 4, "cap_days": 15}

    refused = sign_in(li_na).put(url, data, content_type="application/json")
    done = sign_in(chen).put(url, data, content_type="application/json")
    odd = sign_in(chen).put(url, data | {"cap_days": 2}, content_type="application/json")

    assert (refused.status_code, done.status_code, odd.status_code) == (403, 200, 409)
    assert IntentLevel.objects.get(pk=level.pk).interval_days == 4
