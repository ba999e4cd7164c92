"""Who may see and change people, rosters and tokens."""

from django.utils.translation import gettext_lazy as _

from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, MANAGERS, Role

allow("staff.use", *EVERYONE, title=_("Use one's own account"))
allow("staff.view_people", *MANAGERS, title=_("See the people of the store"))
allow("staff.change_people", Role.GENERAL_MANAGER, Role.GROUP_ADMIN, title=_("Change people"))
allow("staff.view_roster", *EVERYONE, title=_("See the roster"))
allow("staff.change_roster", *MANAGERS, title=_("Change the roster"))
allow("staff.check_in", *FLOOR, title=_("Check in for duty"))
