"""SOP-2.2: portals send leads by key: each once, none lost."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from dealership import clock
from dealership.customers.actions import allow_contact, refuse_contact
from dealership.customers.models import Consent, Customer
from leads.actions import capture_lead
from leads.actions.intake import create_key, retry_entry, revoke_key
from leads.models import IntakeEntry, IntakeKey, Lead, Way
from tests import make

pytestmark = pytest.mark.sop("2.2")

ADDRESS = "/api/intake/leads/"


@pytest.fixture(autouse=True)
def empty_cache(settings):
    # Of its own: the workers of a test run share one Redis.
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": local, "LOCATION": __name__}}
    cache.clear()


@pytest.fixture
def secret(store, chen) -> str:
    return create_key(store, name="懂车帝", source=make.source(store=store), by=chen)


@pytest.fixture
def key(secret) -> IntakeKey:
    return IntakeKey.objects.get()


def a_lead(**given):
    sent = {
        "external_id": "dcd-1", "name": "孙莉", "phone": "13871234567", "consent": True,
        "consent_text": "同意本店与我联系",
    }  # fmt: skip
    return {name: value for name, value in (sent | given).items() if value is not None}


def send(secret: str, body, **headers):
    body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client().post(
        ADDRESS, body, content_type="application/json",
        headers={"Authorization": f"Key {secret}"} | headers,
    )  # fmt: skip


def test_a_lead_comes_in_with_its_source_and_consent(secret, key, li_na):
    series = make.series(name="奕炫MAX")

    answer = send(
        secret,
        a_lead(
            series="奕炫max",
            city="武汉",
            message="周末想试驾",
            created_at="2026-11-26T08:15:00+08:00",
        ),
    )

    lead = Lead.objects.get()
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "external_id", "received_at"}
    assert (lead.source, lead.way, lead.series) == (key.source, Way.ONLINE, series)
    assert lead.remark == "武汉 · 周末想试驾"
    consent = Consent.objects.get(customer=lead.customer)
    assert (consent.method, consent.wording) == ("online", "同意本店与我联系")
    assert IntakeEntry.objects.get().state == IntakeEntry.State.TAKEN


def test_the_same_id_is_the_same_lead(secret):
    first = send(secret, a_lead())

    again = send(secret, a_lead(name="孙小莉"))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Lead.objects.count() == IntakeEntry.objects.count() == 1


def test_the_ids_of_two_portals_do_not_meet(secret, store, chen):
    other = create_key(store, name="易车", source=make.source(store=store), by=chen)

    send(secret, a_lead())
    answer = send(other, a_lead(phone="13871234568"))

    assert answer.status_code == 201
    assert Lead.objects.count() == 2


def test_somebody_known_is_no_second_lead_and_the_portal_learns_nothing(secret, store):
    known = capture_lead(store=store, name="孙莉", phone="13871234567", way="call", by=None)

    answer = send(secret, a_lead())

    assert answer.status_code == 201
    assert Lead.objects.get() == known
    assert IntakeEntry.objects.get().state == IntakeEntry.State.DUPLICATE
    assert "known" not in answer.text


def test_a_series_that_nobody_builds_stands_in_the_remark(secret):
    send(secret, a_lead(series="大黄蜂"))

    assert Lead.objects.get().remark == "大黄蜂"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "1387"}, "phone"),
        ({"phone": None}, "phone"),
        ({"phone": 13871234567}, "phone"),
        ({"external_id": None}, "external_id"),
        ({"external_id": "x" * 81}, "external_id"),
        ({"consent": None}, "consent"),
        ({"consent": "yes"}, "consent"),
        ({"consent_text": ""}, "consent_text"),
        ({"name": "孙" * 61}, "name"),
        ({"message": "长" * 801}, "message"),
        ({"campaign": "nobodys"}, "campaign"),
        ({"created_at": "gestern"}, "created_at"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field_and_kept(secret, wrong, field):
    answer = send(secret, a_lead(**wrong))

    assert answer.status_code == 400
    assert field in answer.json()
    assert IntakeEntry.objects.get().state == IntakeEntry.State.REFUSED
    assert not Customer.objects.exists()


def test_of_people_who_did_not_agree_nothing_is_kept(secret):
    answer = send(secret, a_lead(consent=False))

    assert answer.status_code == 400
    assert IntakeEntry.objects.get().payload == {}


def test_a_corrected_lead_takes_the_place_of_the_refused_one(secret):
    send(secret, a_lead(phone="1387"))

    answer = send(secret, a_lead())

    assert answer.status_code == 200
    entry = IntakeEntry.objects.get()
    assert (entry.state, entry.lead) == (IntakeEntry.State.TAKEN, Lead.objects.get())


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", '"x"', "[1]", b"\xff\xfe"])
def test_what_is_no_lead_at_all_is_400(secret, body):
    assert send(secret, body).status_code == 400


def test_a_huge_body_is_refused(secret):
    assert send(secret, a_lead(message="x" * 40_000)).status_code == 400


@pytest.mark.parametrize("header", ["", "Key", "Key lk_wrong", "Bearer lk_wrong", "Key \x7f"])
def test_without_a_valid_key_nothing_comes_in(secret, header):
    answer = Client().post(
        ADDRESS, json.dumps(a_lead()), content_type="application/json",
        headers={"Authorization": header},
    )  # fmt: skip

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Key"
    assert not IntakeEntry.objects.exists()


def test_a_revoked_key_opens_nothing(secret, key):
    revoke_key(key)

    assert send(secret, a_lead()).status_code == 401


def test_a_flood_is_held_up_and_says_how_long(secret, settings):
    settings.INTAKE_PER_MINUTE = 2
    answers = [send(secret, a_lead(external_id=f"id-{number}")) for number in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60


def test_whoever_tries_keys_is_held_up(settings, secret):
    settings.INTAKE_GUESSES_PER_MINUTE = 2

    answers = [send(f"lk_{number}", a_lead()) for number in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert send(secret, a_lead()).status_code == 201  # the portal behind the same address


def test_only_leads_can_be_posted(secret):
    answer = Client().get(ADDRESS, headers={"Authorization": f"Key {secret}"})

    assert answer.status_code == 405


def test_who_asked_not_to_be_contacted_waits_for_the_manager(secret, store, chen, sign_in):
    customer = make.customer(phone="13871234567")
    refuse_contact(customer, reason="别再打电话", by=chen)

    answer = send(secret, a_lead())

    assert answer.status_code == 201  # the portal learns nothing of it
    entry = IntakeEntry.objects.get()
    assert (entry.state, entry.lead) == (IntakeEntry.State.REFUSED, None)
    assert "孙莉" in sign_in(chen).get("/leads/intake/").text

    allow_contact(customer, reason="本人来电", by=chen)
    sign_in(chen).post(f"/leads/intake/{entry.pk}/retry/")

    entry.refresh_from_db()
    assert entry.lead == Lead.objects.get()


def test_a_lead_dealt_with_leaves_the_list(secret, chen, sign_in):
    send(secret, a_lead(phone="1387"))
    entry, browser = IntakeEntry.objects.get(), sign_in(chen)

    browser.post(f"/leads/intake/{entry.pk}/settle/")

    entry.refresh_from_db()
    assert (entry.state, entry.settled_by) == (IntakeEntry.State.SETTLED, chen)
    assert "1387" not in browser.get("/leads/intake/").text
    assert "1387" in browser.get("/leads/intake/?shown=all").text


def test_trying_again_what_still_does_not_work_says_so(secret, chen, sign_in):
    send(secret, a_lead(phone="1387"))
    entry = IntakeEntry.objects.get()

    entry = retry_entry(entry, by=chen)

    assert entry.state == IntakeEntry.State.REFUSED
    assert entry.reason


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_manager_makes_a_key_that_is_shown_once(chen, store, sign_in, language):
    browser = sign_in(chen, language=language)
    typed = {"name": "懂车帝", "source": make.source(store=store).pk}

    shown = browser.post("/leads/intake/keys/", typed).text

    key = IntakeKey.objects.get()
    secret = shown.partition('class="secret">')[2].partition("<")[0]
    assert send(secret, a_lead()).status_code == 201
    assert secret not in browser.get("/leads/intake/keys/").text
    browser.post(f"/leads/intake/keys/{key.pk}/revoke/")
    assert send(secret, a_lead(external_id="dcd-2")).status_code == 401


def test_consultants_have_no_keys(li_na, sign_in):
    assert sign_in(li_na).get("/leads/intake/keys/").status_code == 403


def test_a_key_says_when_it_was_used_last(secret, key):
    send(secret, a_lead())

    key.refresh_from_db()
    assert clock.now() - key.last_used_at < timedelta(minutes=1)


def test_the_list_never_asks_per_row(chen, client, secret, assert_flat_queries):
    client.force_login(chen)
    ids = iter(range(100))

    def row():
        send(secret, a_lead(external_id=f"id-{next(ids)}", phone=make.a_phone()))

    assert_flat_queries("/leads/intake/?shown=all", row)
