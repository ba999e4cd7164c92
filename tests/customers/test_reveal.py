"""A reveal is one logged POST with a reason, and there is an end to it."""

import pytest
import time_machine

from dealership.customers.actions import reveal_phone
from dealership.errors import RuleViolation
from dealership.privacy.models import Access
from tests import make


@pytest.fixture
def customer(li_na):
    return make.customer(phone="13800138000", owner=li_na)


def test_a_reveal_shows_the_number_and_leaves_a_trace(customer, xiao_min):
    assert reveal_phone(customer, reason="回电", by=xiao_min) == "+8613800138000"

    look = Access.objects.get()
    assert (look.user, look.subject_id, look.field, look.reason) == (
        xiao_min, customer.pk, "phone", "回电",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reveal_without_a_reason_shows_nothing(reason, customer, xiao_min):
    with pytest.raises(RuleViolation):
        reveal_phone(customer, reason=reason, by=xiao_min)

    assert not Access.objects.exists()


def test_sixty_looks_an_hour_are_enough(customer, xiao_min, wang_qiang):
    with time_machine.travel("2026-11-23 10:00Z", tick=False) as clock:
        for _look in range(60):
            reveal_phone(customer, reason="回电", by=xiao_min)
        with pytest.raises(RuleViolation):
            reveal_phone(customer, reason="回电", by=xiao_min)
        assert reveal_phone(customer, reason="回电", by=wang_qiang), (
            "the limit is each person's own"
        )

        clock.move_to("2026-11-23 11:01Z")
        assert reveal_phone(customer, reason="回电", by=xiao_min)


def test_the_page_shows_the_number_to_the_one_who_asked(customer, sign_in, xiao_min):
    browser, url = sign_in(xiao_min), f"/customers/{customer.pk}/reveal/"

    refused = browser.post(url, {"reason": ""})
    shown = browser.post(url, {"reason": "回电"})

    assert refused.status_code == 422
    assert "138 0013 8000" not in refused.text
    assert "138 0013 8000" in shown.text
    assert "138 0013 8000" not in browser.get(f"/customers/{customer.pk}/").text
    assert Access.objects.count() == 1


def test_a_reveal_is_never_a_link(customer, sign_in, xiao_min):
    assert sign_in(xiao_min).get(f"/customers/{customer.pk}/reveal/").status_code == 405


def test_there_is_nothing_to_reveal_without_a_number(xiao_min):
    with pytest.raises(RuleViolation):
        reveal_phone(make.customer(phone=""), reason="回电", by=xiao_min)

    assert not Access.objects.exists()
