"""Changing many leads at once: each by itself, what is refused with its reason."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.customers import actions as customers
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice, Sms
from dealership.staff.roles import Role
from leads import actions
from leads.models import BulkLine, BulkRun, Lead
from tests import make
from tests.leads.ownership import on_duty

pytestmark = pytest.mark.sop("2.2")
LEVEL = {"level": "H", "reason": "月底冲刺"}


def today():
    return clock.day_of(clock.now(), make.home().tz)


def run(action, leads, given, by):
    begun = actions.begin_bulk(
        by.active_store, change=action, leads=[lead.pk for lead in leads], given=given, by=by
    )
    return actions.carry_on(begun)


def states(begun: BulkRun) -> dict[int, str]:
    return dict(begun.lines.values_list("lead_id", "state"))


def form(action, leads, **given):
    """What the second page sends."""
    ids = ",".join(str(lead.pk) for lead in leads)
    return {"change": action, "ids": ids, "confirmed": "1", **given}


# Each by itself


def test_a_refused_lead_stops_nobody_and_stays_as_it_was(li_na):
    good, late, lost = (make.lead(consultant=li_na) for _number in range(3))
    day = today() - timedelta(days=3)
    with clock.pretending(clock.now() - timedelta(days=5)):
        actions.plan_contact(late, on=day, by=li_na)
    Lead.objects.filter(pk=lost.pk).update(status="lost")

    begun = run("level", [good, late, lost], LEVEL, li_na)

    assert states(begun) == {good.pk: "done", late.pk: "refused", lost.pk: "refused"}
    reasons = dict(begun.lines.values_list("lead_id", "reason"))
    assert str(day) in reasons[late.pk]
    levels = dict(Lead.objects.values_list("pk", "level__code"))
    assert levels == {good.pk: "H", late.pk: "N", lost.pk: "N"}
    assert good.level_changes.latest("pk").reason == "月底冲刺"


def test_what_stopped_in_the_middle_is_carried_on_and_nothing_twice(li_na, monkeypatch):
    leads = [make.lead(consultant=li_na) for _number in range(4)]
    begun = actions.begin_bulk(
        li_na.active_store, change="level", leads=[one.pk for one in leads], given=LEVEL, by=li_na
    )
    once = actions.review_lead
    calls = []

    def breaks(lead, **given):
        calls.append(lead.pk)
        if len(calls) == 3:
            raise OSError
        return once(lead, **given)

    monkeypatch.setattr("leads.actions.bulk.review_lead", breaks)
    with pytest.raises(OSError):  # noqa: PT011
        actions.carry_on(begun)
    assert sorted(states(begun).values()) == ["done", "done", "waiting", "waiting"]

    actions.carry_on(begun)

    assert set(states(begun).values()) == {"done"}
    assert sorted(calls) == sorted([*(lead.pk for lead in leads), leads[2].pk])
    assert [lead.level_changes.count() for lead in leads] == [2, 2, 2, 2]


def test_the_page_of_a_stopped_run_goes_on(sign_in, li_na):
    lead = make.lead(consultant=li_na)
    begun = actions.begin_bulk(
        li_na.active_store, change="level", leads=[lead.pk], given=LEVEL, by=li_na
    )
    browser = sign_in(li_na)
    assert f"/leads/bulk/{begun.pk}/go-on/" in browser.get(f"/leads/bulk/{begun.pk}/").text

    browser.post(f"/leads/bulk/{begun.pk}/go-on/")

    assert states(begun) == {lead.pk: "done"}
    assert "go-on" not in browser.get(f"/leads/bulk/{begun.pk}/").text


# Who may


def test_leads_of_others_are_counted_as_not_found(li_na, wang_qiang, outsider):
    mine = make.lead(consultant=li_na)
    others = [make.lead(consultant=wang_qiang), make.lead(consultant=outsider)]

    begun = run("level", [mine, *others], LEVEL, li_na)

    assert states(begun) == {mine.pk: "done"}
    assert begun.unknown == 2
    assert {lead.level.code for lead in Lead.objects.exclude(pk=mine.pk)} == {"N"}


def test_foreign_ids_in_the_post_do_nothing(sign_in, li_na, outsider):
    far = make.lead(consultant=outsider)

    response = sign_in(li_na).post("/leads/bulk/", form("level", [far], level=1, reason="x"))

    assert response.status_code in {409, 422}
    assert not BulkRun.objects.exists()
    far.refresh_from_db()
    assert far.level.code == "N"


def test_a_consultant_assigns_nobody(sign_in, li_na, wang_qiang):
    lead = make.lead(consultant=li_na)
    sent = form("assign", [lead], consultant=wang_qiang.pk, reason="休假")

    assert sign_in(li_na).post("/leads/bulk/", sent).status_code == 403
    lead.refresh_from_db()
    assert lead.consultant == li_na


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.CLERK])
def test_who_only_reads_changes_nothing(role, sign_in):
    lead = make.lead()

    response = sign_in(make.user(role=role)).post("/leads/bulk/", form("level", [lead]))

    assert response.status_code == 403


def test_a_run_is_its_owner_s_alone(sign_in, li_na, chen):
    begun = run("level", [make.lead(consultant=li_na)], LEVEL, li_na)

    assert sign_in(chen).get(f"/leads/bulk/{begun.pk}/").status_code == 404
    assert sign_in(chen).post(f"/leads/bulk/{begun.pk}/go-on/").status_code == 404


def test_a_lead_given_away_meanwhile_is_refused(li_na, wang_qiang, chen):
    lead = make.lead(consultant=li_na)
    begun = actions.begin_bulk(
        li_na.active_store, change="level", leads=[lead.pk], given=LEVEL, by=li_na
    )
    actions.assign_lead(lead, consultant=wang_qiang, by=chen)

    actions.carry_on(begun)

    assert states(begun) == {lead.pk: "refused"}


# What is done


def test_a_manager_gives_leads_to_a_consultant(sign_in, chen, li_na, wang_qiang):
    leads = [make.lead(consultant=wang_qiang) for _number in range(2)]

    response = sign_in(chen, language="en").post(
        "/leads/bulk/", form("assign", leads, consultant=li_na.pk, reason="团队调整"), follow=True
    )

    assert {lead.consultant for lead in Lead.objects.all()} == {li_na}
    assert {lead.customer.owner for lead in Lead.objects.all()} == {li_na}
    assert all(lead.customer.display_name in response.text for lead in leads)
    told = Notice.objects.get(user=li_na, kind="lead.yours")
    assert "2" in told.text


def test_leads_are_given_out_by_the_rules(chen, li_na):
    on_duty(li_na, at=clock.now())
    lead = make.lead()
    Lead.objects.update(consultant=None)

    begun = run("assign", [lead], {"consultant": "rules", "reason": "分配"}, chen)

    assert states(begun) == {lead.pk: "done"}
    assert Lead.objects.get().consultant == li_na


def test_with_nobody_on_duty_the_rules_refuse(chen, li_na):
    lead = make.lead(consultant=li_na)

    begun = run("assign", [lead], {"consultant": "rules", "reason": "分配"}, chen)

    assert states(begun) == {lead.pk: "refused"}
    assert Lead.objects.get().consultant == li_na


def test_somebody_who_left_is_no_choice(sign_in, chen, outsider):
    lead = make.lead()
    sent = form("assign", [lead], consultant=outsider.pk, reason="x")

    assert sign_in(chen).post("/leads/bulk/", sent).status_code == 422


def test_the_next_contact_of_many(sign_in, li_na):
    leads = [make.lead(consultant=li_na, level="H") for _number in range(2)]
    far = today() + timedelta(days=60)
    near = today() + timedelta(days=2)
    browser = sign_in(li_na)

    browser.post("/leads/bulk/", form("day", leads, day=far.isoformat()))
    assert set(BulkLine.objects.values_list("state", flat=True)) == {"refused"}
    browser.post("/leads/bulk/", form("day", leads, day=near.isoformat()))

    assert {lead.next_contact_on for lead in Lead.objects.all()} == {near}


def test_texts_go_to_those_who_may_be_texted(li_na):
    fine = make.lead(consultant=li_na)
    stopped = make.lead(customer=make.customer(owner=li_na))
    customers.refuse_contact(stopped.customer, reason="明确拒绝", by=li_na)
    silent = make.lead(customer=make.customer(owner=li_na, consents=False))
    unreachable = make.lead(customer=make.customer(owner=li_na, phone=""))
    body = "{customer}，我是{store}的{consultant}，有问题随时联系我。"

    begun = run("message", [fine, stopped, silent, unreachable], {"body": body}, li_na)

    found = states(begun)
    assert found.pop(fine.pk) == "done"
    assert set(found.values()) == {"refused"}
    sms = Sms.objects.get(purpose="leads.notice")
    assert sms.customer == fine.customer
    assert sms.body.startswith(f"{fine.customer.display_name}，我是{fine.store.name}的李娜")


def test_two_messages_to_the_same_people_are_two(li_na):
    lead = make.lead(consultant=li_na)

    run("message", [lead], {"body": "{customer}您好，第一条。"}, li_na)
    run("message", [lead], {"body": "{customer}您好，第二条。"}, li_na)

    assert Sms.objects.filter(purpose="leads.notice").count() == 2


@pytest.mark.parametrize("body", ["", "您好{phone}", "【店】您好", "{customer}{store}"])
def test_a_text_that_cannot_be_sent_is_refused_before_anything_is_done(body, sign_in, li_na):
    lead = make.lead(consultant=li_na)

    response = sign_in(li_na).post("/leads/bulk/", form("message", [lead], body=body))

    assert response.status_code == 422
    assert not BulkRun.objects.exists()


# The pages


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("action", ["assign", "level", "day", "message"])
def test_the_bar_asks_what_it_needs_to_know(action, headers, language, sign_in, chen):
    leads = [make.lead() for _number in range(3)]
    sent = {"change": action, "ids": [lead.pk for lead in leads]}

    response = sign_in(chen, language=language).post("/leads/bulk/", sent, headers=headers)

    assert response.status_code == 200
    assert ("<html" in response.text) is (not headers)
    assert f'value="{",".join(str(lead.pk) for lead in leads)}"' in response.text
    assert not BulkRun.objects.exists()


def test_all_that_match_are_the_filters_and_no_more_than_five_hundred(
    sign_in, chen, li_na, monkeypatch
):
    for code in "HHHN":
        make.lead(consultant=li_na, level=code)
    monkeypatch.setattr("leads.views.bulk.MOST_LEADS", 2)
    sent = {"change": "level", "all": "1", "query": "view=all&level=H"}

    page = sign_in(chen, language="en").post("/leads/bulk/", sent).text

    newest = Lead.objects.filter(level__code="H").order_by("-opened_at", "-pk")[:2]
    assert f'value="{",".join(str(lead.pk) for lead in newest)}"' in page
    assert "More than 2 leads match" in page


def test_five_hundred_and_one_are_too_many(li_na):
    with pytest.raises(RuleViolation) as refusal:
        actions.begin_bulk(
            li_na.active_store, change="level", leads=range(1, 502), given=LEVEL, by=li_na
        )

    assert refusal.value.code == "too_many"


def test_a_second_click_makes_one_run(sign_in, li_na):
    leads = [make.lead(consultant=li_na)]
    sent = form("level", leads, level=make.levels()["H"].pk, reason="一次", once="key-7")
    browser = sign_in(li_na)

    first, second = (browser.post("/leads/bulk/", sent) for _click in range(2))

    assert BulkRun.objects.count() == 1
    assert first.url == second.url == f"/leads/bulk/{BulkRun.objects.get().pk}/"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"change": "delete", "ids": "1"},
        {"change": "level"},
        {"change": "level", "ids": "abc,-1,9999999999999999999999"},
        {"change": "level", "all": "1", "query": "%00&&=&level"},
    ],
)
def test_nonsense_is_answered_and_changes_nothing(sent, sign_in, li_na):
    assert sign_in(li_na).post("/leads/bulk/", sent).status_code == 409
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_result_names_what_was_refused_and_why(language, sign_in, li_na):
    good, lost = make.lead(consultant=li_na), make.lead(consultant=li_na)
    Lead.objects.filter(pk=lost.pk).update(status="lost")
    sent = form("level", [good, lost], level=make.levels()["H"].pk, reason="一次")

    page = sign_in(li_na, language=language).post("/leads/bulk/", sent, follow=True).text

    refused = page.split('id="refused"')[1].split("</section>")[0]
    assert lost.customer.display_name in refused
    assert f"/leads/{lost.pk}/" in refused
    assert BulkLine.objects.get(lead=lost).reason in refused
    assert good.customer.display_name in page.split('id="done"')[1]


# Over the API


def test_the_api_answers_for_each_lead(sign_in, li_na, wang_qiang):
    good, lost = make.lead(consultant=li_na), make.lead(consultant=li_na)
    Lead.objects.filter(pk=lost.pk).update(status="lost")
    foreign = make.lead(consultant=wang_qiang)
    given = {"action": "level", "ids": [good.pk, lost.pk, foreign.pk], **LEVEL}
    call = {"content_type": "application/json", "headers": {"Idempotency-Key": "one"}}
    browser = sign_in(li_na)

    answer = browser.post("/api/v1/leads/bulk/", given, **call)
    again = browser.post("/api/v1/leads/bulk/", given, **call)

    assert answer.status_code == 200, answer.content
    assert answer.json()["done"] == [good.pk]
    assert [row["lead"] for row in answer.json()["refused"]] == [lost.pk]
    assert answer.json()["not_found"] == 1
    assert again.json() == answer.json()
    assert BulkRun.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"action": "level", "ids": [1]}, 400),
        ({"action": "level", "ids": [], **LEVEL}, 400),
        ({"action": "level", "ids": ["1"], **LEVEL}, 400),
        ({"action": "level", "ids": [True], **LEVEL}, 400),
        ({"action": "level", "ids": [2**80], **LEVEL}, 400),
        ({"action": "level", "ids": list(range(1, 502)), **LEVEL}, 400),
        ({"action": "day", "ids": [1], "day": "someday"}, 400),
        ({"action": "assign", "ids": [1], "reason": "x"}, 403),
        ({"action": "level", "ids": [4711], **LEVEL}, 409),
    ],
)
def test_the_api_refuses_what_makes_no_sense(given, status, sign_in, li_na):
    answer = sign_in(li_na).post("/api/v1/leads/bulk/", given, content_type="application/json")

    assert answer.status_code == status
