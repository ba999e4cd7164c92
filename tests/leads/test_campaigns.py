"""SOP-2.9: what campaigns bring, and what that costs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dealership import clock
from dealership.customers.models import Event
from dealership.errors import RuleViolation
from leads import actions
from leads.actions.campaigns import add_cost, call_off_campaign, change_campaign, settle_sign_up
from leads.models import Campaign, Lead, SignUp, Way
from leads.selectors.campaigns import campaign_figures
from tests import make

pytestmark = pytest.mark.sop("2.9")

PLAN = {
    "name": "广州车展", "channel": "auto_show", "starts_on": "2026-12-01", "ends_on": "2026-12-05",
    "budget_amount": "50000", "is_form_open": "on",
}  # fmt: skip


def sign_up(campaign, **given) -> SignUp:
    wanted = {"phone": make.a_phone(), "name": "孙莉", "by": None} | given
    return actions.sign_up(campaign, **wanted)


def test_a_sign_up_is_a_lead_of_the_campaign(store):
    campaign = make.campaign(store=store)

    made = sign_up(campaign, party_size=3)

    assert made.lead.campaign == campaign
    assert (made.lead.source, made.lead.way) == (campaign.source, Way.EVENT)
    event = Event.objects.get(customer=made.customer, kind="campaign.answered")
    assert "秋季车展" in event.text


def test_advertising_brings_leads_online(store):
    made = sign_up(make.campaign(store=store, channel=Campaign.Channel.SOCIAL))

    assert made.lead.way == Way.ONLINE


def test_the_same_number_twice_is_one_lead_and_one_sign_up(store):
    campaign = make.campaign(store=store)
    first = sign_up(campaign, phone="13871234567")

    again = sign_up(campaign, phone="+86 138-7123-4567", party_size=4)

    assert again.pk == first.pk
    assert again.party_size == 4
    assert (Lead.objects.count(), SignUp.objects.count()) == (1, 1)


def test_who_was_a_lead_before_keeps_the_first_source(store, li_na):
    lead = make.lead(consultant=li_na, source=make.source(store=store, code="expo", name="网络"))
    campaign = make.campaign(store=store)

    made = sign_up(campaign, phone=lead.customer.primary_phone)

    assert made.lead == lead
    assert made.lead.campaign is None
    figures = {one.name: one.figure.value for one in campaign_figures(campaign)["measured"]}
    assert figures["leads"] == 0


def test_places_run_out(store):
    campaign = make.campaign(store=store, capacity=3)
    first = sign_up(campaign, party_size=2)
    with pytest.raises(RuleViolation) as refusal:
        sign_up(campaign, party_size=2)
    assert (refusal.value.code, refusal.value.field) == ("full", "party_size")

    sign_up(campaign, phone=first.customer.primary_phone, party_size=3)  # their own places count

    assert SignUp.objects.get().party_size == 3
    assert Lead.objects.count() == 1  # who found no place is not half registered either


def test_what_came_is_counted_and_costs_something_each(store, li_na):
    campaign = make.campaign(store=store)
    add_cost(campaign, what="展位费", amount=Decimal(9000), on=date(2026, 11, 1), by=None)
    add_cost(campaign, what="礼品", amount=Decimal(1000), on=date(2026, 11, 2), by=None)
    leads = [sign_up(campaign).lead for _number in range(4)]
    actions.reach(leads[0], Lead.Stage.DRIVEN)
    actions.reach(leads[1], Lead.Stage.VISITED)
    actions.reach(leads[2], Lead.Stage.ORDERED)
    actions.move_on(leads[2], to=Lead.Status.ORDERED, by=None)

    found = campaign_figures(campaign)

    values = {one.name: (one.figure.value, one.cost) for one in found["measured"]}
    assert found["paid"] == 10_000
    assert values["leads"] == (4, 2500)
    assert values["visited"] == (3, 3333)
    assert values["driven"] == (2, 5000)
    assert values["ordered"] == (1, 10_000)
    assert values["delivered"] == (0, None)


def test_each_figure_opens_its_rows(store, chen, sign_in):
    campaign = make.campaign(store=store)
    visited, other = sign_up(campaign, name="钱来了"), sign_up(campaign, name="赵未到")
    actions.reach(visited.lead, Lead.Stage.VISITED)
    measured = {one.name: one.figure for one in campaign_figures(campaign)["measured"]}

    page = sign_in(chen).get(measured["visited"].url)

    assert "钱来了" in page.text
    assert other.customer.name not in page.text


def test_the_end_is_not_before_the_beginning(store):
    with pytest.raises(RuleViolation) as refusal:
        make.campaign(store=store, starts_on=date(2026, 12, 5), ends_on=date(2026, 12, 1))

    assert refusal.value.field == "ends_on"


def test_a_foreign_source_is_refused(store):
    with pytest.raises(RuleViolation) as refusal:
        change_campaign(make.campaign(store=store), source=make.source(store=make.store()))

    assert refusal.value.field == "source"


def test_what_was_called_off_takes_nobody_and_changes_no_more(store):
    campaign = call_off_campaign(make.campaign(store=store), by=None)

    with pytest.raises(RuleViolation):
        sign_up(campaign)
    with pytest.raises(RuleViolation):
        change_campaign(campaign, name="别的")


def test_came_is_one_tap_and_can_be_taken_back(store, li_na, sign_in):
    campaign = make.campaign(store=store)
    made = sign_up(campaign, by=li_na)
    browser, url = sign_in(li_na), f"/leads/campaigns/sign-ups/{made.pk}/"

    browser.post(url, {"state": "came"})
    made.refresh_from_db()
    assert made.state == SignUp.State.CAME
    assert Event.objects.filter(customer=made.customer, kind="campaign.came").exists()

    browser.post(url, {"state": "registered"})
    made.refresh_from_db()
    assert (made.state, made.settled_at) == (SignUp.State.REGISTERED, None)


def test_settling_twice_writes_one_event(store):
    made = sign_up(make.campaign(store=store))

    for _time in range(2):
        settle_sign_up(made, state="came", by=None)

    assert Event.objects.filter(kind="campaign.came").count() == 1


def test_a_consultant_who_signs_somebody_up_looks_after_them(store, li_na):
    made = sign_up(make.campaign(store=store), by=li_na)

    assert made.lead.consultant == li_na


def test_consultants_see_the_sign_ups_of_their_own_customers(store, li_na, wang_qiang, sign_in):
    campaign = make.campaign(store=store)
    sign_up(campaign, name="钱来了", by=li_na)

    assert "钱来了" in sign_in(li_na).get(campaign.get_absolute_url()).text
    assert "钱来了" not in sign_in(wang_qiang).get(campaign.get_absolute_url()).text


def test_what_campaigns_cost_is_not_everybodys_business(store, li_na, chen, sign_in):
    campaign = make.campaign(store=store)
    make.cost(campaign, what="展位费")

    assert "展位费" in sign_in(chen).get(campaign.get_absolute_url()).text
    assert "展位费" not in sign_in(li_na).get(campaign.get_absolute_url()).text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_manager_plans_changes_pays_and_calls_off(chen, store, sign_in, language):
    browser = sign_in(chen, language=language)
    browser.post("/leads/campaigns/new/", PLAN | {"source": make.source(store=store).pk})
    campaign = Campaign.objects.get()
    url = campaign.get_absolute_url()

    browser.post(
        f"{url}edit/",
        PLAN | {"source": campaign.source_id, "name": "广州国际车展", "capacity": "200"},
    )
    browser.post(f"{url}costs/", {"what": "展位费", "amount": "8000", "on": "2026-12-01"})

    shown = browser.get(url).text
    assert "广州国际车展" in shown
    assert "展位费" in shown
    campaign.refresh_from_db()
    assert campaign.capacity == 200
    browser.post(f"/leads/campaigns/costs/{campaign.costs.get().pk}/drop/")
    browser.post(f"{url}call-off/")
    campaign.refresh_from_db()
    assert campaign.cancelled_at is not None
    assert not campaign.costs.exists()
    assert "广州国际车展" in browser.get("/leads/campaigns/?state=over").text


def test_a_wrong_plan_comes_back_as_it_was_typed(chen, store, sign_in):
    typed = PLAN | {"source": make.source(store=store).pk, "ends_on": "2026-11-01"}

    answer = sign_in(chen).post("/leads/campaigns/new/", typed)

    assert answer.status_code == 422
    assert 'value="广州车展"' in answer.text


def test_the_tabs_part_running_planned_and_over(chen, store, sign_in):
    today = clock.day_of(clock.now(), store.tz)
    make.campaign(store=store, name="正在进行")
    make.campaign(
        store=store, name="下个月", starts_on=today + timedelta(days=30),
        ends_on=today + timedelta(days=31),
    )  # fmt: skip
    make.campaign(
        store=store, name="上个月", starts_on=today - timedelta(days=31),
        ends_on=today - timedelta(days=30),
    )  # fmt: skip
    browser = sign_in(chen)

    shown = {
        state: [name for name in ("正在进行", "下个月", "上个月") if name in
                browser.get(f"/leads/campaigns/?state={state}").text]
        for state in ("running", "planned", "over", "nonsense")
    }  # fmt: skip

    assert shown == {
        "running": ["正在进行"], "planned": ["下个月"], "over": ["上个月"],
        "nonsense": ["正在进行"],
    }  # fmt: skip


def test_the_code_can_be_scanned_and_printed(chen, store, sign_in):
    campaign, browser = make.campaign(store=store), sign_in(chen)

    drawn = browser.get(f"{campaign.get_absolute_url()}qr/")
    printed = browser.get(f"{campaign.get_absolute_url()}qr/?format=png")
    poster = browser.get(f"{campaign.get_absolute_url()}poster/")

    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    assert printed.content.startswith(b"\x89PNG")
    assert f"http://testserver/f/{campaign.form_key}/" in poster.text


def test_the_list_never_asks_per_row(chen, client, store, assert_flat_queries):
    client.force_login(chen)

    def row():
        campaign = make.campaign(store=store)
        make.cost(campaign)
        sign_up(campaign)

    assert_flat_queries("/leads/campaigns/", row)


def test_the_page_never_asks_per_sign_up(chen, client, store, assert_flat_queries):
    client.force_login(chen)
    campaign = make.campaign(store=store)

    assert_flat_queries(campaign.get_absolute_url(), lambda: sign_up(campaign))


def test_pages_go_on_where_they_ended(chen, store, sign_in):
    for number in range(35):
        make.campaign(store=store, name=f"第{number:02}场")
    browser = sign_in(chen)

    first = browser.get("/leads/campaigns/")
    after = first.context["more"]
    second = browser.get(f"/leads/campaigns/?state=running&after={after}")

    names = [row["campaign"].name for row in (*first.context["rows"], *second.context["rows"])]
    assert len(names) == len(set(names)) == 35


def test_the_api_plans_and_signs_up(chen, store, sign_in):
    browser = sign_in(chen)
    plan = {
        "name": "广州车展", "channel": "auto_show", "source": make.source(store=store).pk,
        "starts_on": "2026-12-01", "ends_on": "2026-12-05", "budget_amount": 50000,
    }  # fmt: skip
    made = browser.post("/api/v1/campaigns/", plan, content_type="application/json")
    url = f"/api/v1/campaigns/{made.json()['id']}/"
    answer = browser.post(
        f"{url}sign-ups/", {"phone": "13871234567"}, content_type="application/json"
    )
    settled = browser.post(
        f"/api/v1/sign-ups/{answer.json()['id']}/settle/", {"state": "came"},
        content_type="application/json",
    )  # fmt: skip

    assert (made.status_code, answer.status_code) == (201, 201)
    assert settled.json()["state"] == "came"
    assert browser.get(f"{url}figures/").json()["leads"] == 1
