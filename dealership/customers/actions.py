"""What the house does with a customer's record."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dealership import clock, names
from dealership.customers import phones, search
from dealership.customers.kinds import KINDS
from dealership.customers.models import Consent, Customer, Event, OwnedCar, Phone, SearchKey
from dealership.errors import RuleViolation
from dealership.privacy.actions import log_access
from dealership.staff.models import Store, User

MAX_NAME = 60


def note(
    kind: str,
    *,
    store: Store,
    customer: Customer | None = None,
    lead: models.Model | None = None,
    by: User | None,
    at: datetime | None = None,
    subject: models.Model | None = None,
    **data: Any,
) -> Event:
    """Write one event of the timeline; `at` is when it happened, now is when it was entered."""
    if kind not in KINDS:
        raise LookupError(f"{kind} is not a declared kind of event")
    now = clock.now()
    return Event.objects.create(
        store=store,
        customer=customer,
        lead_ref=lead.pk if lead else None,
        kind=kind,
        actor=by,
        occurred_at=at or now,
        entered_at=now,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        data=data,
    )


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
    name = _clean_name(name)
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
        _attach_phone(customer, phone)
    index_customer(customer)
    return customer


def _clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleViolation(_("Enter a name, or at least the surname."), field="name")
    if len(name) > MAX_NAME:
        raise RuleViolation(_("A name has at most 60 characters."), field="name")
    return name


@transaction.atomic
def add_phone(
    customer: Customer, phone: str, *, by: User | None, at: datetime | None = None
) -> Phone:
    """Add a number to a customer; the first is the primary one."""
    added = _attach_phone(customer, phone)
    note("customer.phone_added", store=customer.store, customer=customer, by=by, at=at)
    index_customer(customer)
    return added


def _attach_phone(customer: Customer, phone: str) -> Phone:
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
    name = _clean_name(name)
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


@transaction.atomic
def give_consent(
    customer: Customer,
    purpose: str,
    *,
    method: str = Consent.Method.SPOKEN,
    by: User | None,
    at: datetime | None = None,
) -> Consent:
    """Record consent to one purpose; consent already in force stays as it is."""
    at, purpose = at or clock.now(), Consent.Purpose(purpose)
    consent, is_new = Consent.objects.get_or_create(
        customer=customer,
        purpose=purpose,
        withdrawn_at=None,
        defaults={"method": method, "granted_at": at, "by": by},
    )
    if is_new:
        note(
            "customer.consent_given", store=customer.store, customer=customer, by=by, at=at,
            purpose=str(purpose),
        )  # fmt: skip
    return consent


@transaction.atomic
def withdraw_consent(
    customer: Customer, purpose: str, *, by: User | None, at: datetime | None = None
) -> bool:
    """Withdraw consent, as easily as it was given (PIPL art. 15); False if there was none."""
    at = at or clock.now()
    changed = Consent.objects.filter(
        customer=customer, purpose=purpose, withdrawn_at=None, granted_at__lte=at
    ).update(withdrawn_at=at)
    if changed:
        note(
            "customer.consent_withdrawn", store=customer.store, customer=customer, by=by, at=at,
            purpose=str(purpose),
        )  # fmt: skip
    return bool(changed)


@transaction.atomic
def refuse_contact(
    customer: Customer, *, reason: str, by: User | None, at: datetime | None = None
) -> Customer:
    """Stop all messages to a customer who asked for it (短信管理规定, MIIT Order 31)."""
    if customer.do_not_contact_at is None:
        at = at or clock.now()
        customer.do_not_contact_at, customer.do_not_contact_reason = at, reason[:200] or "–"
        customer.save(update_fields=["do_not_contact_at", "do_not_contact_reason"])
        note(
            "customer.refused_contact", store=customer.store, customer=customer, by=by, at=at,
            reason=customer.do_not_contact_reason,
        )  # fmt: skip
    return customer


@transaction.atomic
def allow_contact(
    customer: Customer, *, reason: str, by: User | None, at: datetime | None = None
) -> Customer:
    """Lift the stop, because the customer said so or it was set by mistake; why is kept."""
    if not reason.strip():
        raise RuleViolation(_("Say why the customer may be contacted again."), field="reason")
    if customer.do_not_contact_at is not None:
        customer.do_not_contact_at, customer.do_not_contact_reason = None, ""
        customer.save(update_fields=["do_not_contact_at", "do_not_contact_reason"])
        note(
            "customer.allowed_contact", store=customer.store, customer=customer, by=by, at=at,
            reason=reason.strip()[:200],
        )  # fmt: skip
    return customer


@transaction.atomic
def add_car(
    customer: Customer,
    *,
    plate: str = "",
    series_text: str = "",
    vin: str = "",
    by: User | None,
    at: datetime | None = None,
) -> OwnedCar:
    """Add a car that the customer owns; a plate belongs to one customer of the store."""
    plate = search.compact(plate)
    if plate and not search.PLATE_NUMBER.fullmatch(plate):
        raise RuleViolation(_("This is not a complete plate, such as 鄂A12345."), field="plate")
    try:
        with transaction.atomic():
            car = OwnedCar.objects.create(
                customer=customer,
                store_id=customer.store_id,
                plate=plate,
                series_text=series_text,
                vin=vin,
            )
    except IntegrityError:
        raise RuleViolation(
            _("This plate already belongs to another customer."), field="plate"
        ) from None
    note("customer.car_added", store=customer.store, customer=customer, by=by, at=at, car=str(car))
    index_customer(customer)
    return car


def index_customer(customer: Customer) -> None:
    """Write the customer's search keys anew."""
    numbers = customer.phones.values_list("number", flat=True)
    plates = customer.cars.exclude(plate="").values_list("plate", flat=True)
    wanted = search.keys_of(customer, numbers, plates)
    present = set(customer.search_keys.values_list("key", flat=True))
    if gone := present - wanted:
        customer.search_keys.filter(key__in=gone).delete()
    SearchKey.objects.bulk_create(
        SearchKey(customer=customer, store_id=customer.store_id, key=key)
        for key in sorted(wanted - present)
    )


@transaction.atomic
def reveal_phone(customer: Customer, *, reason: str, by: User) -> str:
    """Show the number to somebody who needs it, and write down who and why (PIPL art. 51)."""
    if not customer.primary_phone:
        raise RuleViolation(_("No number is known of this customer."))
    log_access(customer, "phone", reason=reason, by=by)
    return customer.primary_phone
