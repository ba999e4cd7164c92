"""SOP-2.6: why base customers pay, in the store's own figures."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dealership.customers.actions import add_car
from deals.actions import cancel_order, place_order
from leads import actions
from tests import make

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def new_lead(consultant, *, days=10, owns_car=False, referrer=None):
    at = NOW - timedelta(days=days)
    customer = make.customer(owner=consultant, at=at)
    if owns_car:
        add_car(customer, series_text="AX7", by=consultant, at=at)
    return actions.open_lead(
        customer, consultant=consultant, level=make.levels()["B"], referrer=referrer, by=consultant,
        at=at,
    )  # fmt: skip


def order(lead, *, talks=0, series=None):
    for _talk in range(talks):
        actions.record_contact(
            lead, way="call", outcome="reached", feedback="谈价格", by=lead.consultant
        )
    return place_order(lead, series=series or make.series(), by=lead.consultant)


def groups(browser, query=""):
    context = browser.get(f"/leads/base/report/{query}").context
    return {group.code: group for group in context["groups"]}


@pytest.mark.sop("2.6")
def test_new_and_base_customers_stand_side_by_side(sign_in, chen, li_na):
    order(new_lead(li_na, days=10), talks=3)
    new_lead(li_na)
    new_lead(li_na)
    new_lead(li_na)
    order(new_lead(li_na, days=4, owns_car=True), talks=1)
    new_lead(li_na, owns_car=True)

    found = groups(sign_in(chen))

    new, base, outside = found["new"], found["base"], found["outside"]
    assert (new.leads.value, new.ordered.value, new.to_order.value) == (4, 1, 25)
    assert (base.leads.value, base.ordered.value, base.to_order.value) == (2, 1, 50)
    assert (new.days.value, outside.days.value) == (10.0, 4.0)
    assert (new.contacts.value, outside.contacts.value) == (3.0, 1.0)


def test_nothing_out_of_nothing_is_a_dash(sign_in, chen, li_na):
    new_lead(li_na)
    browser = sign_in(chen)

    owners = groups(browser)["owner"]

    assert (owners.leads.value, owners.to_order.value, owners.days.value) == (0, None, None)
    assert (owners.referral.value, owners.satisfaction.value) == (None, None)
    assert "–" in browser.get("/leads/base/report/").text


def test_a_cancelled_order_is_no_sale(sign_in, chen, li_na):
    made = order(new_lead(li_na))
    cancel_order(made, reason="退订", level=make.levels()["C"], by=li_na)

    assert groups(sign_in(chen))["new"].ordered.value == 0


@pytest.mark.sop("2.6")
def test_the_referral_rate_counts_customers_who_referred_somebody(sign_in, chen, li_na):
    giver = new_lead(li_na, owns_car=True)
    new_lead(li_na, owns_car=True)
    for _friend in range(2):
        new_lead(li_na, referrer=giver.customer)
    browser = sign_in(chen)

    rate = groups(browser)["outside"].referral

    assert (rate.value, rate.of) == (50, "1/2")
    assert len(browser.get(rate.url).context["rows"]) == 2


@pytest.mark.sop("2.6")
def test_each_figure_opens_its_rows(sign_in, chen, li_na):
    order(new_lead(li_na))
    new_lead(li_na)
    order(new_lead(li_na, owns_car=True))
    browser = sign_in(chen)

    for code, leads, ordered in (("new", 2, 1), ("base", 1, 1), ("lost", 0, 0)):
        group = groups(browser)[code]
        assert len(browser.get(group.leads.url).context["rows"]) == leads
        assert len(browser.get(group.ordered.url).context["rows"]) == ordered


def test_the_span_is_chosen_by_url(sign_in, chen, li_na):
    new_lead(li_na, days=3)
    new_lead(li_na, days=300)
    browser = sign_in(chen)

    assert groups(browser)["new"].leads.value == 2
    assert groups(browser, "?from=2026-11-01&to=2026-11-26")["new"].leads.value == 1
    assert groups(browser, "?from=x&to=%00")["new"].leads.value == 2


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "新客与基盘对比"), ("en", "New against base")]
)
def test_it_reads_in_both_languages(sign_in, chen, li_na, language, title):
    new_lead(li_na)

    assert title in sign_in(chen, language=language).get("/leads/base/report/").text


def test_consultants_have_no_such_page(sign_in, li_na):
    assert sign_in(li_na).get("/leads/base/report/").status_code == 403


def test_the_report_costs_the_same_with_more_leads(client, chen, li_na, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries("/leads/base/report/", lambda: order(new_lead(li_na)))
