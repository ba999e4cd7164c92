"""Where delivery stands in the menu and on the customer page."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.panels import Panel, panel
from dealership.web.context import Entry, menu

menu(
    Entry("delivery:delivery-list", "key", _("Deliveries"), "delivery.view_delivery", "sale", 50),
    Entry(
        "delivery:dms-list", "database-import", _("DMS entries"), "delivery.view_dms", "sale", 60
    ),
)
panel(
    Panel(
        "deliveries",
        _("Deliveries"),
        "key",
        "delivery:delivery-panel",
        "delivery.view_delivery",
        50,
    )
)
