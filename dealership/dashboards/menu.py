"""Where the boards stand in the menu."""

from django.utils.translation import gettext_lazy as _

from dealership.web.context import Entry, menu

menu(
    Entry(
        "dashboards:today",
        "checklist",
        _("Today"),
        "dashboards.view_today",
        "work",
        10,
    ),
    Entry(
        "dashboards:board",
        "layout-dashboard",
        _("Board"),
        "dashboards.view_board",
        "boards",
        10,
    ),
    Entry(
        "dashboards:health",
        "heart-rate-monitor",
        _("System health"),
        "dashboards.view_health",
        "boards",
        90,
    ),
)
