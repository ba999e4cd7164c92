"""SOP-2.2: catching a prospect once, with an owner and a promise, whichever way they come."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers import phones
from dealership.customers.actions import (
    add_contact_person,
    complete_customer,
    find_or_register,
    holder_of,
    note,
)
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.actions import finish, start
from dealership.sop.notices import in_language_of
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.vehicles.models import Series
from leads import sop
from leads.actions.assignment import choose_consultant
from leads.actions.contacts import owe_first_contact
from leads.actions.leads import locked, open_lead, set_wish
from leads.actions.ownership import assign_lead
from leads.models import Campaign, IntentLevel, Lead, ProspectList, Source, Way
from leads.selectors.capture import missing_in


@transaction.atomic
def capture_lead(
    *,
    store: Store,
    name: str,
    phone: str,
    salutation: str = "",
    way: Way | str,
    source: Source | None = None,
    campaign: Campaign | None = None,
    referrer: Customer | None = None,
    prospect_list: ProspectList | None = None,
    series: Series | None = None,
    level: IntentLevel | None = None,
    remark: str = "",
    consultant: User | None = None,
    is_complete: bool = True,
    kind: str = Customer.Kind.PERSON,
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Catch a prospect: the customer once, the lead once, somebody who looks after it (SOP-2.2).

    A known number is its customer, an open lead stays the one it is: what is new goes onto the
    timeline and its consultant is told (`lead.was_open`). A new lead goes to the consultant
    given, else the customer's own, else by the store's rules; the first contact is owed.
    """
    at = at or clock.now()
    if not phone.strip():
        raise RuleViolation(_("Enter the phone number."), code="phone", field="phone")
    source = _first_source(store, source, campaign, prospect_list)
    customer = find_or_register(
        store=store, phone=phone, name=name, salutation=salutation, owner=None, kind=kind,
        by=by, at=at,
    )  # fmt: skip
    assert customer is not None
    _refuse(customer, referrer)
    complete_customer(customer, name=name, salutation=salutation, phone="", by=by, at=at)
    known = Lead.objects.open().filter(customer=customer).order_by("-pk").first()
    if known is not None:
        lead = _meet_again(known, way, source, series, remark, by=by, at=at)
    else:
        consultant = consultant or works_here(customer.owner, store)
        lead = open_lead(
            customer,
            consultant=None,
            source=source,
            level=level,
            series=series,
            way=way,
            campaign=campaign,
            referrer=referrer,
            prospect_list=prospect_list,
            remark=remark,
            by=by,
            at=at,
        )
    if lead.consultant is None:
        consultant = consultant or choose_consultant(lead, at=at)
        if consultant is not None:
            lead = assign_lead(lead, consultant=consultant, by=by, at=at)
    if known is None:
        _promise(lead, is_complete=is_complete, at=at)
    _tell(lead, is_new=known is None, by=by, at=at)
    lead.was_open = known is not None
    return lead


def _first_source(
    store: Store,
    source: Source | None,
    campaign: Campaign | None,
    prospect_list: ProspectList | None,
) -> Source | None:
    """The source named, else that of the campaign or list; all of them the store's own."""
    for row in (source, campaign, prospect_list):
        if row is not None and row.store_id != store.pk:
            raise RuleViolation(_("This source belongs to another store."), field="source")
    behind = campaign or prospect_list
    return source or (behind.source if behind else None)


def _refuse(customer: Customer, referrer: Customer | None) -> None:
    if not customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s asked not to be contacted. If they changed their mind, allow it on "
              "their page first.") % {"customer": customer},
            code="refused",
            field="phone",
        )  # fmt: skip
    if referrer is not None and referrer.pk == customer.pk:
        raise RuleViolation(_("Nobody refers themselves."), field="referrer")


def works_here(user: User | None, store: Store) -> User | None:
    """The person, if they still look after customers of the store."""
    if user is None or not user.is_active:
        return None
    return None if user.roles_in(store).isdisjoint(MANAGERS | {Role.CONSULTANT}) else user


def _meet_again(
    lead: Lead,
    way: Way | str,
    source: Source | None,
    series: Series | None,
    remark: str,
    *,
    by: User | None,
    at: datetime,
) -> Lead:
    """Keep what is new of somebody whose lead is open: the first source stays (SOP-2.1)."""
    lead = set_wish(locked(lead), series=series)
    if lead.source_id is None and source is not None:
        lead.source = source
        lead.save(update_fields=["source"])
    named = [row.name for row in (source, series) if row is not None]
    said = " · ".join(filter(None, (*named, remark)))
    note(
        "lead.seen_again", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, way=str(way), said=said[:300],
    )  # fmt: skip
    if not missing_in(lead):
        finish(sop.COMPLETE, lead, by=by, at=at)
    return lead


def _promise(lead: Lead, *, is_complete: bool, at: datetime) -> None:
    owe_first_contact(lead, at=at)
    if not is_complete:
        start(
            sop.COMPLETE, lead, store=lead.store, customer=lead.customer, owner=lead.consultant,
            at=at,
        )  # fmt: skip


def _tell(lead: Lead, *, is_new: bool, by: User | None, at: datetime) -> None:
    """Tell the consultant whose lead somebody else has entered."""
    consultant = lead.consultant
    if consultant is None or consultant == by:
        return
    with in_language_of(consultant):
        said = {"customer": lead.customer, "way": lead.get_way_display()}
        if is_new:
            text = _("A new lead for you: %(customer)s.") % said
        else:
            text = _("%(customer)s, whom you look after, got in touch again.") % said
    notify(
        consultant,
        store=lead.store,
        kind="lead.captured",
        text=text,
        url=lead.get_absolute_url(),
        key=f"lead.captured:{lead.pk}:{at:%Y%m%d%H%M%S%f}",
        at=at,
    )


def taker_of(store: Store, *, phone: str, by: User) -> User | None:
    """The consultant who enters somebody whom nobody looks after; for others the rules decide."""
    if not phone.strip() or Role.CONSULTANT not in by.roles_in(store):
        return None
    known = holder_of(store, phones.normalise(phone))
    return None if known is not None and works_here(known.owner, store) else by


@transaction.atomic
def add_lead(
    *,
    store: Store,
    phone: str,
    name: str = "",
    salutation: str = "",
    way: Way | str = Way.OTHER,
    source: Source | None = None,
    series: Series | None = None,
    campaign: Campaign | None = None,
    remark: str = "",
    consultant: User | None = None,
    kind: str = Customer.Kind.PERSON,
    by: User,
    at: datetime | None = None,
) -> Lead:
    """
    Enter a lead by hand (SOP-2.2): a number is enough, the rest is owed by the end of the day.

    A consultant who adds somebody whom nobody looks after looks after them.
    """
    return capture_lead(
        store=store,
        name=name,
        phone=phone,
        salutation=salutation,
        way=way,
        source=source,
        campaign=campaign,
        series=series,
        remark=remark,
        consultant=consultant or taker_of(store, phone=phone, by=by),
        kind=kind,
        is_complete=bool(name.strip() and (source or campaign) and series),
        by=by,
        at=at,
    )


@transaction.atomic
def add_organisation(
    *,
    store: Store,
    phone: str,
    name: str,
    contact_name: str = "",
    job: str = "",
    is_decision_maker: bool = False,
    by: User,
    at: datetime | None = None,
    **wish: Any,
) -> Lead:
    """
    Enter the lead of an organisation, with whoever speaks for it (SOP-2.7).

    The number is the organisation's: whoever calls from it is its lead, not one of their own.
    """
    known = holder_of(store, phones.normalise(phone))
    if known is not None and known.kind != Customer.Kind.ORGANISATION:
        raise RuleViolation(
            _("This is the number of %(customer)s. Enter the organisation's own number and add "
              "them as its contact person.") % {"customer": known},
            code="phone_known",
            field="phone",
        )  # fmt: skip
    lead = add_lead(
        store=store, phone=phone, name=name, kind=Customer.Kind.ORGANISATION, by=by, at=at, **wish
    )
    if contact_name.strip():
        organisation = lead.customer
        is_known = organisation.people.filter(person__name=contact_name.strip()).exists()
        if not is_known:
            add_contact_person(
                organisation, name=contact_name, job=job, is_decision_maker=is_decision_maker,
                by=by, at=at,
            )  # fmt: skip
    return lead


@transaction.atomic
def complete_lead(
    lead: Lead,
    *,
    name: str = "",
    salutation: str = "",
    source: Source | None = None,
    series: Series | None = None,
    is_undecided: bool = False,
    remark: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Fill in what a quick add left open (SOP-2.2): name, source, series.

    The first source stays once it is known. Somebody who does not know yet which series they
    want is complete as well.
    """
    at = at or clock.now()
    lead = locked(lead)
    complete_customer(lead.customer, name=name, salutation=salutation, phone="", by=by, at=at)
    lead = set_wish(lead, series=series)
    if source is not None and lead.source_id is None:
        lead.source = _first_source(lead.store, source, None, None)
    if remark.strip():
        lead.remark = remark.strip()[:1000]
    lead.save(update_fields=["source", "remark"])
    missing = missing_in(lead) - ({"series"} if is_undecided else set())
    if missing:
        field = next(field for field in ("name", "source", "series") if field in missing)
        raise RuleViolation(
            {
                "name": _("Enter the name, or at least the surname."),
                "source": _("Choose where they heard of us."),
                "series": _("Choose a series, or say that they do not know yet."),
            }[field],
            code="incomplete",
            field=field,
        )
    finish(sop.COMPLETE, lead, by=by, at=at)
    return lead
