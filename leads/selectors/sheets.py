"""One lead beside the list: what is owed, how far it has come, what was last said."""

from typing import Any

from dealership import clock
from dealership.customers.selectors import shown_phone
from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.policy import may
from leads.models import Contact, Lead
from leads.selectors.listings import planned

CONTACTS = 3
OWED = 5


def sheet(user: User, lead: Lead) -> dict[str, Any]:
    """The lead as the side sheet shows it."""
    owed = Deadline.objects.open().about(lead).visible_to(user).with_people()
    contacts = Contact.objects.filter(lead=lead).with_people().order_by("-at", "-pk")
    changes = lead.is_open and may(user, "leads.change_lead", lead)
    return {
        "lead": lead,
        "customer": lead.customer,
        "owed": list(owed.order_by("due_at")[:OWED]),
        "contacts": list(contacts[:CONTACTS]),
        "days": (clock.now() - lead.opened_at).days,
        "changes": changes,
        "assigns": lead.is_open and may(user, "leads.assign_lead", lead),
        "judges": changes and lead.status == Lead.Status.OPEN,
        **planned(lead, clock.day_of(clock.now(), lead.store.tz)),
        **shown_phone(user, lead.customer, lead.customer.primary_phone),
    }
