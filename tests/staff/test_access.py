"""A person who leaves is out at once, everywhere."""

import pytest

from dealership.errors import RuleViolation
from dealership.staff.actions import freeze, thaw
from dealership.staff.models import Membership, User
from dealership.staff.policy import may
from dealership.staff.roles import Role
from tests import make


@pytest.fixture
def boss():
    return make.user(role=Role.GENERAL_MANAGER, name="刘建平")


def test_closing_access_ends_every_session(sign_in, li_na, boss):
    phone, desk = sign_in(li_na), sign_in(li_na)
    assert phone.get("/customers/").status_code == 200

    freeze(li_na, by=boss)

    assert phone.get("/customers/").status_code == 302
    assert desk.get("/customers/").status_code == 302


def test_opening_access_again_revives_no_old_session(sign_in, li_na, boss):
    browser = sign_in(li_na)
    freeze(li_na, by=boss)

    thaw(li_na, by=boss)

    assert browser.get("/customers/").status_code == 302
    assert sign_in(User.objects.get(pk=li_na.pk)).get("/customers/").status_code == 200


def test_closing_one_persons_access_leaves_the_colleagues_alone(sign_in, li_na, wang_qiang, boss):
    browser = sign_in(wang_qiang)

    freeze(li_na, by=boss)

    assert browser.get("/customers/").status_code == 200


def test_whoever_is_frozen_may_do_nothing(li_na, boss):
    freeze(li_na, by=boss)

    assert not may(li_na, "customers.view_customer")
    assert li_na not in User.objects.in_store(make.home())


def test_nobody_closes_their_own_access(boss):
    with pytest.raises(RuleViolation):
        freeze(boss, by=boss)


def test_only_a_group_administrator_closes_a_group_administrator(boss):
    admin, other = make.user(role=Role.GROUP_ADMIN), make.user(role=Role.GROUP_ADMIN)

    with pytest.raises(RuleViolation):
        freeze(admin, by=boss)
    freeze(admin, by=other)
    with pytest.raises(RuleViolation):
        thaw(admin, by=boss)


def test_the_page_closes_and_opens(sign_in, li_na, boss):
    Membership.objects.create(user=li_na, store=make.home(), role=Role.RECEPTIONIST)
    browser, url = sign_in(boss), f"/people/{li_na.pk}/access/"

    browser.post(url)
    li_na.refresh_from_db()
    assert not li_na.is_active
    assert li_na.name in browser.get("/people/").text, "a closed account stays on the page"

    browser.post(url, {"open": "1"})
    li_na.refresh_from_db()
    assert li_na.is_active


def test_people_of_another_store_do_not_exist(sign_in, boss, outsider):
    assert sign_in(boss).post(f"/people/{outsider.pk}/access/").status_code == 404
    assert outsider.name not in sign_in(boss).get("/people/").text


def test_sales_managers_see_people_but_do_not_close_access(sign_in, chen, li_na):
    assert sign_in(chen).get("/people/").status_code == 200
    assert sign_in(chen).post(f"/people/{li_na.pk}/access/").status_code == 403


def test_the_list_of_people_never_asks_per_row(client, boss, assert_flat_queries):
    client.force_login(boss)

    assert_flat_queries("/people/", make.user)
