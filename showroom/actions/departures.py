"""SOP-4.4.10-4.4.13: the guest leaves; table, car and register follow one after the other."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.messaging.actions import cancel_sms
from dealership.sop.actions import cancel_all, finish, start
from dealership.sop.models import Deadline
from dealership.sop.steps import Step
from dealership.staff.models import User
from leads.actions import change_level, plan_contact, plan_usual
from leads.models import IntentLevel, Lead
from showroom import sop
from showroom.actions import guests, rows
from showroom.actions.thanks import owe_thanks, own_text, send_thank_you
from showroom.models import Visit
from showroom.selectors import text_under_way
from showroom.sms import THANKS


@transaction.atomic
def depart(
    visit: Visit,
    *,
    by: User | None,
    departed_at: datetime | None = None,
    level: IntentLevel | None = None,
    next_contact_on: date | None = None,
    thank_text: str = "",
    send_now: bool = False,
    at: datetime | None = None,
) -> Visit:
    """
    Log that the guest has left (客户离店), once: it starts the clocks of SOP-4.4.11-14.

    Tidy the table within 5 minutes; the display car and the register follow one after the
    other; the thank-you SMS within 2 hours goes out by itself unless `send_now`.
    """
    at = at or clock.now()
    visit = rows.locked(visit)
    if not visit.is_walk_in:
        raise RuleViolation(_("Only a guest of the showroom can leave it."))
    if visit.departed_at is not None:
        raise RuleViolation(
            _("%(guest)s has already left, at %(time)s.")
            % {
                "guest": visit.display_name,
                "time": rows.local(visit.departed_at, visit.store),
            },
            code="departed",
        )
    left = rows.departure(departed_at, arrived_at=visit.arrived_at, at=at)
    note_outcome(visit, level=level, next_contact_on=next_contact_on, by=by, at=at)
    rows.save(
        visit,
        departed_at=left,
        departure_entered_at=at,
        departures=visit.departures + 1,
        thank_text=own_text(visit, thank_text),
    )
    leave(visit, left=left, by=by, at=at)
    if send_now:
        send_thank_you(visit, by=by, text=thank_text, at=at)
    return visit


def note_outcome(
    visit: Visit,
    *,
    level: IntentLevel | None,
    next_contact_on: date | None,
    by: User | None,
    at: datetime,
) -> None:
    """
    Keep the level and the next contact with the visit, and carry them to the lead.

    Without a day given the next contact follows the level's own interval (domain §1.2).
    """
    changes: dict[str, object] = {}
    if level is not None and level.pk != visit.level_after_id:
        if level.store_id != visit.store_id:
            raise RuleViolation(_("This level belongs to another store."), field="level")
        changes["level_after"] = level
        if next_contact_on is None and visit.next_contact_on is None and level.interval_days:
            today = clock.day_of(at, visit.store.tz)
            next_contact_on = today + timedelta(days=level.interval_days)
    if next_contact_on is not None and next_contact_on != visit.next_contact_on:
        if next_contact_on < clock.day_of(at, visit.store.tz):
            raise RuleViolation(_("The next contact lies in the past."), field="next_contact_on")
        changes["next_contact_on"] = next_contact_on
    if changes:
        rows.save(visit, **changes)
    if visit.lead is None or visit.lead.status != Lead.Status.OPEN:
        return  # the level of a car that is ordered or delivered follows from the sale
    if level is not None:
        why = visit.remark or _("Judged after the visit.")
        visit.lead = change_level(visit.lead, level=level, reason=why, by=by, at=at)
    if "next_contact_on" in changes:
        visit.lead = plan_contact(visit.lead, on=next_contact_on, by=by, at=at)


def leave(visit: Visit, *, left: datetime, by: User | None, at: datetime) -> None:
    """Start what the departure starts."""
    rows.evidence(visit, "see_off", by=by, at=left)
    owe(sop.TIDY, visit, at=left)
    owe_thanks(visit, by=by, at=at)
    if visit.lead is not None:
        plan_usual(visit.lead, by=by, at=at)
    if visit.customer is not None:
        note(
            "visit.left", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
            at=left, subject=visit, minutes=visit.minutes_here,
        )  # fmt: skip


def owe(step: Step, visit: Visit, *, at: datetime) -> Deadline:
    """Start a clock of this departure; the consultant who attended owes it."""
    return start(
        step,
        visit,
        store=visit.store,
        customer=visit.customer,
        owner=visit.consultant,
        at=at,
        period=visit.period,
    )


@transaction.atomic
def tidy_table(visit: Visit, *, by: User, at: datetime | None = None) -> Visit:
    """Say that the table is tidy (SOP-4.4.11); the display car is next."""
    at = at or clock.now()
    visit = _done(sop.TIDY, visit, by=by, at=at)
    rows.evidence(visit, "tidy", by=by, at=at)
    owe(sop.RESET, visit, at=at)
    return visit


@transaction.atomic
def reset_car(visit: Visit, *, by: User, at: datetime | None = None) -> Visit:
    """
    Say that the display car stands as it should (SOP-4.4.12); the register is next.

    A register that was completed before its step opened is done as soon as it opens.
    """
    at = at or clock.now()
    visit = _done(sop.RESET, visit, by=by, at=at)
    rows.evidence(visit, "reset", by=by, at=at)
    owe(sop.REGISTER, visit, at=at)
    if visit.registered_at is not None:
        finish(sop.REGISTER, visit, by=visit.registered_by, at=at, period=visit.period)
        rows.evidence(visit, "register", by=visit.registered_by, at=at)
        guests.let_go(visit)
    return visit


def _done(step: Step, visit: Visit, *, by: User, at: datetime) -> Visit:
    """Finish a step for which somebody pressed a button: a second press is told so."""
    visit = rows.locked(visit)
    if visit.departed_at is None:
        raise RuleViolation(_("The guest has not left yet."))
    if finish(step, visit, by=by, at=at, period=visit.period):
        return visit
    known = Deadline.objects.about(visit).of_step(step).filter(period=visit.period).first()
    if known is None:
        raise RuleViolation(_("It is not time for this step yet: tidy the table first."))
    raise RuleViolation(
        _("“%(step)s” is already closed, since %(time)s.")
        % {"step": known.title, "time": rows.local(known.closed_at or at, visit.store)},
        code="done",
    )


@transaction.atomic
def undo_departure(visit: Visit, *, by: User, at: datetime | None = None) -> Visit:
    """Take back a departure that was tapped by mistake: for one minute, while no SMS is out."""
    at = at or clock.now()
    visit = rows.locked(visit)
    if not visit.can_undo_departure(at):
        raise RuleViolation(_("A departure can be undone for one minute."))
    reason = _("Departure undone")
    if text_under_way(visit):
        raise RuleViolation(_("The thank-you SMS is already on its way."))
    cancel_all(visit, by=by, reason=reason, at=at)
    cancel_sms(THANKS, visit, reason=reason, at=at)
    try:
        with transaction.atomic():
            rows.save(visit, departed_at=None, departure_entered_at=None)
    except IntegrityError:
        raise RuleViolation(
            _("%(guest)s has come in again meanwhile.") % {"guest": visit.display_name}
        ) from None
    if visit.customer is not None:
        note(
            "visit.departure_undone", store=visit.store, customer=visit.customer,
            lead=visit.lead, by=by, at=at, subject=visit,
        )  # fmt: skip
    return visit
