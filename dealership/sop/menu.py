"""The clock's places in the menu, and its alarms."""

from django.utils.translation import gettext_lazy as _

from dealership.web.context import ALARMS, Entry, menu

menu(
    Entry(
        "sop:deadline-list", "clock-exclamation", _("Deadlines"), "sop.view_deadlines", "work", 30
    ),
    Entry("sop:limit-list", "adjustments", _("Limits"), "sop.view_limits", "settings", 30),
)
ALARMS.append("dealership.sop.selectors.alarms")
