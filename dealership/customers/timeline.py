"""What happens with a customer's record, as the timeline tells it."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.kinds import KINDS, EventKind, declare_kind
from dealership.customers.models import Consent

__all__ = ["KINDS", "EventKind", "declare_kind"]

declare_kind("customer.registered", _("Registered"), icon="user-plus", stage="customer")
declare_kind("customer.phone_added", _("Phone number added"), icon="phone-plus", stage="customer")
declare_kind(
    "customer.renamed", _("Name corrected: %(old)s → %(new)s"), icon="edit", stage="customer"
)
declare_kind(
    "customer.owner_set", _("Now looked after by %(owner)s"), icon="user-check", stage="customer"
)
declare_kind(
    "customer.consent_given",
    _("Consent given: %(purpose)s"),
    icon="shield-check",
    stage="customer",
    labels={"purpose": Consent.Purpose},
)
declare_kind(
    "customer.consent_withdrawn",
    _("Consent withdrawn: %(purpose)s"),
    icon="shield-x",
    stage="customer",
    labels={"purpose": Consent.Purpose},
)
declare_kind(
    "customer.refused_contact",
    _("Asked not to be contacted: %(reason)s"),
    icon="ban",
    stage="customer",
)
declare_kind(
    "customer.allowed_contact",
    _("May be contacted again: %(reason)s"),
    icon="message-check",
    stage="customer",
)
declare_kind(
    "customer.person_added", _("Speaks for them: %(person)s"), icon="user-plus", stage="customer"
)
declare_kind(
    "customer.person_changed",
    _("Contact person changed: %(person)s"),
    icon="user-edit",
    stage="customer",
)
declare_kind(
    "customer.person_removed",
    _("Speaks for them no more: %(person)s"),
    icon="user-minus",
    stage="customer",
)
declare_kind(
    "customer.merged", _("Merged with the record of %(other)s"), icon="git-merge", stage="customer"
)
declare_kind(
    "customer.merge_undone",
    _("Merge with %(other)s taken back"),
    icon="arrow-back-up",
    stage="customer",
)
declare_kind(
    "customer.told_apart", _("Is not the same as %(other)s"), icon="users", stage="customer"
)
declare_kind(
    "customer.identity_set",
    _("Recognised by ID number from now on"),
    icon="id",
    stage="customer",
)
declare_kind(
    "customer.identity_forgotten", _("ID number forgotten"), icon="id-off", stage="customer"
)
declare_kind("customer.car_added", _("Car added: %(car)s"), icon="car", stage="customer")
