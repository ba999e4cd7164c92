"""
SOP-9.6.21: the thank-you SMS within two hours of the hand-over.

How it goes is `PromisedText`; a hand-over brings its own words and the call's timeline entry.
"""

from datetime import datetime

from django.db import transaction

from dealership.customers.actions import note
from dealership.messaging.actions import render
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.sop.promised_texts import PromisedText
from dealership.staff.models import User
from delivery import sop
from delivery.models import Delivery
from delivery.sms import THANKS


def _words(delivery: Delivery) -> str:
    return render(
        THANKS,
        delivery.store,
        customer=delivery.customer.display_name,
        series=delivery.order.series.name,
        store=delivery.store.name,
        consultant=delivery.consultant.name,
    )


PROMISE = PromisedText(step=sop.THANK_YOU, purpose=THANKS, draft=_words)


def draft_thanks(delivery: Delivery) -> str:
    """The store's text for this hand-over, ready to be edited; in the customers' language."""
    return PROMISE.text(delivery)


def send_thanks(delivery: Delivery, *, body: str, by: User, at: datetime | None = None) -> Sms:
    """Send the text as the consultant worded it."""
    return PROMISE.send(delivery, body=body, by=by, at=at)


@transaction.atomic
def thank_by_call(delivery: Delivery, *, by: User, at: datetime | None = None) -> Deadline:
    """Thank by phone where no text can go, or instead of one."""
    done = PROMISE.call(delivery, by=by, at=at)
    note(
        "delivery.thanked", store=delivery.store, customer=delivery.customer, lead=delivery.lead,
        by=by, at=at, subject=delivery,
    )  # fmt: skip
    return done


def act_thank_you(deadline: Deadline, *, at: datetime) -> None:
    """Send the text that nobody has sent, before its time runs out; the clock calls this."""
    PROMISE.act(deadline, at=at)


def reason_against_thanks(sms: Sms) -> str:
    """Why the text must not go out any more, asked right before it is sent."""
    return PROMISE.guard(sms)


def thanks_accepted(sms: Sms) -> None:
    """The provider has the text: the customer counts as thanked."""
    PROMISE.accepted(sms)


def thanks_failed(sms: Sms, reason: str) -> None:
    """The text will not arrive: the consultant thanks by phone."""
    PROMISE.failed(sms, reason)
