"""Signing in: throttled, one sentence for every failure, and no hint who works here."""

import importlib
import time

import pytest
from django.contrib.auth import authenticate
from django.test import Client, override_settings

from tests import make

WRONG = "wrong"


@pytest.fixture
def li(li_na):
    li_na.set_password(make.PASSWORD)
    li_na.save()
    return li_na


def attempt(browser: Client, username: str, password: str = WRONG):
    return browser.post("/login/", {"username": username, "password": password})


def test_the_right_password_opens_the_house(li):
    browser = Client()

    response = attempt(browser, "li.na", make.PASSWORD)

    assert response.status_code == 302
    assert browser.get("/customers/").status_code == 200


def test_the_page_wanted_first_is_opened_after_signing_in(li):
    browser = Client()
    wanted = browser.get("/leads/?view=mine").headers["Location"]

    response = browser.post(wanted, {"username": "li.na", "password": make.PASSWORD})

    assert response.headers["Location"] == "/leads/?view=mine"


def test_a_foreign_page_is_not_opened_after_signing_in(li):
    response = Client().post(
        "/login/?next=https://evil.example/", {"username": "li.na", "password": make.PASSWORD}
    )

    assert response.headers["Location"] == "/"


def test_every_failure_says_the_same(li, wang_qiang):
    wang_qiang.set_password(make.PASSWORD)
    wang_qiang.is_active = False
    wang_qiang.save()
    tries = [
        ("li.na", WRONG),
        ("nobody", WRONG),
        ("wang.qiang", make.PASSWORD),
        ("x" * 200, WRONG),
        ("li.na", "y" * 5000),
    ]

    answers = [attempt(Client(), *one) for one in tries]

    assert [answer.status_code for answer in answers] == [422] * len(tries)
    said = {answer.text.split('class="form-errors"')[1].split("</div>")[0] for answer in answers}
    assert len(said) == 1


def test_an_unknown_name_costs_as_much_as_a_wrong_password(li, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    li.set_password(make.PASSWORD)
    li.save()

    def cost(username: str) -> float:
        started = time.perf_counter()
        assert authenticate(None, username=username, password="wrong") is None
        return time.perf_counter() - started

    with override_settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]):
        known = min(cost("li.na") for _try in range(3))
        unknown = min(cost("nobody") for _try in range(3))

    assert 0.4 < unknown / known < 2.5


def test_a_password_of_megabytes_is_refused_before_it_is_hashed(li, monkeypatch):
    def hashed(*args, **kwargs):
        raise AssertionError("hashed")

    monkeypatch.setattr("django.contrib.auth.base_user.check_password", hashed)
    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", hashed)

    assert attempt(Client(), "li.na", "y" * 1_000_000).status_code == 422


def test_production_hashes_with_argon2():
    base = importlib.import_module("dealership.settings.base")

    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@override_settings(AXES_ENABLED=True)
def test_guessing_is_stopped_after_eight_tries(li):
    browser = Client()
    for _try in range(8):
        response = attempt(browser, "li.na")

    assert response.status_code == 429
    assert attempt(browser, "li.na", make.PASSWORD).status_code == 429, "even the right one waits"


@override_settings(AXES_ENABLED=True)
def test_one_guesser_does_not_lock_out_a_colleague(li, wang_qiang):
    wang_qiang.set_password(make.PASSWORD)
    wang_qiang.save()
    browser = Client()
    for _try in range(9):
        attempt(browser, "li.na")

    assert attempt(Client(), "wang.qiang", make.PASSWORD).status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert attempt(elsewhere, "li.na", make.PASSWORD).status_code == 302


@override_settings(AXES_ENABLED=True)
def test_unknown_names_are_locked_out_just_the_same():
    browser = Client()
    answers = [attempt(browser, "nobody").status_code for _try in range(8)]

    assert answers == [422] * 7 + [429]


def test_leaving_ends_the_session_and_needs_a_post(li, sign_in):
    browser = sign_in(li)

    assert browser.get("/logout/").status_code == 405
    assert browser.get("/customers/").status_code == 200
    browser.post("/logout/")
    assert browser.get("/customers/").status_code == 302


def test_whoever_has_lost_every_role_can_still_leave(li, sign_in):
    li.memberships.all().delete()
    browser = sign_in(li)

    assert browser.get("/customers/").status_code == 403
    assert browser.post("/logout/").status_code == 302


def test_a_new_password_keeps_this_session_and_ends_the_others(li):
    here, there = Client(), Client()
    for browser in (here, there):
        attempt(browser, "li.na", make.PASSWORD)
    new = "bamboo-Lantern-77"

    response = here.post(
        "/me/password/",
        {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response.status_code == 302
    assert here.get("/customers/").status_code == 200
    assert there.get("/customers/").status_code == 302
    assert attempt(Client(), "li.na", new).status_code == 302


@pytest.mark.parametrize(
    ("old", "new"),
    [("wrong", "bamboo-Lantern-77"), (make.PASSWORD, "12345678"), (make.PASSWORD, "x" * 200)],
)
def test_a_weak_or_unproven_change_of_password_is_refused(old, new, li):
    browser = Client()
    attempt(browser, "li.na", make.PASSWORD)

    response = browser.post(
        "/me/password/", {"old_password": old, "new_password1": new, "new_password2": new}
    )

    assert response.status_code == 422
    assert attempt(Client(), "li.na", make.PASSWORD).status_code == 302
