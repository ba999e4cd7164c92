"""What orders leave on a customer's timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind

declare_kind(
    "order.placed", _("Ordered %(car)s, order %(number)s"), icon="file-certificate", stage="deals"
)
declare_kind(
    "order.cancelled",
    _("Order %(number)s cancelled: %(reason)s"),
    icon="file-x",
    stage="deals",
)
