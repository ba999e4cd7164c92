"""The numbers that reach a customer."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.customers import phones
from dealership.customers.actions.events import note
from dealership.customers.actions.keys import index_customer
from dealership.customers.models import Customer, Phone
from dealership.errors import RuleViolation
from dealership.privacy.actions import log_access
from dealership.staff.models import Store, User


@transaction.atomic
def add_phone(
    customer: Customer, phone: str, *, by: User | None, at: datetime | None = None
) -> Phone:
    """Add a number to a customer; the first is the primary one."""
    added = attach_phone(customer, phone)
    note("customer.phone_added", store=customer.store, customer=customer, by=by, at=at)
    index_customer(customer)
    return added


def attach_phone(customer: Customer, phone: str) -> Phone:
    number = phones.normalise(phone)
    has_primary = customer.phones.filter(is_primary=True).exists()
    try:
        with transaction.atomic():
            added = Phone.objects.create(
                customer=customer,
                store_id=customer.store_id,
                number=number,
                is_primary=not has_primary,
            )
    except IntegrityError:
        known = Phone.objects.select_related("customer").get(
            store_id=customer.store_id, number=number
        )
        raise RuleViolation(
            _("This number already belongs to %(customer)s.") % {"customer": known.customer},
            code="phone_known",
            field="phone",
        ) from None
    customer.__dict__.pop("primary_phone", None)
    customer.__dict__.get("_prefetched_objects_cache", {}).pop("phones", None)
    return added


def holder_of(store: Store, number: str) -> Customer | None:
    """Return the customer of the store whom this number reaches."""
    found = Phone.objects.filter(store=store, number=number)
    phone = found.select_related("customer__owner", "customer__store").first()
    return phone.customer if phone else None


@transaction.atomic
def reveal_phone(customer: Customer, *, reason: str, by: User) -> str:
    """Show the number to somebody who needs it, and write down who and why (PIPL art. 51)."""
    if not customer.primary_phone:
        raise RuleViolation(_("No number is known of this customer."))
    log_access(customer, "phone", reason=reason, by=by)
    return customer.primary_phone
