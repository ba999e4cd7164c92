"""Who may see and change leads."""

from django.utils.translation import gettext_lazy as _

from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, Role

allow("leads.view_lead", *EVERYONE, title=_("See leads"))
allow("leads.change_lead", *FLOOR - {Role.RECEPTIONIST}, title=_("Change leads"))
