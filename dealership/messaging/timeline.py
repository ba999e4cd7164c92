"""What messages leave on a customer's timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind

declare_kind(
    "sms.accepted", _("Text message sent: %(title)s"), icon="message-check", stage="customer"
)
declare_kind(
    "sms.failed",
    _("Text message not sent: %(title)s – %(why)s"),
    icon="message-x",
    stage="customer",
)
declare_kind("sms.inbound", _("Texted back: %(text)s"), icon="message-reply", stage="customer")
