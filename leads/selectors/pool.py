"""The pool as people see it: masked for those who do not have the customer (SOP-2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.selectors import primary_number
from dealership.privacy.masks import mask_name, mask_phone, show_phone
from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.staff.roles import Role
from dealership.vehicles.models import Series
from dealership.web.keyset import page_after
from leads.models import Assignment, IntentLevel, Lead
from leads.selectors.ownership import holdings, policy_of

PAGE = 30


@dataclass(frozen=True)
class Allowance:
    """How much somebody may still claim."""

    claims: int
    claims_cap: int
    held: int
    holding_cap: int

    @property
    def is_used_up(self) -> bool:
        return self.claims >= self.claims_cap or self.held >= self.holding_cap


def allowance_of(user: User, at: datetime) -> Allowance:
    """What is left of the caps of claiming and holding."""
    store = user.active_store
    policy = policy_of(store)
    since = clock.start_of_day(clock.day_of(at, store.tz), store.tz)
    claims = Assignment.objects.claims().filter(
        consultant=user, lead__store=store, at__gte=since, at__lte=at
    )
    held = holdings([user.pk]).get(user.pk, 0)
    return Allowance(claims.count(), policy.claims_per_day, held, policy.holding_cap)


def pool(user: User, query: Mapping[str, str], at: datetime | None = None) -> dict[str, Any]:
    """One page of the pool, the latest first, narrowed by level and series; no COUNT."""
    at, store = at or clock.now(), user.active_store
    kept = {name: query.get(name, "") for name in ("level", "series")}
    rows = Lead.objects.pooled(store).select_related("customer", "level", "series", "pooled_from")
    levels = list(IntentLevel.objects.judged(store))
    series = list(Series.objects.filter(is_active=True))
    if chosen := [row for row in levels if row.code == kept["level"]]:
        rows = rows.filter(level=chosen[0])
    if wanted := [row for row in series if row.code == kept["series"]]:
        rows = rows.filter(series=wanted[0])
    rows = rows.annotate(number=primary_number("customer_id"))
    found, more = page_after(rows, "pooled_at", query.get("after", ""), size=PAGE)
    cool_down = timedelta(days=policy_of(store).cool_down_days)
    return {
        "rows": [_row(user, lead, cool_down, at) for lead in found],
        "next_url": f"?{_words(kept, after=more)}" if more else "",
        "first_url": f"?{_words(kept)}" if query.get("after") else "",
        "level_chips": _chips(kept, "level", [(row.code, row.code) for row in levels]),
        "series_chips": _chips(kept, "series", [(row.code, row.name) for row in series]),
        "is_narrowed": bool(chosen or wanted),
        "allowance": allowance_of(user, at) if user.has_role(Role.CONSULTANT) else None,
    }


def _words(kept: dict[str, str], **changes: str) -> str:
    return urlencode({name: value for name, value in (kept | changes).items() if value})


def _chips(kept: dict[str, str], name: str, choices: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"url": f"?{_words(kept, **{name: code})}", "label": label, "active": kept[name] == code}
        for code, label in [("", _("All")), *choices]
    ]


def _row(user: User, lead: Any, cool_down: timedelta, at: datetime) -> dict[str, Any]:
    """A customer of the pool as the person may see them."""
    sees = may(user, "leads.assign_lead", lead)
    number = lead.number or ""
    free_again = lead.pooled_at + cool_down
    cools = lead.pooled_from_id == user.pk and at < free_again
    return {
        "pk": lead.pk,
        "url": lead.get_absolute_url() if sees else "",
        "name": lead.customer.display_name if sees else mask_name(lead.customer.name),
        "phone": show_phone(number) if sees else mask_phone(number),
        "level": lead.level,
        "series": lead.series.name if lead.series else "",
        "since": lead.pooled_at,
        "days": (at - lead.pooled_at).days,
        "reason": lead.pool_reason,
        "previous": lead.pooled_from.name if sees and lead.pooled_from else "",
        "free_again": _local_day(free_again, user) if cools else None,
    }


def _local_day(at: datetime, user: User) -> date:
    return clock.day_of(at, user.active_store.tz)
