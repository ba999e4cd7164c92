"""SOP-2.2, 4.2: following up by taps, from Today, a list or the customer's page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dealership import clock
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads import sop
from leads.actions import agree_visit, owe_first_contact, plan_contact, record_contact
from leads.models import Appointment, Contact, Lead
from leads.selectors import visit_of
from tests import make
from tests.fixtures import SignIn

EITHER = pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])


def today(lead: Lead):
    return clock.day_of(clock.now(), lead.store.tz)


def due(li_na: User, level: str = "H", **given: Any) -> Lead:
    """A lead to be called today."""
    lead = make.lead(consultant=li_na, level=level, **given)
    return plan_contact(lead, on=today(lead), by=li_na)


@pytest.mark.sop("2.2")
@EITHER
def test_a_contact_is_recorded_in_a_few_taps(li_na: User, sign_in: SignIn, headers: dict[str, str]):
    lead = due(li_na)
    url = f"/leads/{lead.pk}/contacts/new/"
    data = {"way": "call", "outcome": "reached", "feedback": "周末来", "when": "three"}

    shown = sign_in(li_na).get(url, headers=headers)
    answer = sign_in(li_na).post(url, data, headers=headers)

    contact = Contact.objects.get()
    assert ("<html" in shown.text) is (not headers)
    assert answer.status_code == (204 if headers else 302)
    assert contact.next_contact_on == today(lead) + timedelta(days=3)


def test_the_same_tap_twice_is_one_contact(li_na: User, sign_in: SignIn):
    lead, browser = due(li_na), sign_in(li_na)
    data = {"way": "call", "outcome": "no_answer", "once": "a"}

    for _number in range(2):
        browser.post(f"/leads/{lead.pk}/contacts/new/", data)
    for _number in range(2):
        browser.post(f"/leads/{lead.pk}/contacts/missed/", {"once": "b"})

    assert Contact.objects.count() == 2


def test_what_was_hidden_does_not_count(li_na: User, sign_in: SignIn):
    """Level and visit were tapped before it turned out that nobody answered."""
    lead = due(li_na)
    data = {
        "way": "call", "outcome": "busy", "level": make.levels()["A"].pk, "answer": "accepted",
        "visit_at": "2030-01-01T10:00", "when": "other", "next_contact_on": "",
    }  # fmt: skip

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/contacts/new/", data)

    assert answer.status_code == 302
    assert Contact.objects.get().level_after.code == "H"
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"when": "other"}, "next_contact_on"),
        ({"when": "other", "next_contact_on": "2099-01-01"}, "next_contact_on"),
        ({"answer": "accepted"}, "visit_at"),
        ({"answer": "accepted", "visit_at": "2020-01-01T10:00"}, "visit_at"),
        ({"level": "C"}, "feedback"),
        ({"happened_at": "2020-01-01T10:00"}, "happened_at"),
        ({"outcome": ""}, "outcome"),
    ],
)
@EITHER
def test_a_refusal_stands_beside_its_field(
    li_na: User, sign_in: SignIn, given: dict[str, str], field: str, headers: dict[str, str]
):
    lead = due(li_na)
    if "level" in given:
        given = given | {"level": str(make.levels()[given["level"]].pk)}
    data = {"way": "call", "outcome": "reached", **given}

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/contacts/new/", data, headers=headers)

    assert answer.status_code == 422
    part = answer.text.split(f'id="field-{field}"')[1].split('id="field-')[0]
    assert "field-errors" in part
    assert not Contact.objects.exists()


@pytest.mark.sop("2.2")
def test_no_answer_is_one_tap_and_the_promise_stays(li_na: User, sign_in: SignIn):
    lead, browser = due(li_na), sign_in(li_na)

    assert f'action="/leads/{lead.pk}/contacts/missed/"' in browser.get("/today/").text
    answer = browser.post(f"/leads/{lead.pk}/contacts/missed/", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert Contact.objects.get().outcome == Contact.Outcome.NO_ANSWER
    assert Deadline.objects.open().about(lead).of_step(sop.FOLLOW_UP).exists()
    assert "1 次未果" in browser.get("/today/").text


def test_the_number_is_a_call_link_only_for_who_may_see_it(
    li_na: User, xiao_min: User, sign_in: SignIn
):
    lead = due(li_na)
    number = lead.customer.primary_phone
    visit = agree_visit(lead, at_time=clock.now() + timedelta(hours=2), by=li_na)

    mine = sign_in(li_na).get(f"/leads/{lead.pk}/contacts/new/").text
    theirs = sign_in(xiao_min).get(visit.get_absolute_url()).text

    assert f"tel:{number}" in mine
    assert number not in theirs
    assert "****" in theirs


def test_a_colleagues_lead_does_not_exist(li_na: User, wang_qiang: User, sign_in: SignIn):
    lead, browser = due(li_na), sign_in(wang_qiang)

    for name in ("contacts/new", "contacts/missed", "message", "appointments/new"):
        assert browser.post(f"/leads/{lead.pk}/{name}/").status_code == 404


def test_the_reception_records_no_contacts_but_agrees_on_visits(
    li_na: User, xiao_min: User, sign_in: SignIn
):
    lead, browser = due(li_na), sign_in(xiao_min)
    when = f"{today(lead) + timedelta(days=2)}T14:00"

    assert browser.post(f"/leads/{lead.pk}/contacts/new/").status_code == 403
    browser.post(f"/leads/{lead.pk}/appointments/new/", {"visit_at": when})

    assert f"{visit_of(lead).local:%H:%M}" == "14:00"


@pytest.mark.sop("2.2")
def test_the_line_is_worked_through_one_after_the_other(li_na: User, sign_in: SignIn):
    first, second, third = due(li_na), due(li_na), due(li_na, "A")
    browser = sign_in(li_na)
    data = {"way": "call", "outcome": "reached"}

    page = browser.get("/leads/follow-ups/").text
    answer = browser.post(f"/leads/{first.pk}/contacts/new/?line=due", data)
    skipped = browser.get(answer.url).text
    last = browser.post(f"/leads/{third.pk}/contacts/new/?line=due", data)

    assert all(lead.customer.display_name in page for lead in (first, second, third))
    assert answer.url == f"/leads/{second.pk}/contacts/new/?line=due"
    assert f"/leads/{third.pk}/contacts/new/?line=due" in skipped
    assert last.url == "/leads/follow-ups/?line=due"


def test_the_line_is_narrowed_by_day_level_and_person(
    li_na: User, wang_qiang: User, chen: User, sign_in: SignIn
):
    hot, warm = due(li_na), due(li_na, "A")
    later = make.lead(consultant=li_na, level="A")
    plan_contact(later, on=today(later) + timedelta(days=1), by=li_na)
    theirs = due(wang_qiang)
    fresh = make.lead(consultant=li_na)
    owe_first_contact(fresh)

    def shown(query: str, user: User = li_na) -> set[int]:
        rows = sign_in(user).get(f"/leads/follow-ups/?{query}").context["rows"]
        return {row["lead"].pk for row in rows}

    assert shown("level=H") == {hot.pk}
    assert {hot.pk, warm.pk} <= shown("") <= {hot.pk, warm.pk, fresh.pk}
    assert later.pk in shown("line=tomorrow")
    assert shown("line=late") == set()
    assert theirs.pk in shown("whose=all", chen)
    assert theirs.pk not in shown("whose=all")


@pytest.mark.parametrize("query", ["line=x&level=%00&after=99999999999999999999", "after=7"])
def test_an_odd_address_is_no_crash(li_na: User, sign_in: SignIn, query: str):
    due(li_na)

    assert sign_in(li_na).get(f"/leads/follow-ups/?{query}").status_code == 200


def test_the_line_costs_the_same_for_one_call_and_for_six(
    client: Client, li_na: User, assert_flat_queries
):
    client.force_login(li_na)

    def one() -> None:
        lead = due(li_na, series=make.series())
        record_contact(lead, way="call", outcome="no_answer", by=li_na)

    assert_flat_queries("/leads/follow-ups/", one)


@pytest.mark.sop("4.2")
@EITHER
def test_a_visit_is_agreed_confirmed_moved_and_called_off_by_its_pages(
    li_na: User, sign_in: SignIn, headers: dict[str, str]
):
    lead, browser = due(li_na, "A"), sign_in(li_na)
    when = f"{today(lead) + timedelta(days=3)}T14:00"
    then = f"{today(lead) + timedelta(days=4)}T15:30"

    browser.post(
        f"/leads/{lead.pk}/appointments/new/",
        {"visit_at": when, "purpose": "drive", "remark": "带太太"},
        headers=headers,
    )
    made = visit_of(lead)
    browser.post(made.get_absolute_url(), headers=headers)
    made.refresh_from_db()
    assert (made.purpose, made.state) == ("drive", "confirmed")
    data = {"visit_at": then, "reason": "改到周末"}
    browser.post(f"{made.get_absolute_url()}move/", data, headers=headers)
    moved = visit_of(lead)
    assert (moved.moved_from, f"{moved.local:%H:%M}") == (made, "15:30")
    answer = browser.post(
        f"{moved.get_absolute_url()}cancel/", {"reason": "不来了"}, headers=headers
    )

    assert answer.status_code == (204 if headers else 302)
    assert visit_of(lead) is None
    assert moved.get_absolute_url() != made.get_absolute_url()


@EITHER
def test_a_refused_move_shows_what_was_typed(li_na: User, sign_in: SignIn, headers: dict[str, str]):
    made = agree_visit(due(li_na), at_time=clock.now() + timedelta(days=2), by=li_na)

    answer = sign_in(li_na).post(
        f"{made.get_absolute_url()}move/",
        {"visit_at": "2020-01-01T10:00", "reason": "加班"},
        headers=headers,
    )

    assert answer.status_code == 422
    assert "加班" in answer.text
    assert "field-errors" in answer.text


def test_the_days_visits_stand_by_time_with_who_stayed_away(
    li_na: User, xiao_min: User, wang_qiang: User, sign_in: SignIn
):
    soon = clock.now() + timedelta(minutes=10)
    mine = agree_visit(due(li_na), at_time=soon, by=li_na)
    theirs = agree_visit(due(wang_qiang), at_time=soon + timedelta(minutes=1), by=wang_qiang)
    day = mine.day

    own = sign_in(li_na).get(f"/leads/appointments/?day={day}").context["agenda"]
    all_of_them = sign_in(xiao_min).get(f"/leads/appointments/?day={day}").context["agenda"]

    assert own.rows == [mine]
    assert all_of_them.rows == [mine, theirs] or theirs.day != day
    assert own.expected == 1
    assert own.missed_rate is None
    for odd in ("x", "2026-02-31", "0001-01-01", "9999-12-31"):
        assert sign_in(li_na).get(f"/leads/appointments/?day={odd}").status_code == 200


def test_the_days_visits_cost_the_same_for_one_and_for_six(
    client: Client, li_na: User, assert_flat_queries
):
    client.force_login(li_na)
    when = clock.now() + timedelta(days=2)

    assert_flat_queries(
        f"/leads/appointments/?day={clock.day_of(when, li_na.active_store.tz)}",
        lambda: agree_visit(due(li_na, series=make.series()), at_time=when, by=li_na),
    )


@pytest.mark.sop("2.2")
def test_a_missed_call_is_told_by_sms_in_the_stores_words(li_na: User, sign_in: SignIn):
    lead, browser = due(li_na), sign_in(li_na)
    url = f"/leads/{lead.pk}/message/"

    shown = browser.get(url).text
    browser.post(url, {"purpose": "leads.missed_call", "body": "大减价！"})

    sms = Sms.objects.get()
    assert sms.body in shown
    assert li_na.name in sms.body
    assert "减价" not in sms.body
    assert Contact.objects.get().outcome == Contact.Outcome.SENT
    assert Lead.objects.get(pk=lead.pk).first_contacted_at is None, "sent is not reached"


def test_a_reminder_names_the_visit_and_goes_once(li_na: User, sign_in: SignIn):
    lead, browser = due(li_na), sign_in(li_na)
    made = agree_visit(lead, at_time=clock.now() + timedelta(days=2), by=li_na)

    for _number in range(2):
        browser.post(f"/leads/{lead.pk}/message/", {"purpose": "leads.visit_reminder"})

    assert f"{made.local:%H:%M}" in Sms.objects.get().body


def test_who_must_not_be_texted_is_not(li_na: User, sign_in: SignIn):
    customer = make.customer(owner=li_na, phone="02784281234")
    lead, browser = due(li_na, customer=customer), sign_in(li_na)

    shown = browser.get(f"/leads/{lead.pk}/message/").text
    answer = browser.post(f"/leads/{lead.pk}/message/", {"purpose": "leads.missed_call"})

    assert 'name="purpose"' not in shown
    assert answer.status_code == 422
    assert not Sms.objects.exists()
    assert not Contact.objects.exists(), "nothing is half done"


@EITHER
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_customers_page_tells_how_often_and_what_was_said(
    li_na: User, sign_in: SignIn, language: str, headers: dict[str, str]
):
    lead = due(li_na)
    record_contact(lead, way="call", outcome="no_answer", by=li_na)
    record_contact(lead, way="call", outcome="reached", feedback="要带父母来", by=li_na)
    agree_visit(lead, at_time=clock.now() + timedelta(days=1), by=li_na)

    panel = sign_in(li_na, language=language).get(
        f"/leads/panels/{lead.customer_id}/", headers=headers
    )

    assert "要带父母来" in panel.text
    assert ("1 of 2" if language == "en" else "2 次中 1 次") in panel.text
    assert f"/leads/{lead.pk}/contacts/new/" in panel.text


def test_the_panel_costs_the_same_for_one_contact_and_for_six(
    client: Client, li_na: User, assert_flat_queries
):
    client.force_login(li_na)
    lead = due(li_na)

    assert_flat_queries(
        f"/leads/panels/{lead.customer_id}/",
        lambda: record_contact(lead, way="call", outcome="reached", by=li_na),
    )
