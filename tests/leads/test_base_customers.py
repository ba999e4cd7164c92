"""SOP-2.3: what a base customer is follows from what happened; a list for each kind."""

from datetime import date

import pytest

from dealership import clock
from dealership.customers.actions import add_car
from dealership.customers.models import OwnedCar
from dealership.staff.roles import Role
from leads import actions
from leads.models import BasePolicy
from tests import make
from tests.delivery import make as deliveries


def drives(owner, **given):
    customer = make.customer(owner=owner)
    add_car(customer, series_text="AX7", by=owner, **given)
    return customer


def lost(consultant, chen):
    reason = actions.set_up_loss_reasons(consultant.active_store)["budget"]
    lead = make.lead(consultant=consultant)
    made = actions.apply_for_loss(lead, reason=reason, feedback="太贵", by=consultant)
    actions.decide_loss(made, approved=True, by=chen)
    return lead.customer


def names(browser, query=""):
    rows = browser.get(f"/leads/base/{query}").context["rows"]
    return {row.customer.pk: row.kind for row in rows}


@pytest.mark.sop("2.3")
def test_each_kind_is_derived_and_has_its_list(sign_in, chen, li_na):
    delivery = deliveries.delivery()
    outside, gone = drives(li_na), lost(li_na, chen)
    make.lead(consultant=li_na)
    browser = sign_in(chen, language="en")

    assert names(browser) == {
        delivery.customer_id: "Owner, sold here",
        outside.pk: "Owner, sold elsewhere",
        gone.pk: "Lost before",
    }
    assert list(names(browser, "?kind=owner")) == [delivery.customer_id]
    assert list(names(browser, "?kind=outside")) == [outside.pk]
    assert list(names(browser, "?kind=lost")) == [gone.pk]


@pytest.mark.sop("2.3")
def test_a_car_handed_over_becomes_the_customers_with_its_day():
    delivery = deliveries.delivery()

    car = OwnedCar.objects.get(customer=delivery.customer)
    assert car.vin == delivery.vin
    assert car.bought_on == delivery.delivered_at.astimezone(delivery.store.tz).date()


def test_older_cars_stand_apart_with_their_age(sign_in, chen, li_na):
    old = drives(li_na, bought_on=date(2019, 3, 1))
    drives(li_na, bought_on=clock.day_of(clock.now(), li_na.active_store.tz))
    browser = sign_in(chen)

    rows = browser.get("/leads/base/?age=old").context["rows"]

    assert [(row.customer, row.years >= 6) for row in rows] == [(old, True)]


def test_a_consultant_sees_his_own(sign_in, li_na, wang_qiang):
    mine, _theirs = drives(li_na), drives(wang_qiang)

    assert list(names(sign_in(li_na))) == [mine.pk]


def test_the_receptionist_has_no_such_list(sign_in, xiao_min):
    assert sign_in(xiao_min).get("/leads/base/").status_code == 403


def test_an_empty_list_says_what_will_stand_there(sign_in, chen):
    browser = sign_in(chen, language="en")

    assert "No base customers yet" in browser.get("/leads/base/").text
    assert "No base customer fits" in browser.get("/leads/base/?kind=lost").text


@pytest.mark.parametrize(
    "query", ["?kind=x", "?after=x", "?age=%00", "?after=99999999999999999999"]
)
def test_filters_that_make_no_sense_are_left_out(sign_in, chen, query):
    assert sign_in(chen).get(f"/leads/base/{query}").status_code == 200


def test_pages_go_on_where_the_last_one_ended(sign_in, chen, li_na):
    made = {drives(li_na).pk for _number in range(32)}
    browser = sign_in(chen)
    first = browser.get("/leads/base/").context

    second = browser.get("/leads/base/" + first["next_url"]).context

    shown = [row.customer.pk for page in (first, second) for row in page["rows"]]
    assert (len(shown), set(shown)) == (32, made)
    assert not second["next_url"]


def test_the_list_never_asks_per_row(client, chen, li_na, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries("/leads/base/", lambda: drives(li_na, bought_on=date(2020, 1, 1)))


def test_the_manager_sets_the_rules(sign_in, chen, store):
    browser = sign_in(chen)
    rules = {"owner_years": 4, "owner_interval_days": 60, "owners_a_day": 10, "recall_every": 3}

    assert browser.post("/leads/base/rules/", rules).status_code == 302
    refused = browser.post("/leads/base/rules/", rules | {"owner_interval_days": 1})

    assert refused.status_code == 422
    assert BasePolicy.objects.get(store=store).owner_interval_days == 60


def test_the_api_lists_base_customers_by_kind(client, chen, li_na):
    outside, _gone = drives(li_na), lost(li_na, chen)
    client.force_login(chen)

    found = client.get("/api/v1/base-customers/?kind=outside").json()["results"]

    assert [(row["id"], row["kind"], row["cars"]) for row in found] == [
        (outside.pk, "outside", ["AX7"])
    ]
    assert client.get("/api/v1/base-customers/?kind=x").status_code == 400


def test_the_service_advisor_may_look(sign_in, store, li_na):
    drives(li_na)
    advisor = make.user(role=Role.SERVICE_ADVISOR, store=store)

    assert len(names(sign_in(advisor))) == 1
