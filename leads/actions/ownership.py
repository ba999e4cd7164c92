"""Whose a customer is: one consultant for the customer, the open lead and what is owed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note, set_owner
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import finish, hand_over
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from leads import sop
from leads.actions.agreements import hand_over_visit
from leads.actions.contacts import owe_first_contact
from leads.actions.leads import locked, owe_contact, usual_day
from leads.actions.recycling import keep_from_pool
from leads.models import Lead
from leads.selectors import follow_up_of


def refuse_leaver(user: User, store: Store) -> None:
    """RuleViolation unless the person looks after customers of the store."""
    if not user.is_active:
        sentence = _("%(name)s no longer works here. Choose somebody else.")
    elif not user.roles_in(store):
        sentence = _("%(name)s works in another store. Choose somebody of %(store)s.")
    elif user.roles_in(store).isdisjoint(MANAGERS | {Role.CONSULTANT}):
        sentence = _("%(name)s is no consultant of this store. Choose somebody else.")
    else:
        return
    raise RuleViolation(
        sentence % {"name": user.name, "store": store}, code="no_consultant", field="consultant"
    )


@transaction.atomic
def assign_lead(
    lead: Lead,
    *,
    consultant: User,
    reason: str = "",
    is_met: bool = False,
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Give a lead, its customer and all that is owed about it to a consultant (SOP-2.2).

    Due times stay as promised; the watch of the pool begins anew. A lead out of the pool gets
    its next contact by its level; one to whom nobody has spoken yet the first one within its
    24 hours. With `is_met` the consultant is with the customer now, and plans it afterwards.
    """
    at = at or clock.now()
    lead = locked(lead)
    refuse_leaver(consultant, lead.store)
    before, was_pooled = lead.consultant, lead.pooled_at is not None
    if before == consultant and lead.customer.owner_id == consultant.pk:
        return lead
    lead.consultant = consultant
    lead.pooled_at, lead.pool_reason = None, ""
    lead.save(update_fields=["consultant", "pooled_at", "pool_reason"])
    set_owner(lead.customer, consultant, by=by, at=at)
    note(
        "lead.assigned", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, consultant=str(consultant), reason=reason[:200],
    )  # fmt: skip
    owed = Deadline.objects.open().about(lead)
    owed = owed.exclude(owner=None).with_people()
    if before is not None:
        hand_over(owed.filter(owner=before), to=consultant, by=by, at=at)
    else:
        _finish_assigning(lead, by=by, at=at)
    if lead.next_contact_on is not None and follow_up_of(lead) is None:
        owe_contact(lead, on=max(lead.next_contact_on, clock.day_of(at, lead.store.tz)), at=at)
    elif lead.next_contact_on is None and lead.is_open and not is_met:
        if lead.first_contacted_at is not None or was_pooled:
            owe_contact(lead, on=usual_day(lead, at), at=at)
        else:
            owe_first_contact(lead, at=at)
    hand_over_visit(lead, to=consultant, by=by, at=at)
    keep_from_pool(lead, at)
    return lead


def _finish_assigning(lead: Lead, *, by: User | None, at: datetime) -> None:
    """Whoever finds a consultant for the lead keeps the promise to do so."""
    owed = Deadline.objects.open().about(lead).of_step(sop.ASSIGN).first()
    if owed is not None:
        finish(sop.ASSIGN, lead, by=by, at=at, period=owed.period)


@transaction.atomic
def assign_customer(
    customer: Customer,
    *,
    consultant: User,
    reason: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Customer:
    """
    Give a customer to a consultant, with the open lead if there is one, and what is owed to them.

    Without a lead it is the promises of the earlier consultant to this customer that move.
    """
    at = at or clock.now()
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    lead = Lead.objects.open().filter(customer=customer).order_by("-pk").first()
    if lead is not None:
        return assign_lead(lead, consultant=consultant, reason=reason, by=by, at=at).customer
    refuse_leaver(consultant, customer.store)
    before = customer.owner
    set_owner(customer, consultant, by=by, at=at)
    if before is not None and before != consultant:
        owed = Deadline.objects.open().filter(customer=customer, owner=before)
        hand_over(owed.with_people(), to=consultant, by=by, at=at)
    return customer
