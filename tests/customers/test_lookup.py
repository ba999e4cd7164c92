"""Who has this number? What the front desk may know while the guest stands there (SOP-4.6)."""

import pytest

from dealership.customers import actions, selectors
from tests import make


@pytest.fixture
def wang(li_na):
    return make.customer(name="王建国", phone="13800138000", owner=li_na)


@pytest.mark.parametrize("typed", ["13800138000", "138 0013 8000", "+86 138 0013 8000"])
def test_a_full_number_names_the_customer_to_whoever_greets(typed, wang, xiao_min, wang_qiang):
    assert selectors.look_up(xiao_min, typed).customer == wang
    assert selectors.look_up(wang_qiang, typed).customer == wang


def test_a_plate_names_the_customer(wang, xiao_min, li_na):
    actions.add_car(wang, plate="鄂A12345", by=li_na)

    assert selectors.look_up(xiao_min, "鄂a 12345").customer == wang
    assert selectors.look_up(xiao_min, "鄂A99999").customer is None


def test_a_sister_store_learns_only_that_there_is_one(wang, outsider):
    found = selectors.look_up(outsider, "13800138000")

    assert found.elsewhere
    assert found.customer is None


def test_an_unknown_number_is_new(wang, xiao_min):
    found = selectors.look_up(xiao_min, "13900000000")

    assert (found.customer, found.elsewhere, found.problem) == (None, False, "")
    assert found.number == "+8613900000000"


def test_an_impossible_number_says_what_is_wrong(xiao_min):
    assert selectors.look_up(xiao_min, "138").problem


def test_the_card_shows_name_level_and_owner(wang, sign_in, xiao_min, li_na):
    make.lead(customer=wang, level="H")

    answer = sign_in(xiao_min).post("/customers/lookup/", {"phone": "13800138000"}).text

    assert "王建国" in answer
    assert "李娜" in answer
    assert 'data-level="H"' in answer


def test_the_card_of_a_sister_stores_customer_tells_nothing_more(wang, sign_in, outsider):
    answer = sign_in(outsider).post("/customers/lookup/", {"phone": "13800138000"}).text

    assert "王建国" not in answer
    assert "李娜" not in answer
    assert "building-store" in answer


def test_a_number_never_stands_in_an_address(sign_in, xiao_min):
    assert sign_in(xiao_min).get("/customers/lookup/?phone=13800138000").status_code == 405
