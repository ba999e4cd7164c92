"""Writing the intent to text a customer, and taking it back."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers import phones
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging import hours, texts
from dealership.messaging.actions import fate
from dealership.messaging.models import PhoneLine, Sms, SmsEvent
from dealership.messaging.purposes import Purpose
from dealership.messaging.selectors import why_not
from dealership.staff.models import User

LIFE = timedelta(hours=24)


@transaction.atomic
def queue_sms(
    purpose: Purpose,
    *,
    subject: models.Model,
    customer: Customer,
    phone: str,
    body: str,
    by: User | None = None,
    at: datetime | None = None,
    send_by: datetime | None = None,
) -> Sms:
    """
    Write the intent to text a customer; `deliver` sends it once this transaction is committed.

    One message for each purpose and subject: a second call returns the first one's row. While it
    waits, a person's text replaces it (the software's own never does); if it surely never left
    the house, it may be queued anew. RuleViolation if the customer must not or can't be texted.
    """
    at = at or clock.now()
    number = phones.normalise(phone)
    if reason := why_not(customer, purpose, number, at):
        raise RuleViolation(reason, code="no_consent", field="phone")
    body = texts.check_body(body, purpose)
    send_by = send_by or at + LIFE
    send_after = hours.next_open(purpose.kind, customer.store, at)
    if send_after is None or send_after > send_by:
        raise RuleViolation(
            _("No message may go out any more before its time is up. Call the customer instead."),
            code="quiet_hours",
        )
    PhoneLine.objects.get_or_create(phone=number)
    fresh = {
        "store_id": customer.store_id, "customer": customer, "phone": number, "body": body,
        "created_by": by, "created_at": at,
        "send_after": send_after, "send_by": send_by, "next_at": send_after,
    }  # fmt: skip
    known = Sms.objects.about(subject).filter(purpose=purpose.code)
    if existing := known.first():
        return _queue_again(existing, fresh)
    try:
        with transaction.atomic():
            sms = Sms.objects.create(
                purpose=purpose.code,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                **fresh,
            )
    except IntegrityError:
        return _queue_again(known.get(), fresh)
    SmsEvent.objects.create(sms=sms, state=sms.state, at=at, by=by)
    return sms


def _queue_again(sms: Sms, fresh: dict[str, Any]) -> Sms:
    """Renew a message that surely never left, or reword one that waits; else leave it alone."""
    at, by = fresh["created_at"], fresh["created_by"]
    if sms.surely_unsent:
        untouched = Sms.objects.filter(
            pk=sms.pk, state=sms.state, out_id=sms.out_id, called_at=sms.called_at
        )
        renewed = untouched.update(
            **fresh, state=Sms.State.INTENT, out_id=uuid.uuid4(), reason="", lease="",
            leased_until=None, attempts=0, queries=0, absences=0, deaths=0, owes="", tellings=0,
            provider_id="", called_at=None, closed_at=None, latency_ms=None,
        )  # fmt: skip
        if renewed:
            SmsEvent.objects.create(sms=sms, state=Sms.State.INTENT, at=at, by=by)
    elif by is not None:
        Sms.objects.filter(pk=sms.pk, state=Sms.State.INTENT).update(
            body=fresh["body"], created_by=by, send_by=max(sms.send_by, fresh["send_by"])
        )
    sms.refresh_from_db()
    return sms


@transaction.atomic
def stop_texts(customer: Customer, *, by: User | None, at: datetime) -> int:
    """Take back every message that still waits for a customer who refuses all contact."""
    waiting = Sms.objects.with_people().filter(customer=customer, state=Sms.State.INTENT)
    stopped = 0
    for sms in waiting:
        why = _("The customer asked not to be contacted.")
        stopped += fate.end(sms, Sms.State.CANCELLED, why, at) != "skipped"
        fate.tell(sms)
    return stopped


@transaction.atomic
def cancel_sms(
    purpose: Purpose, subject: models.Model, *, reason: str, at: datetime | None = None
) -> Sms | None:
    """
    Take back a message that is not on its way yet; None if there was nothing to take back.

    One whose fate is unknown can't be recalled, but it will not be sent again.
    """
    at = at or clock.now()
    sms = Sms.objects.about(subject).filter(purpose=purpose.code).first()
    if sms is None:
        return None
    reason = reason[:300] or "–"
    waiting = Sms.objects.filter(pk=sms.pk, state=Sms.State.INTENT)
    if waiting.update(
        state=Sms.State.CANCELLED, reason=reason, next_at=None, lease="", leased_until=None,
        closed_at=at,
    ):  # fmt: skip
        SmsEvent.objects.create(sms=sms, state=Sms.State.CANCELLED, at=at, detail=reason)
        sms.refresh_from_db()
        return sms
    underway = Sms.objects.filter(pk=sms.pk, state__in=(Sms.State.CALLING, Sms.State.UNKNOWN))
    underway.filter(send_by__gt=at, send_after__lte=at).update(send_by=at, reason=reason)
    return None
