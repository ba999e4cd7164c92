"""Questions about follow-up: what was said last, how often in vain, what is due next."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from dealership.customers.models import Customer
from leads.models import Appointment, Contact, Lead, LeadQuerySet
from leads.selectors.leads import leads_of

CONTACTS_SHOWN = 20


def recalled(rows: LeadQuerySet) -> LeadQuerySet:
    """Leads with `said`, what the customer said last, and `tries`, how often in vain since."""
    of_lead = Contact.objects.filter(lead=OuterRef("pk")).order_by("-at")
    since = Coalesce(OuterRef("last_contacted_at"), OuterRef("opened_at"))
    in_vain = of_lead.filter(at__gt=since).exclude(outcome__in=Contact.SPOKEN).order_by()
    return rows.annotate(
        said=Subquery(of_lead.reached().exclude(feedback="").values("feedback")[:1]),
        tries=Coalesce(
            Subquery(in_vain.values("lead").annotate(number=Count("pk")).values("number")), 0
        ),
    )


@dataclass(frozen=True)
class LeadPart:
    """A lead on the customer's page: what was said, how often in vain, which visits were agreed."""

    lead: Lead
    contacts: list[Contact]
    tries: int
    reached: int
    appointments: list[Appointment]

    @property
    def expected(self) -> Appointment | None:
        return next((visit for visit in self.appointments if visit.is_open), None)


def lead_parts(customer: Customer) -> list[LeadPart]:
    """Every lead of the customer, the newest first; as many queries for one as for many."""
    leads = leads_of(customer)
    rows = Contact.objects.filter(lead__in=leads)
    counted = rows.values("lead").order_by("lead").annotate(
        tries=Count("pk"), reached=Count("pk", filter=Contact.REACHED)
    )  # fmt: skip
    figures = {row["lead"]: (row["tries"], row["reached"]) for row in counted}
    latest = rows.with_people().order_by("-at", "-pk")[: CONTACTS_SHOWN * max(1, len(leads))]
    visits = Appointment.objects.filter(lead__in=leads).with_people().order_by("-starts_at", "-pk")
    return [
        LeadPart(
            lead=lead,
            contacts=[contact for contact in latest if contact.lead_id == lead.pk],
            tries=figures.get(lead.pk, (0, 0))[0],
            reached=figures.get(lead.pk, (0, 0))[1],
            appointments=[visit for visit in visits if visit.lead_id == lead.pk],
        )
        for lead in leads
    ]
