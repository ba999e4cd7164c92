"""SOP-4.1, 4.6: receiving a guest, giving them a consultant, completing a nameless one."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import complete_customer, find_or_register, note
from dealership.customers.models import Customer, OwnedCar
from dealership.errors import RuleViolation
from dealership.sop.actions import hand_over
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.actions import keep_appointment
from leads.models import Source
from showroom.actions import guests, rows
from showroom.actions.departures import leave
from showroom.actions.thanks import review_thanks
from showroom.models import Visit


@transaction.atomic
def receive_visit(
    *,
    store: Store,
    by: User | None,
    customer: Customer | None = None,
    phone: str = "",
    name: str = "",
    salutation: str = "",
    plate: str = "",
    party_size: int = 1,
    purpose: str = Visit.Purpose.SEE_CAR,
    series: Series | None = None,
    source: Source | None = None,
    consultant: User | None = None,
    transport: str = "",
    remark: str = "",
    consents: bool = False,
    arrived_at: datetime | None = None,
    departed_at: datetime | None = None,
    at: datetime | None = None,
) -> Visit:
    """
    Log a walk-in (来店), by a number that may be known, a name, or nothing at all.

    The consultant whom a known customer belongs to is told at once and attends if on duty
    (SOP-4.6). With `arrived_at` it is entered later (补录, up to seven days), and with
    `departed_at` as a visit that is already over. `at` is the present moment.
    """
    at = at or clock.now()
    came = rows.arrival(arrived_at, at=at)
    left = departed_at and rows.departure(departed_at, arrived_at=came, at=at)
    plate = re.sub(r"[\s·.-]", "", plate).upper()
    customer = customer or _by_plate(store, plate, phone)
    if customer is None:
        chosen = consultant or guests.choose_consultant(None, owner=None, store=store, by=by, at=at)
        customer = find_or_register(
            store=store, phone=phone, name=name, salutation=salutation, owner=chosen, by=by, at=at
        )
        phone = ""
    if customer is not None:
        customer = (
            Customer.objects.select_for_update(of=("self",))
            .with_people()
            .get(pk=customer.pk, store=store)
        )
        complete_customer(customer, name=name, salutation=salutation, phone=phone, by=by, at=at)
    owner = customer.owner if customer else None
    attending = guests.choose_consultant(consultant, owner=owner, store=store, by=by, at=at)
    visit = _create(
        store=store,
        customer=customer,
        consultant=attending,
        known_consultant=owner,
        entered_by=by,
        arrived_at=came,
        taken_at=came if attending else None,
        entered_at=at,
        party_size=party_size,
        purpose=purpose,
        series=series,
        source=source,
        plate=plate[:10],
        transport=transport,
        guest_name="" if customer else name.strip()[:60],
        salutation="" if customer else salutation,
        remark=remark.strip(),
        has_contact=bool(customer and customer.primary_phone),
        **({"departed_at": left, "departures": 1, "departure_entered_at": at} if left else {}),
    )
    _welcome(visit, consents=consents, by=by, at=at)
    if left:
        leave(visit, left=left, by=by, at=at)
    return visit


def _by_plate(store: Store, plate: str, phone: str) -> Customer | None:
    """The customer whose car it is, if no number was said."""
    if not plate or phone.strip():
        return None
    car = OwnedCar.objects.filter(store=store, plate=plate).select_related("customer").first()
    return car.customer if car else None


def _create(**values: Any) -> Visit:
    """Make the row; a customer can be in the showroom only once at a time."""
    customer: Customer | None = values["customer"]
    try:
        with transaction.atomic():
            return Visit.objects.create(**values)
    except IntegrityError:
        here = Visit.objects.present().filter(customer=customer).first() if customer else None
        if here is None:
            raise
        raise already_here(here) from None


def already_here(here: Visit) -> RuleViolation:
    return RuleViolation(
        _("%(guest)s is already here, since %(time)s.")
        % {"guest": here.display_name, "time": rows.local(here.arrived_at, here.store)},
        code="already_here",
    )


def _welcome(visit: Visit, *, consents: bool, by: User | None, at: datetime) -> None:
    """What follows from the row: checklist, customer, lead, notices, timeline."""
    proven = ["ask"] if visit.purpose else []
    if by is not None and guests.on_duty(by, visit.store, at):
        proven.insert(0, "stand_duty")
    rows.evidence(visit, *proven, by=by, at=visit.arrived_at)
    guests.tell_consultant(visit, by=by, at=at)
    if visit.customer is None:
        return
    if consents:
        guests.agree(visit.customer, by=by, at=at)
    guests.introduce(visit, by=by, at=at)
    settle_guest(visit, by=by, at=at)
    note(
        "visit.arrived", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
        at=visit.arrived_at, subject=visit, party=visit.party_size,
    )  # fmt: skip


def settle_guest(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Write what knowing the customer means: the visit agreed, lead, level, first or again."""
    if visit.is_walk_in and visit.customer is not None:
        keep_appointment(visit.customer, visit_ref=visit.pk, by=by, at=visit.arrived_at)
    lead = guests.pursue(visit, by=by, at=at)
    if lead is not None:
        changes: dict[str, Any] = {"lead": lead}
        if visit.level_before_id is None:
            changes["level_before"] = lead.level
        rows.save(visit, **changes)
    guests.judge_first(visit.customer)
    visit.refresh_from_db(fields=["is_first", "is_same_day_return"])


@transaction.atomic
def take_visit(
    visit: Visit, *, consultant: User, by: User | None, at: datetime | None = None
) -> Visit:
    """
    Give a waiting guest a consultant, who may be oneself: the first one to take them does.

    RuleViolation names who attends if somebody was quicker.
    """
    at = at or clock.now()
    guests.choose_consultant(consultant, owner=None, store=visit.store, by=by, at=at)
    taken = Visit.objects.waiting().filter(pk=visit.pk)
    if not taken.update(consultant=consultant, taken_at=at, version=F("version") + 1):
        raise _not_waiting(visit)
    visit = Visit.objects.with_people().get(pk=visit.pk)
    Deadline.objects.open().about(visit).filter(owner=None).update(owner=consultant)
    guests.tell_consultant(visit, by=by, at=at)
    if visit.customer is not None:
        guests.introduce(visit, by=by, at=at)
        settle_guest(visit, by=by, at=at)
        note(
            "visit.taken", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
            at=at, subject=visit, consultant=consultant.name,
        )  # fmt: skip
    return visit


def _not_waiting(visit: Visit) -> RuleViolation:
    now = Visit.objects.with_people().get(pk=visit.pk)
    if now.is_voided or not now.is_walk_in:
        return RuleViolation(_("This visit is not in the showroom."))
    if now.departed_at:
        return RuleViolation(
            _("%(guest)s has already left, at %(time)s.")
            % {"guest": now.display_name, "time": rows.local(now.departed_at, now.store)}
        )
    return RuleViolation(
        _("%(consultant)s already attends %(guest)s.")
        % {"consultant": now.consultant, "guest": now.display_name},
        code="taken",
    )


@transaction.atomic
def hand_over_visit(
    visit: Visit, *, to: User, by: User | None, at: datetime | None = None
) -> Visit:
    """Give a guest and all that the visit still owes to a colleague; both sides see it."""
    at = at or clock.now()
    visit = rows.locked(visit)
    guests.choose_consultant(to, owner=None, store=visit.store, by=None, at=at)
    old = visit.consultant
    if old == to:
        return visit
    rows.save(visit, consultant=to, taken_at=visit.taken_at or at)
    if by is not None:
        hand_over(Deadline.objects.open().about(visit).with_people(), to=to, by=by, at=at)
    guests.tell_consultant(visit, by=by, at=at)
    if visit.customer is not None:
        guests.introduce(visit, by=by, at=at)
        note(
            "visit.handed_over", store=visit.store, customer=visit.customer, lead=visit.lead,
            by=by, at=at, subject=visit, old=str(old or "–"), new=to.name,
        )  # fmt: skip
    return visit


@transaction.atomic
def identify_visit(
    visit: Visit,
    *,
    by: User | None,
    customer: Customer | None = None,
    phone: str = "",
    name: str = "",
    salutation: str = "",
    consents: bool = False,
    version: int | None = None,
    at: datetime | None = None,
) -> Visit:
    """
    Say who a nameless guest was (待补全): by a number, a name, or a customer found.

    The visit goes onto the customer's timeline at the time it happened; first or again, the
    lead and the thank-you SMS follow from it.
    """
    at = at or clock.now()
    visit = rows.locked(visit, version=version)
    if not (customer or phone.strip() or name.strip()):
        raise RuleViolation(_("Enter a phone number or a name."), field="phone")
    known = visit.customer or customer or find_or_register(
        store=visit.store, phone=phone, name=name or visit.guest_name,
        salutation=salutation or visit.salutation, owner=visit.consultant, by=by, at=at,
    )  # fmt: skip
    if known is None:
        rows.save(visit, guest_name=name.strip()[:60], salutation=salutation or visit.salutation)
        return visit
    complete_customer(
        known, name=name or visit.guest_name, salutation=salutation or visit.salutation,
        phone=phone, by=by, at=at,
    )  # fmt: skip
    if consents:
        guests.agree(known, by=by, at=at)
    if visit.customer is None:
        _attach(visit, known, by=by, at=at)
    rows.save(visit, has_contact=bool(known.primary_phone), left_no_contact=False)
    review_thanks(visit, by=by, at=at)
    return visit


def _attach(visit: Visit, customer: Customer, *, by: User | None, at: datetime) -> None:
    """The visit is this customer's from now on, and everything owed about it too."""
    try:
        with transaction.atomic():
            rows.save(
                visit, customer=customer, known_consultant=customer.owner, guest_name="",
                salutation="",
            )  # fmt: skip
    except IntegrityError:
        raise already_here(Visit.objects.present().get(customer=customer)) from None
    Deadline.objects.about(visit).filter(customer=None).update(customer=customer)
    guests.introduce(visit, by=by, at=at)
    settle_guest(visit, by=by, at=at)
    note(
        "visit.identified", store=visit.store, customer=customer, lead=visit.lead, by=by,
        at=visit.arrived_at, subject=visit, party=visit.party_size,
        day=rows.local(visit.arrived_at, visit.store),
    )  # fmt: skip
