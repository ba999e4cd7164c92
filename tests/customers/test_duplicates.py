"""SOP-2.2: who may be kept twice is offered, with the reasons."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers import actions
from dealership.customers.actions import merge_customers, tell_apart
from dealership.customers.duplicates import (
    COMMON,
    _is_slip,
    candidates,
    candidates_for,
    find_pairs,
    near_numbers,
)
from dealership.customers.models import DuplicatePair
from tests import make
from tests.customers.merging import NOON, twice

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


def reasons(customer):
    return {found.customer: set(found.reasons) for found in candidates(customer)}


class TestSigns:
    @pytest.mark.sop("2.2")
    @pytest.mark.parametrize("slip", ["13800138001", "13800138090", "13801038000"])
    def test_a_mistyped_number_with_the_same_name(self, slip, li_na):
        one = make.customer(name="王建国", phone="13800138000", owner=li_na, at=NOON - 90 * DAY)
        another = make.customer(name="王建国", phone=slip, owner=li_na)

        assert {"near_phone", "name"} <= reasons(one)[another]
        assert reasons(another).keys() == {one}

    def test_a_near_number_of_somebody_else(self, li_na):
        one = make.customer(name="王建国", phone="13800138000", owner=li_na)
        make.customer(name="李敏", phone="13800138001", owner=li_na)

        assert reasons(one) == {}

    def test_only_a_surname_and_a_near_number(self, li_na):
        one = make.customer(name="王", phone="13800138000", owner=li_na)
        another = make.customer(name="王建国", phone="13800138001", owner=li_na)

        assert "surname" in reasons(one)[another]

    def test_the_same_car(self, li_na):
        one, another = make.customer(owner=li_na), make.customer(owner=li_na)
        for customer in (one, another):
            actions.add_car(customer, vin="LGJE13EA2HM618452", by=li_na)

        assert "vin" in reasons(one)[another]

    def test_a_namesake_with_the_same_wish(self, li_na, wang_qiang):
        one = make.customer(name="王建国", owner=li_na, at=NOON - 90 * DAY)
        another = make.customer(name="王建国", owner=wang_qiang)
        series = make.series()
        for customer in (one, another):
            make.lead(customer=customer, series=series)

        assert {"name", "series"} <= reasons(one)[another]

    def test_a_name_that_sounds_alike_needs_more(self, li_na):
        one = make.customer(name="王建国", owner=li_na, at=NOON - 90 * DAY)
        make.customer(name="汪建国", phone="13911112222", owner=li_na)
        make.customer(name="汪健国", phone="13733334444", owner=li_na, at=NOON - 90 * DAY)

        assert [set(found.reasons) >= {"sound", "days"} for found in candidates(one)] == [True]

    def test_a_namesake_alone_is_nobody(self, li_na, wang_qiang):
        one = make.customer(name="王建国", owner=li_na, at=NOON - 90 * DAY)
        make.customer(name="王建国", phone="13911112222", owner=wang_qiang)

        assert reasons(one) == {}

    def test_mr_and_ms_with_near_numbers_and_one_surname(self, li_na):
        one = make.customer(name="王", salutation="mr", phone="13800138000", owner=li_na)
        make.customer(name="王", salutation="ms", phone="13800138001", owner=li_na,
                      at=NOON - 90 * DAY)  # fmt: skip

        assert reasons(one) == {}

    def test_a_common_name_says_nothing(self, li_na):
        for _number in range(COMMON + 1):
            make.customer(name="王伟", owner=li_na)

        one = make.customer(name="王伟", phone="13911112222", owner=li_na)

        assert reasons(one) == {}

    def test_the_likeliest_comes_first(self, li_na):
        one = make.customer(name="王建国", phone="13800138000", owner=li_na)
        make.customer(name="汪建国", owner=li_na)
        likeliest = make.customer(name="王建国", phone="13800138001", owner=li_na)

        assert candidates(one)[0].customer == likeliest


class TestWho:
    def test_another_stores_customers_are_nobodys(self, li_na, outsider):
        one = make.customer(name="王建国", phone="13800138000", owner=li_na)
        make.customer(name="王建国", phone="13800138001", owner=outsider)

        assert reasons(one) == {}

    def test_who_was_told_apart_is_not_offered_again(self, li_na):
        one, another = twice(li_na)

        tell_apart(one, another, by=li_na)

        assert reasons(one) == reasons(another) == {}
        assert DuplicatePair.objects.of(one, another).get().decided_by == li_na

    def test_a_merged_record_is_not_offered(self, li_na):
        one, another = twice(li_na)
        merge_customers(one, another, by=li_na)

        assert reasons(one) == {}


class TestTyped:
    """While a new one is typed in."""

    @pytest.mark.sop("2.2")
    def test_the_number(self, li_na):
        known = make.customer(phone="13800138000", owner=li_na)

        (found,) = candidates_for(known.store, phone="138 0013 8000")

        assert (found.customer, found.reasons) == (known, ["phone"])

    def test_a_slip_with_the_name(self, li_na):
        known = make.customer(name="王建国", phone="13800138000", owner=li_na)

        (found,) = candidates_for(known.store, phone="13800138001", name="汪建国")

        assert (found.customer, set(found.reasons)) == (known, {"near_phone", "sound"})

    def test_the_plate(self, li_na):
        known = make.customer(owner=li_na)
        actions.add_car(known, plate="鄂A12345", by=li_na)

        assert candidates_for(known.store, plate="鄂A·12345")[0].customer == known

    @pytest.mark.parametrize("typed", ["", "138", "abc", "\x00", "1" * 60])
    def test_what_is_no_number_yet_finds_nobody(self, typed, store):
        make.customer(phone="13800138000")

        assert candidates_for(store, phone=typed) == []


def test_as_many_questions_for_many_as_for_one(li_na, store):
    def asked():
        pks = [customer.pk for customer in store.customers.all()]
        with CaptureQueriesContext(connection) as queries:
            assert find_pairs(store, pks)
        return len(queries)

    twice(li_na)
    few = asked()
    for number in range(20):
        make.customer(name="王建国", phone=f"137001370{number:02d}", owner=li_na)

    assert asked() == few


@given(st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True), st.data())
def test_a_slip_is_known_as_one_both_ways(number, data):
    near = data.draw(st.sampled_from(sorted(near_numbers(number))))

    assert _is_slip(number, near)
    assert _is_slip(near, number)
    assert number in near_numbers(near)
