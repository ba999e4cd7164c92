"""Receipts and replies: in any order, any number of times, and obeyed at once."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from dealership import clock
from dealership.customers.models import Event
from dealership.messaging.actions import deliver, incoming, receive_inbound, receive_receipt
from dealership.messaging.actions.incoming import meaning_of
from dealership.messaging.keys import shared_key
from dealership.messaging.models import InboundSms, Notice, Sms
from dealership.messaging.selectors import can_text
from dealership.messaging.signing import headers_for
from tests import make
from tests.messaging import room
from tests.messaging.gateway import ACCEPTED, UNSURE

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent(gateway, queue, noon):
    sms = queue()
    deliver(noon)
    sms.refresh_from_db()
    return sms


def receipt(sms, *, is_delivered=True, **more):
    found = receive_receipt(out_id=str(sms.out_id), is_delivered=is_delivered, **more)
    sms.refresh_from_db()
    return found


# Receipts


def test_a_receipt_says_that_it_is_on_the_phone(sent, noon):
    receipt(sent, at=noon + MINUTE)

    assert sent.state == Sms.State.DELIVERED
    assert sent.delivered_at == noon + MINUTE


def test_a_doubled_receipt_changes_nothing(sent, noon):
    receipt(sent, at=noon + MINUTE)
    receipt(sent, at=noon + 5 * MINUTE)
    receipt(sent, is_delivered=False, reason="late lie", at=noon + 6 * MINUTE)

    assert sent.state == Sms.State.DELIVERED
    assert sent.delivered_at == noon + MINUTE
    assert room.told(sent) == ["accepted"]
    assert sent.events.filter(state="delivered").count() == 1


def test_a_failed_receipt_becomes_a_task_once(sent, noon):
    receipt(sent, is_delivered=False, reason="MK:0001", at=noon + MINUTE)
    receipt(sent, is_delivered=False, reason="MK:0001", at=noon + 2 * MINUTE)

    assert sent.state == Sms.State.REFUSED
    assert sent.reason == "MK:0001"
    assert room.told(sent) == ["accepted", "failed"]


def test_a_failed_receipt_is_not_lost_while_the_row_changes_hands(
    gateway, queue, noon, monkeypatch
):
    sms = queue()
    gateway.before_send = lambda: calling.append(Sms.objects.with_people().get(pk=sms.pk))
    calling = []
    deliver(noon)
    monkeypatch.setattr(incoming, "_find", lambda *_ids: calling[0])

    receive_receipt(out_id=str(sms.out_id), is_delivered=False, reason="MK:0001", at=noon + MINUTE)

    assert calling[0].state == Sms.State.REFUSED
    assert room.told(sms) == ["accepted", "failed"]


def test_a_receipt_may_come_before_the_gateways_own_answer(gateway, queue, noon):
    sms = queue()
    gateway.before_send = lambda: receive_receipt(
        out_id=str(sms.out_id), is_delivered=True, at=noon
    )

    deliver(noon)

    sms.refresh_from_db()
    assert sms.state == Sms.State.DELIVERED
    assert sms.accepted_at == noon
    assert sms.provider_id == "biz-1"
    assert room.told(sms) == ["accepted"]


def test_a_receipt_settles_an_unknown_text(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    deliver(noon)

    receipt(sms, at=noon + MINUTE)
    deliver(noon + 2 * MINUTE)

    assert sms.state == Sms.State.DELIVERED
    assert gateway.queries == []
    assert room.told(sms) == ["accepted"]


def test_a_late_receipt_is_believed_even_after_the_text_was_given_up(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    deliver(noon)
    deliver(noon + timedelta(hours=3))

    receipt(sms, at=noon + timedelta(hours=4))

    assert sms.state == Sms.State.DELIVERED
    assert room.told(sms) == ["failed", "accepted"]


def test_a_receipt_is_found_by_the_providers_number_too(sent):
    receive_receipt(out_id="", provider_id="biz-1", is_delivered=True)

    sent.refresh_from_db()
    assert sent.state == Sms.State.DELIVERED


@pytest.mark.parametrize("out_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_receipt_for_nothing_of_ours_is_ignored(out_id):
    assert receive_receipt(out_id=out_id, is_delivered=True) is None


# Replies


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("R", "opt_out"),
        ("r", "opt_out"),
        (" Ｒ ", "opt_out"),
        ("TD", "opt_out"),
        ("td.", "opt_out"),
        ("T", "opt_out"),
        ("退订", "opt_out"),
        ("请退订，谢谢", "opt_out"),
        ("不要再发了", "opt_out"),
        ("拒收", "opt_out"),
        ("别再联系我", "refusal"),
        ("不要打电话了！", "refusal"),
        ("再骚扰就投诉", "refusal"),
        ("好的，谢谢", "text"),
        ("周六再来看车", "text"),
        ("RAV4有吗", "text"),
        ("T恤", "text"),
        ("", "text"),
    ],
)
def test_replies_are_read_as_people_mean_them(body, meaning):
    assert meaning_of(body) == meaning


def reply(customer, body, number="1", **more):
    return receive_inbound(
        phone=customer.primary_phone, body=body, provider="simulator", provider_id=number, **more
    )


def test_a_stop_word_stops_every_text_and_is_on_the_timeline(gateway, queue, noon):
    sms = queue()

    reply(sms.customer, "TD", at=noon)
    deliver(noon)

    assert gateway.sends == []
    assert can_text(sms.customer, room.NOTICE, noon)
    assert can_text(sms.customer, room.ADVERT, noon)
    sms.customer.refresh_from_db()
    assert sms.customer.may_be_contacted
    kinds = set(Event.objects.filter(customer=sms.customer).values_list("kind", flat=True))
    assert {"sms.inbound", "customer.consent_withdrawn"} <= kinds


def test_a_refusal_ends_all_contact(queue, noon):
    sms = queue()

    reply(sms.customer, "别再联系我", at=noon)

    sms.customer.refresh_from_db()
    assert not sms.customer.may_be_contacted
    assert sms.customer.do_not_contact_reason == "别再联系我"


def test_a_stop_word_counts_in_every_store_that_has_the_number(noon):
    here = make.customer(phone="13800138000", owner=make.user(), at=noon)
    elsewhere = make.customer(phone="13800138000", store=make.store(), at=noon)

    reply(here, "R", at=noon)

    assert can_text(here, room.NOTICE, noon)
    assert can_text(elsewhere, room.NOTICE, noon)


def test_a_stop_word_counts_where_notices_need_no_consent(noon, settings):
    settings.SMS_NOTICES_NEED_CONSENT = False
    customer = make.customer(consents=False, owner=make.user(), at=noon)
    assert can_text(customer, room.NOTICE, noon) == ""

    reply(customer, "R", at=noon)

    assert can_text(customer, room.NOTICE, noon)


def test_the_consultant_is_told_of_a_reply(noon):
    customer = make.customer(owner=make.user(), at=noon)

    reply(customer, "周六再来看车", at=noon)

    [notice] = Notice.objects.filter(user=customer.owner)
    assert "周六再来看车" in notice.text
    assert notice.url == customer.get_absolute_url()


def test_a_reply_that_comes_twice_counts_once(noon):
    customer = make.customer(owner=make.user(), at=noon)

    assert reply(customer, "你好", at=noon)
    assert reply(customer, "你好", at=noon) is None

    assert InboundSms.objects.count() == Notice.objects.count() == 1


def test_a_strangers_reply_is_kept(store):
    kept = receive_inbound(phone="13911112222", body="你是谁", provider="x", provider_id="1")

    assert kept.customer is None
    assert kept.phone == "+8613911112222"


@pytest.mark.parametrize("phone", ["", "abc", "1" * 40, "10690000"])
def test_a_reply_from_an_odd_number_is_kept(phone):
    assert receive_inbound(phone=phone or "?", body="R", provider="x", provider_id=phone or "0")


def test_a_long_reply_is_kept_as_far_as_it_goes(noon):
    customer = make.customer(owner=make.user(), at=noon)

    assert len(reply(customer, "长" * 5000, at=noon).body) == 1000


# The hooks


def push(client, name, data, *, key=None, age=0.0, raw=None):
    body = raw if raw is not None else json.dumps(data).encode()
    moment = clock.now().timestamp() - age
    return client.post(
        reverse(f"messaging:{name}"),
        body,
        content_type="application/json",
        headers=headers_for(key or shared_key(), moment, body),
    )


def report(sms, **more):
    return {
        "phone_number": sms.phone.removeprefix("+86"), "send_time": "2026-11-23 12:00:00",
        "report_time": "2026-11-23 12:00:05", "success": True, "err_code": "DELIVERED",
        "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "12345",
        "out_id": str(sms.out_id), **more,
    }  # fmt: skip


def test_a_pushed_receipt_is_taken(client, sent):
    response = push(client, "hook-receipt", [report(sent)])

    assert response.json()["code"] == 0
    sent.refresh_from_db()
    assert sent.state == Sms.State.DELIVERED


def test_aliyuns_own_form_of_the_out_id_is_understood(client, sent):
    push(client, "hook-receipt", [report(sent, out_id=sent.out_id.hex)])

    sent.refresh_from_db()
    assert sent.state == Sms.State.DELIVERED


def test_a_pushed_failure_says_why(client, sent):
    push(client, "hook-receipt", [report(sent, success=False, err_code="MK:0001", err_msg="空号")])

    sent.refresh_from_db()
    assert sent.state == Sms.State.REFUSED
    assert sent.reason == "MK:0001 空号"


def test_a_provider_without_signatures_names_the_key(client, sent):
    url = reverse("messaging:hook-receipt")

    response = client.post(
        f"{url}?key={shared_key()}", [report(sent)], content_type="application/json"
    )

    assert response.status_code == 200


@pytest.mark.parametrize("wrong", [{"key": "another"}, {"age": 3600}], ids=["key", "age"])
def test_a_call_that_is_not_genuine_is_turned_away(client, sent, wrong):
    assert push(client, "hook-receipt", [report(sent)], **wrong).status_code == 403
    assert push(client, "hook-inbound", [], **wrong).status_code == 403
    assert client.post(reverse("messaging:hook-receipt")).status_code == 403
    sent.refresh_from_db()
    assert sent.state == Sms.State.ACCEPTED


@pytest.mark.parametrize(
    "raw", [b"", b"x", b"1", b'"x"', b"null", b"\xff", b"[" * 100_000, b"{}", b"[[]]", b"[null, 1]"]
)
@pytest.mark.parametrize("name", ["hook-receipt", "hook-inbound"])
def test_nonsense_is_no_crash(client, name, raw):
    assert push(client, name, None, raw=raw).status_code in (200, 400)


def test_nonsense_inside_reports_is_no_crash(client, sent):
    odd = {"out_id": {"a": 1}, "biz_id": "\0", "success": [], "phone_number": 1, "content": None,
           "send_time": "99", "sequence_id": "\0x"}  # fmt: skip

    for name in ("hook-receipt", "hook-inbound"):
        assert push(client, name, [odd]).status_code == 200


def test_hooks_take_only_posts(client):
    assert client.get(reverse("messaging:hook-receipt")).status_code == 405


def test_a_pushed_reply_is_obeyed(client, noon, gateway):
    customer = make.customer(owner=make.user(), at=noon)

    push(
        client,
        "hook-inbound",
        [{"phone_number": customer.primary_phone.removeprefix("+86"), "content": "R",
          "send_time": "2026-11-23 12:00:00", "dest_code": "1069", "sequence_id": "42"}],
    )  # fmt: skip

    assert can_text(customer, room.NOTICE)
    assert InboundSms.objects.get().meaning == InboundSms.Meaning.OPT_OUT


def test_accepted_after_all_is_kept_once(gateway, queue, noon):
    sms = queue()
    gateway.script, gateway.answers = [UNSURE], [ACCEPTED]
    deliver(noon)
    deliver(noon + MINUTE)
    receipt(sms)

    assert room.told(sms) == ["accepted"]
