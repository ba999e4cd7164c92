"""Where leads stand in the menu and on the customer page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.facts import Fact, fact
from dealership.customers.panels import Panel, panel
from dealership.web.context import Entry, menu

menu(Entry("leads:lead-list", "target-arrow", _("Leads"), "leads.view_lead", "work", 40))
panel(
    Panel(
        "lead",
        pgettext_lazy("sales", "Lead"),
        "target-arrow",
        "leads:lead-panel",
        "leads.view_lead",
        10,
    )
)
fact(Fact("level", _("Level"), "leads.selectors.levels_of", 10))
