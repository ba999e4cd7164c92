"""Orders: one in force for a lead, level O until the car is handed over."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from dealership import clock
from dealership.errors import RuleViolation
from deals.actions import cancel_order, order_for, place_order
from deals.models import Order
from leads.models import Lead
from leads.selectors import level_of
from tests import make
from tests.deals import make as deals

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HEADERS = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


def test_ordering_makes_the_lead_level_o_and_plans_the_next_contact():
    lead = make.lead(level="H", at=MONDAY)
    series = make.series()

    with time_machine.travel(MONDAY, tick=False):
        order = place_order(lead, series=series, by=lead.consultant)

    lead = Lead.objects.with_people().get(pk=lead.pk)
    assert (lead.status, lead.level.code, lead.series) == ("ordered", "O", series)
    assert f"{lead.next_contact_on}" == "2026-11-30"
    assert order.number == "20261123-01"
    assert lead.level_changes.first().old.code == "H"


def test_a_lead_has_one_order_in_force():
    order = deals.order()

    with pytest.raises(RuleViolation):
        deals.order(lead=order.lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(
            store=order.store, number="X", lead=order.lead, customer=order.customer,
            consultant=order.consultant, series=order.series, ordered_at=order.ordered_at,
            entered_at=order.entered_at,
        )  # fmt: skip


def test_a_cancelled_order_opens_the_lead_at_the_level_given():
    order = deals.order()

    cancel_order(order, reason="贷款没批", level=level_of(order.store, "C"), by=order.consultant)

    lead = Lead.objects.with_people().get(pk=order.lead_id)
    assert (lead.status, lead.level.code) == ("open", "C")
    assert deals.order(lead=lead).number != order.number


@pytest.mark.parametrize(
    ("reason", "level"), [("", "C"), ("  ", "C"), ("不买", "O"), ("不买", "D"), ("不买", "F")]
)
def test_a_cancellation_needs_a_reason_and_a_level_that_is_left(reason, level):
    order = deals.order()

    with pytest.raises(RuleViolation):
        cancel_order(order, reason=reason, level=level_of(order.store, level), by=order.consultant)

    assert Order.objects.get().is_open


@pytest.mark.parametrize(
    "at",
    [MONDAY + timedelta(minutes=1), datetime.max.replace(tzinfo=UTC),
     datetime.min.replace(tzinfo=UTC), MONDAY - timedelta(days=1200)],
)  # fmt: skip
def test_an_order_at_an_impossible_time_is_refused(at):
    lead = make.lead(at=MONDAY)
    series = make.series()

    with time_machine.travel(MONDAY, tick=False), pytest.raises(RuleViolation) as refused:
        place_order(lead, series=series, by=lead.consultant, at=at)

    assert refused.value.field == "at"


def test_a_trim_belongs_to_the_series():
    lead = make.lead()

    with pytest.raises(RuleViolation) as refused:
        place_order(lead, series=make.series(), trim=make.trim(), by=lead.consultant)

    assert refused.value.field == "trim"


def test_an_order_for_a_customer_without_a_lead_opens_one(li_na):
    customer = make.customer(owner=li_na)

    order = order_for(customer, series=make.series(), by=li_na)

    assert (order.lead.customer, order.consultant) == (customer, li_na)


@HEADERS
def test_a_consultant_orders_from_the_customers_page(sign_in, li_na, headers):
    lead = make.lead(consultant=li_na)
    url, browser, series = f"/orders/new/{lead.customer_id}/", sign_in(li_na), make.series()
    assert series.name in browser.get(url, headers=headers).text

    browser.post(url, {"series": series.pk, "once": "k"}, headers=headers)
    browser.post(url, {"series": series.pk, "once": "k"}, headers=headers)

    assert Order.objects.get().consultant == li_na


@HEADERS
@pytest.mark.parametrize(
    "wrong",
    [{"series": ""}, {"series": "999"}, {"series": "x"}, {"trim": "7"}, {"vin": "1"},
     {"at": "0001-01-01T00:00"}, {"at": "2199-01-01T00:00"}],
)  # fmt: skip
def test_a_wrong_order_is_refused_beside_the_field(sign_in, li_na, headers, wrong):
    lead = make.lead(consultant=li_na)
    form = {"series": make.series().pk} | wrong

    response = sign_in(li_na).post(f"/orders/new/{lead.customer_id}/", form, headers=headers)

    assert response.status_code == 422
    assert "field-errors" in response.text
    assert not Order.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_manager_sees_every_page(sign_in, chen, language):
    order = deals.order()
    browser = sign_in(chen, language=language)

    for url in (
        "/orders/", f"/orders/{order.pk}/", f"/orders/{order.pk}/cancel/",
        f"/orders/panels/{order.customer_id}/", f"/orders/new/{order.customer_id}/",
    ):  # fmt: skip
        for headers in ({}, {"HX-Request": "true"}):
            assert browser.get(url, headers=headers).status_code == 200, url


def test_a_manager_cancels_an_order(sign_in, chen):
    order = deals.order()
    form = {"reason": "客户退订", "level": level_of(order.store, "B").pk}

    sign_in(chen).post(f"/orders/{order.pk}/cancel/", form)

    assert Order.objects.get().cancel_reason == "客户退订"


def test_the_list_is_narrowed_by_its_address(sign_in, chen):
    now = clock.now()
    mine, other = deals.order(at=now - timedelta(days=2)), deals.order(at=now)
    cancel_order(other, reason="不买", level=level_of(other.store, "B"), by=chen)
    day = f"{clock.day_of(mine.ordered_at, mine.store.tz):%Y-%m-%d}"

    for query in ("status=open", f"consultant={mine.consultant_id}", f"day={day}"):
        text = sign_in(chen).get(f"/orders/?{query}").text
        assert mine.number in text
        assert other.number not in text


def test_pages_of_the_list_follow_each_other(sign_in, chen, monkeypatch):
    monkeypatch.setattr("deals.selectors.PAGE", 2)
    at = clock.now()
    numbers = {deals.order(at=at).number for _number in range(5)}

    seen, url = [], "/orders/"
    while url:
        response = sign_in(chen).get(url)
        seen += [row.number for row in response.context["rows"]]
        url = response.context["next_url"] and "/orders/" + response.context["next_url"]

    assert sorted(seen) == sorted(numbers)


def test_the_list_never_asks_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)
    assert_flat_queries("/orders/", deals.order)


def test_a_colleagues_order_does_not_exist(sign_in, wang_qiang, outsider):
    order = deals.order()

    for stranger in (wang_qiang, outsider):
        assert sign_in(stranger).get(order.get_absolute_url()).status_code == 404
