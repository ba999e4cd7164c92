"""SOP-2.2: speaking with a customer, and trying to."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel, finish, hand_over, start
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads import sop
from leads.actions.appointments import appoint
from leads.actions.leads import change_level, locked, owe_contact, plan_contact, reach, usual_day
from leads.actions.recycling import keep_from_pool
from leads.models import Appointment, Campaign, Contact, IntentLevel, Lead
from leads.selectors import follow_up_of, visit_of

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
    visit_at: datetime | None = None,
    visit_purpose: Appointment.Purpose | str = Appointment.Purpose.SEE_CAR,
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
    Whoever accepts an invitation says when they come: `visit_at` makes the appointment.
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
    _refuse_result(contact, level=level, visit_at=visit_at)
    if contact.is_reached:
        lead = spoke(lead, by=by, at=spoken_at)
        if level is not None and lead.status == Lead.Status.OPEN:
            lead = _judge(lead, level, said=contact.feedback, by=by, at=at)
    contact.level_after = lead.level
    contact.save()
    if visit_at is not None:
        appoint(lead, at_time=visit_at, purpose=visit_purpose, remark="", by=by, at=at)
        lead = locked(lead)
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
        subject=contact, way=contact.way, outcome=contact.outcome, said=_quoted(contact),
    )  # fmt: skip
    return contact


def _quoted(contact: Contact) -> str:
    return f" · {contact.feedback[:200]}" if contact.feedback else ""


def _refuse_result(
    contact: Contact, *, level: IntentLevel | None, visit_at: datetime | None
) -> None:
    """What a contact came to must follow from it."""
    changes = level is not None and level != contact.level_before
    if not contact.is_reached and (contact.answer or changes or visit_at):
        raise RuleViolation(
            _("Nobody was reached: the level and the invitation stay as they were."),
            field="outcome",
        )
    is_accepted = contact.answer == Contact.Answer.ACCEPTED
    if visit_at is not None and not is_accepted:
        raise RuleViolation(
            _("A visit is agreed only by somebody who accepts the invitation."), field="answer"
        )
    if is_accepted and visit_at is None and visit_of(contact.lead) is None:
        raise RuleViolation(
            _("Agree on day and time of the visit, or note that the customer is undecided."),
            field="visit_at",
        )


def _judge(lead: Lead, level: IntentLevel, *, said: str, by: User | None, at: datetime) -> Lead:
    """What the customer said is the reason for the new level."""
    if lead.level.is_warmer_than(level) and not said:
        raise RuleViolation(
            _("Write what the customer said: the level falls from %(old)s to %(new)s.")
            % {"old": lead.level.code, "new": level.code},
            code="reason",
            field="feedback",
        )
    return change_level(lead, level=level, reason=said, by=by, at=at)


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
    keep_from_pool(lead, lead.last_contacted_at)
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


@transaction.atomic
def owe_first_contact(lead: Lead, *, at: datetime | None = None) -> Deadline | None:
    """
    Start the 24 hours for somebody to whom nobody has spoken yet (SOP-2.2); twice is once.

    The consultant owes it, or the consultants as a whole until there is one.
    """
    at = at or clock.now()
    if lead.first_contacted_at is not None or not lead.is_open:
        return None
    owed = start(
        sop.FIRST_CONTACT, lead, store=lead.store, customer=lead.customer, owner=lead.consultant,
        at=at,
    )  # fmt: skip
    if owed.is_open and owed.owner_id is None and lead.consultant is not None:
        hand_over([owed], to=lead.consultant, by=None, at=at)
    return owed
