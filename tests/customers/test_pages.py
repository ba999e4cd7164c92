"""The customer's pages, plain and as htmx asks for them, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest

from dealership import clock
from dealership.customers import actions
from dealership.customers.models import Event
from tests import make

HEADERS = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


@pytest.fixture
def wang(li_na):
    return make.customer(name="王建国", phone="13800138000", owner=li_na)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/customers/",
        "/customers/?q=王",
        "/customers/?q=none",
        "/customers/?shown=nobody",
        "/customers/{pk}/",
        "/customers/{pk}/?tab=record",
        "/customers/{pk}/timeline/",
        "/customers/{pk}/record/",
        "/customers/{pk}/edit/",
        "/customers/{pk}/phones/",
        "/customers/{pk}/refuse/",
        "/customers/{pk}/allow/",
    ],
)
def test_every_page_speaks_both_languages(path, language, sign_in, li_na, wang):
    response = sign_in(li_na, language=language).get(path.format(pk=wang.pk))

    assert response.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in response.text


def test_the_owner_may_tap_to_call(sign_in, li_na, wang):
    assert 'href="tel:+8613800138000"' in sign_in(li_na).get(wang.get_absolute_url()).text


def test_a_refused_edit_keeps_what_was_typed(sign_in, li_na, wang):
    response = sign_in(li_na).post(f"/customers/{wang.pk}/edit/", {"name": "王" * 61})

    assert response.status_code == 422
    assert "王" * 61 in response.text
    wang.refresh_from_db()
    assert wang.name == "王建国"


def test_a_corrected_name_is_saved(sign_in, li_na, wang):
    sign_in(li_na).post(f"/customers/{wang.pk}/edit/", {"name": "汪建国", "salutation": "ms"})

    wang.refresh_from_db()
    assert (wang.name, wang.salutation) == ("汪建国", "ms")


def test_a_known_number_is_refused_beside_its_field(sign_in, li_na, wang):
    other = make.customer(owner=li_na)

    response = sign_in(li_na).post(f"/customers/{other.pk}/phones/", {"phone": "138 0013 8000"})

    assert response.status_code == 422
    assert "王建国" in response.text


def test_a_wrong_number_says_what_a_number_looks_like(sign_in, li_na, wang):
    response = sign_in(li_na).post(f"/customers/{wang.pk}/phones/", {"phone": "138"})

    assert response.status_code == 422
    assert "13800138000" in response.text


def test_a_stop_shows_at_the_top_and_can_be_lifted(sign_in, li_na, wang):
    browser = sign_in(li_na)

    browser.post(f"/customers/{wang.pk}/refuse/", {"reason": "别再打了"})
    assert "别再打了" in browser.get(wang.get_absolute_url()).text

    browser.post(f"/customers/{wang.pk}/allow/", {"reason": "客户要求恢复"})
    wang.refresh_from_db()
    assert wang.may_be_contacted


@HEADERS
def test_the_list_goes_on_from_the_last_row(headers, sign_in, chen):
    customers = [make.customer(name=f"客户{number}") for number in range(35)]
    browser = sign_in(chen)
    first = browser.get("/customers/").text

    rest = browser.get(f"/customers/?after={customers[5].pk}", headers=headers).text

    assert f'href="?after={customers[5].pk}"' in first
    assert "客户4<" in rest
    assert "客户5<" not in rest
    assert ("<html" in rest) is (not headers)


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "²", "1 OR 1"])
def test_a_broken_page_mark_shows_the_first_page(after, sign_in, chen):
    make.customer(name="王建国")

    assert "王建国" in sign_in(chen).get("/customers/", {"after": after}).text


def test_the_list_never_asks_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries("/customers/", make.lead)


def test_the_timeline_goes_back_in_pages(sign_in, li_na, wang):
    for number in range(40):
        actions.rename_customer(wang, name=f"王{number}号", by=li_na)
    browser = sign_in(li_na)
    last = Event.objects.filter(customer=wang).latest_first()[29]

    page = browser.get(wang.get_absolute_url()).text
    earlier = browser.get(
        f"/customers/{wang.pk}/timeline/?before={last.pk}", headers={"HX-Request": "true"}
    ).text

    assert f"before={last.pk}" in page
    assert f'id="event-{last.pk}"' in page
    assert f'id="event-{last.pk}"' not in earlier
    assert "<html" not in earlier


def test_an_event_of_another_customer_opens_no_page_of_theirs(sign_in, li_na, wang):
    stranger = make.customer(name="陌生人", store=make.store())

    page = sign_in(li_na).get(f"/customers/{wang.pk}/timeline/?before={stranger.events.first().pk}")

    assert page.status_code == 200
    assert "陌生人" not in page.text


def test_the_page_tells_a_late_entry(sign_in, li_na, wang):
    actions.note(
        "customer.car_added", store=wang.store, customer=wang, by=li_na,
        at=clock.now() - timedelta(hours=3), car="AX7",
    )  # fmt: skip

    assert "entered-late" in sign_in(li_na).get(wang.get_absolute_url()).text


def test_the_timeline_groups_by_the_stores_own_day(sign_in, li_na, wang):
    for hour in (15, 17):  # 23:00 and 01:00 in Wuhan
        at = datetime(2026, 3, 1, hour, tzinfo=UTC)
        actions.note(
            "customer.car_added", store=wang.store, customer=wang, by=li_na, at=at, car="AX7"
        )

    page = sign_in(li_na).get(wang.get_absolute_url()).text

    assert '<time datetime="2026-03-01">' in page
    assert '<time datetime="2026-03-02">' in page
