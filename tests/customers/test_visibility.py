"""Private by default: who sees which customer, and whose number in full."""

import pytest

from dealership.customers.actions import attend
from dealership.customers.models import Customer
from dealership.staff.policy import may
from dealership.staff.roles import Role
from tests import make

WHOLE_STORE = set(Role) - {Role.CONSULTANT, Role.DRIVE_SPECIALIST}


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_a_colleagues_customer(role, li_na):
    customer = make.customer(owner=li_na)
    user = make.user(role=role)

    assert (customer in Customer.objects.visible_to(user)) == (role in WHOLE_STORE)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_sees_another_stores_customers(role):
    make.customer(store=make.store())

    assert not Customer.objects.visible_to(make.user(role=role)).exists()


def test_a_consultant_sees_their_own_and_whom_they_attend(li_na, wang_qiang):
    customer = make.customer(owner=li_na)
    assert customer in Customer.objects.visible_to(li_na)
    assert customer not in Customer.objects.visible_to(wang_qiang)

    attend(customer, wang_qiang)

    assert customer in Customer.objects.visible_to(wang_qiang)


def test_whoever_works_in_no_store_sees_nobody():
    make.customer()
    user = make.user()
    user.memberships.all().delete()
    user = type(user).objects.get(pk=user.pk)

    assert not Customer.objects.visible_to(user).exists()


def test_a_role_counts_only_in_its_own_store(li_na):
    other = make.store()
    customer = make.customer(store=other)
    manager_at_home = make.user(role=Role.SALES_MANAGER)

    assert not may(manager_at_home, "customers.change_customer", customer)
    assert not may(manager_at_home, "customers.see_phone", customer)


def test_the_number_is_whole_for_those_who_call(li_na, wang_qiang, chen, xiao_min):
    customer = make.customer(owner=li_na)

    assert may(li_na, "customers.see_phone", customer)
    assert may(chen, "customers.see_phone", customer)
    assert not may(xiao_min, "customers.see_phone", customer)
    assert not may(wang_qiang, "customers.see_phone", customer)

    attend(customer, wang_qiang)
    assert may(wang_qiang, "customers.see_phone", customer)


@pytest.mark.parametrize(
    "path",
    [
        "/customers/",
        "/customers/?q=8000",
        "/customers/search/?q=8000",
        "/customers/{pk}/",
        "/customers/{pk}/record/",
        "/leads/",
    ],
)
def test_no_page_shows_a_receptionist_the_whole_number(path, sign_in, xiao_min, li_na):
    customer = make.customer(phone="13800138000", owner=li_na)
    make.lead(customer=customer)

    answer = sign_in(xiao_min).get(path.format(pk=customer.pk)).text

    assert "138****8000" in answer
    assert "13800138000" not in answer
    assert "138 0013 8000" not in answer


@pytest.mark.parametrize(
    "path", ["", "timeline/", "record/", "edit/", "phones/", "refuse/", "allow/"]
)
@pytest.mark.parametrize("whose", ["colleague", "store"])
def test_a_foreign_customer_does_not_exist(path, whose, sign_in, li_na, wang_qiang, outsider):
    owner = wang_qiang if whose == "colleague" else outsider
    customer = make.customer(owner=owner)

    assert sign_in(li_na).get(f"/customers/{customer.pk}/{path}").status_code == 404
