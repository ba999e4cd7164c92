"""Where the ground rooms stand in the menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.panels import Panel, panel
from dealership.web.context import Entry, menu

menu(
    Entry(
        "customers:customer-list", "users", _("Customers"), "customers.view_customer", "work", 35
    ),
    Entry("staff:people", "id-badge", _("People"), "staff.view_people", "settings", 10),
    Entry("staff:roster", "calendar-week", _("Roster"), "staff.view_roster", "settings", 20),
)
panel(
    Panel(
        "record",
        pgettext_lazy("of a customer", "Record"),
        "id",
        "customers:record-panel",
        "customers.view_customer",
        90,
    )
)
