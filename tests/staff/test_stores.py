"""Several roles, several stores: what counts is the store that one works in now."""

import pytest
import time_machine
from django.utils import timezone

from dealership.staff.models import Membership, User
from dealership.staff.policy import POLICY, allow, may
from dealership.staff.roles import Role
from tests import make


@pytest.fixture
def both(li_na):
    """李娜 is a consultant at home and the sales manager in Yichang."""
    second = make.store(code="yichang", name="东风风神宜昌店")
    Membership.objects.create(user=li_na, store=second, role=Role.SALES_MANAGER)
    return User.objects.get(pk=li_na.pk), second


def test_a_role_counts_in_the_store_one_works_in(both):
    user, second = both
    assert not may(user, "staff.view_people")

    user.active_store = second

    assert may(user, "staff.view_people")
    assert user.roles == {Role.SALES_MANAGER}


def test_the_switch_changes_the_store_of_every_page(both, sign_in):
    user, second = both
    make.customer(name="宜昌客户", store=second)
    browser = sign_in(user)

    browser.post("/store/", {"store": second.pk})

    assert "宜昌客户" in browser.get("/customers/").text


@pytest.mark.parametrize("wanted", ["foreign", "", "0", "x", "9" * 40])
def test_nobody_switches_to_a_foreign_store(wanted, both, sign_in):
    user, _second = both
    foreign = make.store(name="别家店")
    browser = sign_in(user)

    browser.post("/store/", {"store": foreign.pk if wanted == "foreign" else wanted})

    page = browser.get("/roster/").text
    assert "别家店" not in page
    assert "东风风神武汉店" in page


def test_losing_the_role_in_a_store_ends_work_there(both, sign_in):
    user, second = both
    browser = sign_in(user)
    browser.post("/store/", {"store": second.pk})

    Membership.objects.filter(user=user, store=second).delete()

    assert browser.get("/people/").status_code == 403
    assert browser.get("/customers/").status_code == 200


def test_a_group_administrator_works_in_every_store():
    admin = make.user(role=Role.GROUP_ADMIN)
    far = make.store()

    assert far in admin.stores()
    admin.active_store = far
    assert may(admin, "staff.change_people")


def test_times_are_shown_in_the_stores_zone(sign_in):
    far = make.store(timezone="Asia/Urumqi")
    owner = make.user(store=far)
    with time_machine.travel("2026-11-23 02:05Z", tick=False):
        customer = make.customer(owner=owner, store=far)

        page = sign_in(owner).get(f"/customers/{customer.pk}/record/").text

    assert "2026-11-23 08:05" in page
    assert timezone.get_current_timezone_name() == "Asia/Shanghai", (
        "and the next request starts afresh"
    )


def test_the_language_follows_the_person(li_na, sign_in):
    browser = sign_in(li_na)

    browser.post("/language/", {"language": "en"})
    assert '<html lang="en"' in browser.get("/customers/").text

    li_na.refresh_from_db()
    assert li_na.language == "en"


def test_an_unknown_language_changes_nothing(li_na, sign_in):
    browser = sign_in(li_na)

    response = browser.post("/language/", {"language": "xx", "next": "//evil.example/"})

    assert response.headers["Location"] == "/"
    li_na.refresh_from_db()
    assert li_na.language == ""


def test_the_policy_table_knows_no_doubles_and_no_unknowns(li_na):
    with pytest.raises(ValueError, match="twice"):
        allow("staff.use", Role.CLERK, title="again")
    with pytest.raises(KeyError):
        may(li_na, "staff.fly")


def test_every_permission_has_a_title_and_somebody_who_holds_it():
    assert all(str(grant.title) and grant.roles for grant in POLICY.values())


def test_who_a_person_is_costs_one_query(li_na, django_assert_num_queries):
    user = User.objects.get(pk=li_na.pk)

    with django_assert_num_queries(1):
        assert user.active_store
        assert user.roles
        assert not user.is_manager
        assert may(user, "customers.view_customer")


def test_people_sort_by_pinyin():
    for name in ("赵磊", "陈静", "安娜"):
        make.user(name=name)

    assert [user.name for user in User.objects.all()] == ["安娜", "陈静", "赵磊"]
