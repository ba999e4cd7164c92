"""SOP-2.2: the pool (公海), where customers wait whom nobody looks after."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership import clock
from dealership.customers.actions import note, set_owner
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.actions import cancel, cancel_all
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.staff.models import User
from leads import sop
from leads.actions.assignment import give_lead
from leads.actions.leads import locked
from leads.actions.ownership import assign_lead, refuse_leaver
from leads.actions.recycling import days_of, keep_from_pool
from leads.models import Assignment, Lead
from leads.selectors import visit_of
from leads.selectors.ownership import holdings, policy_of
from leads.staying import why_stay


@transaction.atomic
def put_into_pool(lead: Lead, *, reason: str, by: User | None, at: datetime | None = None) -> Lead:
    """
    Let go of a lead and its customer: any consultant may claim them from the pool (公海).

    Nobody owes anything about the lead there; whoever claims it plans the next contact.
    """
    at, reason = at or clock.now(), reason.strip()[:200]
    lead = locked(lead)
    if lead.pooled_at is not None:
        return lead
    if lead.status != Lead.Status.OPEN:
        raise RuleViolation(_("Only an open lead goes to the pool."), code="status")
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    if busy := _busy(lead, at):
        raise RuleViolation(
            _("%(why)s Give the lead to a colleague instead.") % {"why": busy}, code="busy"
        )
    before = lead.consultant
    lead.consultant, lead.pooled_from, lead.pooled_at = None, before, at
    lead.pool_reason, lead.next_contact_on = reason, None
    lead.save(
        update_fields=["consultant", "pooled_from", "pooled_at", "pool_reason", "next_contact_on"]
    )
    set_owner(lead.customer, None, by=by, at=at)
    cancel_all(lead, by=by, reason=_("The lead went to the pool."), at=at)
    note(
        "lead.pooled", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, reason=reason, consultant=str(before or "–"),
    )  # fmt: skip
    if before is not None and before != by:
        with in_language_of(before):
            text = _("%(customer)s went to the pool: %(reason)s") % {
                "customer": lead.customer,
                "reason": reason,
            }
        notify(before, store=lead.store, kind="lead.pooled", text=text, at=at)
    return lead


@transaction.atomic
def claim(lead: Lead, *, by: User, at: datetime | None = None) -> Lead:
    """
    Take a customer out of the pool (抢公海): whoever comes first has them.

    Nobody claims more than so many in a day, holds more than so many, or gets back at once whom
    they have just lost.
    """
    at = at or clock.now()
    # One person's claims go one after the other, or two at once would both be the last allowed.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    lead = locked(lead)
    if lead.pooled_at is None:
        if lead.consultant == by:
            return lead
        if lead.consultant is not None:
            raise RuleViolation(
                _("%(name)s was quicker.") % {"name": lead.consultant.name}, code="taken"
            )
        raise RuleViolation(_("This customer is no longer in the pool."), code="gone")
    refuse_leaver(by, lead.store)
    _refuse_claim(lead, by, at)
    Assignment.objects.create(
        lead=lead, how=Assignment.How.CLAIM, consultant=by, by=by, at=at, reason=lead.pool_reason
    )
    return assign_lead(lead, consultant=by, reason=_("Claimed from the pool"), by=by, at=at)


def _refuse_claim(lead: Lead, by: User, at: datetime) -> None:
    policy, tz = policy_of(lead.store), lead.store.tz
    assert lead.pooled_at is not None
    free_again = lead.pooled_at + timedelta(days=policy.cool_down_days)
    if lead.pooled_from_id == by.pk and at < free_again:
        raise RuleViolation(
            _("You had this customer before: you may claim them again from %(day)s on.")
            % {"day": clock.day_of(free_again, tz)},
            code="cool_down",
        )
    since = clock.start_of_day(clock.day_of(at, tz), tz)
    claims = Assignment.objects.claims().filter(consultant=by, lead__store=lead.store)
    if claims.filter(at__gte=since).count() >= policy.claims_per_day:
        raise RuleViolation(
            ngettext(
                "You have claimed %(count)s customer today. Tomorrow you may claim again.",
                "You have claimed %(count)s customers today. Tomorrow you may claim again.",
                policy.claims_per_day,
            )
            % {"count": policy.claims_per_day},
            code="claims",
        )
    if (held := holdings([by.pk]).get(by.pk, 0)) >= policy.holding_cap:
        raise RuleViolation(
            _("You hold %(count)s open leads, and more nobody looks after well. Close some first.")
            % {"count": held},
            code="full",
        )


@transaction.atomic
def give_from_pool(
    leads: list[Lead], *, consultant: User, by: User, at: datetime | None = None
) -> int:
    """Give several leads out of the pool to one consultant; those gone meanwhile are left out."""
    at, given = at or clock.now(), 0
    if not leads:
        raise RuleViolation(_("Choose at least one customer."), field="leads")
    for lead in sorted(leads, key=lambda lead: lead.pk):
        if locked(lead).pooled_at is not None:
            give_lead(lead, consultant=consultant, by=by, at=at)
            given += 1
    return given


def act_recycle(deadline: Deadline, *, at: datetime) -> None:
    """
    Put a lead that nobody has spoken to into the pool; the clock calls this.

    The lead is taken without waiting: whoever speaks with the customer right now holds it and
    wants the deadline that the clock holds. The clock then lets go and looks again.
    """
    lead = Lead.objects.select_for_update(nowait=True).filter(pk=deadline.subject_id).first()
    if lead is None:
        return
    lead = locked(lead)
    reason = _reason_to_stay(lead, at)
    if not reason:
        text = _("No contact for %(days)s days") % {"days": lead.level.recycle_days}
        put_into_pool(lead, reason=text, by=None, at=at)
        return
    cancel(sop.RECYCLE, lead, by=None, reason=reason, at=at, period=deadline.period)
    if days_of(lead) is not None:
        keep_from_pool(lead, at)


def _reason_to_stay(lead: Lead, at: datetime) -> str:
    """Why the pool does not take the lead now, or ''."""
    if days_of(lead) is None:
        return _("The pool does not take this lead any more.")
    if not policy_of(lead.store).is_recycling:
        return _("The store does not recycle leads.")
    return _busy(lead, at)


def _busy(lead: Lead, at: datetime) -> str:
    """What somebody is doing for the customer right now, or ''."""
    if Lead.objects.filter(customer=lead.customer, status=Lead.Status.ORDERED).exists():
        return _("The customer waits for an ordered car.")
    visit = visit_of(lead)
    if visit is not None and visit.starts_at > at:
        return _("A visit is agreed on.")
    return why_stay(lead.customer, at)
