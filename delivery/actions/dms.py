"""SOP-9.8: the DMS entry, its window, and the application that opens it again."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.sop.actions import finish
from dealership.staff.models import User
from delivery.models import Delivery, DmsEntry, LateApplication
from delivery.sop import DMS_ENTRY

Status = LateApplication.Status


@transaction.atomic
def enter_dms(
    delivery: Delivery, *, dms_number: str, by: User, at: datetime | None = None
) -> DmsEntry:
    """
    Record that the sale stands in the brand's DMS, as it was told there.

    The window ends at 24:00 of the second day after the invoice day. From then on an approved
    late-entry application is needed, and each serves once. The moment is that of the recording:
    it cannot be dated back.
    """
    now = clock.now()
    at, dms_number = at or now, dms_number.strip()
    if not dms_number:
        raise RuleViolation(_("Enter the number that the DMS gave."), field="dms_number")
    delivery = _locked(delivery)
    if DmsEntry.objects.filter(delivery=delivery).exists():
        raise RuleViolation(_("This sale is already in the DMS."), code="entered")
    if at > now or at < delivery.delivered_at:
        raise RuleViolation(_("A sale is entered after the hand-over, not in the future."))
    application = None
    if max(at, now) >= delivery.dms_window_ends_at:
        at, application = now, _permission(delivery)
    entry = DmsEntry.objects.create(
        delivery=delivery,
        dms_number=dms_number[:40],
        invoice_on=delivery.invoice_on,
        vehicle_use=delivery.vehicle_use,
        customer_nature=delivery.customer_nature,
        window_ends_at=delivery.dms_window_ends_at,
        entered_at=at,
        entered_by=by,
        late_application=application,
    )
    note(
        "delivery.dms_entered", store=delivery.store, customer=delivery.customer,
        lead=delivery.lead, by=by, at=at, subject=delivery, number=entry.dms_number,
    )  # fmt: skip
    finish(DMS_ENTRY, delivery, by=by, at=at)
    return entry


def _locked(delivery: Delivery) -> Delivery:
    Delivery.objects.select_for_update().get(pk=delivery.pk)
    return Delivery.objects.with_people().get(pk=delivery.pk)


def _permission(delivery: Delivery) -> LateApplication:
    """Return the approved, unused application, or say what to do."""
    approved = LateApplication.objects.usable().filter(delivery=delivery).first()
    if approved is not None:
        return approved
    raise RuleViolation(
        _(
            "The DMS window ended on %(time)s. Apply to the brand's vehicle office for a late "
            "entry and record its approval first."
        )
        % {"time": delivery.window_text},
        code="window_closed",
    )


@transaction.atomic
def apply_late(
    delivery: Delivery,
    *,
    reason: str,
    evidence: str,
    sent_on: date,
    by: User,
    at: datetime | None = None,
) -> LateApplication:
    """
    Record the application for a late entry that was sent to the brand's vehicle office.

    Only once the window is over, and one at a time; after a refusal a new one may be sent.
    """
    now = clock.now()
    at = at or now
    for field, text in (("reason", reason), ("evidence", evidence)):
        if not text.strip():
            raise RuleViolation(_("The office wants a reason and evidence."), field=field)
    delivery = _locked(delivery)
    if DmsEntry.objects.filter(delivery=delivery).exists():
        raise RuleViolation(_("This sale is already in the DMS."), code="entered")
    if now < delivery.dms_window_ends_at:
        raise RuleViolation(_("The window is still open: enter the sale now."), code="window_open")
    in_force = LateApplication.objects.filter(delivery=delivery).exclude(status=Status.REFUSED)
    if in_force.exists():
        raise RuleViolation(_("There is already an application for this sale."), code="applied")
    if sent_on > clock.day_of(now, delivery.store.tz) or sent_on < delivery.invoice_on:
        raise RuleViolation(
            _("The application is sent after the invoice, not in the future."), field="sent_on"
        )
    application = LateApplication.objects.create(
        store=delivery.store,
        delivery=delivery,
        reason=reason.strip()[:500],
        evidence=evidence.strip()[:500],
        sent_on=sent_on,
        applied_at=at,
        applied_by=by,
    )
    note(
        "delivery.late_applied", store=delivery.store, customer=delivery.customer,
        lead=delivery.lead, by=by, at=at, subject=delivery, reason=application.reason[:200],
    )  # fmt: skip
    return application


@transaction.atomic
def decide_late(
    application: LateApplication,
    *,
    approved: bool,
    decided_on: date,
    reference: str,
    by: User,
    at: datetime | None = None,
) -> LateApplication:
    """Record what the brand's vehicle office decided, on which day, under which reference."""
    now = clock.now()
    at, reference = at or now, reference.strip()
    if not reference:
        raise RuleViolation(_("Enter the reference of the decision."), field="reference")
    if not application.sent_on <= decided_on <= clock.day_of(now, application.store.tz):
        raise RuleViolation(
            _("The decision follows the application and is not in the future."), field="decided_on"
        )
    values = {
        "status": Status.APPROVED if approved else Status.REFUSED,
        "decided_on": decided_on,
        "reference": reference[:60],
        "decided_at": at,
        "decided_by": by,
    }
    if not LateApplication.objects.waiting().filter(pk=application.pk).update(**values):
        raise RuleViolation(_("This application has already been decided."), code="decided")
    for name, value in values.items():
        setattr(application, name, value)
    delivery = application.delivery
    kind = "delivery.late_approved" if approved else "delivery.late_refused"
    note(
        kind, store=delivery.store, customer=delivery.customer, lead=delivery.lead, by=by, at=at,
        subject=delivery, reference=application.reference,
    )  # fmt: skip
    return application
