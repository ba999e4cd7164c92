"""Who may see and change customers."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, MANAGERS, Role


def calls_customer(user: User, customer: Customer) -> bool:
    """The customer's consultant, whoever attends them now, and managers: they have to call."""
    if user.pk in (customer.owner_id, customer.attended_by_id):
        return True
    return not user.roles_in(customer.store_id).isdisjoint(MANAGERS)


def merges_customer(user: User, customer: Customer) -> bool:
    """Managers and the clerk any; a consultant their own, and is asked about both records."""
    whole_store = user.roles_in(customer.store_id) & (MANAGERS | {Role.CLERK})
    return bool(whole_store) or customer.owner_id == user.pk


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
allow(
    "customers.see_phone",
    *EVERYONE,
    when=calls_customer,
    title=_("See the phone number without asking"),
)
allow(
    "customers.merge_customers",
    *MANAGERS,
    Role.CLERK,
    Role.CONSULTANT,
    when=merges_customer,
    title=_("Merge two records of one person"),
)
allow("customers.view_merges", *MANAGERS, Role.CLERK, title=_("See which records were merged"))
