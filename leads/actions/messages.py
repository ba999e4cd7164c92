"""
SOP-2.2: text messages of follow-up.

Only notices about the customer's own enquiry, in the store's approved words: a prospect who has
not consented to advertising gets none (domain §5.4). The ledger keeps quiet hours and refusals.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import queue_sms, render
from dealership.messaging.models import Sms
from dealership.staff.models import User
from leads.actions.contacts import record_contact
from leads.models import Appointment, Contact, Lead
from leads.selectors import visit_of
from leads.sms import MISSED_CALL, VISIT_REMINDER


def missed_call_text(lead: Lead) -> str:
    """What the customer will read; in the customers' language."""
    with override(settings.LANGUAGE_CODE):
        return render(MISSED_CALL, lead.store, **_names(lead))


def reminder_text(appointment: Appointment) -> str:
    when = appointment.local
    with override(settings.LANGUAGE_CODE):
        date = _("%(month)s-%(day)s") % {"month": when.month, "day": when.day}
        return render(
            VISIT_REMINDER,
            appointment.store,
            **_names(appointment.lead),
            date=date,
            time=f"{when:%H:%M}",
        )


def _names(lead: Lead) -> dict[str, str]:
    return {
        "customer": lead.customer.display_name,
        "consultant": str(lead.consultant or lead.store),
        "store": lead.store.name,
        "phone": lead.store.phone,
    }


@transaction.atomic
def text_missed_call(lead: Lead, *, by: User, at: datetime | None = None) -> Contact:
    """Tell the customer by SMS that we tried to call: an attempt, like the call itself."""
    at = at or clock.now()
    contact = record_contact(lead, way=Contact.Way.SMS, outcome=Contact.Outcome.SENT, by=by, at=at)
    queue_sms(
        MISSED_CALL, subject=contact, customer=lead.customer, phone=lead.customer.primary_phone,
        body=missed_call_text(lead), by=by, at=at,
    )  # fmt: skip
    return contact


@transaction.atomic
def text_reminder(lead: Lead, *, by: User, at: datetime | None = None) -> Sms:
    """Remind the customer by SMS of the visit agreed, once for each agreement."""
    at = at or clock.now()
    appointment = visit_of(lead)
    if appointment is None:
        raise RuleViolation(_("No visit is agreed on."), code="no_visit")
    return queue_sms(
        VISIT_REMINDER, subject=appointment, customer=lead.customer,
        phone=lead.customer.primary_phone, body=reminder_text(appointment), by=by, at=at,
        send_by=appointment.starts_at,
    )  # fmt: skip


def reason_against_missed_call(sms: Sms) -> str:
    """Why nobody has to be told any more that we called, asked right before sending."""
    contact = Contact.objects.filter(pk=sms.subject_id).select_related("lead").first()
    if contact is None:
        return ""
    spoken_at = contact.lead.last_contacted_at
    if spoken_at is not None and spoken_at > contact.at:
        return _("The customer has been spoken to meanwhile.")
    return "" if contact.lead.is_open else _("The lead is closed.")


def reason_against_reminder(sms: Sms) -> str:
    """Why the visit needs no reminder any more."""
    appointment = Appointment.objects.filter(pk=sms.subject_id).first()
    if appointment is None or appointment.is_open:
        return ""
    return _("The visit is no longer expected: %(state)s.") % {
        "state": appointment.get_state_display()
    }
