"""The pages of deliveries: plain and htmx, both languages, bad input, whom they answer."""

from datetime import UTC, datetime

import pytest
import time_machine

from dealership import clock
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from delivery.actions import enter_dms, record_call
from delivery.models import Callback, CallbackAttempt, Delivery, DmsEntry, LateApplication
from tests import make
from tests.deals import make as deals
from tests.delivery import make as handed

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HEADERS = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


@pytest.fixture
def clerk(store):
    return make.user(role=Role.CLERK, store=store)


def pages_of(delivery):
    calls = Callback.objects.filter(delivery=delivery).values_list("pk", flat=True)
    return [
        "/deliveries/",
        f"/deliveries/{delivery.pk}/",
        f"/deliveries/{delivery.pk}/thank/",
        f"/deliveries/panels/{delivery.customer_id}/",
        *[f"/deliveries/dms/?state={state}" for state in ("open", "late", "entered", "what")],
        f"/deliveries/{delivery.pk}/dms/",
        f"/deliveries/{delivery.pk}/late/",
        *[f"/deliveries/calls/{pk}/" for pk in calls],
    ]


@LANGUAGES
@pytest.mark.parametrize("made", [handed.delivery, handed.late_delivery], ids=["open", "late"])
def test_every_page_opens_whole_and_in_part(sign_in, chen, language, made):
    delivery = made()
    browser = sign_in(chen, language=language)

    for url in pages_of(delivery):
        for headers in ({}, {"HX-Request": "true"}):
            response = browser.get(url, headers=headers)
            assert response.status_code == 200, url
            is_page = not headers and "panels" not in url
            assert ("<html" in response.text) or not is_page, url


def hand_over_form(**changes):
    day = f"{clock.day_of(clock.now(), make.home().tz):%Y-%m-%d}"
    return {
        "invoice_on": day, "vehicle_use": "household", "customer_nature": "private",
        "vin": deals.vin(), "once": "a-key",
    } | changes  # fmt: skip


@HEADERS
def test_one_button_hands_the_car_over_and_shows_what_it_started(sign_in, li_na, headers):
    with time_machine.travel(MONDAY, tick=False):
        order = deals.order(lead=make.lead(consultant=li_na))
        browser = sign_in(li_na)
        response = browser.post(f"/deliveries/new/{order.pk}/", hand_over_form(), headers=headers)

        delivery = Delivery.objects.get()
        url = response.headers.get("HX-Redirect") or response.headers["Location"]
        assert url == delivery.get_absolute_url()
        text = browser.get(url).text
    for moment in ("16:00", "11-26 24:00", "11-25 24:00"):
        assert moment in text


def test_a_second_tap_makes_no_second_hand_over(sign_in, li_na):
    order = deals.order(lead=make.lead(consultant=li_na))
    form, browser = hand_over_form(), sign_in(li_na)

    first = browser.post(f"/deliveries/new/{order.pk}/", form)
    second = browser.post(f"/deliveries/new/{order.pk}/", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Delivery.objects.count() == 1


@HEADERS
@LANGUAGES
@pytest.mark.parametrize(
    "wrong",
    [
        {"invoice_on": "2199-01-01"},
        {"invoice_on": "0001-01-01"},
        {"invoice_on": "昨天"},
        {"invoice_on": ""},
        {"vehicle_use": "taxi"},
        {"customer_nature": ""},
        {"vin": "LGJE13EA3PM000002"},
        {"vin": "1"},
        {"at": "2199-01-01T10:00"},
        {"at": "0001-01-01T00:00"},
        {"at": "9999-12-31T23:59"},
        {"at": "2020-01-01T10:00"},
        {"at": "gestern"},
    ],
)
def test_a_refused_hand_over_keeps_what_was_typed(sign_in, li_na, headers, language, wrong):
    order = deals.order(lead=make.lead(consultant=li_na))
    form = hand_over_form(**wrong)

    response = sign_in(li_na, language=language).post(
        f"/deliveries/new/{order.pk}/", form, headers=headers
    )

    assert response.status_code == 422
    assert form["vin"] in response.text
    assert "field-errors" in response.text or "form-errors" in response.text
    assert not Delivery.objects.exists()


@HEADERS
def test_a_call_is_recorded_in_two_taps(sign_in, li_na, headers):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="same_day")

    sign_in(li_na).post(call.get_absolute_url(), {"outcome": "reached"}, headers=headers)

    assert CallbackAttempt.objects.get().by == li_na
    assert not Deadline.objects.about(call).open().exists()


@HEADERS
def test_a_third_day_call_too_early_says_when(sign_in, li_na, headers):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="third_day")
    form = {"outcome": "reached", "survey_told": "True"}

    response = sign_in(li_na).post(call.get_absolute_url(), form, headers=headers)

    assert response.status_code == 422
    assert not CallbackAttempt.objects.exists()


@pytest.mark.parametrize("outcome", ["", "maybe", "reached\x00"])
def test_a_call_without_a_known_outcome_is_refused(sign_in, li_na, outcome):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="same_day")

    response = sign_in(li_na).post(call.get_absolute_url(), {"outcome": outcome})

    assert response.status_code == 422


def test_three_empty_calls_show_the_manager_the_way_to_waive(sign_in, chen, li_na):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="same_day")
    deadline = Deadline.objects.about(call).get()
    link = f'href="{deadline.get_absolute_url()}"'
    assert link not in sign_in(chen).get(call.get_absolute_url()).text

    for _number in range(3):
        record_call(call, outcome="no_answer", by=li_na)

    assert link in sign_in(chen).get(call.get_absolute_url()).text
    assert link not in sign_in(li_na).get(call.get_absolute_url()).text


@HEADERS
def test_the_clerk_enters_a_sale(sign_in, clerk, headers):
    delivery = handed.delivery()

    sign_in(clerk).post(f"/deliveries/{delivery.pk}/dms/", {"dms_number": "XS1"}, headers=headers)

    assert DmsEntry.objects.get().entered_by == clerk


def test_the_clerk_applies_and_records_the_decision(sign_in, clerk):
    delivery = handed.late_delivery()
    today = f"{clock.day_of(clock.now(), delivery.store.tz):%Y-%m-%d}"
    browser = sign_in(clerk)

    browser.post(
        f"/deliveries/{delivery.pk}/late/",
        {"reason": "系统故障", "evidence": "截图", "sent_on": today},
    )
    application = LateApplication.objects.get()
    decision = {"approved": "True", "decided_on": today, "reference": "BL-1"}
    browser.post(f"/deliveries/late/{application.pk}/", decision)
    browser.post(f"/deliveries/{delivery.pk}/dms/", {"dms_number": "XS1"})

    assert DmsEntry.objects.get().late_application == application


def test_the_file_is_confirmed_once(sign_in, clerk):
    delivery = handed.delivery()
    browser = sign_in(clerk)

    browser.post(f"/deliveries/{delivery.pk}/file/")
    again = browser.post(f"/deliveries/{delivery.pk}/file/", headers={"HX-Request": "true"})

    assert Delivery.objects.get().filed_by == clerk
    assert again.status_code == 422


@HEADERS
@time_machine.travel(MONDAY, tick=False)
def test_the_text_goes_out_as_it_was_worded(sign_in, li_na, headers):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    url = f"/deliveries/{delivery.pk}/thank/"
    browser = sign_in(li_na)
    assert delivery.order.series.name in browser.get(url).text

    refused = browser.post(url, {"body": "【签名】不行"}, headers=headers)
    browser.post(url, {"body": "感谢您，王先生"}, headers=headers)

    assert refused.status_code == 422
    assert "感谢您，王先生" in browser.get(delivery.get_absolute_url()).text


def test_a_consultant_hands_over_and_calls_only_for_their_own(sign_in, li_na, wang_qiang):
    order = deals.order(lead=make.lead(consultant=li_na))
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="same_day")
    browser = sign_in(wang_qiang)

    for url in (f"/deliveries/new/{order.pk}/", *pages_of(delivery)[1:4], call.get_absolute_url()):
        assert browser.get(url).status_code == 404, url


def test_a_colleague_who_was_handed_the_call_can_make_it(sign_in, li_na, wang_qiang):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    call = delivery.callbacks.get(kind="same_day")
    Deadline.objects.about(call).update(owner=wang_qiang)

    sign_in(wang_qiang).post(call.get_absolute_url(), {"outcome": "reached"})

    assert CallbackAttempt.objects.get().by == wang_qiang


def test_a_consultant_keeps_away_from_the_dms(sign_in, li_na):
    delivery = handed.delivery(order=deals.order(lead=make.lead(consultant=li_na)))
    browser = sign_in(li_na)

    assert browser.get("/deliveries/dms/").status_code == 403
    assert browser.post(f"/deliveries/{delivery.pk}/dms/", {"dms_number": "1"}).status_code == 403
    assert browser.post(f"/deliveries/{delivery.pk}/file/").status_code == 403


def test_another_store_does_not_exist(sign_in, outsider):
    delivery = handed.delivery()
    application = handed.application()
    boss = make.user(role=[Role.SALES_MANAGER], store=outsider.active_store)
    browser = sign_in(boss)

    for url in (*pages_of(delivery)[1:4], f"/deliveries/{delivery.pk}/dms/",
                f"/deliveries/late/{application.pk}/"):  # fmt: skip
        assert browser.get(url).status_code == 404, url


@pytest.mark.parametrize("url", ["/deliveries/", "/deliveries/dms/", "/deliveries/dms/?state=late"])
def test_the_lists_never_ask_per_row(client, chen, assert_flat_queries, url):
    client.force_login(chen)
    assert_flat_queries(url, handed.late_delivery if "late" in url else handed.delivery)


def test_the_list_of_entered_sales_never_asks_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)
    assert_flat_queries(
        "/deliveries/dms/?state=entered",
        lambda: enter_dms(handed.delivery(), dms_number="XS", by=chen),
    )


def test_one_delivery_asks_the_same_after_many_calls(client, chen, assert_flat_queries):
    delivery = handed.delivery()
    call = delivery.callbacks.get(kind="same_day")
    client.force_login(chen)
    assert_flat_queries(
        delivery.get_absolute_url(), lambda: record_call(call, outcome="no_answer", by=chen)
    )


@pytest.mark.parametrize(
    "query", ["after=9999999999999999999", "after=x", "day=2026-13-40", "day=0001-01-01",
              "consultant=x", "day=9999-12-31", "after=-1", "state=%00"]
)  # fmt: skip
def test_wrong_filters_are_ignored(client, chen, query):
    client.force_login(chen)
    for page in ("/deliveries/", "/deliveries/dms/", "/orders/"):
        assert client.get(f"{page}?{query}").status_code == 200, page
