"""SOP-2.5: owners of a car for three years or more are called steadily."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dealership.customers.actions import add_car, refuse_contact
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from leads import actions
from leads.models import Lead, OwnerContact
from leads.tasks import owner_contacts
from tests import make

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
# Three years old tomorrow in the store's zone.
TOMORROW = date(2023, 11, 27)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def drives(owner, bought_on=date(2020, 5, 1)):
    customer = make.customer(owner=owner)
    add_car(customer, series_text="AX7", bought_on=bought_on, by=owner)
    return customer


def owed():
    return Deadline.objects.open().of_step("leads.owner_contact").order_by("pk")


@pytest.mark.sop("2.5")
def test_the_clock_begins_on_the_day_the_car_is_three_years_old(li_na, now):
    customer = drives(li_na, TOMORROW)
    assert actions.open_owner_contacts() == 0

    now.move_to(NOW + timedelta(days=1))
    assert actions.open_owner_contacts() == 1

    promise = owed().get()
    assert (promise.subject, promise.owner) == (customer, li_na)
    assert promise.due_at == datetime(2026, 12, 4, 16, 0, tzinfo=UTC)


def test_a_second_ring_owes_nothing_twice(li_na):
    drives(li_na)

    owner_contacts()
    owner_contacts()

    assert owed().count() == 1


@pytest.mark.sop("2.5")
def test_the_next_call_comes_after_the_stores_interval(li_na, chen, store, now):
    customer = drives(li_na)
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=60, owners_a_day=30, recall_every=5, by=chen
    )
    actions.open_owner_contacts()
    actions.record_owner_contact(customer, outcome="none", remark="车还好开", by=li_na)
    assert not owed().exists()

    now.move_to(NOW + timedelta(days=60, minutes=-1))
    assert actions.open_owner_contacts() == 0
    now.move_to(NOW + timedelta(days=60, minutes=1))
    assert actions.open_owner_contacts() == 1


def test_a_talk_before_the_clock_counts(li_na):
    customer = drives(li_na)
    actions.record_owner_contact(customer, outcome="none", by=li_na)

    assert actions.open_owner_contacts() == 0


@pytest.mark.sop("2.5")
@pytest.mark.parametrize(("outcome", "source"), [("add_on", "add-on"), ("replace", "replacement")])
def test_who_wants_a_car_has_a_lead_with_that_source(li_na, store, outcome, source):
    actions.set_up_sources(store)
    customer = drives(li_na)
    actions.open_owner_contacts()

    contact = actions.record_owner_contact(
        customer, outcome=outcome, remark="想给家里添一辆", level=make.levels()["B"], by=li_na
    )

    lead = Lead.objects.get()
    assert contact.lead == lead
    assert (lead.source.code, lead.base_kind, lead.level.code) == (source, "outside", "B")
    assert (lead.stage, lead.next_contact_on) == ("contacted", date(2026, 12, 3))
    assert not owed().exists()


def test_a_wish_joins_the_lead_that_is_open(li_na):
    customer = drives(li_na)
    lead = make.lead(customer=customer, consultant=li_na, level="H")

    contact = actions.record_owner_contact(customer, outcome="replace", by=li_na)

    assert (contact.lead, Lead.objects.count()) == (lead, 1)


@pytest.mark.sop("2.5")
def test_attempted_is_not_reached_until_the_third_time(li_na):
    customer = drives(li_na)
    actions.open_owner_contacts()

    for attempt in range(3):
        assert owed().exists(), attempt
        actions.record_owner_contact(customer, outcome="not_reached", by=li_na)

    assert Deadline.objects.get(step="leads.owner_contact").outcome == "cancelled"
    assert actions.open_owner_contacts() == 0


def test_who_refuses_contact_is_never_owed_a_call(li_na):
    customer, other = drives(li_na), drives(li_na)
    actions.open_owner_contacts()

    refuse_contact(customer, reason="不要再打", by=li_na)

    assert [promise.subject for promise in owed()] == [other]
    assert actions.open_owner_contacts() == 0
    with pytest.raises(RuleViolation) as refusal:
        actions.record_owner_contact(customer, outcome="none", by=li_na)
    assert refusal.value.code == "refused"


def test_who_is_about_to_buy_is_not_called_as_an_owner(li_na):
    make.lead(customer=drives(li_na), consultant=li_na)

    assert actions.open_owner_contacts() == 0


@pytest.mark.parametrize(("role", "owes"), [(Role.CLERK, "clerk"), (None, "sales_manager")])
def test_an_owner_whom_nobody_looks_after_is_the_clerks_or_the_managers(store, chen, role, owes):
    if role:
        make.user(role=role, store=store)
    customer = make.customer(owner=None, store=store)
    add_car(customer, series_text="AX7", bought_on=date(2019, 1, 1), by=None)

    actions.open_owner_contacts()

    assert (owed().get().owner, owed().get().role) == (None, owes)


def test_the_oldest_cars_come_first_and_no_day_drowns_the_consultants(li_na, chen, store, now):
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=90, owners_a_day=2, recall_every=5, by=chen
    )
    made = [drives(li_na, date(year, 1, 1)) for year in (2022, 2018, 2020)]

    assert [actions.open_owner_contacts(), actions.open_owner_contacts()] == [2, 0]
    assert {promise.subject for promise in owed()} == {made[1], made[2]}
    now.move_to(NOW + timedelta(days=1))
    assert actions.open_owner_contacts() == 1


def test_without_a_car_there_is_no_owner_to_call(li_na):
    with pytest.raises(RuleViolation) as refusal:
        actions.record_owner_contact(make.customer(owner=li_na), outcome="none", by=li_na)

    assert refusal.value.code == "no_car"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_call_is_recorded_in_two_taps(sign_in, li_na, headers, language):
    customer = drives(li_na)
    browser = sign_in(li_na, language=language)
    url = f"/leads/base/{customer.pk}/contact/"

    assert "AX7" in browser.get(url, headers=headers).text
    browser.post(url, {"outcome": "none", "way": "call"}, headers=headers)

    assert OwnerContact.objects.get().outcome == "none"
    assert customer.events.filter(kind="owner.contacted").count() == 1


def test_whoever_was_referred_is_entered_next(sign_in, li_na):
    customer = drives(li_na)

    answer = sign_in(li_na).post(
        f"/leads/base/{customer.pk}/contact/", {"outcome": "refer", "way": "call"}
    )

    assert answer.url == f"/leads/new/?referrer={customer.pk}"


def test_a_colleagues_customer_does_not_exist(sign_in, li_na, wang_qiang):
    customer = drives(wang_qiang)

    assert sign_in(li_na).get(f"/leads/base/{customer.pk}/contact/").status_code == 404


def test_the_api_records_calls_and_lists_them(client, li_na):
    customer = drives(li_na)
    client.force_login(li_na)
    body = {"customer": customer.pk, "outcome": "add_on", "level": "A"}

    made = client.post("/api/v1/owner-contacts/", body, content_type="application/json")

    assert (made.status_code, made.json()["lead"]) == (201, Lead.objects.get().pk)
    assert client.get("/api/v1/owner-contacts/").json()["results"][0]["id"] == made.json()["id"]
