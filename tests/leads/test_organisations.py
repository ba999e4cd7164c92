"""SOP-2.7: organisations are customers with contact persons and decision makers."""

import pytest

from dealership.customers.actions import (
    add_contact_person,
    change_contact_person,
    remove_contact_person,
)
from dealership.customers.models import ContactPerson, Customer, Event
from dealership.customers.selectors import find
from dealership.errors import RuleViolation
from leads.models import Lead
from tests import make

pytestmark = pytest.mark.sop("2.7")


@pytest.fixture
def firm(li_na) -> Customer:
    return make.organisation(owner=li_na)


def test_somebody_speaks_for_an_organisation(firm, li_na):
    contact = add_contact_person(
        firm, name="刘主任", job="采购", is_decision_maker=True, phone="13871234567", by=li_na
    )

    assert contact.person.primary_phone == "+8613871234567"
    assert contact.person.owner == li_na
    assert Event.objects.filter(customer=firm, kind="customer.person_added").exists()


def test_a_known_number_is_the_person_who_has_it(firm, li_na):
    known = make.customer(owner=li_na, phone="13871234567")

    contact = add_contact_person(firm, name="随便", phone="13871234567", by=li_na)

    assert contact.person == known


def test_the_organisations_own_number_makes_nobody_twice(firm, li_na):
    contact = add_contact_person(firm, name="刘主任", phone=firm.primary_phone, by=li_na)

    assert contact.person != firm
    assert contact.person.primary_phone == ""


def test_another_organisation_speaks_for_nobody(firm, li_na):
    other = make.organisation(owner=li_na, name="别的公司")

    with pytest.raises(RuleViolation) as refusal:
        add_contact_person(firm, name="刘主任", phone=other.primary_phone, by=li_na)

    assert refusal.value.code == "phone_known"


def test_nobody_speaks_for_an_organisation_twice(firm, li_na):
    add_contact_person(firm, name="刘主任", phone="13871234567", by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        add_contact_person(firm, name="刘主任", phone="13871234567", by=li_na)

    assert refusal.value.code == "known"


def test_a_person_has_no_contact_persons(li_na):
    with pytest.raises(RuleViolation) as refusal:
        add_contact_person(make.customer(owner=li_na), name="刘主任", by=li_na)

    assert refusal.value.code == "kind"


def test_who_speaks_changes_and_goes(firm, li_na):
    contact = add_contact_person(firm, name="刘", by=li_na)

    change_contact_person(
        contact, name="刘建国", job="总经理", phone="13871234567", is_decision_maker=True, by=li_na
    )
    contact.refresh_from_db()
    assert (contact.person.name, contact.job) == ("刘建国", "总经理")
    assert contact.is_decision_maker
    assert contact.person.phones.get().number == "+8613871234567"

    remove_contact_person(contact, by=li_na)
    assert not ContactPerson.objects.exists()
    assert Customer.objects.filter(name="刘建国").exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_consultant_adds_an_organisation_with_its_person(li_na, sign_in, language):
    browser, url = sign_in(li_na, language=language), "/leads/new/?kind=organisation"
    assert browser.get(url).status_code == 200

    browser.post(
        url,
        {
            "phone": "02788880001", "name": "武汉第三建筑公司", "contact_name": "刘主任",
            "job": "采购", "is_decision_maker": "on",
        },
    )  # fmt: skip

    lead = Lead.objects.get()
    assert lead.customer.kind == Customer.Kind.ORGANISATION
    contact = ContactPerson.objects.get()
    assert (contact.organisation, contact.person.name) == (lead.customer, "刘主任")
    assert contact.is_decision_maker


def test_an_organisation_has_a_name(li_na, sign_in):
    answer = sign_in(li_na).post("/leads/new/?kind=organisation", {"phone": "02788880001"})

    assert answer.status_code == 422
    assert not Customer.objects.exists()


def test_the_number_of_a_person_is_no_organisations(li_na, sign_in):
    person = make.customer(owner=li_na)
    typed = {"phone": person.primary_phone, "name": "武汉第三建筑公司"}

    answer = sign_in(li_na).post("/leads/new/?kind=organisation", typed)

    assert answer.status_code == 422
    assert person.display_name in answer.text
    assert not Lead.objects.exists()


def test_adding_the_same_organisation_again_doubles_nobody(li_na, sign_in):
    browser = sign_in(li_na)
    typed = {"phone": "02788880001", "name": "武汉第三建筑公司", "contact_name": "刘主任"}

    for _time in range(2):
        browser.post("/leads/new/?kind=organisation", typed)

    assert (Lead.objects.count(), ContactPerson.objects.count()) == (1, 1)


def test_the_customers_page_shows_who_speaks_for_it(firm, li_na, sign_in):
    contact = add_contact_person(
        firm, name="刘建国", job="采购", is_decision_maker=True, phone="13871234567", by=li_na
    )
    browser = sign_in(li_na)

    page = browser.get(firm.get_absolute_url())
    panel = browser.get(f"/customers/{firm.pk}/people/")
    record = browser.get(f"/customers/{contact.person_id}/record/")

    assert f"/customers/{firm.pk}/people/" in page.text
    assert "刘建国" in panel.text
    assert 'href="tel:+8613871234567"' in panel.text
    assert firm.name in record.text


def test_a_person_has_no_tab_for_people(li_na, sign_in):
    customer = make.customer(owner=li_na)

    page = sign_in(li_na).get(customer.get_absolute_url())

    assert f"/customers/{customer.pk}/people/" not in page.text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_pages_add_change_and_remove(firm, li_na, sign_in, headers):
    browser = sign_in(li_na)
    browser.post(f"/customers/{firm.pk}/people/new/", {"name": "刘主任"}, headers=headers)
    contact = ContactPerson.objects.get()

    browser.post(
        f"/customers/people/{contact.pk}/", {"name": "刘主任", "job": "厂长"}, headers=headers
    )
    contact.refresh_from_db()
    assert contact.job == "厂长"

    browser.post(f"/customers/people/{contact.pk}/remove/", headers=headers)
    assert not ContactPerson.objects.exists()


def test_the_people_of_a_colleagues_organisation_do_not_exist(firm, li_na, wang_qiang, sign_in):
    contact = add_contact_person(firm, name="刘主任", by=li_na)

    assert sign_in(wang_qiang).get(f"/customers/people/{contact.pk}/").status_code == 404


def test_search_finds_an_organisation_by_name_and_number(firm, li_na):
    for typed in ("第三建筑", "whds", firm.primary_phone[-4:]):
        assert firm in find(li_na, typed)


def test_the_panel_never_asks_per_person(firm, li_na, client, assert_flat_queries):
    client.force_login(li_na)

    def row():
        add_contact_person(firm, name=make.a_name(), phone=make.a_phone(), by=li_na)

    assert_flat_queries(f"/customers/{firm.pk}/people/", row)


def test_the_api_adds_changes_and_removes(firm, li_na, sign_in):
    browser = sign_in(li_na)
    made = browser.post(
        f"/api/v1/customers/{firm.pk}/people/", {"name": "刘主任"}, content_type="application/json"
    )
    url = f"/api/v1/contact-persons/{made.json()['id']}/"
    changed = browser.post(
        f"{url}change/", {"name": "刘主任", "job": "厂长"}, content_type="application/json"
    )

    assert changed.json()["job"] == "厂长"
    assert len(browser.get(f"/api/v1/customers/{firm.pk}/people/").json()) == 1
    assert browser.post(f"{url}remove/").status_code == 200
    assert not ContactPerson.objects.exists()
