"""Pages and API of owning customers: rules, pool, hand-over; plain and htmx, zh and en."""

import pytest
import time_machine

from dealership.staff.roles import Role
from leads.actions import hand_over_customers, make_rule, put_into_pool
from leads.models import Assignment, AssignmentRule, HandOver, Lead
from leads.selectors.ownership import policy_of
from tests import make
from tests.leads.ownership import MONDAY, on_duty, unassigned

HTMX = {"HX-Request": "true"}
both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
languages = pytest.mark.parametrize("language", ["zh-hans", "en"])


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss(store):
    return make.user(role=Role.GENERAL_MANAGER, store=store, name="高建军")


def pooled(consultant, **given):
    customer = make.customer(owner=consultant, **given)
    return put_into_pool(make.lead(customer=customer), reason="5天未跟进", by=None)


@languages
def test_the_pool_masks_whom_a_consultant_may_claim(sign_in, li_na, wang_qiang, chen, language):
    pooled(li_na, name="欧阳建国", phone="13971004455")

    theirs = sign_in(wang_qiang, language=language).get("/leads/pool/").text
    managers = sign_in(chen, language=language).get("/leads/pool/").text

    assert "欧阳**" in theirs
    assert "139****4455" in theirs
    assert "欧阳建国" not in theirs
    assert "李娜" not in theirs
    assert "欧阳建国" in managers
    assert "139 7100 4455" in managers
    assert "李娜" in managers


@both
def test_claiming_leads_to_today(sign_in, li_na, wang_qiang, headers):
    lead = pooled(li_na)

    response = sign_in(wang_qiang).post(f"/leads/pool/{lead.pk}/claim/", headers=headers)

    assert (response.headers.get("HX-Redirect") or response.url) == "/today/"
    lead.refresh_from_db()
    assert lead.consultant == wang_qiang


def test_the_previous_owner_sees_when_the_customer_is_free_again(sign_in, li_na):
    lead = pooled(li_na)
    browser = sign_in(li_na, language="en")

    text = browser.get("/leads/pool/").text
    browser.post(f"/leads/pool/{lead.pk}/claim/")

    assert "free for you on 11-30" in text
    assert Lead.objects.get(pk=lead.pk).consultant is None


def test_a_lead_of_another_store_cannot_be_claimed(sign_in, li_na, outsider):
    lead = pooled(li_na)

    assert sign_in(outsider).post(f"/leads/pool/{lead.pk}/claim/").status_code == 404


def test_the_pool_is_narrowed_by_level(sign_in, li_na, chen):
    lead = make.lead(customer=make.customer(owner=li_na, name="郑一凡"), level="H")
    put_into_pool(lead, reason="闲置", by=None)
    pooled(li_na, name="钱多多")

    text = sign_in(chen).get("/leads/pool/?level=H").text

    assert "郑一凡" in text
    assert "钱多多" not in text
    assert "blank" in sign_in(chen).get("/leads/pool/?level=C").text


def test_the_pool_costs_as_much_for_many(client, li_na, wang_qiang, chen, assert_flat_queries):
    for user in (wang_qiang, chen):
        client.force_login(user)
        assert_flat_queries("/leads/pool/", lambda: pooled(li_na))


def test_a_manager_gives_the_chosen_ones(sign_in, li_na, wang_qiang, chen):
    first, second, third = (pooled(li_na) for _number in range(3))

    sign_in(chen).post(
        "/leads/pool/give/", {"leads": [first.pk, second.pk], "consultant": wang_qiang.pk}
    )

    assert set(Lead.objects.filter(consultant=wang_qiang)) == {first, second}
    assert Lead.objects.get(pk=third.pk).pooled_at is not None


def test_giving_none_says_so(sign_in, li_na, wang_qiang, chen):
    pooled(li_na)

    response = sign_in(chen).post("/leads/pool/give/", {"consultant": wang_qiang.pk})

    assert response.status_code == 422


@both
@languages
def test_a_manager_assigns_and_sees_why(sign_in, li_na, wang_qiang, chen, headers, language):
    lead = make.lead(consultant=li_na)
    browser = sign_in(chen, language=language)
    url = f"/leads/{lead.pk}/assign/"

    assert browser.get(url, headers=headers).status_code == 200
    refused = browser.post(url, {"consultant": wang_qiang.pk}, headers=headers)
    assert refused.status_code == 422
    browser.post(url, {"consultant": wang_qiang.pk, "reason": "客户要求"}, headers=headers)

    lead.refresh_from_db()
    assert lead.consultant == wang_qiang
    assert "客户要求" in browser.get(f"/leads/{lead.pk}/owner/", headers=headers).text


def test_by_the_rules_with_one_tap(sign_in, li_na, chen):
    on_duty(li_na)
    off = make.user(name="赵强")
    lead = unassigned()
    browser = sign_in(chen, language="en")

    browser.post(f"/leads/{lead.pk}/assign/", {"by_rules": "1"})

    lead.refresh_from_db()
    assert lead.consultant == li_na
    text = browser.get(f"/leads/{lead.pk}/owner/").text
    assert off.name in text
    assert "not on duty that day" in text


@both
def test_putting_off_and_giving_up(sign_in, li_na, chen, headers):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    browser = sign_in(chen)
    later = {"until": "2026-12-10", "reason": "客户出国"}

    assert browser.get(f"/leads/{lead.pk}/postpone/", headers=headers).status_code == 200
    browser.post(f"/leads/{lead.pk}/postpone/", later, headers=headers)
    assert lead.postponements.get().reason == "客户出国"
    assert browser.post(f"/leads/{lead.pk}/postpone/", later, headers=headers).status_code == 422

    assert browser.get(f"/leads/{lead.pk}/to-pool/", headers=headers).status_code == 200
    browser.post(f"/leads/{lead.pk}/to-pool/", {"reason": "无购车意向"}, headers=headers)
    lead.refresh_from_db()
    assert lead.pool_reason == "无购车意向"


@languages
def test_rules_are_made_ordered_and_tried_out(sign_in, store, li_na, wang_qiang, chen, language):
    on_duty(li_na, wang_qiang)
    browser = sign_in(chen, language=language)
    source = make.source(store=store, code="online", name="网络")
    data = {
        "name": "网络线索", "source": source.pk, "candidates": "named", "people": [wang_qiang.pk],
        "strategy": "rotation", "is_active": "on",
    }  # fmt: skip
    browser.post("/leads/ownership/rules/new/", data)
    browser.post("/leads/ownership/rules/new/", data | {"name": "全部", "source": ""})
    second = AssignmentRule.objects.get(name="全部")

    browser.post(f"/leads/ownership/rules/{second.pk}/move/", {"up": "1"})

    text = browser.get("/leads/ownership/").text
    assert text.index("全部") < text.index("网络线索")
    tried = browser.get(f"/leads/ownership/rules/try/?source={source.pk}").text
    assert "王强" in tried
    assert not Assignment.objects.exists()
    browser.post(f"/leads/ownership/rules/{second.pk}/", data | {"name": "改名"})
    second.refresh_from_db()
    assert second.name == "改名"


def test_a_rule_without_people_is_refused(sign_in, chen):
    data = {"name": "空", "candidates": "named", "strategy": "rotation"}

    assert sign_in(chen).post("/leads/ownership/rules/new/", data).status_code == 422


def test_caps_and_days_are_set(sign_in, store, chen):
    data = {
        "overdue_limit": 3, "holding_cap": 100, "claims_per_day": 2, "cool_down_days": 5,
        "warning_days": 1, "is_recycling": "on",
    }  # fmt: skip
    browser = sign_in(chen)

    browser.post("/leads/ownership/", data)
    refused = browser.post("/leads/ownership/", data | {"overdue_limit": 0})

    assert refused.status_code == 422
    policy = policy_of(store)
    assert (policy.overdue_limit, policy.holding_cap, policy.claims_per_day) == (3, 100, 2)


@both
@languages
def test_a_hand_over_is_shown_done_and_undone(sign_in, li_na, wang_qiang, chen, headers, language):
    lead = make.lead(consultant=li_na, level="H")
    browser = sign_in(chen, language=language)
    url = f"/leads/hand-overs/of/{li_na.pk}/"
    given = {"to": [wang_qiang.pk], "how": "one"}

    assert browser.get(url, headers=headers).status_code == 200
    shown = browser.post(url, given | {"preview": "1"}, headers=headers)
    assert "+1" in shown.text
    assert not HandOver.objects.exists()
    browser.post(url, given, headers=headers)
    lead.refresh_from_db()
    assert lead.consultant == wang_qiang

    found = HandOver.objects.get()
    assert "王强" in browser.get(found.get_absolute_url()).text
    assert "李娜" in browser.get("/leads/hand-overs/").text
    browser.post(f"{found.get_absolute_url()}undo/", headers=headers)
    lead.refresh_from_db()
    assert lead.consultant == li_na


def test_whoever_has_nothing_is_told_so(sign_in, li_na, chen):
    assert "blank" in sign_in(chen).get(f"/leads/hand-overs/of/{li_na.pk}/").text


def test_a_sales_manager_closes_no_account(sign_in, li_na, wang_qiang, chen):
    make.lead(consultant=li_na)
    data = {"to": [wang_qiang.pk], "how": "one", "is_freezing": "on"}

    sign_in(chen).post(f"/leads/hand-overs/of/{li_na.pk}/", data)

    li_na.refresh_from_db()
    assert li_na.is_active


def test_closing_an_account_offers_to_hand_over(sign_in, li_na, wang_qiang, boss):
    make.lead(consultant=li_na)
    browser = sign_in(boss)

    asked = browser.post(f"/people/{li_na.pk}/access/")
    other = browser.post(f"/people/{wang_qiang.pk}/access/")

    li_na.refresh_from_db()
    assert not li_na.is_active, "closed at once, whatever is left"
    assert asked.url == f"/leads/hand-overs/of/{li_na.pk}/"
    assert other.url == "/people/"
    assert f"/leads/hand-overs/of/{li_na.pk}/" in browser.get("/people/").text


def test_a_hand_over_that_closed_the_account_is_undone_by_whoever_may_open_it(
    sign_in, store, li_na, wang_qiang, chen, boss
):
    make.lead(consultant=li_na)
    hand_over = hand_over_customers(li_na, store=store, to=[wang_qiang], is_freezing=True, by=boss)
    url = f"{hand_over.get_absolute_url()}undo/"

    assert sign_in(chen).post(url).status_code == 403
    sign_in(boss).post(url)

    li_na.refresh_from_db()
    assert li_na.is_active


def test_the_journal_costs_as_much_for_many(client, store, wang_qiang, chen, assert_flat_queries):
    client.force_login(chen)

    def leave():
        leaver = make.user(store=store)
        make.customer(owner=leaver)
        hand_over_customers(leaver, store=store, to=[wang_qiang], by=chen)

    assert_flat_queries("/leads/hand-overs/", leave)


def test_the_rules_cost_as_much_for_many(client, store, chen, assert_flat_queries):
    client.force_login(chen)
    people = [make.user(store=store)]

    assert_flat_queries(
        "/leads/ownership/",
        lambda: make_rule(store=store, name="某", candidates="named", people=people, by=chen),
    )


def test_the_api_assigns_claims_and_lists_the_pool(sign_in, li_na, wang_qiang, chen):
    manager, consultant = sign_in(chen), sign_in(wang_qiang)
    lead, other = make.lead(consultant=li_na), make.lead(consultant=li_na)
    json = {"content_type": "application/json"}

    given = manager.post(
        f"/api/v1/leads/{lead.pk}/assign/", {"consultant": wang_qiang.pk, "reason": "分担"}, **json
    )
    assert given.json()["consultant"]["name"] == "王强"
    manager.post(f"/api/v1/leads/{other.pk}/to-pool/", {"reason": "闲置"}, **json)
    (row,) = consultant.get("/api/v1/pool/").json()["results"]
    assert (row["id"], row["pooled_from"], row["name"][1]) == (other.pk, None, "*")
    assert consultant.post(f"/api/v1/leads/{other.pk}/claim/").status_code == 200
    refused = sign_in(make.user()).post(f"/api/v1/leads/{other.pk}/claim/")
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    owner = consultant.get(f"/api/v1/leads/{other.pk}/owner/").json()
    assert [one["how"] for one in owner["decisions"]] == ["claim"]
    later = {"until": "2026-12-01", "reason": "客户出国"}
    assert manager.post(f"/api/v1/leads/{other.pk}/postpone/", later, **json).status_code == 200


def test_the_api_hands_over_and_takes_back(sign_in, li_na, wang_qiang, outsider, chen):
    lead = make.lead(consultant=li_na)
    browser, json = sign_in(chen), {"content_type": "application/json"}
    data = {"leaver": li_na.pk, "to": [wang_qiang.pk], "how": "one"}

    shown = browser.post("/api/v1/hand-overs/preview/", data, **json).json()
    assert (shown["customers"], shown["successors"][0]["would_get"]) == (1, 1)
    foreign = browser.post("/api/v1/hand-overs/", data | {"to": [outsider.pk]}, **json)
    assert foreign.status_code == 404
    closing = browser.post("/api/v1/hand-overs/", data | {"is_freezing": True}, **json)
    assert closing.status_code == 403
    done = browser.post("/api/v1/hand-overs/", data, **json)
    assert done.status_code == 201
    assert done.json()["receipts"][0]["customers"] == 1
    number = done.json()["id"]
    assert browser.get("/api/v1/hand-overs/").json()["results"][0]["id"] == number
    assert browser.post(f"/api/v1/hand-overs/{number}/undo/").status_code == 200
    lead.refresh_from_db()
    assert lead.consultant == li_na
