"""Where the showroom stands in the menu and on the customer page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.facts import Fact, fact
from dealership.customers.panels import Panel, panel
from dealership.staff.arriving import on_check_in
from dealership.web.context import Entry, menu
from leads.staying import declare_stay

menu(
    Entry(
        "showroom:floor",
        "sofa",
        pgettext_lazy("showroom", "Floor"),
        "showroom.view_floor",
        "work",
        20,
    ),
    Entry(
        "showroom:register",
        "clipboard-text",
        _("Visit register"),
        "showroom.view_visit",
        "work",
        25,
    ),
)
fact(Fact("last_visit", _("Last visit"), "showroom.selectors.last_visits", 20))
panel(Panel("visits", _("Visits"), "door-enter", "showroom:visit-panel", "showroom.view_visit", 20))
declare_stay("showroom.selectors.why_here")
on_check_in("showroom.actions.begin_day")
