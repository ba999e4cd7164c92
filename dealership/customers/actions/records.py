"""A customer's record: opened once, named, owned."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock, names
from dealership.customers import phones
from dealership.customers.actions.events import note
from dealership.customers.actions.keys import index_customer
from dealership.customers.actions.phones import add_phone, attach_phone, holder_of
from dealership.customers.models import NAMELESS, Customer
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User

MAX_NAME = 60


@transaction.atomic
def register_customer(
    *,
    store: Store,
    name: str,
    phone: str = "",
    salutation: str = "",
    kind: str = Customer.Kind.PERSON,
    owner: User | None = None,
    by: User | None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Customer:
    """
    Open a customer's record; a phone that the store already knows belongs to somebody.

    RuleViolation (field "phone") names the customer who has the number.
    """
    name = clean_name(name)
    customer = Customer.objects.create(
        store=store,
        kind=kind,
        name=name,
        name_key=names.sort_key(name),
        salutation=salutation,
        owner=owner,
        is_demo=is_demo or store.is_demo,
        created_at=at or clock.now(),
        created_by=by,
    )
    note("customer.registered", store=store, customer=customer, by=by, at=at)
    if phone:
        attach_phone(customer, phone)
    index_customer(customer)
    return customer


def clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleViolation(_("Enter a name, or at least the surname."), field="name")
    if len(name) > MAX_NAME:
        raise RuleViolation(_("A name has at most 60 characters."), field="name")
    return name


def find_or_register(
    *,
    store: Store,
    phone: str,
    name: str,
    salutation: str,
    owner: User | None,
    kind: str = Customer.Kind.PERSON,
    by: User | None,
    at: datetime,
) -> Customer | None:
    """
    Return the customer with this number, registered now if the number is new; None without one.

    Somebody who leaves only a number is called by its last digits until a name is known.
    """
    if not phone.strip():
        return None
    number = phones.normalise(phone)
    if known := holder_of(store, number):
        return known
    try:
        return register_customer(
            store=store,
            name=name.strip() or f"{NAMELESS}{number[-4:]}",
            phone=number,
            kind=kind,
            salutation=salutation,
            owner=owner,
            by=by,
            at=at,
        )
    except RuleViolation as refusal:
        known = holder_of(store, number)
        if refusal.code == "phone_known" and known:
            return known  # a colleague registered the number in this very second
        raise


@transaction.atomic
def rename_customer(
    customer: Customer,
    *,
    name: str,
    salutation: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Customer:
    """Correct or complete a customer's name."""
    name = clean_name(name)
    if (name, salutation or customer.salutation) == (customer.name, customer.salutation):
        return customer
    old = customer.display_name
    customer.name, customer.name_key = name, names.sort_key(name)
    customer.salutation = salutation or customer.salutation
    customer.save(update_fields=["name", "name_key", "salutation"])
    note(
        "customer.renamed", store=customer.store, customer=customer, by=by, at=at,
        old=old, new=customer.display_name,
    )  # fmt: skip
    index_customer(customer)
    return customer


@transaction.atomic
def complete_customer(
    customer: Customer, *, name: str, salutation: str, phone: str, by: User | None, at: datetime
) -> None:
    """Put a name in the place of digits, and a number where there was none."""
    if name.strip() and not customer.is_named:
        rename_customer(customer, name=name, salutation=salutation, by=by, at=at)
    elif salutation and not customer.salutation:
        rename_customer(customer, name=customer.name, salutation=salutation, by=by, at=at)
    if not phone.strip():
        return
    known = holder_of(customer.store, phones.normalise(phone))
    if known is None:
        add_phone(customer, phone, by=by, at=at)
    elif known.pk != customer.pk:
        raise RuleViolation(
            _("This number already belongs to %(customer)s.") % {"customer": known},
            code="phone_known",
            field="phone",
        )


@transaction.atomic
def set_owner(
    customer: Customer, owner: User | None, *, by: User | None, at: datetime | None = None
) -> Customer:
    """Give the customer a consultant; the timeline keeps each change."""
    if customer.owner_id == (owner.pk if owner else None):
        return customer
    customer.owner = owner
    customer.save(update_fields=["owner"])
    note(
        "customer.owner_set", store=customer.store, customer=customer, by=by, at=at,
        owner=str(owner or "–"),
    )  # fmt: skip
    return customer


def attend(customer: Customer, consultant: User | None) -> None:
    """Let the consultant who stands in see the customer while the visit lasts."""
    customer.attended_by = consultant
    customer.save(update_fields=["attended_by"])
