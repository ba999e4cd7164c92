"""SOP-2.2: a store's own days for its intent levels, and what a change of level asks for."""

from typing import Any

import pytest
from django.test import Client

from dealership.errors import RuleViolation
from dealership.staff.models import User
from leads.actions import change_level, record_contact, review_lead, set_level
from leads.models import IntentLevel, Lead
from tests import make
from tests.fixtures import SignIn

DAYS = ("horizon_days", "interval_days", "cap_days", "recycle_days")


def level(code: str = "H") -> IntentLevel:
    return make.levels()[code]


def changed(code: str = "H", **given: Any) -> IntentLevel:
    row = level(code)
    values = {name: getattr(row, name) for name in ("name", "is_active", *DAYS)}
    return set_level(row, by=None, **(values | given))


@pytest.mark.sop("2.2")
def test_a_store_sets_its_own_days_and_the_next_contact_follows_them(li_na: User):
    lead = make.lead(consultant=li_na, level="H")

    changed(interval_days=3, cap_days=5)
    contact = record_contact(lead, way="call", outcome="reached", by=li_na)

    assert (contact.next_contact_on - contact.at.date()).days in (3, 4)  # the store's day
    assert level().cap_days == 5


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"interval_days": 9, "cap_days": 7}, "interval_days"),
        ({"recycle_days": 2, "interval_days": 2}, "recycle_days"),
        ({"horizon_days": None}, "horizon_days"),
        ({"horizon_days": 15}, "horizon_days"),
        ({"name": "  "}, "name"),
    ],
)
def test_days_that_contradict_each_other_are_refused(given: dict[str, Any], field: str):
    make.levels()

    with pytest.raises(RuleViolation) as refusal:
        changed(**given)

    assert refusal.value.field == field


def test_a_level_that_the_software_sets_stays_in_use():
    with pytest.raises(RuleViolation):
        changed("O", is_active=False)
    assert not changed("C", is_active=False).is_active


@pytest.mark.sop("2.2")
def test_whoever_falls_falls_for_a_reason(li_na: User):
    lead = make.lead(consultant=li_na, level="H")

    with pytest.raises(RuleViolation) as refusal:
        review_lead(lead, level=level("B"), by=li_na)
    lead = review_lead(lead, level=level("B"), reason="家里还没定", by=li_na)

    assert refusal.value.field == "reason"
    assert lead.level_changes.first().reason == "家里还没定"


@pytest.mark.parametrize(("old", "new"), [("C", "H"), ("N", "C"), ("H", "O")])
def test_a_rise_a_first_judgement_and_an_order_need_none(li_na: User, old: str, new: str):
    lead = make.lead(consultant=li_na, level=old)

    assert change_level(lead, level=level(new), by=li_na).level.code == new


def test_the_settings_are_the_managers(chen: User, li_na: User, sign_in: SignIn):
    row = level()
    url = f"/leads/levels/{row.pk}/"

    assert sign_in(li_na).get("/leads/levels/").status_code == 403
    assert sign_in(li_na).post(url).status_code == 403
    assert row.name in sign_in(chen).get("/leads/levels/").text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_manager_changes_a_level(chen: User, sign_in: SignIn, headers: dict[str, str]):
    row = level()
    data = {"name": "一周内购车", "horizon_days": 7, "interval_days": 1, "cap_days": 5,
            "recycle_days": 4, "is_active": "on"}  # fmt: skip

    answer = sign_in(chen).post(f"/leads/levels/{row.pk}/", data, headers=headers)

    row.refresh_from_db()
    assert answer.status_code == (204 if headers else 302)
    assert (row.name, row.interval_days, row.cap_days, row.code) == ("一周内购车", 1, 5, "H")


def test_a_refusal_stands_beside_its_field(chen: User, sign_in: SignIn):
    row = level()
    data = {"name": "H", "horizon_days": 7, "interval_days": 6, "cap_days": 5, "is_active": "on"}

    answer = sign_in(chen, language="en").post(f"/leads/levels/{row.pk}/", data)

    assert answer.status_code == 422
    assert "at most 5 days" in answer.text


def test_another_stores_levels_do_not_exist(chen: User, sign_in: SignIn):
    row = make.levels(make.store())["H"]

    assert sign_in(chen).get(f"/leads/levels/{row.pk}/").status_code == 404


def test_the_sheet_asks_why_when_the_level_falls(li_na: User, sign_in: SignIn):
    lead = make.lead(consultant=li_na, level="H")

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/level/", {"level": level("C").pk})

    assert answer.status_code == 422
    assert Lead.objects.get(pk=lead.pk).level.code == "H"


def test_the_level_list_costs_the_same_whatever_it_holds(
    client: Client, chen: User, assert_flat_queries
):
    client.force_login(chen)
    codes = iter("KLMPQRTU")

    assert_flat_queries(
        "/leads/levels/",
        lambda: IntentLevel.objects.create(store=make.home(), code=next(codes), name="自定"),
    )
