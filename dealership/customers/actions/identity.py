"""Recognising a customer by the number of a document."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.customers.actions.events import note
from dealership.customers.identity import Document, digest_of
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.staff.models import User


@transaction.atomic
def set_identity(
    customer: Customer,
    number: str,
    *,
    document: str = Document.ID_CARD,
    by: User | None,
    at: datetime | None = None,
) -> Customer:
    """
    Let the customer be recognised by an ID number, of which only a keyed digest is kept.

    RuleViolation (code "identity_known") names who has the number already: the same person.
    """
    digest = digest_of(document, number)
    if digest == customer.identity_digest:
        return customer
    try:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(identity_digest=digest)
    except IntegrityError:
        known = Customer.objects.filter(
            store_id=customer.store_id, identity_digest=digest, merged_into=None
        ).first()
        raise RuleViolation(
            _("This number belongs to %(customer)s. If they are one person, merge the two records.")
            % {"customer": known or "–"},
            code="identity_known",
            field="identity_number",
        ) from None
    customer.identity_digest = digest
    note("customer.identity_set", store=customer.store, customer=customer, by=by, at=at)
    return customer


@transaction.atomic
def forget_identity(customer: Customer, *, by: User | None, at: datetime | None = None) -> Customer:
    """Drop the digest: the customer is recognised by the number no more."""
    if customer.identity_digest:
        customer.identity_digest = ""
        customer.save(update_fields=["identity_digest"])
        note("customer.identity_forgotten", store=customer.store, customer=customer, by=by, at=at)
    return customer
