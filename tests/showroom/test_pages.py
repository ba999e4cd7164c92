"""The showroom's pages: plain and under htmx, in both languages, for those who may."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealership import clock
from dealership.customers.actions import add_car
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from leads.selectors import level_of
from showroom import sop
from showroom.actions import complete_register, depart, log_call, receive_visit, tidy_table
from showroom.models import Visit
from tests import make
from tests.showroom import make as showroom

HTMX = {"HX-Request": "true"}
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
A_PHONE = "13971001234"


def url_of(name, visit=None):
    return reverse(f"showroom:{name}", args=[visit.pk] if visit else [])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@BOTH
@pytest.mark.parametrize(
    "name",
    ["floor", "register", "visit-new", "call-new", "message-new", "visit-detail", "visit-depart",
     "visit-complete", "visit-thank", "visit-void", "visit-identify", "visit-tidy", "visit-reset",
     "visit-hand-over"],
)  # fmt: skip
def test_every_page_opens_in_both_languages(sign_in, chen, li_na, name, headers, language):
    chen.language = language
    chen.save()
    visit = showroom.departed(consultant=li_na)
    showroom.visit(nameless=True, by=chen)
    page = url_of(name, visit if name.startswith("visit-") and name != "visit-new" else None)

    response = sign_in(chen, language=language).get(page, headers=headers)

    assert response.status_code == 200
    assert ("<html" in response.text) is (not headers)


@pytest.mark.sop("4.1")
@BOTH
def test_the_reception_logs_a_known_guest_with_two_fields(sign_in, xiao_min, li_na, headers):
    customer = make.customer(owner=li_na)
    page = url_of("visit-new")

    response = sign_in(xiao_min).post(
        page, {"phone": customer.primary_phone, "party_size": "2"}, headers=headers
    )

    visit = Visit.objects.get()
    assert (visit.customer, visit.party_size, visit.purpose) == (customer, 2, "")
    assert response.status_code == (204 if headers else 302)


def test_a_double_click_logs_one_guest(sign_in, li_na):
    browser, data = sign_in(li_na), {"once": "tap-1", "name": "周"}
    first, second = (browser.post(url_of("visit-new"), data) for _tap in range(2))

    assert Visit.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_wrong_number_shows_beside_the_field_and_keeps_what_was_typed(sign_in, li_na):
    response = sign_in(li_na).post(url_of("visit-new"), {"phone": "1397100", "name": "欧阳"})

    assert response.status_code == 422
    assert 'id="field-phone"' in response.text
    assert "field-errors" in response.text
    assert 'value="欧阳"' in response.text


def test_a_refused_entry_can_be_sent_again_with_its_key(sign_in, li_na):
    browser, data = sign_in(li_na), {"once": "tap-2", "phone": "1397100"}
    browser.post(url_of("visit-new"), data)

    browser.post(url_of("visit-new"), data | {"phone": A_PHONE})

    assert Visit.objects.get().customer.primary_phone == "+8613971001234"


def test_a_name_or_a_plate_in_the_one_box_is_understood(sign_in, li_na):
    customer = make.customer(owner=li_na)
    add_car(customer, plate="鄂A12345", by=li_na)
    browser = sign_in(li_na)

    browser.post(url_of("visit-new"), {"phone": "周"})
    browser.post(url_of("visit-new"), {"phone": "鄂A12345"})

    assert Visit.objects.get(customer=None).guest_name == "周"
    assert Visit.objects.filter(customer=customer).exists()


@pytest.mark.sop("4.6")
def test_whoever_greets_sees_whose_customer_it_is(sign_in, xiao_min, li_na):
    customer = make.customer(name="王", owner=li_na)
    showroom.duty(li_na)

    response = sign_in(xiao_min).post(
        url_of("visit-greet"), {"phone": customer.primary_phone}, headers=HTMX
    )

    assert "data-known" in response.text
    assert "李娜" in response.text


@pytest.mark.sop("4.6")
def test_a_name_that_fits_is_offered_to_be_picked(sign_in, xiao_min, li_na):
    customer = make.customer(name="欧阳修", owner=li_na)
    browser = sign_in(xiao_min)

    offered = browser.post(url_of("visit-greet"), {"name": "欧阳"}, headers=HTMX)
    browser.post(url_of("visit-new"), {"customer": customer.pk})

    assert f'value="{customer.pk}"' in offered.text
    assert Visit.objects.get().customer == customer


def test_a_colleagues_customer_cannot_be_picked_by_number_of_the_row(sign_in, li_na, wang_qiang):
    customer = make.customer(owner=li_na)

    response = sign_in(wang_qiang).post(url_of("visit-new"), {"customer": customer.pk})

    assert response.status_code == 422
    assert not Visit.objects.exists()


@pytest.mark.sop("4.2")
def test_a_call_is_logged_in_one_form(sign_in, li_na):
    data = {"phone": A_PHONE, "name": "孙", "rings": "2", "remark": "问报价", "purpose": "see_car",
            "invitation": "accepted"}  # fmt: skip

    sign_in(li_na).post(url_of("call-new"), data)

    call = Visit.objects.get(way="call")
    assert (call.rings, call.invitation, call.registered_by) == (2, "accepted", li_na)


@pytest.mark.sop("4.3")
def test_a_message_is_logged_in_one_form(sign_in, li_na):
    data = {"phone": A_PHONE, "channel": "sms", "direction": "in", "text": "有优惠吗"}

    sign_in(li_na).post(url_of("message-new"), data)

    assert Visit.objects.get(way="message").remark == "有优惠吗"


def test_a_note_of_ten_megabytes_is_refused_without_a_crash(sign_in, li_na):
    response = sign_in(li_na).post(url_of("call-new"), {"remark": "长" * 3_500_000})

    assert 400 <= response.status_code < 500
    assert not Visit.objects.exists()


def test_a_note_that_is_too_long_says_so_and_is_kept(sign_in, li_na):
    response = sign_in(li_na).post(url_of("call-new"), {"remark": "长" * 2001})

    assert response.status_code == 422
    assert "长" * 2001 in response.text


def test_what_was_typed_survives_an_expired_session(client, li_na):
    li_na.set_password("showroom-Tea-2026")
    li_na.save()
    client.post(url_of("visit-new"), {"name": "诸葛", "party_size": "3"})
    client.force_login(li_na)

    response = client.get(url_of("visit-new"))

    assert 'value="诸葛"' in response.text
    assert not Visit.objects.exists()


@BOTH
def test_a_waiting_guest_is_taken_in_one_tap(sign_in, li_na, xiao_min, headers):
    visit = showroom.visit(by=xiao_min, nameless=True)

    response = sign_in(li_na).post(url_of("visit-take", visit), headers=headers)

    visit.refresh_from_db()
    assert visit.consultant == li_na
    if headers:
        assert "visits-changed" in response.headers["HX-Trigger"]


@BOTH
def test_a_guest_leaves_in_one_tap_from_the_floor(sign_in, li_na, headers):
    visit = showroom.visit(consultant=li_na)

    sign_in(li_na).post(url_of("visit-depart", visit), {"one_tap": "1"}, headers=headers)

    visit.refresh_from_db()
    assert visit.departed_at
    assert visit.thank_text == ""


def test_the_departure_form_keeps_level_next_contact_and_words(sign_in, store, li_na):
    visit = showroom.visit(consultant=li_na)
    tomorrow = clock.day_of(clock.now(), store.tz) + timedelta(days=1)
    data = {"level": level_of(store, "A").pk, "next_contact_on": tomorrow.isoformat(),
            "thank_text": "谢谢您！"}  # fmt: skip

    sign_in(li_na).post(url_of("visit-depart", visit), data)

    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.level_after.code, visit.next_contact_on) == ("A", tomorrow)
    assert visit.thank_text == "谢谢您！"


@pytest.mark.parametrize("minutes", [1, -60], ids=["to come", "before arriving"])
def test_an_impossible_departure_shows_beside_its_field(sign_in, store, li_na, minutes):
    visit = showroom.visit(consultant=li_na)
    at = (clock.now() + timedelta(minutes=minutes)).astimezone(store.tz)
    data = {"departed_at": f"{at:%Y-%m-%dT%H:%M}", "thank_text": "谢谢！"}

    response = sign_in(li_na).post(url_of("visit-depart", visit), data)

    assert response.status_code == 422
    assert "谢谢！" in response.text
    assert Visit.objects.get(pk=visit.pk).is_present


@BOTH
def test_departing_twice_is_a_sentence(sign_in, li_na, headers):
    visit = showroom.departed(consultant=li_na)

    response = sign_in(li_na).post(url_of("visit-depart", visit), headers=headers)

    assert response.status_code == 422
    assert "14:00" in response.text


@BOTH
def test_a_finished_step_cannot_be_tapped_again(sign_in, li_na, headers):
    visit = showroom.departed(consultant=li_na)
    tidy_table(visit, by=li_na)

    response = sign_in(li_na).post(url_of("visit-tidy", visit), headers=headers)

    assert response.status_code in (409, 422)
    assert Deadline.objects.about(visit).of_step(sop.TIDY).get().outcome == "done"


@pytest.mark.sop("4.4.11")
@pytest.mark.sop("4.4.12")
@BOTH
def test_table_and_car_are_done_in_one_tap_each(sign_in, li_na, headers):
    visit, browser = showroom.departed(consultant=li_na), sign_in(li_na)

    browser.post(url_of("visit-tidy", visit), headers=headers)
    browser.post(url_of("visit-reset", visit), headers=headers)

    assert Deadline.objects.about(visit).open().of_step(sop.REGISTER).exists()


def test_a_stale_form_keeps_what_was_typed_and_then_saves(sign_in, li_na, xiao_min):
    visit = showroom.visit(nameless=True, consultant=li_na)
    stale = visit.version
    complete_register(visit, by=li_na, left_no_contact=True)
    data = {"version": stale, "remark": "看了三台车", "purpose": "see_car", "left_no_contact": "on"}
    browser = sign_in(xiao_min)

    refused = browser.post(url_of("visit-complete", visit), data)
    visit.refresh_from_db()
    assert refused.status_code == 422
    assert "看了三台车" in refused.text
    assert f'name="version" value="{visit.version}"' in refused.text

    browser.post(url_of("visit-complete", visit), data | {"version": visit.version})
    assert Visit.objects.get(pk=visit.pk).remark == "看了三台车"


@pytest.mark.sop("4.4.14")
def test_the_thank_you_is_sent_from_its_page(sign_in, li_na):
    visit = showroom.departed(consultant=li_na)

    sign_in(li_na).post(url_of("visit-thank", visit), {"text": "谢谢光临！"})

    visit.refresh_from_db()
    assert visit.thank_text == "谢谢光临！"


@pytest.mark.sop("4.4.14")
def test_a_guest_without_a_number_is_thanked_in_another_way(sign_in, li_na):
    visit = depart(showroom.visit(nameless=True, consultant=li_na), by=li_na)
    browser = sign_in(li_na)

    shown = browser.get(url_of("visit-thank", visit))
    browser.post(url_of("visit-settle", visit), {"how": "in_person", "remark": "当面致谢"})

    assert url_of("visit-identify", visit) in shown.text
    assert Deadline.objects.about(visit).of_step(sop.THANK_YOU).get().outcome == "done"


def test_a_visit_is_voided_with_a_reason(sign_in, chen, li_na):
    visit = showroom.visit(consultant=li_na)

    sign_in(chen).post(url_of("visit-void", visit), {"reason": "登记错了"})

    assert Visit.objects.get(pk=visit.pk).voided_by == chen


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name", ["visit-detail", "visit-depart", "visit-complete", "visit-thank", "visit-void"]
)
def test_visits_of_others_do_not_exist(sign_in, li_na, wang_qiang, outsider, name, method):
    visit = showroom.visit(consultant=li_na)

    for stranger in (wang_qiang, outsider):
        answer = getattr(sign_in(stranger), method)(url_of(name, visit))
        assert answer.status_code == (405 if (name, method) == ("visit-detail", "post") else 404)


def test_who_has_no_part_in_the_showroom_is_kept_out(sign_in):
    cashier = make.user(role=Role.CASHIER)

    for name in ("floor", "register", "visit-new", "call-new"):
        assert sign_in(cashier).get(url_of(name)).status_code == 403


def test_the_floor_shows_the_waiting_first_and_asks_no_more_for_more_guests(
    client, xiao_min, li_na, assert_flat_queries
):
    client.force_login(xiao_min)
    showroom.duty(li_na)

    def three_guests():
        showroom.visit(consultant=li_na)
        showroom.visit(by=xiao_min, nameless=True)
        showroom.departed(consultant=li_na)

    assert_flat_queries(url_of("floor"), three_guests)
    text = client.get(url_of("floor")).text
    assert text.index("floor-waiting") < text.index("floor-here")


def test_the_register_asks_no_more_for_more_rows(client, chen, li_na, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries(url_of("register"), lambda: showroom.departed(consultant=li_na))


def shown(browser, query):
    return [visit.pk for visit in browser.get(url_of("register") + query).context["register"].rows]


@pytest.mark.sop("4.1")
def test_the_registers_filters_open_the_rows_behind_a_figure(sign_in, store, chen, li_na):
    known = showroom.visit(consultant=li_na)
    nameless = showroom.visit(consultant=li_na, nameless=True)
    call = log_call(store=store, by=li_na)
    yesterday = clock.now() - timedelta(days=1)
    late = receive_visit(store=store, by=li_na, arrived_at=yesterday)
    browser = sign_in(chen)

    assert shown(browser, "") == [call.pk, nameless.pk, known.pk]
    assert shown(browser, "?way=walk_in&first=yes") == [known.pk]
    assert shown(browser, "?phone=no&way=walk_in") == [nameless.pk]
    assert shown(browser, "?way=call") == [call.pk]
    assert shown(browser, f"?consultant={li_na.pk}&state=nameless") == [call.pk, nameless.pk]
    assert shown(browser, "?day=2026-11-22&state=late") == [late.pk]
    assert shown(browser, "?from=2026-11-22&to=2026-11-23&way=walk_in") == [
        nameless.pk, known.pk, late.pk,
    ]  # fmt: skip


def test_every_counter_of_the_floor_opens_as_many_rows_as_it_says(sign_in, store, chen, li_na):
    customer = make.customer(owner=li_na)
    for _round in range(2):
        depart(showroom.visit(customer=customer, consultant=li_na), by=li_na)
    showroom.visit(consultant=li_na, nameless=True)
    log_call(store=store, by=li_na)
    browser = sign_in(chen)

    counters = browser.get(url_of("floor")).context["floor"].counters

    for counter in counters:
        assert len(shown(browser, "?" + counter.url.partition("?")[2])) == counter.value
    assert {counter.code: counter.value for counter in counters}["batches"] == 2


@pytest.mark.parametrize(
    "query", ["?day=gestern", "?after=abc", "?after=99999999999999999999", "?day=0001-01-01",
              "?from=2026-11-23&to=1999-01-01", "?consultant=x", "?day=9999-12-31"],
)  # fmt: skip
def test_a_crooked_address_shows_the_register_all_the_same(sign_in, chen, query):
    assert sign_in(chen).get(url_of("register") + query).status_code == 200


def test_the_register_goes_on_page_by_page(sign_in, chen, li_na, monkeypatch):
    monkeypatch.setattr("showroom.selectors.registers.PAGE", 2)
    visits = [showroom.visit(consultant=li_na, nameless=True) for _number in range(5)]
    browser, seen, query = sign_in(chen), [], ""
    while True:
        page = browser.get(url_of("register") + query).context["register"]
        seen += [visit.pk for visit in page.rows]
        if not page.more:
            break
        query = page.next_url

    assert seen == [visit.pk for visit in reversed(visits)]


@BOTH
def test_the_customers_visits_stand_on_their_page(sign_in, li_na, headers):
    visit = showroom.departed(consultant=li_na)
    url = reverse("showroom:visit-panel", args=[visit.customer_id])

    response = sign_in(li_na).get(url, headers=headers)

    assert visit.get_absolute_url() in response.text


def test_the_last_digits_find_somebody_to_pick(sign_in, xiao_min, li_na):
    customer = make.customer(phone="13971005678", owner=li_na)
    browser = sign_in(xiao_min)

    offered = browser.post(url_of("visit-greet"), {"phone": "5678"}, headers=HTMX)
    browser.post(url_of("visit-new"), {"phone": "5678", "customer": customer.pk})

    assert f'value="{customer.pk}"' in offered.text
    assert Visit.objects.get().customer == customer


def test_a_stand_in_who_may_not_see_the_customer_gets_no_dead_link(sign_in, li_na, wang_qiang):
    customer = make.customer(owner=li_na)
    showroom.duty(li_na)
    visit = showroom.visit(customer=customer, by=wang_qiang)

    text = sign_in(wang_qiang).get(visit.get_absolute_url()).text

    assert visit.consultant == li_na
    assert customer.get_absolute_url() not in text


def test_the_reception_gives_guests_and_consultants_take_them(sign_in, xiao_min, li_na):
    visit = showroom.visit(by=xiao_min, nameless=True)

    assert url_of("visit-take", visit) not in sign_in(xiao_min).get(url_of("floor")).text
    assert url_of("visit-take", visit) in sign_in(li_na).get(url_of("floor")).text
