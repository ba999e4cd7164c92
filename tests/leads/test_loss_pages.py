"""Giving a lead up, deciding, and seeing why: pages and API."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.staff.roles import Role
from leads import actions
from leads.models import Contact, Lead, LossApplication, LossReason, LossRecall
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reasons(store):
    return actions.set_up_loss_reasons(store)


@pytest.fixture
def lead(li_na):
    return make.lead(consultant=li_na, level="B")


def apply(lead, reason, **given):
    given = {"feedback": "预算不够"} | given
    return actions.apply_for_loss(lead, reason=reason, by=lead.consultant, **given)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_consultant_asks_to_give_a_lead_up(sign_in, lead, reasons, headers, language):
    browser = sign_in(lead.consultant, language=language)
    url = f"/leads/{lead.pk}/loss/"

    shown = browser.get(url)
    assert "已购竞品" in shown.text
    assert ("战败" in shown.text) is (language == "zh-hans")
    browser.post(
        url,
        {"kind": "lost", "reason": reasons["rival-bought"].pk, "rival": "吉利",
         "rival_series": "星愿", "feedback": "朋友推荐的"},
        headers=headers,
    )  # fmt: skip

    application = LossApplication.objects.get()
    assert (application.rival_name, application.applied_by) == ("吉利 星愿", lead.consultant)


def test_a_form_sent_twice_asks_once(sign_in, lead, reasons):
    browser = sign_in(lead.consultant)
    data = {"kind": "lost", "reason": reasons["budget"].pk, "feedback": "太贵", "once": "k1"}

    for _click in range(2):
        assert browser.post(f"/leads/{lead.pk}/loss/", data).status_code == 302

    assert LossApplication.objects.count() == 1


def test_what_is_missing_stands_at_its_field(sign_in, lead, reasons):
    data = {"kind": "lost", "reason": reasons["rival-bought"].pk, "feedback": "买了别的"}

    answer = sign_in(lead.consultant, language="en").post(f"/leads/{lead.pk}/loss/", data)

    assert answer.status_code == 422
    assert "Which brand did the customer buy?" in answer.text
    assert not LossApplication.objects.exists()


def test_a_second_application_shows_the_first_and_how_to_take_it_back(sign_in, lead, reasons):
    application = apply(lead, reasons["budget"])
    browser = sign_in(lead.consultant)

    assert (
        f"/leads/losses/{application.pk}/withdraw/" in browser.get(f"/leads/{lead.pk}/loss/").text
    )
    browser.post(f"/leads/losses/{application.pk}/withdraw/")

    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_a_colleague_cannot_give_up_or_take_back(sign_in, lead, reasons, wang_qiang):
    application = apply(lead, reasons["budget"])
    browser = sign_in(wang_qiang)

    assert browser.get(f"/leads/{lead.pk}/loss/").status_code == 404
    assert browser.post(f"/leads/losses/{application.pk}/withdraw/").status_code == 404


def test_the_buttons_stand_where_they_are_needed(sign_in, lead, reasons, chen):
    browser = sign_in(lead.consultant)
    panel = f"/leads/panels/{lead.customer_id}/"

    assert f"/leads/{lead.pk}/loss/" in browser.get(panel).text
    assert f"/leads/{lead.pk}/loss/" in browser.get(f"/leads/{lead.pk}/contacts/new/").text
    actions.decide_loss(apply(lead, reasons["budget"]), approved=True, by=chen)
    assert f"/leads/{lead.pk}/reactivate/" in browser.get(panel).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_manager_decides_in_one_tap_on_the_facts(sign_in, lead, reasons, chen, headers):
    actions.record_contact(
        lead, way="call", outcome="reached", feedback="在看比亚迪", by=lead.consultant
    )
    actions.record_contact(lead, way="call", outcome="no_answer", by=lead.consultant)
    application = apply(lead, reasons["budget"])
    browser = sign_in(chen, language="en")

    shown = browser.get("/leads/losses/", headers=headers).text
    assert "1 reached of 2" in shown
    assert "在看比亚迪" in shown
    assert 'data-level="B"' in shown
    browser.post(f"/leads/losses/{application.pk}/", {"approved": "True"}, headers=headers)

    lead.refresh_from_db()
    assert lead.status == "lost"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_sending_back_without_a_word_is_refused_at_its_field(sign_in, lead, reasons, chen, headers):
    application = apply(lead, reasons["budget"])
    url = f"/leads/losses/{application.pk}/"

    answer = sign_in(chen, language="en").post(url, {"approved": "False"}, headers=headers)

    assert answer.status_code == 422
    assert "Say what the consultant should still do." in answer.text
    assert ("<html" in answer.text) is (not headers)


def test_a_consultant_sees_his_application_and_does_not_decide(sign_in, lead, reasons):
    application = apply(lead, reasons["budget"])
    browser = sign_in(lead.consultant)
    url = f"/leads/losses/{application.pk}/"

    assert 'name="approved"' not in browser.get(url).text
    assert browser.post(url, {"approved": "True"}).status_code == 403


def test_dormant_ones_have_a_tab_with_their_day(sign_in, lead, reasons, chen):
    today = clock.day_of(clock.now(), lead.store.tz)
    application = apply(
        lead, reasons["postponed"], kind="dormant", revisit_on=today + timedelta(days=40)
    )
    actions.decide_loss(application, approved=True, by=chen)

    shown = sign_in(chen).get("/leads/losses/?state=dormant").text

    assert f"{today + timedelta(days=40):%Y-%m-%d}" in shown
    assert lead.customer.display_name in shown


def test_every_tab_without_rows_says_what_it_is_for(sign_in, chen):
    browser = sign_in(chen, language="en")

    for state, title in (
        ("pending", "Nothing to decide"),
        ("dormant", "Nobody is dormant"),
        ("approved", "No application fits"),
    ):
        assert title in browser.get(f"/leads/losses/?state={state}").text


def test_the_list_never_asks_per_row(client, chen, reasons, assert_flat_queries):
    client.force_login(chen)

    def another():
        lead = make.lead()
        actions.record_contact(
            lead, way="call", outcome="reached", feedback="再说", by=lead.consultant
        )
        apply(lead, reasons["budget"])

    assert_flat_queries("/leads/losses/", another)


def lose(consultant, reason, chen, **given):
    lead = make.lead(consultant=consultant)
    return actions.decide_loss(apply(lead, reason, **given), approved=True, by=chen)


@pytest.mark.sop("2.3")
def test_each_figure_of_the_report_opens_its_rows(sign_in, reasons, li_na, wang_qiang, chen):
    lose(li_na, reasons["rival-bought"], chen, rival="吉利")
    lose(wang_qiang, reasons["rival-bought"], chen, rival="吉利")
    lose(wang_qiang, reasons["budget"], chen)
    returned = apply(make.lead(consultant=li_na), reasons["budget"])
    actions.decide_loss(returned, approved=False, remark="再谈一次", by=chen)
    browser = sign_in(chen, language="en")

    report = browser.get("/leads/losses/report/").context
    assert (report["total"], report["returned"], report["returned_share"]) == (3, 1, 25)
    assert [(line.label, line.count) for line in report["reasons"]] == [
        ("竞品", 2),
        ("价格金融", 1),
    ]
    assert [(line.label, line.count) for line in report["rivals"]] == [("吉利", 2)]
    assert {line.label: line.count for line in report["people"]} == {"李娜": 1, "王强": 2}
    for lines in (report["reasons"], report["rivals"], report["people"], report["months"]):
        for line in lines:
            assert len(browser.get(line.rows).context["rows"]) == line.count
    narrowed = browser.get("/leads/losses/report/" + next(
        line.narrow for line in report["people"] if line.label == "王强"
    )).context  # fmt: skip
    assert narrowed["total"] == 2
    found = {line.label: line.count for line in narrowed["reasons"]}
    assert found == {"价格金融": 1, "竞品": 1}


def test_an_empty_report_divides_by_nothing(sign_in, chen):
    report = sign_in(chen).get("/leads/losses/report/?from=2020-01-01&to=2020-01-31")

    assert report.context["returned_share"] is None


@pytest.mark.parametrize(
    "query",
    ["reason=x&consultant=9999999999999999999", "from=2026-13-01&to=x", "rival=%00", "after=-1"],
)
def test_filters_that_make_no_sense_are_left_out(sign_in, chen, query):
    browser = sign_in(chen)

    assert browser.get(f"/leads/losses/report/?{query}").status_code == 200
    assert browser.get(f"/leads/losses/?{query}").status_code == 200


def test_a_talk_with_a_lost_customer_is_recorded_on_its_page(sign_in, reasons, li_na, chen):
    application = lose(li_na, reasons["budget"], chen)
    browser = sign_in(li_na)
    url = f"/leads/losses/{application.pk}/revisit/"

    assert "预算不够" in browser.get(url).text
    browser.post(url, {"way": "call", "outcome": "reached", "wants_car": "False",
                       "feedback": "还是不买"})  # fmt: skip

    assert Contact.objects.get().feedback == "还是不买"
    assert Lead.objects.get().status == "lost"


def test_the_specialist_records_a_sample_call(sign_in, reasons, li_na, chen, store):
    zhang = make.user(role=Role.SERVICE_SPECIALIST, store=store)
    actions.set_base_policy(
        store, owner_years=3, owner_interval_days=90, owners_a_day=30, recall_every=1, by=chen
    )
    recall = LossRecall.objects.get(application=lose(li_na, reasons["budget"], chen))
    browser = sign_in(zhang)

    assert f"/leads/losses/recalls/{recall.pk}/" in browser.get("/leads/losses/").text
    browser.post(f"/leads/losses/recalls/{recall.pk}/", {"outcome": "confirmed", "remark": "属实"})

    recall.refresh_from_db()
    assert (recall.outcome, recall.by) == ("confirmed", zhang)


def test_the_manager_gives_a_lost_lead_to_another(sign_in, reasons, li_na, wang_qiang, chen):
    lead = lose(li_na, reasons["budget"], chen).lead

    sign_in(chen).post(f"/leads/{lead.pk}/reactivate/", {"consultant": wang_qiang.pk})

    lead.refresh_from_db()
    assert (lead.status, lead.consultant) == ("open", wang_qiang)


def test_a_store_keeps_its_own_reasons(sign_in, chen, store):
    browser = sign_in(chen)
    assert "/leads/losses/reasons/usual/" in browser.get("/leads/losses/reasons/").text
    browser.post("/leads/losses/reasons/usual/")
    group = LossReason.objects.get(store=store, code="service")

    browser.post("/leads/losses/reasons/new/", {"group": group.pk, "name": "接待太慢"})
    added = LossReason.objects.get(name="接待太慢")
    assert added.parent == group
    browser.post(f"/leads/losses/reasons/{added.pk}/", {"name": "接待太慢"})

    added.refresh_from_db()
    assert not added.is_active
    assert added not in LossReason.objects.offered(store)


def test_two_reasons_of_one_group_have_two_names(sign_in, chen, store, reasons):
    group = reasons["price"]

    answer = sign_in(chen).post(
        "/leads/losses/reasons/new/", {"group": group.pk, "name": "购买力不足"}
    )

    assert answer.status_code == 422


def test_the_api_applies_once_and_decides(client, lead, reasons, chen):
    client.force_login(lead.consultant)
    body = {"lead": lead.pk, "reason": reasons["budget"].pk, "feedback": "太贵"}
    made = [
        client.post(
            "/api/v1/losses/", body, content_type="application/json",
            headers={"Idempotency-Key": "once-1"},
        )
        for _call in range(2)
    ]  # fmt: skip
    assert [answer.status_code for answer in made] == [201, 201]
    pk = made[0].json()["id"]
    assert LossApplication.objects.count() == 1
    url = f"/api/v1/losses/{pk}/decide/"
    assert client.post(url, {"approved": True}, "application/json").status_code == 403

    client.force_login(chen)
    refused = client.post(url, {"approved": False}, "application/json")
    assert (refused.status_code, refused.json()["field"]) == (409, "remark")
    decided = client.post(url, {"approved": True}, "application/json")

    assert decided.json()["state"] == "approved"
    assert client.get("/api/v1/losses/").json()["results"][0]["id"] == pk
