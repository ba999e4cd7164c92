"""Consent is per purpose and as easily withdrawn as given; a stop ends every message."""

import pytest
from django.utils import translation

from dealership.customers import actions
from dealership.customers.models import Consent
from dealership.errors import RuleViolation
from tests import make

MARKETING = Consent.Purpose.MARKETING


def in_force(customer):
    return set(customer.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))


def test_consent_is_given_for_one_purpose(li_na):
    customer = make.customer(consents=False)

    actions.give_consent(customer, MARKETING, by=li_na)

    assert in_force(customer) == {"marketing"}


def test_consent_in_force_is_not_given_twice(li_na):
    customer = make.customer(consents=False)

    first = actions.give_consent(customer, MARKETING, by=li_na)
    again = actions.give_consent(customer, MARKETING, by=li_na)

    assert first == again
    assert customer.events.filter(kind="customer.consent_given").count() == 1


def test_withdrawn_consent_stays_on_record_and_can_be_given_anew(li_na):
    customer = make.customer(consents=False)
    actions.give_consent(customer, MARKETING, by=li_na)

    assert actions.withdraw_consent(customer, MARKETING, by=li_na)
    assert in_force(customer) == set()
    assert not actions.withdraw_consent(customer, MARKETING, by=li_na)

    actions.give_consent(customer, MARKETING, by=li_na)
    assert customer.consents.count() == 2


def test_an_unknown_purpose_is_a_mistake(li_na):
    with pytest.raises(ValueError, match="spam"):
        actions.give_consent(make.customer(), "spam", by=li_na)


def test_the_timeline_keeps_codes_and_speaks_the_readers_language(li_na):
    customer = make.customer(consents=False)
    with translation.override("zh-hans"):
        actions.give_consent(customer, MARKETING, by=li_na)

    event = customer.events.get(kind="customer.consent_given")

    assert event.data == {"purpose": "marketing"}
    with translation.override("en"):
        assert event.text == "Consent given: Advertising"


def test_a_stop_is_kept_with_its_reason_and_its_first_time(li_na):
    customer = make.customer()

    actions.refuse_contact(customer, reason="别再打了", by=li_na)
    since = customer.do_not_contact_at
    actions.refuse_contact(customer, reason="again", by=li_na)

    assert not customer.may_be_contacted
    assert (customer.do_not_contact_at, customer.do_not_contact_reason) == (since, "别再打了")
    assert customer.events.filter(kind="customer.refused_contact").count() == 1


def test_a_stop_is_lifted_only_with_a_reason(li_na):
    customer = make.customer()
    actions.refuse_contact(customer, reason="别再打了", by=li_na)

    with pytest.raises(RuleViolation):
        actions.allow_contact(customer, reason=" ", by=li_na)
    actions.allow_contact(customer, reason="客户来电要求恢复", by=li_na)

    customer.refresh_from_db()
    assert customer.may_be_contacted


def test_the_switch_on_the_page_gives_and_withdraws(sign_in, li_na):
    customer = make.customer(owner=li_na, consents=False)
    browser, url = sign_in(li_na), f"/customers/{customer.pk}/consent/"

    browser.post(url, {"purpose": "marketing", "given": "on"})
    assert in_force(customer) == {"marketing"}

    browser.post(url, {"purpose": "marketing", "given": ""})
    assert in_force(customer) == set()


def test_a_made_up_purpose_is_refused_with_a_message(sign_in, li_na):
    customer = make.customer(owner=li_na)

    response = sign_in(li_na).post(f"/customers/{customer.pk}/consent/", {"purpose": "spam"})

    assert response.status_code == 409
