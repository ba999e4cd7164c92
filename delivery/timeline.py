"""What the hand-over and what follows it leave on a customer's timeline."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind
from delivery.models import Callback, CallbackAttempt

ICONS = {"reached": "phone-check", "refused": "phone-x"}

declare_kind(
    "delivery.handed_over",
    _("Car handed over: %(car)s, invoice of %(invoice)s"),
    icon="key",
    stage="delivery",
)
declare_kind("delivery.filed", _("Customer file complete"), icon="folder-check", stage="delivery")
declare_kind(
    "delivery.thanked",
    _("Thanked for the purchase without SMS"),
    icon="phone-check",
    stage="delivery",
)
declare_kind(
    "delivery.dms_entered",
    _("Entered in the DMS as %(number)s"),
    icon="database-import",
    stage="delivery",
)
declare_kind(
    "delivery.late_applied",
    _("Late DMS entry applied for: %(reason)s"),
    icon="file-alert",
    stage="delivery",
)
declare_kind(
    "delivery.late_approved",
    _("Late DMS entry approved by the brand: %(reference)s"),
    icon="file-check",
    stage="delivery",
)
declare_kind(
    "delivery.late_refused",
    _("Late DMS entry refused by the brand: %(reference)s"),
    icon="file-x",
    stage="delivery",
)


def call_kind(kind: str, outcome: str) -> str:
    return f"delivery.call.{kind}.{outcome}"


for kind in Callback.Kind:
    for outcome in CallbackAttempt.Outcome:
        declare_kind(
            call_kind(kind, outcome),
            format_lazy("{}: {} %(remark)s", kind.label, outcome.label),
            icon=ICONS.get(outcome, "phone-off"),
            stage="delivery",
        )
