"""What becomes of the leads of a person who was registered twice."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers.duplicates import Sign, declare_sign
from dealership.customers.merging import (
    Joining,
    declare_comparison,
    declare_reconciler,
    declare_sentence,
    declare_staying,
)
from dealership.messaging.actions import notify
from dealership.sop.actions.joining import owed_about
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from leads import sop
from leads.actions.assignment import owe_assignment
from leads.actions.joining import join_leads
from leads.actions.ownership import assign_lead
from leads.actions.recycling import keep_from_pool
from leads.models import Lead, SignUp

# What was done to a record by a list, an import or a hand-over was done to that record.
declare_staying("leads.ImportRow", "leads.HandOverRow", "leads.BulkLine")
declare_sentence("leads.joined", gettext_lazy("Two leads become one: the one of %(opened)s."))


def lock_leads(joining: Joining) -> None:
    """Wait for whoever is at work on one of the leads, before the customers are locked."""
    list(Lead.objects.select_for_update().filter(customer__in=joining.both).order_by("pk"))


def join_open_leads(joining: Joining) -> None:
    """A person has one wish at a time: of two open leads the older stays, an ordered one first."""
    rows = Lead.objects.open().with_people().filter(customer__in=joining.both)
    rows = rows.order_by("opened_at", "pk")
    wishes = [lead for lead in rows if lead.status == Lead.Status.OPEN]
    ordered = [lead for lead in rows if lead.status == Lead.Status.ORDERED]
    if len(wishes) == 2:
        join_leads(joining, wishes[0], wishes[1])
    elif wishes:
        elsewhere = [lead for lead in ordered if lead.customer_id != wishes[0].customer_id]
        if elsewhere:
            join_leads(joining, elsewhere[0], wishes[0])


def unite_sign_ups(joining: Joining) -> None:
    """Who signed up for a campaign twice is one guest; whether they came is kept."""
    mine = {row.campaign_id: row for row in SignUp.objects.filter(customer=joining.keep)}
    for double in SignUp.objects.filter(customer=joining.other):
        if (row := mine.get(double.campaign_id)) is None:
            continue
        joining.journal.remove(double)
        came = row if row.state == SignUp.State.CAME else double
        joining.journal.change(
            row,
            lead=row.lead or double.lead,
            party_size=max(row.party_size, double.party_size),
            state=came.state,
            settled_at=came.settled_at,
            at=min(row.at, double.at),
        )


def give_to_owner(joining: Joining) -> None:
    """The consultant who looks after the customer has the lead and all that is owed about it."""
    lead = Lead.objects.with_people().filter(customer=joining.keep, status="open").first()
    if lead is not None:
        with joining.journal.following(lambda: [lead, *owed_about(lead)]):
            _see_to(lead, joining)
    _tell_former_owners(joining)


def _see_to(lead: Lead, joining: Joining) -> None:
    owner, by, at = joining.owner, joining.by, joining.at
    if owner is not None and lead.consultant_id != owner.pk:
        assign_lead(lead, consultant=owner, reason=_("Records merged."), by=by, at=at)
        return
    if not lead.joined_leads.exists():
        return
    # What the joined lead owed by a count of its own has ended with it.
    open_ones = Deadline.objects.open().about(lead)
    if lead.consultant_id is None:
        if lead.pooled_at is None:
            owe_assignment(lead, at=at)
    elif not open_ones.of_step(sop.RECYCLE).exists():
        keep_from_pool(lead, at)


def _tell_former_owners(joining: Joining) -> None:
    owner = joining.owner
    for former in joining.former - {owner, joining.by}:
        with in_language_of(former):
            text = _("Two records of %(customer)s were merged. %(owner)s looks after them now.") % {
                "customer": joining.keep,
                "owner": owner,
            }
        notify(
            former,
            store=joining.keep.store,
            kind="customer.merged",
            text=text,
            url=joining.keep.get_absolute_url(),
            at=joining.at,
        )


declare_sign(
    Sign(
        "series", gettext_lazy("same series wished for"), 15, "leads.selectors.wishes.wished_series"
    )
)
declare_comparison(gettext_lazy("Leads"), "leads.selectors.wishes.leads_in_words")
declare_reconciler(lock=lock_leads, before=join_open_leads, after=give_to_owner)
declare_reconciler(before=unite_sign_ups)
