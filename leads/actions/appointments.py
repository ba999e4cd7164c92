"""SOP-2.2, 4.2: a visit is agreed on, confirmed, moved, called off, kept or missed."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel_all, finish, start
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads import sop
from leads.actions.agreements import close_agreed, local, tell
from leads.actions.leads import locked, plan_contact, reach, usual_day
from leads.models import Appointment, Lead
from leads.selectors import follow_up_of, visit_of

FURTHEST = timedelta(days=365)
NEXT_DAY = timedelta(days=1)
# Whom a visit of that day can still prove to have come.
EXPECTED = (Appointment.State.PLANNED, Appointment.State.CONFIRMED, Appointment.State.NO_SHOW)


@transaction.atomic
def agree_visit(
    lead: Lead,
    *,
    at_time: datetime,
    purpose: Appointment.Purpose | str = Appointment.Purpose.SEE_CAR,
    remark: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Appointment:
    """
    Agree on a visit with day and time (邀约到店); a lead has one at a time.

    It is confirmed on the day before, unless that is today or over. The next contact is the
    day after the visit: whoever comes has been spoken to, whoever does not is called.
    """
    at = at or clock.now()
    appointment = appoint(
        lead, at_time=at_time, purpose=purpose, remark=remark, by=by, at=at, moved_from=None
    )
    _plan_round(appointment, by=by, at=at)
    return appointment


def appoint(
    lead: Lead,
    *,
    at_time: datetime,
    purpose: Appointment.Purpose | str,
    remark: str,
    by: User | None,
    at: datetime,
    moved_from: Appointment | None = None,
) -> Appointment:
    """Make the row and what is owed for it; the next contact is the caller's to plan."""
    lead = locked(lead)
    _refuse(lead, at_time, at)
    if known := visit_of(lead):
        raise RuleViolation(
            _("%(customer)s is expected on %(when)s already. Move that visit instead.")
            % {"customer": lead.customer, "when": local(known)},
            code="agreed",
            field="visit_at",
        )
    appointment = Appointment.objects.create(
        store=lead.store,
        lead=lead,
        customer=lead.customer,
        consultant=lead.consultant,
        starts_at=at_time,
        purpose=purpose,
        remark=remark.strip()[:200],
        agreed_at=at,
        agreed_by=by,
        moved_from=moved_from,
    )
    _owe(appointment, at=at)
    reach(lead, Lead.Stage.INVITED)
    if moved_from is None:
        tell(appointment, "lead.visit_agreed", by=by, at=at)
    return appointment


def _refuse(lead: Lead, at_time: datetime, at: datetime) -> None:
    if not lead.is_open:
        raise RuleViolation(_("This lead is closed. Open a new one first."), code="closed")
    if not lead.customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s does not want to be contacted.") % {"customer": lead.customer},
            code="refused",
        )
    if at_time <= at:
        raise RuleViolation(_("The visit lies in the past."), field="visit_at")
    if at_time > at + FURTHEST:
        raise RuleViolation(_("Agree on a day within a year."), field="visit_at")


def _owe(appointment: Appointment, *, at: datetime, period: str = "") -> None:
    """Expect the guest on the day, and remind them on the day before if that is still to come."""
    today = clock.day_of(at, appointment.store.tz)
    days = {sop.APPOINTMENT: appointment.day}
    if appointment.day - NEXT_DAY > today and appointment.confirmed_at is None:
        days[sop.CONFIRM_VISIT] = appointment.day - NEXT_DAY
    for step, day in days.items():
        start(
            step, appointment, store=appointment.store, customer=appointment.customer,
            owner=appointment.consultant, on=day, at=at, period=period,
        )  # fmt: skip


def _plan_round(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """Plan the next contact by the visit, unless one is planned for before it."""
    lead = locked(appointment.lead)
    planned, owed = lead.next_contact_on, follow_up_of(lead)
    if owed is not None and owed.due_at < at:
        return  # only speaking with the customer settles what is overdue
    if planned is None or planned >= appointment.day:
        plan_contact(lead, on=usual_day(lead, at), by=by, at=at)


@transaction.atomic
def confirm_appointment(
    appointment: Appointment, *, by: User | None, at: datetime | None = None
) -> Appointment:
    """The guest says again that they will come; twice is no more than once."""
    at = at or clock.now()
    appointment = _open(appointment)
    if appointment.state == Appointment.State.CONFIRMED:
        return appointment
    appointment.state, appointment.confirmed_at = Appointment.State.CONFIRMED, at
    appointment.save(update_fields=["state", "confirmed_at"])
    finish(sop.CONFIRM_VISIT, appointment, by=by, at=at)
    tell(appointment, "lead.visit_confirmed", by=by, at=at)
    return appointment


@transaction.atomic
def move_appointment(
    appointment: Appointment,
    *,
    at_time: datetime,
    reason: str,
    by: User | None,
    at: datetime | None = None,
) -> Appointment:
    """Agree on another time (改期); the old appointment stays, as moved. Returns the new one."""
    at, reason = at or clock.now(), _given(reason)
    old = _open(appointment)
    if at_time == old.starts_at:
        raise RuleViolation(_("That is the time agreed already."), field="visit_at")
    before, old_day = local(old), old.day
    _settle(old, reason=_("Moved: %(reason)s") % {"reason": reason}, by=by, at=at)
    old.state, old.closed_at, old.reason = Appointment.State.MOVED, at, reason
    old.save(update_fields=["state", "closed_at", "reason"])
    new = appoint(
        old.lead, at_time=at_time, purpose=old.purpose, remark=old.remark, by=by, at=at,
        moved_from=old,
    )  # fmt: skip
    tell(new, "lead.visit_moved", by=by, at=at, old=before, why=reason)
    _follow(new, old_day, by=by, at=at)
    return new


def _follow(new: Appointment, old_day: date, *, by: User | None, at: datetime) -> None:
    """A contact planned for the day after the old visit moves with it."""
    lead = locked(new.lead)
    if lead.next_contact_on == old_day + NEXT_DAY:
        plan_contact(lead, on=usual_day(lead, at), by=by, at=at)
    else:
        _plan_round(new, by=by, at=at)


@transaction.atomic
def cancel_appointment(
    appointment: Appointment, *, reason: str, by: User | None, at: datetime | None = None
) -> Appointment:
    """The guest calls off (取消预约); the next contact is as often as the level asks again."""
    at, reason = at or clock.now(), _given(reason)
    appointment = _open(appointment)
    _settle(appointment, reason=_("Called off: %(reason)s") % {"reason": reason}, by=by, at=at)
    close_agreed(
        appointment, state=Appointment.State.CANCELLED, kind="lead.visit_cancelled", by=by, at=at,
        reason=reason, why=reason,
    )  # fmt: skip
    lead = locked(appointment.lead)
    if lead.is_open and lead.next_contact_on == appointment.day + NEXT_DAY:
        plan_contact(lead, on=usual_day(lead, at), by=by, at=at)
    return appointment


@transaction.atomic
def keep_appointment(
    customer: Customer, *, visit_ref: int, by: User | None = None, at: datetime
) -> Appointment | None:
    """
    Note that the guest came on the day agreed, early or late; the visit register calls this.

    A guest who was entered or recognised only after the day had ended did come after all.
    """
    if Appointment.objects.filter(visit_ref=visit_ref).exists():
        return None
    day = clock.day_of(at, customer.store.tz)
    of_day = Appointment.objects.on(day, customer.store).filter(customer=customer)
    expected = of_day.filter(state__in=EXPECTED).select_for_update(of=("self",))
    found = expected.with_people().order_by("-pk").first()
    if found is None:
        return None
    for owed in Deadline.objects.open().about(found):
        step = sop.APPOINTMENT if owed.step == sop.APPOINTMENT.code else sop.CONFIRM_VISIT
        finish(step, found, by=by, at=at, period=owed.period)
    return close_agreed(
        found, state=Appointment.State.SHOWN, kind="lead.visit_kept", by=by, at=at,
        visit_ref=visit_ref,
    )  # fmt: skip


@transaction.atomic
def release_appointment(
    visit_ref: int, *, by: User | None, at: datetime | None = None
) -> Appointment | None:
    """The visit that kept an appointment never was (作废): expect the guest again, or miss them."""
    at = at or clock.now()
    found = Appointment.objects.select_for_update(of=("self",)).filter(visit_ref=visit_ref)
    appointment = found.with_people().first()
    if appointment is None:
        return None
    is_today = appointment.day >= clock.day_of(at, appointment.store.tz)
    others = Appointment.objects.open().filter(lead=appointment.lead_id)
    if not is_today or others.exists() or not appointment.lead.is_open:
        return close_agreed(
            appointment, state=Appointment.State.NO_SHOW, kind="lead.visit_missed", by=by, at=at
        )
    again = Appointment.State.CONFIRMED if appointment.confirmed_at else Appointment.State.PLANNED
    appointment.state, appointment.closed_at, appointment.visit_ref = again, None, None
    appointment.save(update_fields=["state", "closed_at", "visit_ref"])
    _owe(appointment, at=at, period=f"v{visit_ref}"[:10])
    return appointment


def act_appointment(deadline: Deadline, *, at: datetime) -> None:
    """The day is over and the guest has not come (爽约): call them tomorrow."""
    rows = Appointment.objects.select_for_update(of=("self",)).with_people()
    appointment = rows.filter(pk=deadline.subject_id).first()
    if appointment is None or not appointment.is_open:
        return
    reason = _("The guest did not come.")
    _settle(appointment, reason=reason, by=None, at=at)
    close_agreed(
        appointment, state=Appointment.State.NO_SHOW, kind="lead.visit_missed", by=None, at=at
    )
    lead = locked(appointment.lead)
    tomorrow = appointment.day + NEXT_DAY
    owed = follow_up_of(lead)
    if not lead.is_open or (owed is not None and owed.due_at < at):
        return
    if lead.next_contact_on is None or lead.next_contact_on > tomorrow:
        plan_contact(lead, on=max(tomorrow, clock.day_of(at, lead.store.tz)), by=None, at=at)


def _open(appointment: Appointment) -> Appointment:
    """Lock the lead, then read the appointment anew; RuleViolation unless it is still agreed."""
    locked(appointment.lead)
    row = Appointment.objects.with_people().get(pk=appointment.pk)
    if not row.is_open:
        raise RuleViolation(
            _("This appointment is closed: %(state)s.") % {"state": row.get_state_display()},
            code="closed",
        )
    return row


def _settle(appointment: Appointment, *, reason: str, by: User | None, at: datetime) -> None:
    """Nobody is expected any more. A reminder that is late already stays late."""
    late = Deadline.objects.about(appointment).of_step(sop.CONFIRM_VISIT).overdue(at).first()
    if late is not None:
        finish(sop.CONFIRM_VISIT, appointment, by=by, at=at, period=late.period)
    cancel_all(appointment, by=by, reason=reason, at=at)


def _given(reason: str) -> str:
    if reason := reason.strip()[:200]:
        return reason
    raise RuleViolation(_("Give a reason."), field="reason")
