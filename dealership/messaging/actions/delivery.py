"""
Sending what the ledger holds: exactly once, whatever dies on the way.

A row is claimed by a conditional UPDATE with a lease, the gateway is called outside any
transaction, and the row's end is written before the room that sent it is told. What became of a
call that gave no clear answer, or whose worker died, is asked of the provider; it is sent again
only when the provider can't take the first call any more.
"""

import logging
import random
import time
import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.messaging import hours
from dealership.messaging.actions import fate
from dealership.messaging.gateways import Answer, Gateway, Outcome, current_gateway
from dealership.messaging.models import PhoneLine, Sms
from dealership.messaging.purposes import PURPOSES, Purpose
from dealership.messaging.selectors import why_not

log = logging.getLogger(__name__)

State = Sms.State
MAX_DEATHS = 3
# A worker that was paused this long after its claim leaves the row to the next one.
CLAIM_IS_STALE = 15.0
# A run ends soon even if each call stalls, for the clock's ticks share its workers.
RUN_SECONDS = 8.0
# So many rows in a row without an answer: the gateway is down, the next run will see.
GIVE_UP_AFTER = 5
SILENCE = {"not_sent", "unsure", "error"}
ASK_AFTER = timedelta(seconds=1)
ABSENCES_THAT_CONVINCE = 2
BACKOFF, LONGEST_BACKOFF = timedelta(seconds=5), timedelta(minutes=5)


def deliver(at: datetime | None = None, *, limit: int = 1000) -> Counter[str]:
    """
    Take up to `limit` due rows one step further and count what became of them.

    May run any number of times at once. A run ends early when its time is up or the gateway
    does not answer; what is left stays due.
    """
    gateway, counts, silent = current_gateway(), Counter[str](), 0
    due = Sms.objects.due(at or clock.now()).order_by("next_at", "pk")
    worklist = list(due.values_list("pk", flat=True)[:limit])
    # Workers that start together begin at different rows instead of racing for each one.
    random.shuffle(worklist)
    ends = time.monotonic() + RUN_SECONDS
    for pk in worklist:
        if time.monotonic() > ends or silent >= GIVE_UP_AFTER:
            counts["left"] += len(worklist) - counts.total()
            break
        try:
            became = take_further(pk, gateway, at or clock.now())
        except Exception:
            # The row keeps its lease; when that has run out it counts as a worker lost on it.
            log.exception("sms %s: no step further", pk)
            became = "error"
        counts[became] += 1
        if became != "skipped":
            silent = silent + 1 if became in SILENCE else 0
    return counts


def take_further(pk: int, gateway: Gateway, at: datetime) -> str:
    """Take one due row a step further; 'skipped' if another worker has it."""
    started, signed_at = time.monotonic(), clock.now()
    sms = Sms.objects.with_people().due(at).filter(pk=pk).first()
    if sms is None:
        return "skipped"
    if sms.owes:
        return fate.tell_again(sms, at)
    became = _step(sms, gateway, at, started=started, signed_at=signed_at)
    fate.tell(sms)
    return became


def _step(sms: Sms, gateway: Gateway, at: datetime, *, started: float, signed_at: datetime) -> str:
    deaths = sms.deaths + bool(sms.lease)
    if deaths >= MAX_DEATHS:
        why = _("The worker was lost on it %(count)s times.") % {"count": deaths}
        return fate.end(sms, State.DEAD, why, at, deaths=deaths)
    if not _lease(sms, at, deaths):
        return "skipped"
    if sms.state == State.INTENT and (stopped := _arm(sms, gateway, at)):
        return stopped
    if time.monotonic() - started > CLAIM_IS_STALE:
        return "stale"
    if sms.state == State.CALLING:
        return _settle_call(sms, _send(gateway, sms, signed_at), at)
    return _settle_question(sms, gateway.query(sms), gateway, at)


@transaction.atomic
def _lease(sms: Sms, at: datetime, deaths: int) -> bool:
    """Claim the row; a call whose worker was lost becomes a question to the provider."""
    was_calling = sms.state == State.CALLING
    until = at + timedelta(seconds=settings.SMS_LEASE_SECONDS)
    asks = was_calling or sms.state == State.UNKNOWN
    changes: dict[str, Any] = {
        "state": State.UNKNOWN if asks else sms.state, "queries": sms.queries + asks,
        "lease": uuid.uuid4().hex, "leased_until": until, "next_at": until, "deaths": deaths,
    }  # fmt: skip
    if not fate.change(sms, **changes):
        return False
    if was_calling:
        fate.record(sms, at, _("The worker was lost; the provider is asked."))
    return True


@transaction.atomic
def _arm(sms: Sms, gateway: Gateway, at: datetime) -> str:
    """
    Ask once more whether the message may go, and mark it as being sent.

    Runs right before the call, in one transaction with the mark: who opted out, was voided or
    reached the limit since the message was written gets none. Returns '' or what became of it.
    """
    if sms.send_by <= at:
        return fate.end(sms, State.DEAD, sms.reason or _("Its time was up."), at)
    purpose = PURPOSES.get(sms.purpose)
    if purpose is None:
        return fate.end(sms, State.DEAD, _("Nobody sends messages of this kind any more."), at)
    PhoneLine.objects.filter(phone=sms.phone).update(touched_at=at)
    sms.customer = Customer.objects.select_related("store").get(pk=sms.customer_id)
    if reason := _reason_against(sms, purpose, at):
        return fate.end(sms, State.CANCELLED, reason, at)
    opens = hours.next_open(purpose.kind, sms.store, at)
    if opens != at:
        return _hold(sms, opens, State.DEAD, _("Quiet hours"), at)
    if free := _limit_frees_at(sms, at):
        opens = hours.next_open(purpose.kind, sms.store, free)
        why = _("This number has had as many messages as the limit allows.")
        return _hold(sms, opens, State.REFUSED, why, at)
    if not fate.change(
        sms, state=State.CALLING, attempts=sms.attempts + 1, called_at=at,
        provider=gateway.name, reason="",
    ):  # fmt: skip
        return "skipped"
    fate.record(sms, at)
    # A colleague may have reworded it after it was read; from the mark on nobody can.
    sms.refresh_from_db(fields=["body"])
    return ""


def _reason_against(sms: Sms, purpose: Purpose, at: datetime) -> str:
    """Why the customer must not get it any more, or ''."""
    if not sms.customer.phones.filter(number=sms.phone).exists():
        return _("The number is no longer the customer's.")
    return why_not(sms.customer, purpose, sms.phone, at) or purpose.reason_against(sms)


def _hold(sms: Sms, until: datetime | None, state: str, why: str, at: datetime) -> str:
    """Keep it back until it may go; what would come too late is given up at once."""
    if until is None or until >= sms.send_by:
        return fate.end(sms, state, why, at)
    return fate.hold(sms, until, why, at)


def _limit_frees_at(sms: Sms, at: datetime) -> datetime | None:
    """When the number may get its next message, or None if it may get one now."""
    today, hour_ago = clock.day_of(at, sms.store.tz), at - timedelta(hours=1)
    midnight = clock.start_of_day(today, sms.store.tz)
    others = Sms.objects.exclude(pk=sms.pk).spent_on(sms.phone, since=min(midnight, hour_ago))
    times = sorted(called for called in others.values_list("called_at", flat=True) if called)
    if sum(called >= midnight for called in times) >= settings.SMS_PER_PHONE_DAY:
        return clock.end_of_day(today, sms.store.tz)
    recent = [called for called in times if called > hour_ago]
    if len(recent) < settings.SMS_PER_PHONE_HOUR:
        return None
    return recent[-settings.SMS_PER_PHONE_HOUR] + timedelta(hours=1)


def _send(gateway: Gateway, sms: Sms, signed_at: datetime) -> Answer:
    """Call the gateway and keep how long it took."""
    began = time.monotonic()
    try:
        answer = gateway.send(sms, signed_at=signed_at)
    except Exception as error:
        log.exception("sms %s: the gateway's adapter failed", sms.pk)
        answer = Answer(Outcome.UNSURE, reason=repr(error))
    sms.latency_ms = round((time.monotonic() - began) * 1000)
    return answer


def _settle_call(sms: Sms, answer: Answer, at: datetime) -> str:
    """Write down what the call came to."""
    match answer.outcome:
        case Outcome.ACCEPTED | Outcome.DELIVERED:
            return fate.accept(sms, answer, at)
        case Outcome.REFUSED:
            return fate.end(sms, State.REFUSED, answer.reason, at)
        case Outcome.NOT_SENT:
            return fate.retry(sms, State.INTENT, answer, at + _backoff(sms.attempts), at)
        case _:
            return fate.retry(sms, State.UNKNOWN, answer, at + ASK_AFTER, at)


def _settle_question(sms: Sms, answer: Answer, gateway: Gateway, at: datetime) -> str:
    """Write down what the provider says of a message whose fate was unknown."""
    match answer.outcome:
        case Outcome.ACCEPTED | Outcome.DELIVERED:
            return fate.accept(sms, answer, at)
        case Outcome.REFUSED:
            return fate.end(sms, State.REFUSED, answer.reason, at)
        case Outcome.ABSENT:
            return _absent(sms, answer, gateway, at)
        case _:
            return fate.retry(sms, State.UNKNOWN, answer, at + _backoff(sms.queries), at)


def _absent(sms: Sms, answer: Answer, gateway: Gateway, at: datetime) -> str:
    """
    The provider does not know it. It is sent again once that is sure: said twice, the last time
    when the provider would no longer take the first call.
    """
    absences = sms.absences + 1
    settled_at = (sms.called_at or at) + gateway.settles_after
    if at >= settled_at and absences >= ABSENCES_THAT_CONVINCE:
        return fate.retry(sms, State.INTENT, answer, at, at, absences=0)
    again = max(settled_at, at + BACKOFF)
    return fate.retry(sms, State.UNKNOWN, answer, again, at, absences=absences)


def _backoff(times: int) -> timedelta:
    return min(BACKOFF * 2 ** min(max(times - 1, 0), 10), LONGEST_BACKOFF)
