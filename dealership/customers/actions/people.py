"""Who speaks for an organisation (SOP-2.7)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers import phones
from dealership.customers.actions.events import note
from dealership.customers.actions.phones import holder_of
from dealership.customers.actions.records import (
    complete_customer,
    register_customer,
    rename_customer,
)
from dealership.customers.models import ContactPerson, Customer
from dealership.errors import RuleViolation
from dealership.staff.models import User


@transaction.atomic
def add_contact_person(
    organisation: Customer,
    *,
    name: str,
    phone: str = "",
    salutation: str = "",
    job: str = "",
    is_decision_maker: bool = False,
    by: User | None,
    at: datetime | None = None,
) -> ContactPerson:
    """
    Note who speaks for an organisation, and whether they decide.

    A number that the store knows is the person who has it; without one they are reached by the
    organisation's own.
    """
    if organisation.kind != Customer.Kind.ORGANISATION:
        raise RuleViolation(_("Only an organisation has contact persons."), code="kind")
    number = phones.normalise(phone) if phone.strip() else ""
    person = holder_of(organisation.store, number) if number else None
    if person is not None and person.pk == organisation.pk:
        person, number = None, ""
    if person is not None and person.kind == Customer.Kind.ORGANISATION:
        raise RuleViolation(
            _("This number already belongs to %(customer)s.") % {"customer": person},
            code="phone_known",
            field="phone",
        )
    if person is None:
        person = register_customer(
            store=organisation.store,
            name=name,
            phone=number,
            salutation=salutation,
            owner=organisation.owner,
            by=by,
            at=at,
        )
    try:
        with transaction.atomic():
            contact = ContactPerson.objects.create(
                organisation=organisation,
                person=person,
                job=job.strip()[:60],
                is_decision_maker=is_decision_maker,
            )
    except IntegrityError:
        raise RuleViolation(
            _("%(person)s already speaks for this organisation.") % {"person": person},
            code="known",
            field="name",
        ) from None
    _note("customer.person_added", contact, by=by, at=at)
    return contact


@transaction.atomic
def change_contact_person(
    contact: ContactPerson,
    *,
    name: str,
    salutation: str = "",
    phone: str = "",
    job: str = "",
    is_decision_maker: bool = False,
    by: User | None,
    at: datetime | None = None,
) -> ContactPerson:
    """Change what somebody is in the organisation, their name, or add a number of theirs."""
    if (name, salutation) != (contact.person.name, contact.person.salutation):
        contact.person = rename_customer(
            contact.person, name=name, salutation=salutation, by=by, at=at
        )
    at = at or clock.now()
    if phone.strip():
        complete_customer(contact.person, name="", salutation="", phone=phone, by=by, at=at)
    contact.job, contact.is_decision_maker = job.strip()[:60], is_decision_maker
    contact.save(update_fields=["job", "is_decision_maker"])
    _note("customer.person_changed", contact, by=by, at=at)
    return contact


@transaction.atomic
def remove_contact_person(
    contact: ContactPerson, *, by: User | None, at: datetime | None = None
) -> None:
    """Somebody speaks for the organisation no more; they stay the customer they are."""
    _note("customer.person_removed", contact, by=by, at=at)
    contact.delete()


def _note(kind: str, contact: ContactPerson, *, by: User | None, at: datetime | None) -> None:
    organisation = contact.organisation
    note(
        kind, store=organisation.store, customer=organisation, by=by, at=at,
        person=str(contact.person), job=contact.job,
    )  # fmt: skip
