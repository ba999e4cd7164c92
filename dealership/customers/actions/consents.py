"""What a customer agreed to, and what they refuse (PIPL arts. 13-15)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions.events import note
from dealership.customers.models import Consent, Customer
from dealership.customers.refusals import resume_all, stop_all
from dealership.errors import RuleViolation
from dealership.staff.models import User


@transaction.atomic
def give_consent(
    customer: Customer,
    purpose: str,
    *,
    method: str = Consent.Method.SPOKEN,
    wording: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Consent:
    """Record consent to one purpose; consent already in force stays as it is."""
    at, purpose = at or clock.now(), Consent.Purpose(purpose)
    consent, is_new = Consent.objects.get_or_create(
        customer=customer,
        purpose=purpose,
        withdrawn_at=None,
        defaults={"method": method, "granted_at": at, "by": by, "wording": wording[:300]},
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
    """
    Stop all contact with a customer who asked for it (短信管理规定, MIIT Order 31).

    What the later rooms owe or have ready for the customer stops in the same moment.
    """
    if customer.do_not_contact_at is None:
        at = at or clock.now()
        customer.do_not_contact_at, customer.do_not_contact_reason = at, reason[:200] or "–"
        customer.save(update_fields=["do_not_contact_at", "do_not_contact_reason"])
        note(
            "customer.refused_contact", store=customer.store, customer=customer, by=by, at=at,
            reason=customer.do_not_contact_reason,
        )  # fmt: skip
        stop_all(customer, by=by, at=at)
    return customer


@transaction.atomic
def allow_contact(
    customer: Customer, *, reason: str, by: User | None, at: datetime | None = None
) -> Customer:
    """Lift the stop, because the customer said so or it was set by mistake; why is kept."""
    if not reason.strip():
        raise RuleViolation(_("Say why the customer may be contacted again."), field="reason")
    at = at or clock.now()
    if customer.do_not_contact_at is not None:
        customer.do_not_contact_at, customer.do_not_contact_reason = None, ""
        customer.save(update_fields=["do_not_contact_at", "do_not_contact_reason"])
        note(
            "customer.allowed_contact", store=customer.store, customer=customer, by=by, at=at,
            reason=reason.strip()[:200],
        )  # fmt: skip
        resume_all(customer, by=by, at=at)
    return customer
