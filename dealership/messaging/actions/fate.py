"""What becomes of a message: each change of its row, and telling the room that sent it."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dealership.customers.actions import note
from dealership.messaging.gateways import Answer, Outcome
from dealership.messaging.models import Sms, SmsEvent
from dealership.messaging.purposes import PURPOSES

log = logging.getLogger(__name__)

State = Sms.State
MAX_TELLINGS = 3
TELL_AGAIN_AFTER = timedelta(minutes=1)
REASON_LENGTH = 300
# A provider's word that it has the message overrules what was believed.
NOT_YET_ACCEPTED = (State.INTENT, State.CALLING, State.UNKNOWN, State.DEAD, State.CANCELLED)


def change(sms: Sms, **changes: Any) -> bool:
    """Change the row only if nobody else has since it was read; the claim of every worker."""
    untouched = Sms.objects.filter(
        pk=sms.pk, state=sms.state, lease=sms.lease, next_at=sms.next_at, out_id=sms.out_id
    )
    if not untouched.update(**changes):
        return False
    for name, value in changes.items():
        setattr(sms, name, value)
    return True


def record(sms: Sms, at: datetime, detail: str = "") -> None:
    """Add a step to the message's life."""
    SmsEvent.objects.create(sms=sms, state=sms.state, at=at, detail=detail[:REASON_LENGTH])


@transaction.atomic
def accept(sms: Sms, answer: Answer, at: datetime) -> str:
    """
    Write down that the provider has it.

    This is a fact from outside: it holds whatever the row was thought to be meanwhile.
    """
    delivered = answer.outcome == Outcome.DELIVERED
    state = State.DELIVERED if delivered else State.ACCEPTED
    purpose = PURPOSES.get(sms.purpose)
    owes = Sms.Owed.ACCEPTED if purpose and purpose.on_accepted else Sms.Owed.NOTHING
    changed = Sms.objects.filter(
        pk=sms.pk, out_id=sms.out_id, state__in=NOT_YET_ACCEPTED
    ).update(
        state=state, accepted_at=at, delivered_at=at if delivered else None,
        called_at=Coalesce(F("called_at"), at), closed_at=at if delivered else None,
        provider_id=answer.provider_id[:64] or F("provider_id"), latency_ms=sms.latency_ms,
        reason="", lease="", leased_until=None, owes=owes, tellings=1,
        next_at=at + TELL_AGAIN_AFTER if owes else None,
    )  # fmt: skip
    if not changed:
        # A receipt was faster than the answer; its number may still be missing.
        Sms.objects.filter(pk=sms.pk, out_id=sms.out_id, provider_id="").update(
            provider_id=answer.provider_id[:64]
        )
        return "skipped"
    sms.state, sms.owes = state, owes
    record(sms, at, answer.provider_id)
    note(
        "sms.accepted", store=sms.store, customer=sms.customer, by=sms.created_by, at=at,
        subject=sms, title=str(sms.title),
    )  # fmt: skip
    return str(state)


@transaction.atomic
def end(sms: Sms, state: str, reason: str, at: datetime, **changes: Any) -> str:
    """Give the message up: refused, dead or cancelled, with the reason for people to read."""
    purpose = PURPOSES.get(sms.purpose)
    owes = Sms.Owed.FAILED if purpose and purpose.on_failed else Sms.Owed.NOTHING
    reason = reason[:REASON_LENGTH] or "–"
    if not change(
        sms, state=state, reason=reason, closed_at=at, lease="", leased_until=None, owes=owes,
        tellings=1, next_at=at + TELL_AGAIN_AFTER if owes else None,
        latency_ms=sms.latency_ms, **changes,
    ):  # fmt: skip
        return "skipped"
    record(sms, at, reason)
    note(
        "sms.failed", store=sms.store, customer=sms.customer, by=None, at=at, subject=sms,
        title=str(sms.title), why=reason,
    )  # fmt: skip
    return str(state)


@transaction.atomic
def retry(
    sms: Sms, state: str, answer: Answer, next_at: datetime, at: datetime, **changes: Any
) -> str:
    """Come back to the row later, or give it up when its time is over."""
    if at >= sms.send_by:
        why = answer.reason or _("The gateway gave no clear answer.")
        if state == State.UNKNOWN:
            why = _("It may or may not have been sent: %(why)s") % {"why": why}
        return end(sms, State.DEAD, why, at)
    is_new = state != sms.state
    if not change(
        sms, state=state, reason=answer.reason[:REASON_LENGTH], lease="", leased_until=None,
        next_at=min(next_at, sms.send_by), latency_ms=sms.latency_ms, **changes,
    ):  # fmt: skip
        return "skipped"
    if is_new:
        record(sms, at, answer.reason)
    return str(answer.outcome)


def hold(sms: Sms, until: datetime, reason: str, at: datetime) -> str:
    """Keep the message back until `until`."""
    if not change(sms, next_at=until, reason=reason, lease="", leased_until=None):
        return "skipped"
    record(sms, at, reason)
    return "held"


def tell(sms: Sms) -> bool:
    """
    Tell the room that sent the message what became of it, exactly once.

    What the room writes and the mark that it was told are one transaction: a worker that dies in
    between leaves neither, and the next run tells again.
    """
    if not sms.owes:
        return False
    try:
        with transaction.atomic():
            return _told(sms)
    except Exception:
        log.exception("sms %s: %s could not be told", sms.pk, sms.purpose)
        return False


def _told(sms: Sms) -> bool:
    owed, purpose = sms.owes, PURPOSES[sms.purpose]
    owing = Sms.objects.filter(pk=sms.pk, out_id=sms.out_id, owes=owed)
    if not owing.update(owes=Sms.Owed.NOTHING, next_at=None):
        return False
    sms = Sms.objects.with_people().get(pk=sms.pk)
    if owed == Sms.Owed.ACCEPTED:
        import_string(purpose.on_accepted)(sms)
    else:
        import_string(purpose.on_failed)(sms, sms.reason)
    return True


def tell_again(sms: Sms, at: datetime) -> str:
    """Try once more to tell the room; after three times people see it on the health page."""
    if sms.tellings >= MAX_TELLINGS:
        if change(sms, next_at=None):
            record(sms, at, _("The room that sent it could not be told."))
        return "untold"
    if not change(sms, tellings=sms.tellings + 1, next_at=at + TELL_AGAIN_AFTER):
        return "skipped"
    return "told" if tell(sms) else "untold"
