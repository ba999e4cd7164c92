"""Who may see texts and notices, and who may change the wording."""

from django.utils.translation import gettext_lazy as _

from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, MANAGERS, Role

allow("messaging.view_notices", *EVERYONE, title=_("See one's own notices"))
allow(
    "messaging.view_sms",
    *FLOOR,
    Role.DRIVE_SPECIALIST,
    Role.CLERK,
    Role.SERVICE_ADVISOR,
    Role.SERVICE_SPECIALIST,
    title=_("See text messages"),
)
allow("messaging.change_templates", *MANAGERS, title=_("Change the wording of text messages"))
