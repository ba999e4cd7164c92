"""SOP-2.9: the form that strangers fill in after scanning a campaign's code."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from dealership import clock
from dealership.customers.actions import refuse_contact
from dealership.customers.models import Consent, Customer
from dealership.sop.models import Deadline
from leads.actions.campaigns import call_off_campaign, change_campaign
from leads.forms.campaigns import SALT
from leads.models import IntakeEntry, Lead, SignUp
from leads.wordings import CURRENT
from tests import make

pytestmark = pytest.mark.sop("2.9")


@pytest.fixture(autouse=True)
def empty_cache(settings):
    # Of its own: the workers of a test run share one Redis.
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": local, "LOCATION": __name__}}
    cache.clear()


@pytest.fixture
def campaign(store):
    return make.campaign(store=store, name="秋季试驾会", channel="in_store")


def address(campaign) -> str:
    return f"/f/{campaign.form_key}/"


def stamp(campaign, *, seconds: float = 30) -> str:
    """As if the page had been opened so many seconds ago."""
    return signing.dumps([campaign.form_key, clock.now().timestamp() - seconds], salt=SALT)


def answer(campaign, browser: Client | None = None, **given):
    typed = {
        "name": "孙莉", "phone": "138 7123 4567", "party_size": "2", "agrees": "on",
        "homepage": "", "stamp": stamp(campaign),
    } | given  # fmt: skip
    typed = {name: value for name, value in typed.items() if value is not None}
    return (browser or Client()).post(address(campaign), typed)


def test_a_stranger_becomes_a_lead_that_is_called(campaign):
    done = answer(campaign)

    lead = Lead.objects.get()
    assert done.status_code == 302
    assert done.url == f"{address(campaign)}thanks/"
    assert (lead.campaign, lead.way) == (campaign, "event")
    assert SignUp.objects.get().party_size == 2
    assert Deadline.objects.open().about(lead).filter(step="leads.first_contact").exists()


@pytest.mark.sop("2.2")
def test_agreeing_is_kept_with_its_wording_and_advertising_by_its_own_box(campaign):
    answer(campaign)
    customer = Customer.objects.get()
    given = customer.consents.get()
    assert (given.purpose, given.method, given.wording) == ("service", "online", CURRENT)

    answer(campaign, agrees_marketing="on")

    assert set(customer.consents.values_list("purpose", flat=True)) == {"service", "marketing"}


def test_without_agreeing_nothing_is_kept(campaign):
    refused = answer(campaign, agrees=None)

    assert refused.status_code == 422
    assert not Customer.objects.exists()
    assert not IntakeEntry.objects.exists()


def test_the_box_for_advertising_is_not_ticked(campaign):
    page = Client().get(address(campaign)).text

    box = re.search(r'<input[^>]*name="agrees_marketing"[^>]*>', page)
    assert box
    assert "checked" not in box.group()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_tells_the_event_who_asks_and_how_to_take_it_back(campaign, language):
    page = Client(headers={"accept-language": language}).get(address(campaign))

    assert page.status_code == 200
    for said in (campaign.name, campaign.place, campaign.store.name, campaign.store.phone):
        assert said in page.text


def test_the_same_number_twice_is_one_lead_one_sign_up_and_the_same_answer(campaign):
    first, again = answer(campaign), answer(campaign, phone="+8613871234567", party_size="3")

    assert (first.status_code, first.url) == (again.status_code, again.url)
    assert (Lead.objects.count(), SignUp.objects.count()) == (1, 1)
    assert SignUp.objects.get().party_size == 3


def test_the_answer_tells_nobody_whether_a_number_is_known(campaign, li_na):
    known = make.lead(consultant=li_na).customer
    stopped = make.customer(owner=li_na)
    refuse_contact(stopped, reason="别再打电话", by=li_na)

    answers = [
        answer(campaign, phone=phone)
        for phone in ("13871234567", known.primary_phone, stopped.primary_phone)
    ]

    assert len({(done.status_code, done.url, done.content) for done in answers}) == 1


def test_whoever_asked_not_to_be_contacted_is_not_called_because_of_a_form(campaign, li_na):
    stopped = make.customer(owner=li_na)
    refuse_contact(stopped, reason="别再打电话", by=li_na)

    answer(campaign, phone=stopped.primary_phone)

    stopped.refresh_from_db()
    assert not stopped.may_be_contacted
    assert not Lead.objects.exists()
    entry = IntakeEntry.objects.get()
    assert (entry.state, entry.campaign) == ("refused", campaign)


def test_a_wrong_number_keeps_what_was_typed(campaign):
    refused = answer(campaign, phone="1387")

    assert refused.status_code == 422
    assert 'value="孙莉"' in refused.text
    assert not Customer.objects.exists()


def test_a_machine_that_fills_everything_in_is_refused(campaign):
    refused = answer(campaign, homepage="https://spam.example")

    assert refused.status_code == 422
    assert not Customer.objects.exists()


def test_too_quick_is_refused_and_sent_again_it_works(campaign):
    browser, quick = Client(), stamp(campaign, seconds=0)
    refused = answer(campaign, browser, stamp=quick)
    assert refused.status_code == 422
    assert 'value="孙莉"' in refused.text
    sent = re.search(r'name="stamp" value="([^"]+)"', refused.text).group(1)

    with time_machine.travel(clock.now() + timedelta(seconds=5), tick=False):
        done = answer(campaign, browser, stamp=sent)

    assert done.status_code == 302


@pytest.mark.parametrize("old", ["", "nonsense", None])
def test_a_forged_or_missing_stamp_is_renewed(campaign, old):
    refused = answer(campaign, stamp=old)

    assert refused.status_code == 422
    sent = re.search(r'name="stamp" value="([^"]+)"', refused.text).group(1)
    with time_machine.travel(clock.now() + timedelta(seconds=5), tick=False):
        assert answer(campaign, stamp=sent).status_code == 302


def test_a_page_left_open_overnight_can_be_sent_again(campaign):
    refused = answer(campaign, stamp=stamp(campaign, seconds=13 * 3600))

    assert refused.status_code == 422
    assert 'value="孙莉"' in refused.text


def test_the_stamp_of_another_campaign_is_worth_nothing(campaign, store):
    other = make.campaign(store=store)

    assert answer(campaign, stamp=stamp(other)).status_code == 422


def test_a_flood_from_one_address_is_held_up_with_what_was_typed(campaign, settings):
    settings.FORM_ANSWERS_PER_ADDRESS = 2
    answers = [answer(campaign, phone=make.a_phone()) for _number in range(3)]

    assert [done.status_code for done in answers] == [302, 302, 429]
    assert 'value="孙莉"' in answers[2].text
    assert Lead.objects.count() == 2


def test_the_form_works_without_its_cache(campaign, monkeypatch):
    def gone(*_args, **_kwargs):
        raise RedisError

    monkeypatch.setattr("dealership.web.rates.cache", SimpleNamespace(add=gone))

    assert answer(campaign).status_code == 302


def test_the_form_is_guarded_against_other_sites(campaign):
    strict = Client(enforce_csrf_checks=True)

    assert answer(campaign, strict).status_code == 403


def test_the_page_keeps_to_the_content_policy(campaign):
    page = Client().get(address(campaign))

    assert "script-src" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("why", ["closed", "cancelled", "over", "full"])
def test_a_closed_form_says_why_and_takes_nothing(campaign, why, language):
    if why == "closed":
        change_campaign(campaign, is_form_open=False)
    elif why == "cancelled":
        call_off_campaign(campaign, by=None)
    elif why == "full":
        change_campaign(campaign, capacity=1)
        answer(campaign, phone=make.a_phone(), party_size="1")
    else:
        day = campaign.starts_on - timedelta(days=1)
        change_campaign(campaign, starts_on=day, ends_on=day)
    known = Lead.objects.count()

    page = Client(headers={"accept-language": language}).get(address(campaign))
    sent = answer(campaign)

    assert page.status_code == sent.status_code == 410
    assert campaign.store.phone in page.text
    assert "<form" not in page.text.partition("<main")[2]
    assert Lead.objects.count() == known


def test_too_many_people_for_the_places_left_is_said_beside_the_number(campaign):
    change_campaign(campaign, capacity=3)
    answer(campaign, phone=make.a_phone(), party_size="2")

    refused = answer(campaign, party_size="2")

    assert refused.status_code == 422
    assert Lead.objects.count() == 1


def test_advertising_asks_nobody_how_many_come(store):
    online = make.campaign(store=store, channel="social")

    assert "party_size" not in Client().get(address(online)).text
    assert answer(online, party_size=None).status_code == 302


def test_an_address_that_nobody_was_given_is_not_there():
    assert Client().get("/f/AAAAAAAAAAAA/").status_code == 404
    assert Client().get("/f/AAAAAAAAAAAA/thanks/").status_code == 404


def test_the_thanks_name_the_day_and_nobody(campaign):
    page = Client().get(f"{address(campaign)}thanks/")

    assert f"{campaign.starts_on:%Y-%m-%d}" in page.text


def test_a_consent_given_before_is_not_written_over(campaign):
    answer(campaign)
    answer(campaign)

    assert Consent.objects.count() == 1


def test_a_series_can_be_chosen(campaign):
    series = make.series()

    answer(campaign, series=str(series.pk))

    assert Lead.objects.get().series == series
