"""Kinds of timeline events: each room declares its own, with the sentence that shows it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EventKind:
    code: str
    sentence: str | Promise
    icon: str
    stage: str


KINDS: dict[str, EventKind] = {}


def declare_kind(code: str, sentence: str | Promise, *, icon: str, stage: str) -> EventKind:
    """Declare an event; `sentence` may use the event's data as `%(name)s`."""
    if code in KINDS:
        raise ValueError(f"{code} is declared twice")
    KINDS[code] = kind = EventKind(code, sentence, icon, stage)
    return kind


declare_kind("customer.registered", _("Registered"), icon="user-plus", stage="customer")
declare_kind("customer.phone_added", _("Phone number added"), icon="phone-plus", stage="customer")
declare_kind(
    "customer.renamed", _("Name corrected: %(old)s → %(new)s"), icon="edit", stage="customer"
)
declare_kind(
    "customer.owner_set", _("Now looked after by %(owner)s"), icon="user-check", stage="customer"
)
declare_kind(
    "customer.consent_given", _("Consent given: %(purpose)s"), icon="shield-check", stage="customer"
)
declare_kind(
    "customer.consent_withdrawn",
    _("Consent withdrawn: %(purpose)s"),
    icon="shield-x",
    stage="customer",
)
declare_kind(
    "customer.refused_contact",
    _("Asked not to be contacted: %(reason)s"),
    icon="ban",
    stage="customer",
)
declare_kind("customer.car_added", _("Car added: %(car)s"), icon="car", stage="customer")
