"""The clock's places in the menu, and its alarms."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.panels import Panel, panel
from dealership.customers.refusals import on_refusal
from dealership.web.context import ALARMS, Entry, menu

menu(
    Entry(
        "sop:deadline-list", "clock-exclamation", _("Deadlines"), "sop.view_deadlines", "work", 30
    ),
    Entry("sop:limit-list", "adjustments", _("Limits"), "sop.view_limits", "settings", 30),
)
ALARMS.append("dealership.sop.selectors.alarms")
panel(
    Panel(
        "owed",
        pgettext_lazy("deadlines", "Owed"),
        "clock",
        "sop:customer-panel",
        "sop.view_deadlines",
        0,
        is_on_top=True,
    )
)
on_refusal("dealership.sop.actions.stop_contact")
