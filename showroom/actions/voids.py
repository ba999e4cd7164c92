"""A visit that was entered by mistake is voided, never deleted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.messaging.actions import cancel_sms
from dealership.sop.actions import cancel_all, close_run, run_for
from dealership.staff.models import User
from leads.actions import release_appointment
from showroom import sop
from showroom.actions import guests, rows
from showroom.models import Visit
from showroom.sms import THANKS


@transaction.atomic
def void_visit(visit: Visit, *, reason: str, by: User, at: datetime | None = None) -> Visit:
    """
    Void an entry that never was (作废): it counts no more, owes nothing, and no SMS goes out.

    The row stays, with who, when and why.
    """
    at, reason = at or clock.now(), reason.strip()
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    visit = rows.locked(visit)
    rows.save(visit, voided_at=at, voided_by=by, void_reason=reason[:200])
    why = _("Visit voided: %(reason)s") % {"reason": visit.void_reason}
    cancel_all(visit, by=by, reason=why, at=at)
    cancel_sms(THANKS, visit, reason=why, at=at)
    run = run_for(sop.RECEPTION, visit)
    if run is not None and run.is_open:
        close_run(run, by=by, at=at)
    release_appointment(visit.pk, by=by, at=at)
    guests.judge_first(visit.customer)
    guests.let_go(visit)
    if visit.customer is not None:
        note(
            "visit.voided", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
            at=at, subject=visit, reason=visit.void_reason,
        )  # fmt: skip
    return visit
