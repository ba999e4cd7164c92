"""What comes back from the carriers: receipts, and what people reply."""

import re
import unicodedata
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers import phones
from dealership.customers.actions import note, refuse_contact, withdraw_consent
from dealership.customers.models import Consent, Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import fate
from dealership.messaging.actions.notices import notify
from dealership.messaging.gateways import Answer, Outcome
from dealership.messaging.models import InboundSms, Sms

MAX_BODY = 1000
MAY_STILL_FAIL = (Sms.State.ACCEPTED, Sms.State.CALLING, Sms.State.UNKNOWN)
STOP_WORDS = frozenset(
    {"R", "T", "TD", "N", "TDQX", "退订", "退定", "退", "拒收", "取消", "取消订阅",
     "STOP", "UNSUBSCRIBE", "回T退订"}
)  # fmt: skip
STOP_PHRASES = re.compile(r"退订|拒收|不要再?发|别再?发|不想收|停止发送")
REFUSALS = re.compile(
    r"(不要|别|勿|不准|禁止)(再)?(联系|打扰|骚扰|打电话|来电|找我)|骚扰|投诉|举报|勿扰|删除我的(信息|号码|电话)"
)


def receive_receipt(
    *,
    out_id: str = "",
    provider_id: str = "",
    is_delivered: bool,
    reason: str = "",
    at: datetime | None = None,
) -> Sms | None:
    """
    Take a carrier's word on a message: it is on the phone, or it never will be.

    May come twice, late, or before the gateway's own answer; the first final word stays.
    None: no message of ours.
    """
    at = at or clock.now()
    sms = _find(out_id, provider_id)
    if sms is None:
        return None
    if is_delivered:
        _delivered(sms, provider_id, at)
    else:
        _failed(sms, reason or _("The carrier could not deliver it."), at)
    fate.tell(sms)
    sms.refresh_from_db()
    return sms


def _find(out_id: str, provider_id: str) -> Sms | None:
    rows = Sms.objects.with_people()
    try:
        sms = rows.filter(out_id=uuid.UUID(out_id)).first()
    except ValueError:
        sms = None
    if sms is None and provider_id:
        sms = rows.filter(provider_id=provider_id).first()
    return sms


@transaction.atomic
def _delivered(sms: Sms, provider_id: str, at: datetime) -> None:
    answer = Answer(Outcome.DELIVERED, provider_id=provider_id)
    if fate.accept(sms, answer, at) != "skipped":
        return
    accepted = Sms.objects.filter(pk=sms.pk, out_id=sms.out_id, state=Sms.State.ACCEPTED)
    if accepted.update(state=Sms.State.DELIVERED, delivered_at=at, closed_at=at):
        sms.state = Sms.State.DELIVERED
        fate.record(sms, at, provider_id)


def _failed(sms: Sms, reason: str, at: datetime) -> None:
    """It may be changing hands right now (accepted while the receipt came in): look again then."""
    while sms.state in MAY_STILL_FAIL:
        if fate.end(sms, Sms.State.REFUSED, reason, at) != "skipped":
            return
        sms.refresh_from_db()


def meaning_of(body: str) -> InboundSms.Meaning:
    """Read a reply: a stop word stops the texts, an outright refusal every contact."""
    plain = unicodedata.normalize("NFKC", body).upper()
    word = "".join(sign for sign in plain if sign.isalnum())
    if REFUSALS.search(plain):
        return InboundSms.Meaning.REFUSAL
    if word in STOP_WORDS or STOP_PHRASES.search(plain):
        return InboundSms.Meaning.OPT_OUT
    return InboundSms.Meaning.TEXT


@transaction.atomic
def receive_inbound(
    *, phone: str, body: str, provider: str, provider_id: str, at: datetime | None = None
) -> InboundSms | None:
    """
    Keep what somebody texted back and obey it (MIIT order 31, art. 18: a refusal ends it).

    A stop word withdraws the consent to adverts and to service texts, in every store that has
    the number, for people do not know our kinds. None: it was received before.
    """
    at = at or clock.now()
    try:
        number = phones.normalise(phone)
    except RuleViolation:
        number = phone.strip()[:20]
    latest = Sms.objects.filter(phone=number).order_by("-pk").first()
    owners = list(
        Customer.objects.filter(phones__number=number)
        .select_related("store", "owner")
        .order_by("pk")
    )
    customer = latest.customer if latest else (owners[0] if owners else None)
    meaning = meaning_of(body)
    reply = _keep(number, body, customer, meaning, provider, provider_id, at)
    if reply is None:
        return None
    for owner in owners or ([customer] if customer else []):
        _obey(owner, meaning, body, at)
    if customer:
        note(
            "sms.inbound", store=customer.store, customer=customer, by=None, at=at,
            subject=reply, text=body[:200],
        )  # fmt: skip
        _tell_consultant(customer, reply, at)
    return reply


def _keep(
    number: str,
    body: str,
    customer: Customer | None,
    meaning: InboundSms.Meaning,
    provider: str,
    provider_id: str,
    at: datetime,
) -> InboundSms | None:
    try:
        with transaction.atomic():
            return InboundSms.objects.create(
                store=customer.store if customer else None, customer=customer, phone=number,
                body=body[:MAX_BODY], meaning=meaning, provider=provider[:20],
                provider_id=provider_id[:64], received_at=at,
            )  # fmt: skip
    except IntegrityError:
        return None


def _obey(customer: Customer, meaning: InboundSms.Meaning, body: str, at: datetime) -> None:
    if meaning == InboundSms.Meaning.TEXT:
        return
    for purpose in Consent.Purpose:
        withdraw_consent(customer, purpose, by=None, at=at)
    if meaning == InboundSms.Meaning.REFUSAL:
        refuse_contact(customer, reason=body[:200], by=None, at=at)


def _tell_consultant(customer: Customer, reply: InboundSms, at: datetime) -> None:
    if customer.owner is None:
        return
    notify(
        customer.owner,
        store=customer.store,
        kind="sms.inbound",
        text=_("%(customer)s texted back: %(text)s")
        % {"customer": customer.display_name, "text": reply.body[:120]},
        url=customer.get_absolute_url(),
        key=f"inbound-{reply.pk}",
        at=at,
    )
