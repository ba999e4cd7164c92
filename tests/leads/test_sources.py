"""SOP-2.1: one first source out of a managed list, reported from lead to delivery."""

from datetime import date, timedelta

import pytest

from dealership import clock
from dealership.errors import RuleViolation
from dealership.staff.roles import Role
from leads import actions
from leads.actions.sources import add_source, change_source, retire_source, revive_source
from leads.forms.capture import LeadForm
from leads.models import Lead, Source
from leads.selectors.sources import Period, period_of, source_report
from tests import make

pytestmark = pytest.mark.sop("2.1")


@pytest.fixture
def online(store):
    return add_source(store, name="网络")


def today(store) -> date:
    return clock.day_of(clock.now(), store.tz)


def test_a_code_is_made_from_the_name_and_never_twice(store):
    first, second = add_source(store, name="懂车帝"), None
    retire_source(first)

    second = add_source(store, name="懂车帝")

    assert (first.code, second.code) == ("dongchedi", "dongchedi-2")


def test_there_are_two_levels(store, online):
    part = add_source(store, name="懂车帝", group=online)

    with pytest.raises(RuleViolation) as refusal:
        add_source(store, name="懂车帝直播", group=part)

    assert refusal.value.field == "group"


def test_a_group_with_parts_does_not_become_a_part(store, online):
    add_source(store, name="懂车帝", group=online)
    other = add_source(store, name="活动")

    with pytest.raises(RuleViolation, match="网络"):
        change_source(online, name="网络", group=other)


def test_a_name_is_used_once_in_its_group(store, online):
    add_source(store, name="懂车帝", group=online)

    with pytest.raises(RuleViolation) as refusal:
        add_source(store, name=" 懂车帝 ", group=online)

    assert (refusal.value.code, refusal.value.field) == ("known", "name")


def test_a_foreign_group_is_refused(store):
    far = add_source(make.store(), name="网络")

    with pytest.raises(RuleViolation):
        add_source(store, name="懂车帝", group=far)


def test_a_retired_source_stays_on_old_leads_and_is_offered_no_more(store, online, li_na):
    part = add_source(store, name="懂车帝", group=online)
    lead = make.lead(consultant=li_na, source=part)

    retire_source(part)

    lead.refresh_from_db()
    assert lead.source == part
    assert part not in Source.objects.offered(store)
    assert online in Source.objects.offered(store)  # alone again, it can be chosen itself


def test_a_group_goes_after_its_parts_and_comes_back_before_them(store, online):
    part = add_source(store, name="懂车帝", group=online)
    with pytest.raises(RuleViolation) as refusal:
        retire_source(online)
    assert refusal.value.code == "has_parts"
    retire_source(part)
    retire_source(online)

    with pytest.raises(RuleViolation) as refusal:
        revive_source(part)

    assert refusal.value.code == "group_retired"
    assert revive_source(online).is_active
    assert revive_source(part).is_active


def test_neighbours_change_places(store):
    names = ["甲", "乙", "丙"]
    made = [add_source(store, name=name) for name in names]

    actions.shift_source(made[2], is_earlier=True)

    rows = Source.objects.filter(store=store, name__in=names).order_by("order", "pk")
    assert [row.name for row in rows] == ["甲", "丙", "乙"]


def test_forms_offer_sources_under_their_groups(store, online, li_na):
    part = add_source(store, name="懂车帝", group=online)

    html = str(LeadForm(user=li_na)["source"])

    assert html.index("网络") < html.index("懂车帝")
    assert f'value="{part.pk}"' in html
    assert f'value="{online.pk}"' not in html  # a group with parts is a head, not a choice


def test_the_report_adds_parts_to_their_group_and_opens_its_rows(store, online, li_na, sign_in):
    part = add_source(store, name="懂车帝", group=online)
    make.lead(consultant=li_na, source=part)
    visited = make.lead(consultant=li_na, source=part)
    actions.reach(visited, Lead.Stage.VISITED)
    ordered = make.lead(consultant=li_na, source=online)
    actions.reach(ordered, Lead.Stage.ORDERED)
    actions.move_on(ordered, to=Lead.Status.ORDERED, by=li_na)
    period = Period(today(store), today(store))

    found = source_report(store, period)

    group = next(group for group in found["groups"] if group.total.name == "网络")
    figures = {name: figure.value for name, figure in group.total.figures.items()}
    assert figures["leads"] == 3
    assert (figures["spoken"], figures["visited"], figures["ordered"]) == (2, 2, 1)
    assert group.total.conversion == 33
    assert [line.figures["leads"].value for line in group.parts] == [2]
    manager = sign_in(make.user(role=Role.SALES_MANAGER, store=store))
    rows = manager.get(group.total.figures["visited"].url)
    assert rows.status_code == 200
    assert visited.customer.name in rows.text
    assert ordered.customer.name in rows.text


def test_the_report_counts_the_period_only(store, li_na):
    make.lead(consultant=li_na, at=clock.now() - timedelta(days=40))
    last_week = Period(today(store) - timedelta(days=7), today(store))

    assert source_report(store, last_week)["groups"] == []


def test_a_period_that_makes_no_sense_is_this_month(store):
    asked = period_of({"from": "2026-02-31", "to": "gestern"}, date(2026, 11, 26))

    assert asked == Period(date(2026, 11, 1), date(2026, 11, 26))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_managers_keep_the_list(chen, store, sign_in, language):
    browser = sign_in(chen, language=language)
    browser.post("/leads/sources/new/", {"name": "抖音"})
    source = Source.objects.get(store=store, name="抖音")

    browser.post(f"/leads/sources/{source.pk}/", {"name": "抖音直播"})
    browser.post(f"/leads/sources/{source.pk}/shift/", {"earlier": "1"})
    browser.post(f"/leads/sources/{source.pk}/retire/")

    page = browser.get("/leads/sources/")
    assert "抖音直播" in page.text
    source.refresh_from_db()
    assert not source.is_active
    assert browser.get("/leads/sources/report/").status_code == 200


def test_a_refused_name_comes_back_with_the_form(chen, sign_in, store):
    add_source(store, name="抖音")

    answer = sign_in(chen).post("/leads/sources/new/", {"name": "抖音"})

    assert answer.status_code == 422
    assert 'value="抖音"' in answer.text


def test_consultants_do_not_keep_the_list(li_na, sign_in):
    assert sign_in(li_na).get("/leads/sources/").status_code == 403
    assert sign_in(li_na).get("/leads/sources/report/").status_code == 403


def test_the_api_adds_and_retires(chen, sign_in, store):
    browser = sign_in(chen)

    made = browser.post("/api/v1/sources/", {"name": "快手"}, content_type="application/json")
    answer = browser.post(f"/api/v1/sources/{made.json()['id']}/retire/")

    assert made.status_code == 201
    assert answer.json()["is_active"] is False


def test_the_list_never_asks_per_row(chen, client, store, online, assert_flat_queries):
    client.force_login(chen)
    names = iter("甲乙丙丁戊己庚辛")

    assert_flat_queries("/leads/sources/", lambda: add_source(store, name=next(names)))


def test_the_report_never_asks_per_row(chen, client, store, li_na, assert_flat_queries):
    client.force_login(chen)
    names = iter("甲乙丙丁戊己庚辛")

    def row():
        make.lead(consultant=li_na, source=add_source(store, name=next(names)))

    assert_flat_queries("/leads/sources/report/", row)
