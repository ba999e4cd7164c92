"""Every answer carries the policy that keeps foreign scripts, frames and caches out."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import make

PAGES = ["/customers/", "/customers/999/", "/leads/", "/me/", "/roster/", "/nowhere/", "/people/"]


def policy_of(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_only_the_houses_own_scripts_and_styles(path, sign_in, li_na):
    response = sign_in(li_na).get(path)

    policy = policy_of(response)
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_a_personal_page_stays_out_of_caches(path, sign_in, li_na):
    assert "no-store" in sign_in(li_na).get(path).headers["Cache-Control"]


def test_the_sign_in_page_and_its_redirects_are_as_strict():
    for path in ("/login/", "/customers/"):
        response = Client().get(path)
        assert policy_of(response)["frame-ancestors"] == "'none'"
        assert "no-store" in response.headers["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(li_na):
    li_na.set_password(make.PASSWORD)
    li_na.save()

    signed_in = Client().post("/login/", {"username": "li.na", "password": make.PASSWORD})

    session = signed_in.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_the_schema_too_is_for_people_who_signed_in(li_na):
    assert Client().get(reverse("api-schema")).status_code in {401, 403}
