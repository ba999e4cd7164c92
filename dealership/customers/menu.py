"""Where the ground rooms stand in the menu."""

from django.utils.translation import gettext_lazy as _

from dealership.web.context import Entry, menu

menu(
    Entry(
        "customers:customer-list", "users", _("Customers"), "customers.view_customer", "work", 30
    ),
    Entry("staff:people", "id-badge", _("People"), "staff.view_people", "settings", 10),
    Entry("staff:roster", "calendar-week", _("Roster"), "staff.view_roster", "settings", 20),
)
