"""Whose a customer is: one consultant for the customer, the open lead and what is owed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note, set_owner
from dealership.errors import RuleViolation
from dealership.sop.actions import hand_over
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from leads.actions.leads import locked, owe_contact, usual_day
from leads.models import Lead
from leads.selectors import follow_up_of


def refuse_leaver(user: User, store: Store) -> None:
    """RuleViolation unless the person looks after customers of the store."""
    if not user.is_active or user.roles_in(store).isdisjoint(MANAGERS | {Role.CONSULTANT}):
        raise RuleViolation(
            _("%(name)s is no consultant of this store. Choose somebody else.")
            % {"name": user.name},
            code="no_consultant",
            field="consultant",
        )


@transaction.atomic
def assign_lead(
    lead: Lead,
    *,
    consultant: User,
    reason: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Give a lead, its customer and all that is owed about it to a consultant (SOP-2.2).

    Due times stay as promised. A lead out of the pool gets its next contact by its level.
    """
    at = at or clock.now()
    lead = locked(lead)
    refuse_leaver(consultant, lead.store)
    before = lead.consultant
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
    if lead.next_contact_on is not None and follow_up_of(lead) is None:
        owe_contact(lead, on=max(lead.next_contact_on, clock.day_of(at, lead.store.tz)), at=at)
    elif lead.next_contact_on is None and lead.first_contacted_at and lead.is_open:
        owe_contact(lead, on=usual_day(lead, at), at=at)
    return lead
