"""Bad input gets a clear sentence and never a 5xx."""

import pytest
from django.test import Client
from django.utils import translation

from dealership.staff.roles import Role
from tests import make

SENTENCE = "That is too much text for one form. Shorten it and save again."


@pytest.fixture
def edit(sign_in, li_na):
    customer = make.customer(name="王建国", owner=li_na)
    return sign_in(li_na), f"/customers/{customer.pk}/edit/"


def test_a_ten_megabyte_note_is_answered_with_a_sentence(edit):
    browser, url = edit

    response = browser.post(url, {"name": "长" * 3_500_000})

    assert response.status_code == 413
    with translation.override("zh-hans"):
        assert translation.gettext(SENTENCE) in response.text


def test_under_htmx_the_sentence_comes_as_a_toast(edit):
    browser, url = edit

    response = browser.post(url, {"name": "长" * 3_500_000}, headers={"HX-Request": "true"})

    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == "#toasts"


def test_a_megabyte_in_a_small_field_is_refused_beside_it(edit):
    browser, url = edit

    assert browser.post(url, {"name": "x" * 1_000_000}).status_code == 422


def test_ten_thousand_fields_are_too_many(edit):
    browser, url = edit

    assert browser.post(url, {f"field{number}": "1" for number in range(10_000)}).status_code == 413


@pytest.mark.parametrize("name", ["\x00", "王\x00", "", "  "])
def test_a_name_that_is_none_is_refused(name, edit):
    browser, url = edit

    assert browser.post(url, {"name": name}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/customers/99999999999999999999/",
        "/customers/0/",
        "/leads/9223372036854775808/level/",
        "/people/99999999999999999999/access/",
    ],
)
def test_a_row_that_cannot_be_is_not_found(path, sign_in):
    browser = sign_in(make.user(role=Role.GENERAL_MANAGER))

    assert browser.get(path).status_code in {404, 405}
    assert browser.post(path).status_code in {404, 405}


QUERIES = {
    "/customers/": [
        "q=%00",
        "q=" + "9" * 5000,
        "q=%ED%A0%80",
        "after=%00",
        "shown=%27",
        "after=-1",
    ],
    "/customers/search/": ["q=%00", "q=%F0%9F%9A%97", "q=" + "%20" * 500],
    "/leads/": ["level=%F0%9F%9A%97", "view=constructor", "view=%22%3E%3Cscript%3E", "after=x"],
    "/roster/": ["week=0001-01-01", "week=9999-12-31", "week=x", "week=%00"],
}


@pytest.mark.parametrize("path", QUERIES)
def test_no_query_breaks_a_page(path, sign_in, chen):
    make.lead()
    browser = sign_in(chen)

    for query in QUERIES[path]:
        response = browser.get(f"{path}?{query}")

        assert response.status_code == 200, query
        assert '"><script>' not in response.text


@pytest.mark.parametrize(
    "body",
    ["user=x&day=y", "user=1", "day=2026-02-30&user=1", "user=99999999999999999999&day=2026-11-23"],
)
def test_a_broken_roster_click_is_refused(body, sign_in, chen):
    response = sign_in(chen).post(
        "/roster/", body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code in {404, 422}


def test_a_stale_form_gets_a_calm_page(li_na):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(li_na)

    response = browser.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "403" not in response.text.split("<body")[1]
    assert 'class="btn' in response.text


def test_a_broken_rule_outside_a_form_goes_back_with_a_message(sign_in, li_na, chen):
    boss = make.user(role=Role.GENERAL_MANAGER)
    browser = sign_in(boss)

    back = browser.post(
        f"/people/{boss.pk}/access/", headers={"referer": "http://testserver/people/"}
    )
    plain = browser.post(f"/people/{boss.pk}/access/")
    htmx = browser.post(f"/people/{boss.pk}/access/", headers={"hx-request": "true"})

    assert (back.status_code, back.headers["Location"]) == (302, "/people/")
    assert plain.status_code == 409
    assert (htmx.status_code, htmx.headers["HX-Retarget"]) == (422, "#toasts")


@pytest.mark.parametrize(
    "referer", ["https://evil.example/people/", "http://testserver/nowhere/", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_a_foreign_page(referer, sign_in):
    boss = make.user(role=Role.GENERAL_MANAGER)

    response = sign_in(boss).post(f"/people/{boss.pk}/access/", headers={"referer": referer})

    assert response.status_code == 409
