"""SOP-4.2, 4.3: calls and messages stand in the same register as the guests."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import complete_customer, find_or_register, note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import finish, start
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.actions import agree_visit
from leads.models import Source
from showroom import sop
from showroom.actions import guests, rows
from showroom.actions.arrivals import settle_guest
from showroom.models import Visit


@transaction.atomic
def log_call(
    *,
    store: Store,
    by: User | None,
    customer: Customer | None = None,
    phone: str = "",
    name: str = "",
    salutation: str = "",
    left_no_contact: bool = False,
    rings: int | None = None,
    remark: str = "",
    purpose: str = Visit.Purpose.SEE_CAR,
    invitation: str = "",
    visit_at: datetime | None = None,
    series: Series | None = None,
    source: Source | None = None,
    consultant: User | None = None,
    consents: bool = False,
    arrived_at: datetime | None = None,
    at: datetime | None = None,
) -> Visit:
    """
    Log a call (来电): rings, notes, and what came of the invitation (SOP-4.2).

    What is missing is completed within ten minutes after the call; a complete entry keeps
    that promise at once. A caller who says when they will come has an appointment.
    """
    at = at or clock.now()
    visit = _enter(
        Visit.Way.CALL, store=store, customer=customer, phone=phone, name=name,
        salutation=salutation, consultant=consultant, consents=consents,
        arrived_at=arrived_at, by=by, at=at, left_no_contact=left_no_contact, rings=rings,
        remark=remark.strip(), purpose=purpose, invitation=invitation, series=series,
        source=source,
    )  # fmt: skip
    if visit_at is not None:
        _expect(visit, visit_at, by=by, at=at)
    start(
        sop.CALL_REGISTER, visit, store=store, customer=visit.customer,
        owner=visit.consultant or by, at=visit.arrived_at,
    )  # fmt: skip
    known = visit.customer is not None or left_no_contact
    if known and visit.remark and visit.invitation and visit.purpose:
        rows.save(visit, registered_at=at, registered_by=by)
        finish(sop.CALL_REGISTER, visit, by=by, at=at)
    if visit.customer is not None:
        note(
            "visit.called", store=store, customer=visit.customer, lead=visit.lead, by=by,
            at=visit.arrived_at, subject=visit,
        )  # fmt: skip
    return visit


def _expect(visit: Visit, visit_at: datetime, *, by: User | None, at: datetime) -> None:
    if visit.invitation != Visit.Invitation.ACCEPTED:
        raise RuleViolation(
            _("A visit is agreed only by somebody who accepts the invitation."),
            field="invitation",
        )
    if visit.lead is None:
        raise RuleViolation(
            _("Note the caller's number: a visit is agreed with somebody whom we can call."),
            field="phone",
        )
    agree_visit(visit.lead, at_time=visit_at, by=by, at=at)


@transaction.atomic
def log_message(
    *,
    store: Store,
    by: User | None,
    channel: str,
    text: str,
    direction: str = Visit.Direction.INBOUND,
    customer: Customer | None = None,
    phone: str = "",
    name: str = "",
    salutation: str = "",
    left_no_contact: bool = False,
    purpose: str = Visit.Purpose.SEE_CAR,
    series: Series | None = None,
    source: Source | None = None,
    consultant: User | None = None,
    consents: bool = False,
    arrived_at: datetime | None = None,
    at: datetime | None = None,
) -> Visit:
    """Log an exchange by SMS, direct mail or WeChat, counted like a visit (SOP-4.3)."""
    at = at or clock.now()
    if not text.strip():
        raise RuleViolation(_("Write what the message said."), field="text")
    visit = _enter(
        Visit.Way.MESSAGE, store=store, customer=customer, phone=phone, name=name,
        salutation=salutation, consultant=consultant, consents=consents,
        arrived_at=arrived_at, by=by, at=at, left_no_contact=left_no_contact,
        remark=text.strip(), purpose=purpose, series=series, source=source, channel=channel,
        direction=direction,
    )  # fmt: skip
    if visit.customer is not None or left_no_contact:
        rows.save(visit, registered_at=at, registered_by=by)
    if visit.customer is not None:
        kind = "visit.wrote" if direction == Visit.Direction.INBOUND else "visit.written_to"
        note(
            kind, store=store, customer=visit.customer, lead=visit.lead, by=by,
            at=visit.arrived_at, subject=visit, text=visit.remark[:120],
        )  # fmt: skip
    return visit


def _enter(
    way: str,
    *,
    store: Store,
    customer: Customer | None,
    phone: str,
    name: str,
    salutation: str,
    consultant: User | None,
    consents: bool,
    arrived_at: datetime | None,
    by: User | None,
    at: datetime,
    **values: Any,
) -> Visit:
    """Make the row of a call or message; the owner of a known customer is told."""
    came = rows.arrival(arrived_at, at=at)
    attending = guests.choose_consultant(consultant, owner=None, store=store, by=by, at=at)
    if customer is None:
        customer = find_or_register(
            store=store, phone=phone, name=name, salutation=salutation, owner=attending, by=by,
            at=at,
        )  # fmt: skip
    if customer is not None:
        customer = Customer.objects.with_people().get(pk=customer.pk, store=store)
        complete_customer(customer, name=name, salutation=salutation, phone=phone, by=by, at=at)
    owner = customer.owner if customer else None
    visit = Visit.objects.create(
        store=store,
        way=way,
        customer=customer,
        consultant=attending or owner,
        known_consultant=owner,
        entered_by=by,
        arrived_at=came,
        entered_at=at,
        guest_name="" if customer else name.strip()[:60],
        salutation="" if customer else salutation,
        has_contact=bool(customer and customer.primary_phone),
        **values,
    )
    guests.tell_consultant(visit, by=by, at=at)
    if customer is not None:
        if consents:
            guests.agree(customer, by=by, at=at)
        guests.introduce(visit, by=by, at=at)
        settle_guest(visit, by=by, at=at)
    return visit
