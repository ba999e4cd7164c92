"""SOP-2.2: a lead in less than 30 seconds, once, with an owner and a promise."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.customers.actions import refuse_contact
from dealership.customers.models import Customer, Event
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.models import Deadline
from leads import sop
from leads.actions import add_lead, capture_lead, complete_lead
from leads.models import Lead, Way
from tests import make

pytestmark = pytest.mark.sop("2.2")


def caught(store, **given) -> Lead:
    wanted = {"name": "孙莉", "phone": make.a_phone(), "way": Way.ONLINE, "by": None}
    return capture_lead(store=store, **(wanted | given))


def owed(lead) -> set[str]:
    return set(Deadline.objects.open().about(lead).values_list("step", flat=True))


def test_a_new_number_is_a_customer_and_a_lead_that_somebody_owes_a_call(store, li_na):
    source = make.source(store=store)

    lead = caught(store, consultant=li_na, source=source)

    assert (lead.customer.owner, lead.consultant, lead.source) == (li_na, li_na, source)
    assert "leads.first_contact" in owed(lead)
    assert not lead.was_open


def test_a_known_number_is_the_same_customer_and_the_same_lead(store, li_na, wang_qiang):
    first_source, later = (
        make.source(store=store),
        make.source(store=store, code="expo", name="车展"),
    )
    lead = caught(store, consultant=li_na, source=first_source)
    series = make.series()

    again = caught(
        store, phone=lead.customer.primary_phone, source=later, series=series, remark="想看混动",
        by=wang_qiang,
    )  # fmt: skip

    assert again.pk == lead.pk
    assert again.was_open
    assert again.source == first_source  # SOP-2.1: the first source is never overwritten
    assert again.series == series
    event = Event.objects.get(customer=lead.customer, kind="lead.seen_again")
    assert "想看混动" in event.text
    assert Notice.objects.filter(user=li_na, kind="lead.captured").count() == 2


def test_a_customers_own_consultant_gets_the_lead_and_is_told(store, li_na, wang_qiang):
    customer = make.customer(owner=li_na)

    lead = add_lead(store=store, phone=customer.primary_phone, by=wang_qiang)

    assert lead.consultant == li_na
    assert Notice.objects.filter(user=li_na, kind="lead.captured").exists()


def test_the_customer_of_a_leaver_goes_to_whoever_adds_the_lead(store, li_na, wang_qiang):
    customer = make.customer(owner=li_na)
    li_na.is_active = False
    li_na.save()

    lead = add_lead(store=store, phone=customer.primary_phone, by=wang_qiang)

    assert lead.consultant == wang_qiang


def test_a_consultant_who_adds_somebody_new_looks_after_them(store, li_na):
    lead = add_lead(store=store, phone="13871234567", by=li_na)

    assert lead.consultant == lead.customer.owner == li_na


def test_a_number_alone_has_to_be_completed_today(store, li_na):
    lead = add_lead(store=store, phone="13871234567", by=li_na)

    deadline = Deadline.objects.open().about(lead).get(step="leads.complete")
    today = clock.day_of(clock.now(), store.tz)
    assert deadline.due_at == clock.end_of_day(today, store.tz)
    assert lead.customer.name == "*4567"


def test_a_whole_entry_owes_no_completion(store, li_na):
    lead = add_lead(
        store=store, phone="13871234567", name="孙莉", source=make.source(store=store),
        series=make.series(), by=li_na,
    )  # fmt: skip

    assert "leads.complete" not in owed(lead)


def test_completing_asks_for_what_is_missing_and_keeps_the_promise(store, li_na):
    lead = add_lead(store=store, phone="13871234567", by=li_na)
    with pytest.raises(RuleViolation) as refusal:
        complete_lead(lead, name="孙莉", series=make.series(), by=li_na)
    assert refusal.value.field == "source"

    lead = complete_lead(
        lead, name="孙莉", source=make.source(store=store), is_undecided=True, by=li_na
    )

    assert lead.customer.name == "孙莉"
    assert "leads.complete" not in owed(lead)


def test_completing_does_not_change_the_first_source(store, li_na):
    first, other = make.source(store=store), make.source(store=store, code="expo", name="车展")
    lead = add_lead(store=store, phone="13871234567", source=first, by=li_na)

    lead = complete_lead(lead, name="孙莉", source=other, series=make.series(), by=li_na)

    assert lead.source == first


def test_who_asked_not_to_be_contacted_becomes_no_lead(store, li_na):
    customer = make.customer(owner=li_na)
    refuse_contact(customer, reason="别再打电话", by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        caught(store, phone=customer.primary_phone)

    assert refusal.value.code == "refused"
    assert not Lead.objects.exists()


def test_nobody_refers_themselves(store):
    customer = make.customer()

    with pytest.raises(RuleViolation) as refusal:
        caught(store, phone=customer.primary_phone, referrer=customer)

    assert refusal.value.field == "referrer"


@pytest.mark.parametrize("phone", ["", "   ", "123", "打电话给我"])
def test_without_a_number_that_can_be_called_there_is_no_lead(store, phone):
    with pytest.raises(RuleViolation) as refusal:
        caught(store, phone=phone)

    assert refusal.value.field == "phone"
    assert not Customer.objects.exists()


def test_a_foreign_source_is_refused_and_nobody_registered(store):
    far = make.source(store=make.store())

    with pytest.raises(RuleViolation):
        caught(store, source=far)

    assert not Customer.objects.exists()


def test_nobody_else_is_chosen_for_a_lead_that_has_a_consultant(store, li_na, wang_qiang):
    lead = caught(store, consultant=li_na)

    again = caught(store, phone=lead.customer.primary_phone, consultant=wang_qiang)

    assert again.consultant == li_na


def test_a_later_entry_that_fills_the_gaps_completes_the_lead(store, li_na):
    lead = add_lead(store=store, phone="13871234567", by=li_na)

    add_lead(
        store=store, phone="138 7123 4567", name="孙莉", source=make.source(store=store),
        series=make.series(), by=li_na,
    )  # fmt: skip

    assert "leads.complete" not in owed(lead)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_consultant_adds_a_lead_with_a_number(li_na, sign_in, language):
    browser = sign_in(li_na, language=language)
    assert browser.get("/leads/new/").status_code == 200

    answer = browser.post("/leads/new/", {"phone": "138 7123 4567", "way": "message"})

    lead = Lead.objects.get()
    assert answer.status_code == 302
    assert answer.url == lead.get_absolute_url()
    assert (lead.consultant, lead.way) == (li_na, Way.MESSAGE)


def test_a_form_sent_twice_makes_one_lead(li_na, sign_in):
    browser, typed = sign_in(li_na), {"phone": "13871234567", "once": "a1b2"}

    browser.post("/leads/new/", typed)
    browser.post("/leads/new/", typed)

    assert Lead.objects.count() == 1
    assert not Event.objects.filter(kind="lead.seen_again").exists()


def test_a_wrong_number_comes_back_with_what_was_typed(li_na, sign_in):
    answer = sign_in(li_na).post("/leads/new/", {"phone": "1387", "name": "孙莉"})

    assert answer.status_code == 422
    assert 'value="孙莉"' in answer.text


def test_typing_a_known_number_warns_with_name_owner_and_level(li_na, wang_qiang, sign_in):
    lead = make.lead(consultant=li_na, level="H")
    typed = {"phone": lead.customer.primary_phone}

    mine = sign_in(li_na).post("/leads/greet/", typed, headers={"HX-Request": "true"})
    theirs = sign_in(wang_qiang).post("/leads/greet/", typed, headers={"HX-Request": "true"})

    assert lead.customer.display_name in theirs.text
    assert "李娜" in theirs.text
    assert 'data-level="H"' in theirs.text
    assert lead.get_absolute_url() in mine.text
    assert lead.get_absolute_url() not in theirs.text  # not hers to open


def test_half_a_number_is_no_mistake_yet(li_na, sign_in):
    answer = sign_in(li_na).post("/leads/greet/", {"phone": "1387"})

    assert "field-errors" not in answer.text


def test_a_customer_of_a_sister_store_is_not_named(li_na, outsider, sign_in):
    customer = make.customer(owner=outsider, name="钱多多")

    answer = sign_in(li_na).post("/leads/greet/", {"phone": customer.primary_phone})

    assert "钱多多" not in answer.text


def test_the_reception_gives_a_lead_to_somebody(xiao_min, li_na, sign_in):
    browser = sign_in(xiao_min)

    browser.post("/leads/new/", {"phone": "13871234567", "consultant": li_na.pk})

    assert Lead.objects.get().consultant == li_na


def test_a_consultant_gives_leads_to_nobody_else(li_na, wang_qiang, sign_in):
    sign_in(li_na).post("/leads/new/", {"phone": "13871234567", "consultant": wang_qiang.pk})

    assert Lead.objects.get().consultant == li_na


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_page_completes_a_lead(li_na, sign_in, store, headers):
    lead = add_lead(store=store, phone="13871234567", by=li_na)
    browser, url = sign_in(li_na), f"/leads/{lead.pk}/complete/"
    assert ("<html" in browser.get(url, headers=headers).text) is (not headers)

    refused = browser.post(url, {"name": "孙莉"}, headers=headers)
    browser.post(
        url,
        {"name": "孙莉", "source": make.source(store=store).pk, "series": make.series().pk},
        headers=headers,
    )

    assert refused.status_code == 422
    assert "leads.complete" not in owed(lead)


def test_the_promise_to_complete_becomes_late_at_midnight(store, li_na):
    lead = add_lead(store=store, phone="13871234567", by=li_na)
    tomorrow = clock.now() + timedelta(days=1)

    late = Deadline.objects.overdue(tomorrow).about(lead).of_step(sop.COMPLETE)

    assert late.exists()


def test_the_api_adds_a_lead_once(li_na, sign_in):
    browser = sign_in(li_na)
    body, key = {"phone": "13871234567", "name": "孙莉"}, {"Idempotency-Key": "k-1"}

    first = browser.post("/api/v1/leads/", body, content_type="application/json", headers=key)
    again = browser.post("/api/v1/leads/", body, content_type="application/json", headers=key)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Lead.objects.count() == 1
