"""Questions about leads and levels."""

from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from dealership.staff.models import Store
from leads import sop
from leads.models import IntentLevel, Lead

DEFAULT_LEVELS = (
    # code, Chinese name, buys within, contact at least every, next contact within,
    # days without contact until the pool takes the customer (domain §1.2)
    ("N", "待定级", None, 1, 3, 3),
    ("H", "7天内购车", 7, 2, 7, 5),
    ("A", "15天内购车", 15, 3, 15, 10),
    ("B", "30天内购车", 30, 7, 30, 20),
    ("C", "90天内购车", 90, 15, 90, 45),
    ("O", "已订车", None, 7, 30, None),
    ("D", "已交车", None, None, None, None),
    ("F", "战败", None, None, None, None),
    ("S", "休眠", None, 60, 90, None),
)


def level_of(store: Store, code: str) -> IntentLevel:
    """The store's level with this code; RuleViolation if the store has not set it up."""
    if level := IntentLevel.objects.filter(store=store, code=code).first():
        return level
    raise RuleViolation(
        _("%(store)s has no intent level %(code)s. An administrator sets the levels up.")
        % {"store": store, "code": code},
        code="setup",
    )


def lead_of(customer: Customer) -> Lead | None:
    """The customer's open lead, else the newest."""
    leads = Lead.objects.with_people().filter(customer=customer).order_by("-pk")
    return leads.open().first() or leads.first()


def levels_of(customer_ids: list[int]) -> dict[int, IntentLevel]:
    """The level of each customer's open lead, else of the newest (a fact of the customer page)."""
    leads = Lead.objects.filter(customer__in=customer_ids).select_related("level").order_by("pk")
    found = {lead.customer_id: lead for lead in leads}
    found |= {lead.customer_id: lead for lead in leads if lead.is_open}
    return {customer_id: lead.level for customer_id, lead in found.items()}


def leads_of(customer: Customer) -> list[Lead]:
    """Every lead of the customer with its level history, newest first."""
    leads = Lead.objects.with_people().filter(customer=customer).order_by("-pk")
    return list(
        leads.prefetch_related("level_changes__old", "level_changes__new", "level_changes__by")
    )


def base_kind_of(customer: Customer) -> str:
    """
    What the customer already was to the store (基盘客户, SOP-2.3); "" for somebody new.

    Derived from what happened: a car delivered here, another car, an approved loss.
    """
    if customer.leads.filter(status=Lead.Status.DELIVERED).exists():
        return Lead.BaseKind.OWNER
    if customer.leads.filter(status=Lead.Status.LOST).exists():
        return Lead.BaseKind.LOST
    if customer.cars.exists():
        return Lead.BaseKind.OUTSIDE_OWNER
    return ""


def follow_up_of(lead: Lead) -> Deadline | None:
    """The open deadline of the lead's next contact."""
    owed = Deadline.objects.open().about(lead).of_step(sop.FOLLOW_UP)
    return owed.filter(period=str(lead.follow_ups)).with_people().first()
