"""May this customer be texted, and until when."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers import phones
from dealership.customers.models import Consent, Customer
from dealership.messaging import hours
from dealership.messaging.models import InboundSms
from dealership.messaging.purposes import Purpose
from dealership.staff.models import Store


def can_text(customer: Customer | None, purpose: Purpose, at: datetime | None = None) -> str:
    """
    Return '' if the customer may be texted for `purpose`, else the reason why not.

    Quiet hours are no reason: they hold a message back, see `last_send_time`.
    """
    if customer is None or not customer.primary_phone:
        return _("There is no phone number.")
    return why_not(customer, purpose, customer.primary_phone, at)


def why_not(customer: Customer, purpose: Purpose, phone: str, at: datetime | None = None) -> str:
    """The same for a given number of the customer."""
    at = at or clock.now()
    if customer.do_not_contact_at is not None and customer.do_not_contact_at <= at:
        return _("The customer asked not to be contacted.")
    if not phones.is_mobile(phone):
        return _("The number is no mobile number.")
    wanted = Consent.Purpose.MARKETING if purpose.is_marketing else Consent.Purpose.SERVICE
    needed = purpose.is_marketing or settings.SMS_NOTICES_NEED_CONSENT
    withdrawn = list(
        customer.consents.filter(purpose=wanted).values_list("withdrawn_at", flat=True)
    )
    if None in withdrawn:
        return ""
    if withdrawn or InboundSms.objects.filter(phone=phone).stops().exists():
        return _("The customer no longer wants messages of this kind.")
    return _("The customer has not agreed to messages of this kind.") if needed else ""


def last_send_time(store: Store, *, after: datetime, by: datetime) -> datetime | None:
    """
    Return the latest moment up to `by` and not before `after` outside the store's quiet hours.

    None: it can't be sent in time at all, so it becomes a task for a person.
    """
    return hours.last_open(store, after=after, by=by)
