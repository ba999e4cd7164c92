"""A session that expired in the middle of a form loses nothing that was typed."""

import pytest
import time_machine
from django.test import Client

from tests import make


@pytest.fixture
def customer(li_na):
    li_na.set_password(make.PASSWORD)
    li_na.save()
    return make.customer(name="王建国", owner=li_na)


def sign_in_again(browser: Client, user, response):
    return browser.post(
        response.headers["Location"], {"username": user.username, "password": make.PASSWORD}
    )


def test_what_was_typed_is_there_after_signing_in_again(customer, li_na):
    browser, url = Client(), f"/customers/{customer.pk}/edit/"

    lost = browser.post(url, {"name": "汪建国", "salutation": "ms"})
    back = sign_in_again(browser, li_na, lost)
    form = browser.get(back.headers["Location"])

    assert back.headers["Location"] == url
    assert 'value="汪建国"' in form.text
    assert "kept" in form.text or "保留" in form.text
    customer.refresh_from_db()
    assert customer.name == "王建国", "nothing happens before it is sent again"
    assert browser.post(url, {"name": "汪建国", "salutation": "ms"}).status_code == 302


def test_it_is_shown_once(customer, li_na):
    browser, url = Client(), f"/customers/{customer.pk}/edit/"
    sign_in_again(browser, li_na, browser.post(url, {"name": "汪建国"}))

    assert "汪建国" in browser.get(url).text
    assert "汪建国" not in browser.get(url).text


def test_a_button_without_a_page_asks_whether_to_send_again(customer, li_na):
    browser, url = Client(), f"/customers/{customer.pk}/consent/"
    sign_in_again(browser, li_na, browser.post(url, {"purpose": "marketing", "given": "on"}))

    asked = browser.get(url)

    assert asked.status_code == 200
    assert '<input type="hidden" name="purpose" value="marketing">' in asked.text
    assert not customer.consents.filter(purpose="marketing").exists()
    assert browser.get(url).status_code == 405, "asked once, then the address is a button's again"


def test_htmx_sends_the_whole_window_to_the_sign_in(customer):
    response = Client().post(
        f"/customers/{customer.pk}/edit/", {"name": "汪建国"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/login/?next=")


def test_passwords_are_not_kept(li_na):
    browser = Client()

    browser.post("/me/password/", {"old_password": "secret-one", "new_password1": "secret-two"})

    assert "secret" not in str(dict(browser.session))


def test_kept_work_is_not_kept_for_ever(customer, li_na):
    url = f"/customers/{customer.pk}/edit/"
    with time_machine.travel("2026-11-23 02:00Z", tick=False) as clock:
        browser = Client()
        back = browser.post(url, {"name": "汪建国"})
        clock.move_to("2026-11-23 02:31Z")
        sign_in_again(browser, li_na, back)

        assert "汪建国" not in browser.get(url).text


def test_a_very_long_text_is_not_put_into_the_session(customer):
    browser = Client()

    browser.post(f"/customers/{customer.pk}/edit/", {"name": "王" * 100_000})

    assert "kept_form" not in browser.session
