"""The one search box: by phone, its tail, name, pinyin initials and plate, through one index."""

import pytest
from django.db import connection

from dealership import clock
from dealership.customers import actions, selectors
from dealership.customers.models import Customer, SearchKey
from dealership.staff.roles import Role
from tests import make


@pytest.fixture
def wang(li_na):
    customer = make.customer(name="王建国", phone="13800138000", owner=li_na)
    actions.add_car(customer, plate="鄂A12345", by=li_na)
    return customer


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000", "138 0013 8000", "+8613800138000", "1380013", "8000", "38000", "13 8000",
        "00138000", "王建国", "王", "建国", "wjg", "WJ", "wangjian", "鄂A12345", "鄂a·12345",
        "A12345", "12345", "１３８００１３８０００",
    ],
)  # fmt: skip
def test_a_customer_is_found_by(typed, wang, li_na):
    make.customer(name="赵敏", phone="13911112222", owner=li_na)

    assert selectors.find(li_na, typed) == [wang]


@pytest.mark.parametrize(
    "typed", ["", " ", "00", "13", "王建军", "zzz", "%", "_", "' OR 1=1", "\x00", "🚗"]
)
def test_what_means_nobody_finds_nobody(typed, wang, li_na):
    assert selectors.find(li_na, typed) == []


def test_whoever_is_called_exactly_so_comes_first(li_na):
    make.customer(name="王芳华", owner=li_na)
    exact = make.customer(name="王芳", owner=li_na)
    make.customer(name="王芳菲", owner=li_na)

    assert selectors.find(li_na, "王芳")[0] == exact


def test_a_new_name_replaces_the_old_one_in_the_search(wang, li_na):
    actions.rename_customer(wang, name="汪建国", by=li_na)

    assert selectors.find(li_na, "王建国") == []
    assert selectors.find(li_na, "汪") == [wang]


def test_consultants_find_only_their_own(wang, wang_qiang, outsider):
    assert selectors.find(wang_qiang, "13800138000") == []
    assert selectors.find(outsider, "13800138000") == []


def test_masked_digits_cannot_be_guessed_one_by_one(wang, xiao_min):
    assert selectors.find(xiao_min, "8000") == [wang]
    assert selectors.find(xiao_min, "13800138000") == [wang]
    right, wrong = selectors.find(xiao_min, "38000"), selectors.find(xiao_min, "98000")

    assert right == wrong == [wang], "the fifth digit from the end must make no difference"
    assert selectors.find(xiao_min, "1380013") == []


def test_managers_see_numbers_and_may_search_by_any_part(wang, chen):
    assert selectors.find(chen, "1380013") == [wang]
    assert selectors.find(chen, "98000") == []


def test_the_search_goes_through_the_index(store):
    customers = Customer.objects.bulk_create(
        Customer(store=store, name=f"客户{number}", name_key=str(number), created_at=clock.now())
        for number in range(3000)
    )
    SearchKey.objects.bulk_create(
        SearchKey(customer=customer, store=store, key=f"p138{number:08d}")
        for number, customer in enumerate(customers)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    plan = SearchKey.objects.beginning_with(store, ["p13800001234", "t4321"]).explain()

    assert "search_by_prefix" in plan, plan


def test_a_page_of_found_customers_never_asks_per_row(chen, client, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries("/customers/?q=王", lambda: make.lead(customer=make.customer(name="王芳")))


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.SALES_MANAGER])
def test_a_sister_stores_customers_are_not_found(role, wang):
    stranger = make.user(role=role, store=make.store())

    assert selectors.find(stranger, "13800138000") == []
