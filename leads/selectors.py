"""Questions about leads and levels."""

from collections.abc import Mapping
from typing import Any

from dealership.customers.models import Customer
from dealership.staff.models import Store, User
from leads.models import IntentLevel, Lead

DEFAULT_LEVELS = (
    # code, Chinese name, buys within, contact at least every (domain §1.2)
    ("N", "待定级", None, 1),
    ("H", "7天内购车", 7, 2),
    ("A", "15天内购车", 15, 3),
    ("B", "30天内购车", 30, 7),
    ("C", "90天内购车", 90, 15),
    ("O", "已订车", None, 7),
    ("D", "已交车", None, None),
    ("F", "战败", None, None),
    ("S", "休眠", None, 60),
)


def level_of(store: Store, code: str) -> IntentLevel:
    """The store's level with this code."""
    return IntentLevel.objects.get(store=store, code=code)


def lead_of(customer: Customer) -> Lead | None:
    """The customer's open lead, else the newest."""
    leads = Lead.objects.with_people().filter(customer=customer).order_by("-pk")
    return leads.open().first() or leads.first()


def leads_of(customer: Customer) -> list[Lead]:
    """Every lead of the customer with its level history, newest first."""
    leads = Lead.objects.with_people().filter(customer=customer).order_by("-pk")
    return list(
        leads.prefetch_related("level_changes__old", "level_changes__new", "level_changes__by")
    )


PAGE = 50


def listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of leads, newest first, narrowed by status and level; no COUNT over everything."""
    rows = Lead.objects.visible_to(user).with_people()
    status, level, after = (query.get(name, "") for name in ("status", "level", "after"))
    if status in Lead.Status.values:
        rows = rows.filter(status=status)
    levels = list(IntentLevel.objects.filter(store=user.active_store, is_active=True))
    if chosen := [entry for entry in levels if entry.code == level]:
        rows = rows.filter(level=chosen[0])
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return {
        "rows": found[:PAGE],
        "more": more,
        "status": status,
        "level": level,
        "levels": levels,
        "statuses": Lead.Status.choices,
    }
