"""Who may see and change customers."""

from django.utils.translation import gettext_lazy as _

from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, Role

allow("customers.view_customer", *EVERYONE, title=_("See customers"))
allow(
    "customers.change_customer",
    *FLOOR,
    Role.CLERK,
    Role.SERVICE_SPECIALIST,
    title=_("Change customers"),
)
allow("customers.look_up", *FLOOR, Role.DRIVE_SPECIALIST, title=_("Look a phone number up"))
allow(
    "customers.reveal_phone",
    *FLOOR,
    Role.CLERK,
    Role.SERVICE_ADVISOR,
    Role.SERVICE_SPECIALIST,
    title=_("See a whole phone number"),
)
