"""The administration holds reference data; the access log can only be read."""

import pytest
from django.contrib import admin

from dealership.customers.actions import reveal_phone
from dealership.privacy.models import Access
from dealership.staff.models import Membership, User
from dealership.staff.roles import Role
from tests import make

DAILY_WORK = {"customers", "showroom", "deals", "delivery"}


@pytest.fixture
def administrator(sign_in):
    return sign_in(User.objects.create_superuser("root", make.PASSWORD, name="管理员"))


def test_an_administrator_adds_a_person_with_a_role(administrator):
    new = {"username": "new", "name": "新人"}
    new |= {"password1": make.PASSWORD, "password2": make.PASSWORD}
    new |= {
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0",
        "memberships-0-store": str(make.home().pk), "memberships-0-role": Role.CLERK,
    }  # fmt: skip

    response = administrator.post("/admin/staff/user/add/", new)

    assert response.status_code == 302, response.text
    person = User.objects.get(username="new")
    assert person.name_key.startswith("xinren")
    assert person.check_password(make.PASSWORD)


def test_the_role_of_a_person_is_changed_on_their_page(administrator, li_na):
    page = administrator.get(f"/admin/staff/user/{li_na.pk}/change/")

    assert page.status_code == 200
    assert Membership.objects.get(user=li_na).role in page.text


@pytest.mark.parametrize(
    "path",
    [
        "staff/store/",
        "staff/user/",
        "vehicles/series/",
        "leads/source/",
        "leads/intentlevel/",
        "privacy/access/",
    ],
)
def test_reference_data_have_their_lists(path, administrator):
    make.trim()
    make.home()

    assert administrator.get(f"/admin/{path}").status_code == 200
    if path != "privacy/access/":
        assert administrator.get(f"/admin/{path}add/").status_code == 200


def test_the_access_log_cannot_be_changed(administrator, xiao_min):
    reveal_phone(make.customer(), reason="回电", by=xiao_min)
    look = Access.objects.get()

    assert administrator.get(f"/admin/privacy/access/{look.pk}/change/").status_code == 200
    assert administrator.post(f"/admin/privacy/access/{look.pk}/delete/").status_code == 403
    assert administrator.get("/admin/privacy/access/add/").status_code == 403


def test_daily_work_is_not_done_in_the_administration():
    registered = {model._meta.app_label for model in admin.site._registry}

    assert registered & DAILY_WORK == set()
