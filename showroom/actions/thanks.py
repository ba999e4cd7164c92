"""
SOP-4.4.14: every guest is thanked within two hours of leaving.

The software sends the SMS before its time runs out. Where it can't (no number, no consent, the
provider refused, quiet hours) it says so on the deadline, and the consultant thanks in another
way. A visit gets one SMS at most; somebody who was thanked by SMS earlier on the same day is
not thanked for the second visit. How it goes is `PromisedText`; here is what is a visit's own.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.messaging.actions import render
from dealership.messaging.models import Sms
from dealership.messaging.texts import check_body
from dealership.sop.models import Deadline
from dealership.sop.promised_texts import PromisedText
from dealership.staff.models import User
from showroom import sop
from showroom.actions import guests, rows
from showroom.models import Thanked, Visit
from showroom.selectors import thanked_today
from showroom.sms import THANKS


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


def _words(visit: Visit) -> str:
    return visit.thank_text or default_text(visit)


def _gone(visit: Visit) -> str:
    """Why there is nobody to thank: the entry was voided, or the departure undone."""
    if visit.is_voided:
        return _("The visit was voided.")
    return "" if visit.departed_at else _("The guest has not left yet.")


def _needless(visit: Visit) -> str:
    """Why nobody has to be thanked by SMS for this visit, or ''."""
    if visit.left_no_contact and visit.customer is None:
        return _("The guest left no number.")
    if earlier := thanked_today(visit):
        return _("Already thanked at %(time)s for the earlier visit of the day.") % {
            "time": rows.local(earlier.accepted_at or earlier.created_at, visit.store)
        }
    return ""


def _ended(visit: Visit, *, by: User | None, at: datetime, is_kept: bool) -> None:
    if is_kept:
        rows.evidence(visit, "thank_you", by=by, at=at)
    guests.let_go(visit)


PROMISE = PromisedText(
    step=sop.THANK_YOU,
    purpose=THANKS,
    draft=_words,
    gone=_gone,
    needless=_needless,
    on_end=_ended,
    unknown=gettext_lazy("Nobody knows this guest's number yet."),
)


def why_not(visit: Visit, at: datetime | None = None) -> str:
    """Why the software can't text this guest, or ''."""
    return PROMISE.obstacle(visit, at)


def owe_thanks(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Start the clock at the departure and say at once what stands in the way."""
    left = visit.departed_at or at
    PROMISE.owe(visit, owner=visit.consultant, at=left, now=at)


def review_thanks(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Look anew at whether the guest can be texted, after something about them has changed."""
    PROMISE.review(visit, at=at)


@transaction.atomic
def send_thank_you(
    visit: Visit, *, by: User | None, text: str = "", at: datetime | None = None
) -> Sms:
    """
    Send the thank-you SMS by hand, with the consultant's own words or the store's.

    The step is done when the provider has taken it, seconds later.
    """
    visit = rows.locked(visit)
    own = own_text(visit, text)
    if own != visit.thank_text:
        rows.save(visit, thank_text=own)
    return PROMISE.send(visit, body=PROMISE.text(visit), by=by, at=at)


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
        PROMISE.call(visit, by=by, how=str(way.label), at=at)
    if visit.customer is not None:
        note(
            "visit.thanked", store=visit.store, customer=visit.customer, lead=visit.lead, by=by,
            at=at, subject=visit, how=way.value, remark=remark,
        )  # fmt: skip
    return visit


def _let_off(visit: Visit, remark: str, *, by: User, at: datetime) -> None:
    if not remark:
        raise RuleViolation(_("Say why nobody can reach this guest."), field="remark")
    if not why_not(visit, at):
        raise RuleViolation(
            _("This guest can be texted. Send the SMS, or ask your manager to waive it."),
            field="how",
        )
    PROMISE.let_off(visit, by=by, reason=remark, at=at)


def act_thank_you(deadline: Deadline, *, at: datetime) -> None:
    """Send the SMS that nobody has sent, before its time runs out; the clock calls this."""
    PROMISE.act(deadline, at=at)


def reason_against_thanks(sms: Sms) -> str:
    """Why the SMS must not go out any more, asked right before it is sent."""
    return PROMISE.guard(sms)


def thanks_accepted(sms: Sms) -> None:
    """The provider has the SMS: the guest counts as thanked, by whoever sent it."""
    PROMISE.accepted(sms)


def thanks_failed(sms: Sms, reason: str) -> None:
    """The SMS will not arrive: the consultant thanks in another way."""
    PROMISE.failed(sms, reason)
