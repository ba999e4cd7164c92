"""SOP-2.2: speaking with a customer, and trying to."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel, finish
from dealership.staff.models import User
from leads import sop
from leads.actions.leads import change_level, locked, owe_contact, plan_contact, reach, usual_day
from leads.models import Campaign, Contact, IntentLevel, Lead
from leads.selectors import follow_up_of

OLDEST_ENTRY = timedelta(days=7)
# So many attempts in vain settle a planned contact; the next one is planned anew.
ENOUGH_ATTEMPTS = 3


@transaction.atomic
def record_contact(
    lead: Lead,
    *,
    way: Contact.Way | str,
    outcome: Contact.Outcome | str,
    purpose: Contact.Purpose | str = Contact.Purpose.CARE,
    answer: Contact.Answer | str = "",
    feedback: str = "",
    measure: str = "",
    level: IntentLevel | None = None,
    next_contact_on: date | None = None,
    campaign: Campaign | None = None,
    duration_seconds: int | None = None,
    by: User | None,
    happened_at: datetime | None = None,
    at: datetime | None = None,
) -> Contact:
    """
    Record an attempt to speak with the customer (跟进记录, domain §2.3).

    Reaching them keeps the promise of the first contact and of the follow-up, and plans the
    next one, by the level if no day is given. Attempted is not reached: what was promised stays
    owed until three attempts were in vain. `happened_at` is the call itself, up to 7 days ago.
    """
    at = at or clock.now()
    spoken_at = happened_at or at
    lead = locked(lead)
    _refuse(lead, spoken_at, at)
    before = lead.level
    contact = Contact(
        store=lead.store,
        lead=lead,
        customer=lead.customer,
        by=by,
        at=spoken_at,
        entered_at=at,
        way=way,
        purpose=purpose,
        outcome=outcome,
        answer=answer,
        campaign=campaign,
        feedback=feedback.strip()[:1000],
        measure=measure.strip()[:500],
        level_before=before,
        duration_seconds=duration_seconds,
    )
    if not contact.is_reached and (answer or (level and level != before)):
        raise RuleViolation(
            _("Nobody was reached: the level and the invitation stay as they were."),
            field="outcome",
        )
    if contact.is_reached:
        lead = spoke(lead, by=by, at=spoken_at)
        if level is not None and lead.status == Lead.Status.OPEN:
            lead = change_level(lead, level=level, reason=contact.feedback, by=by, at=at)
    contact.level_after = lead.level
    contact.save()
    if contact.is_reached:
        if lead.is_open:
            lead = plan_contact(lead, on=next_contact_on or usual_day(lead, at), by=by, at=at)
    else:
        lead = _attempted(lead, next_contact_on, by=by, at=at)
    contact.next_contact_on = lead.next_contact_on
    contact.save(update_fields=["next_contact_on"])
    note(
        "lead.contacted" if contact.is_reached else "lead.attempted",
        store=lead.store, customer=lead.customer, lead=lead, by=by, at=spoken_at,
        subject=contact, way=contact.way, outcome=contact.outcome, said=contact.feedback[:200],
    )  # fmt: skip
    return contact


def _refuse(lead: Lead, spoken_at: datetime, at: datetime) -> None:
    if not lead.customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s does not want to be contacted.") % {"customer": lead.customer},
            code="refused",
        )
    if spoken_at > at:
        raise RuleViolation(_("The contact lies in the future."), field="happened_at")
    if spoken_at < at - OLDEST_ENTRY:
        raise RuleViolation(_("A contact can be entered up to 7 days later."), field="happened_at")


@transaction.atomic
def spoke(lead: Lead, *, by: User | None, at: datetime) -> Lead:
    """
    Note that somebody of ours spoke with the customer: by a contact, a visit or a call.

    Keeps the promises of the first contact and of the planned one; what comes next has to be
    planned by whoever calls this.
    """
    finish(sop.FIRST_CONTACT, lead, by=by, at=at)
    if follow_up_of(lead) is not None:
        finish(sop.FOLLOW_UP, lead, by=by, at=at, period=str(lead.follow_ups))
    lead.next_contact_on = None
    lead.first_contacted_at = min(lead.first_contacted_at or at, at)
    lead.last_contacted_at = max(lead.last_contacted_at or at, at)
    lead.save(update_fields=["next_contact_on", "first_contacted_at", "last_contacted_at"])
    return reach(lead, Lead.Stage.CONTACTED)


def _attempted(lead: Lead, on: date | None, *, by: User | None, at: datetime) -> Lead:
    """After enough attempts in vain the planned contact is settled, and planned for later."""
    owed = follow_up_of(lead)
    if owed is None:
        return lead
    tried = Contact.objects.filter(lead=lead, entered_at__gte=owed.opened_at).exclude(
        outcome__in=Contact.SPOKEN
    )
    if tried.count() < ENOUGH_ATTEMPTS:
        return lead
    reason = _("Not reached in %(count)s attempts.") % {"count": ENOUGH_ATTEMPTS}
    cancel(sop.FOLLOW_UP, lead, by=by, reason=reason, at=at, period=owed.period)
    return owe_contact(lead, on=on or usual_day(lead, at), at=at)
