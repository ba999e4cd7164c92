"""Where the ground rooms stand in the menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.customers.panels import Panel, panel
from dealership.web.context import Entry, menu

menu(
    Entry(
        "customers:customer-list", "users", _("Customers"), "customers.view_customer", "work", 35
    ),
    Entry(
        "customers:duplicate-list",
        "git-merge",
        _("Duplicates"),
        "customers.merge_customers",
        "work",
        36,
        under="customers:customer-list",
    ),
    Entry("staff:people", "id-badge", _("People"), "staff.view_people", "settings", 10),
    Entry("staff:roster", "calendar-week", _("Roster"), "staff.view_roster", "settings", 20),
)
panel(
    Panel(
        "people",
        _("Contact persons"),
        "users-group",
        "customers:people-panel",
        "customers.view_customer",
        5,
        only=Customer.Kind.ORGANISATION,
    )
)
panel(
    Panel(
        "duplicates",
        _("Kept twice"),
        "users",
        "customers:duplicates-panel",
        "customers.merge_customers",
        95,
        is_on_top=True,
    )
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
