"""SOP-4.4.13, 4.2: the register is completed while the memory is fresh."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import complete_customer, note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import finish
from dealership.staff.models import User
from dealership.vehicles.models import Series
from leads.models import IntentLevel, Source
from showroom import sop
from showroom.actions import guests, rows
from showroom.actions.arrivals import identify_visit, settle_guest
from showroom.actions.departures import note_outcome
from showroom.actions.thanks import review_thanks
from showroom.models import Visit


@transaction.atomic
def complete_register(
    visit: Visit,
    *,
    by: User,
    name: str = "",
    salutation: str = "",
    phone: str = "",
    left_no_contact: bool = False,
    consents: bool = False,
    purpose: str = "",
    party_size: int | None = None,
    is_first: bool | None = None,
    series: Series | None = None,
    source: Source | None = None,
    transport: str = "",
    remark: str = "",
    invitation: str = "",
    consultant: User | None = None,
    level: IntentLevel | None = None,
    next_contact_on: date | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Visit:
    """
    Complete the register of a visit, a call or a message (登记表).

    It needs the consultant, why they came, and a number or the word that they left none.
    Done before its step opens it counts as soon as the step does; done again it corrects.
    """
    at = at or clock.now()
    visit = rows.locked(visit, version=version)
    changes = _changes(
        visit,
        purpose=purpose,
        party_size=party_size,
        series=series,
        source=source,
        transport=transport,
        remark=remark.strip(),
        invitation=invitation,
        consultant=_consultant(visit, consultant, by=by, at=at),
    )
    if visit.consultant_id is None and changes.get("consultant"):
        changes["taken_at"] = at
    rows.save(visit, **changes)
    if phone.strip() or (name.strip() and visit.customer_id is None):
        identify_visit(
            visit, by=by, phone=phone, name=name, salutation=salutation, consents=consents, at=at
        )
        visit = rows.locked(visit)
    elif visit.customer is not None:
        _known_guest(visit, visit.customer, name, salutation, consents=consents, by=by, at=at)
    if visit.customer is None:
        _refuse_unfinished(visit, left_no_contact=left_no_contact)
        rows.save(visit, left_no_contact=True)
        if visit.is_walk_in:
            rows.save(visit, is_first=is_first is not False)
    note_outcome(visit, level=level, next_contact_on=next_contact_on, by=by, at=at)
    _registered(visit, by=by, at=at)
    review_thanks(visit, by=by, at=at)
    guests.let_go(visit)
    return visit


def _changes(visit: Visit, **given: object) -> dict[str, object]:
    """What was given and differs; what was left empty stays as it is."""
    return {
        name: value
        for name, value in given.items()
        if value not in (None, "") and getattr(visit, name) != value
    }


def _consultant(visit: Visit, given: User | None, *, by: User, at: datetime) -> User | None:
    """Who attended: as it stands; a register without one gets who is named, or who writes it."""
    if visit.consultant is not None:
        return None
    chosen = guests.choose_consultant(given, owner=None, store=visit.store, by=by, at=at)
    if chosen is None:
        raise RuleViolation(_("Say which consultant attended."), field="consultant")
    return chosen


def _known_guest(
    visit: Visit,
    known: Customer,
    name: str,
    salutation: str,
    *,
    consents: bool,
    by: User,
    at: datetime,
) -> None:
    complete_customer(known, name=name, salutation=salutation, phone="", by=by, at=at)
    if consents:
        guests.agree(known, by=by, at=at)
    guests.introduce(visit, by=by, at=at)
    settle_guest(visit, by=by, at=at)


def _refuse_unfinished(visit: Visit, *, left_no_contact: bool) -> None:
    if not left_no_contact and not visit.left_no_contact:
        raise RuleViolation(
            _("Enter a phone number, or say that the guest left none."), field="phone"
        )


def _registered(visit: Visit, *, by: User, at: datetime) -> None:
    """The evidence: finishes the step that is open, and ticks the checklist."""
    if not visit.purpose and not visit.way == Visit.Way.MESSAGE:
        raise RuleViolation(_("Say why they came."), field="purpose")
    if visit.registered_at is None:
        rows.save(visit, registered_at=at, registered_by=by)
        if visit.customer is not None:
            note(
                "visit.registered", store=visit.store, customer=visit.customer,
                lead=visit.lead, by=by, at=at, subject=visit,
            )  # fmt: skip
    if visit.is_walk_in:
        if finish(sop.REGISTER, visit, by=by, at=at, period=visit.period):
            rows.evidence(visit, "register", by=by, at=at)
    else:
        finish(sop.CALL_REGISTER, visit, by=by, at=at)
