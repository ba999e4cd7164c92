"""Who may see which board."""

from django.utils.translation import gettext_lazy as _

from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, MANAGERS

allow("dashboards.view_today", *EVERYONE, title=_("See one's own day"))
allow("dashboards.view_board", *MANAGERS, title=_("See the manager's board"))
allow("dashboards.view_health", *MANAGERS, title=_("See the health of the system"))
