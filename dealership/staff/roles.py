"""Who works in a showroom (岗位)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RECEPTIONIST = "receptionist", _("Receptionist")
    CONSULTANT = "consultant", _("Sales consultant")
    DRIVE_SPECIALIST = "drive_specialist", _("Test-drive specialist")
    CLERK = "clerk", _("Sales information clerk")
    SERVICE_ADVISOR = "service_advisor", _("Service advisor")
    SERVICE_SPECIALIST = "service_specialist", _("Customer-service specialist")
    CASHIER = "cashier", _("Cashier")
    STOREKEEPER = "storekeeper", _("Storekeeper")
    SALES_MANAGER = "sales_manager", _("Sales manager")
    GENERAL_MANAGER = "general_manager", _("General manager")
    GROUP_ADMIN = "group_admin", _("Group administrator")


MANAGERS = frozenset({Role.SALES_MANAGER, Role.GENERAL_MANAGER, Role.GROUP_ADMIN})
FLOOR = frozenset({Role.RECEPTIONIST, Role.CONSULTANT}) | MANAGERS
EVERYONE = frozenset(Role)
