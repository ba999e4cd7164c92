"""How a visit agreed on ends: kept, missed, moved or called off, with all that was owed for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.sop.actions import cancel_all, hand_over
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads.models import Appointment, Lead


def close_agreed(
    appointment: Appointment,
    *,
    state: Appointment.State,
    kind: str,
    by: User | None,
    at: datetime,
    reason: str = "",
    visit_ref: int | None = None,
    **data: object,
) -> Appointment:
    """Write how it ended, and tell the timeline; what is owed the caller has settled."""
    appointment.state, appointment.closed_at = state, max(at, appointment.agreed_at)
    appointment.reason, appointment.visit_ref = reason[:200], visit_ref
    appointment.save(update_fields=["state", "closed_at", "reason", "visit_ref"])
    tell(appointment, kind, by=by, at=at, **data)
    return appointment


def tell(
    appointment: Appointment, kind: str, *, by: User | None, at: datetime, **data: object
) -> None:
    note(
        kind, store=appointment.store, customer=appointment.customer, lead=appointment.lead,
        by=by, at=at, subject=appointment, when=local(appointment), **data,
    )  # fmt: skip


def local(appointment: Appointment) -> str:
    return f"{appointment.local:%m-%d %H:%M}"


def drop_visit(lead: Lead, *, reason: str, by: User | None, at: datetime) -> Appointment | None:
    """Call off the visit that a lead has agreed to, because the lead itself is over."""
    found = Appointment.objects.select_for_update(of=("self",)).open().filter(lead=lead)
    appointment = found.select_related("store", "customer", "lead").first()
    if appointment is None:
        return None
    cancel_all(appointment, by=by, reason=reason, at=at)
    return close_agreed(
        appointment, state=Appointment.State.CANCELLED, kind="lead.visit_cancelled", by=by, at=at,
        reason=reason, why=reason[:200],
    )  # fmt: skip


def hand_over_visit(lead: Lead, *, to: User, by: User | None, at: datetime) -> None:
    """Whoever gets the lead waits for its guest."""
    for appointment in Appointment.objects.open().filter(lead=lead).exclude(consultant=to):
        appointment.consultant = to
        appointment.save(update_fields=["consultant"])
        owed = Deadline.objects.open().about(appointment).with_people()
        hand_over(owed, to=to, by=by, at=at)


@transaction.atomic
def stop_visits(customer: Customer, *, by: User | None, at: datetime) -> None:
    """Nobody is expected who has refused all contact."""
    for appointment in Appointment.objects.open().with_people().filter(customer=customer):
        drop_visit(appointment.lead, reason=_("The customer refuses all contact."), by=by, at=at)
