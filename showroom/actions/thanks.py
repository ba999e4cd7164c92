"""
SOP-4.4.14: every guest is thanked within two hours of leaving.

The software sends the SMS before its time runs out. Where it can't (no number, no consent, the
provider refused, quiet hours) it says so on the deadline, and the consultant thanks in another
way. A visit gets one SMS at most; somebody who was thanked by SMS earlier on the same day is
not thanked for the second visit.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.messaging.actions import cancel_sms, notify, queue_sms, render
from dealership.messaging.models import Sms
from dealership.messaging.selectors import can_text, last_send_time
from dealership.messaging.texts import check_body
from dealership.sop.actions import cancel, finish, set_problem, start
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.staff.models import User
from showroom import sop
from showroom.actions import guests, rows
from showroom.models import Thanked, Visit
from showroom.selectors import deadline_of, text_under_way, thanked_today
from showroom.sms import THANKS

# What is sent by hand close to the end, or after it, still gets so long to reach the provider.
LEAST_TIME = timedelta(minutes=30)


def default_text(visit: Visit) -> str:
    """The store's text, ready to be sent or edited; in the customers' language."""
    with override(settings.LANGUAGE_CODE):
        return render(
            THANKS,
            visit.store,
            customer=visit.display_name,
            consultant=str(visit.consultant or visit.store),
            store=visit.store.name,
        )


def own_text(visit: Visit, text: str) -> str:
    """What is kept of a text: nothing if it is the store's own, so that later names count."""
    text = text.replace("\r\n", "\n").strip()
    if not text or text == default_text(visit).strip():
        return ""
    try:
        return check_body(text, THANKS)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.message, code=refusal.code, field="thank_text") from None


def why_not(visit: Visit, at: datetime | None = None) -> str:
    """Why the software can't text this guest, or ''."""
    if visit.customer is None:
        return _("Nobody knows this guest's number yet.")
    return can_text(visit.customer, THANKS, at)


def owe_thanks(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Start the clock at the departure and say at once what stands in the way."""
    start(
        sop.THANK_YOU, visit, store=visit.store, customer=visit.customer,
        owner=visit.consultant, at=visit.departed_at, period=visit.period,
    )  # fmt: skip
    review_thanks(visit, by=by, at=at)


def review_thanks(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Look anew at whether the guest can be texted, after something about them has changed."""
    if visit.departed_at is None:
        return
    if reason := _needless(visit):
        cancel(
            sop.THANK_YOU, visit, by=None, reason=reason, at=max(at, visit.departed_at),
            period=visit.period,
        )  # fmt: skip
        guests.let_go(visit)
        return
    _set_problem(visit, why_not(visit, at), at)


def _needless(visit: Visit) -> str:
    """Why nobody has to be thanked by SMS for this visit, or ''."""
    if visit.left_no_contact and visit.customer is None:
        return _("The guest left no number.")
    if earlier := thanked_today(visit):
        return _("Already thanked at %(time)s for the earlier visit of the day.") % {
            "time": rows.local(earlier.accepted_at or earlier.created_at, visit.store)
        }
    return ""


def _set_problem(visit: Visit, problem: str, at: datetime) -> None:
    set_problem(sop.THANK_YOU, visit, problem, at=at, period=visit.period)


@transaction.atomic
def send_thank_you(
    visit: Visit, *, by: User | None, text: str = "", at: datetime | None = None
) -> Sms:
    """
    Send the thank-you SMS by hand, with the consultant's own words or the store's.

    The step is done when the provider has taken it, seconds later.
    """
    at = at or clock.now()
    visit = rows.locked(visit)
    if visit.departed_at is None:
        raise RuleViolation(_("The guest has not left yet."))
    if reason := why_not(visit, at):
        raise RuleViolation(reason, code="no_text")
    if text_under_way(visit):
        raise RuleViolation(_("The thank-you SMS is already on its way."), code="sent")
    own = own_text(visit, text)
    if own != visit.thank_text:
        rows.save(visit, thank_text=own)
    sms = _queue(visit, by=by, at=at, send_by=_by_hand_until(visit, at))
    _set_problem(visit, "", at)
    return sms


def _by_hand_until(visit: Visit, at: datetime) -> datetime:
    deadline = deadline_of(visit, sop.THANK_YOU)
    due_at = deadline.due_at if deadline else at
    return max(due_at, at + LEAST_TIME)


def _queue(visit: Visit, *, by: User | None, at: datetime, send_by: datetime) -> Sms:
    customer = visit.customer
    if customer is None:
        raise RuleViolation(why_not(visit, at), code="no_text")
    return queue_sms(
        THANKS,
        subject=visit,
        customer=customer,
        phone=customer.primary_phone,
        body=visit.thank_text or default_text(visit),
        by=by,
        at=at,
        send_by=send_by,
    )


def act_thank_you(deadline: Deadline, *, at: datetime) -> None:
    """
    Send the SMS that nobody has sent, before its time runs out; the clock calls this.

    Called late (the clock stood still, or the visit was entered later) it still sends on the
    day of the visit, shown as late; after that a text would come as a surprise and a person
    takes over.
    """
    visit = Visit.objects.with_people().filter(pk=deadline.subject_id).first()
    if visit is None:
        return
    if visit.is_voided or visit.departed_at is None:
        reason, period = _("The visit is gone."), deadline.period
        cancel(sop.THANK_YOU, visit, by=None, reason=reason, at=at, period=period)
        return
    review_thanks(visit, by=None, at=at)
    if text_under_way(visit) or _needless(visit) or why_not(visit, at):
        return
    day_ends = clock.end_of_day(clock.day_of(visit.departed_at, visit.store.tz), visit.store.tz)
    until = deadline.due_at if at < deadline.due_at else day_ends
    if at >= until:
        _set_problem(visit, _("The day of the visit is over. Thank the guest by phone."), at)
    elif last_send_time(visit.store, after=at, by=until) is None:
        _set_problem(
            visit, _("No SMS may go out at this hour. Thank the guest in another way."), at
        )
    else:
        _try_to_queue(visit, at=at, until=until)


def _try_to_queue(visit: Visit, *, at: datetime, until: datetime) -> None:
    try:
        with transaction.atomic():
            _queue(visit, by=None, at=at, send_by=until)
    except RuleViolation as refusal:
        _set_problem(visit, str(refusal), at)


@transaction.atomic
def settle_thanks(
    visit: Visit, *, by: User, how: str, remark: str = "", at: datetime | None = None
) -> Visit:
    """
    Record that the guest was thanked without an SMS, or why nobody can thank them.

    Only somebody who really can't be texted is let off; everybody else a manager waives.
    """
    at = at or clock.now()
    visit = rows.locked(visit)
    way, remark = Thanked(how), remark.strip()[:200]
    if way is Thanked.IMPOSSIBLE:
        _let_off(visit, remark, by=by, at=at)
    else:
        if not finish(sop.THANK_YOU, visit, by=by, at=at, period=visit.period):
            raise _closed()
        rows.evidence(visit, "thank_you", by=by, at=at)
    cancel_sms(THANKS, visit, reason=str(way.label), at=at)
    if visit.customer is not None:
        note(
            "visit.thanked", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
            at=at, subject=visit, how=way.value, remark=remark,
        )  # fmt: skip
    guests.let_go(visit)
    return visit


def _let_off(visit: Visit, remark: str, *, by: User, at: datetime) -> None:
    if not remark:
        raise RuleViolation(_("Say why nobody can reach this guest."), field="remark")
    if not why_not(visit, at):
        raise RuleViolation(
            _("This guest can be texted. Send the SMS, or ask your manager to waive it."),
            field="how",
        )
    if not cancel(sop.THANK_YOU, visit, by=by, reason=remark, at=at, period=visit.period):
        raise _closed()


def _closed() -> RuleViolation:
    return RuleViolation(_("This guest has already been thanked."), code="done")


def _visit_of(sms: Sms) -> Visit | None:
    return Visit.objects.with_people().filter(pk=sms.subject_id).first()


def reason_against_thanks(sms: Sms) -> str:
    """Why the SMS must not go out any more, asked right before it is sent."""
    visit = _visit_of(sms)
    if visit is None or visit.is_voided:
        return _("The visit was voided.")
    if visit.departed_at is None:
        return _("The guest has not left yet.")
    if visit.customer_id != sms.customer_id:
        return _("The visit belongs to another customer now.")
    deadline = deadline_of(visit, sop.THANK_YOU)
    if deadline is not None and deadline.outcome in ("cancelled", "waived"):
        return deadline.reason
    return ""


def thanks_accepted(sms: Sms) -> None:
    """The provider has the SMS: the guest counts as thanked, by whoever sent it."""
    visit = _visit_of(sms)
    if visit is None:
        return
    sms.refresh_from_db(fields=["accepted_at"])
    at = sms.accepted_at or clock.now()
    finish(sop.THANK_YOU, visit, by=sms.created_by, at=at, period=visit.period)
    rows.evidence(visit, "thank_you", by=sms.created_by, at=at)
    guests.let_go(visit)


def thanks_failed(sms: Sms, reason: str) -> None:
    """The SMS will not arrive: the consultant thanks in another way."""
    visit = _visit_of(sms)
    if visit is None or visit.is_voided:
        return
    if (
        set_problem(sop.THANK_YOU, visit, reason, at=clock.now(), period=visit.period)
        or not visit.consultant
    ):
        return
    with in_language_of(visit.consultant):
        text = _("The SMS to %(guest)s did not arrive: %(why)s") % {
            "guest": visit.display_name,
            "why": reason,
        }
    notify(
        visit.consultant,
        store=visit.store,
        kind="showroom.sms_failed",
        text=text,
        url=visit.get_absolute_url(),
        key=f"showroom.sms_failed:{visit.pk}:{sms.out_id}",
    )
