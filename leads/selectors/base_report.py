"""SOP-2.6: why base customers pay: new against base, in this store's figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership import clock
from dealership.staff.models import Store, User
from leads.models import Contact, Lead, LevelChange
from leads.selectors.loss_report import span_of, spans

NEW = "new"
SOLD = (Lead.Status.ORDERED, Lead.Status.DELIVERED)


@dataclass(frozen=True)
class Figure:
    """A number with its rows; None is an empty denominator and shows as “–”."""

    value: float | int | None
    url: str = ""
    unit: str = ""
    of: str = ""


@dataclass(frozen=True)
class Group:
    """New customers, or a kind of base customer."""

    code: str
    label: str
    is_sum: bool
    leads: Figure
    ordered: Figure
    delivered: Figure
    to_order: Figure
    to_delivery: Figure
    days: Figure
    contacts: Figure
    referral: Figure
    satisfaction: Figure


def base_report(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """The leads opened in the span, followed on to today: new against base, by kind."""
    store = user.active_store
    first, last = span_of(query, store, months=12)
    leads = opened_between(Lead.objects.visible_to(user), store, first, last)
    sold = _sold(leads)
    counts = _counts(leads)
    referrers = _referrers(leads)
    kinds = {NEW: {""}, "base": set(Lead.BaseKind.values)}
    kinds |= {kind: {kind} for kind in Lead.BaseKind.values}
    labels = {NEW: _("New customers"), "base": _("Base customers"), **dict(Lead.BaseKind.choices)}
    groups = [
        _group(code, str(labels[code]), members, counts, sold, referrers, (first, last))
        for code, members in kinds.items()
    ]
    return {
        "groups": groups,
        "first": first,
        "last": last,
        "spans": spans(store, (first, last), {}),
        "is_empty": not any(group.leads.value for group in groups),
    }


def opened_between(rows: Any, store: Store, first: date, last: date) -> Any:
    begins, ends = clock.start_of_day(first, store.tz), clock.end_of_day(last, store.tz)
    return rows.filter(opened_at__gte=begins, opened_at__lt=ends)


Counts = dict[str, tuple[int, int, int]]
# kind, opened, ordered, how often spoken to
Sale = tuple[str, datetime, datetime | None, int]


def _counts(leads: "QuerySet[Lead]") -> Counts:
    """By kind: leads, those ordered (or delivered), those delivered."""
    rows = leads.order_by().values_list("base_kind").annotate(
        n=Count("pk"),
        ordered=Count("pk", filter=Q(status__in=SOLD)),
        delivered=Count("pk", filter=Q(status=Lead.Status.DELIVERED)),
    )  # fmt: skip
    return {kind: (n, ordered, delivered) for kind, n, ordered, delivered in rows}


def _sold(leads: "QuerySet[Lead]") -> list[Sale]:
    """Every sale of these leads: when it was ordered, and after how many talks."""
    changes = LevelChange.objects.filter(lead=OuterRef("pk"), new__code="O").order_by()
    ordered = changes.values("lead").annotate(at=Max("at")).values("at")
    talks = Contact.objects.reached().filter(lead=OuterRef("pk")).order_by()
    times = talks.values("lead").annotate(n=Count("pk")).values("n")
    rows = leads.filter(status__in=SOLD).annotate(
        ordered_at=Subquery(ordered), talks=Subquery(times)
    )
    return [
        (kind, opened, at, n or 0)
        for kind, opened, at, n in rows.values_list("base_kind", "opened_at", "ordered_at", "talks")
    ]


def _referrers(leads: "QuerySet[Lead]") -> dict[str, tuple[int, int]]:
    """By kind: the customers, and how many of them have referred somebody."""
    rows = leads.order_by().values_list("base_kind").annotate(
        customers=Count("customer", distinct=True),
        referred=Count(
            "customer", filter=Q(customer__referred_leads__isnull=False), distinct=True
        ),
    )  # fmt: skip
    return {kind: (customers, referred) for kind, customers, referred in rows}


def _group(
    code: str,
    label: str,
    members: set[str],
    counts: Counts,
    sold: list[Sale],
    referrers: dict[str, tuple[int, int]],
    span: tuple[date, date],
) -> Group:
    opened, ordered, delivered = (
        sum(counts.get(kind, (0, 0, 0))[place] for kind in members) for place in range(3)
    )
    customers, referred = (
        sum(referrers.get(kind, (0, 0))[place] for kind in members) for place in range(2)
    )
    mine = [sale for sale in sold if sale[0] in members]
    days = [(at - begun).total_seconds() / 86400 for _kind, begun, at, _n in mine if at]
    talks = sum(n for *_rest, n in mine)
    every = _leads_url(members, span)
    sales = _leads_url(members, span, *SOLD)
    done = _leads_url(members, span, Lead.Status.DELIVERED)
    given = urlencode({"group": code, "from": f"{span[0]}", "to": f"{span[1]}"})
    return Group(
        code,
        label,
        is_sum=code in (NEW, "base"),
        leads=Figure(opened, every),
        ordered=Figure(ordered, sales),
        delivered=Figure(delivered, done),
        to_order=Figure(share(ordered, opened), sales, "%", f"{ordered}/{opened}"),
        to_delivery=Figure(share(delivered, opened), done, "%", f"{delivered}/{opened}"),
        days=Figure(round(median(days), 1) if days else None, sales),
        contacts=Figure(round(talks / ordered, 1) if ordered else None, sales),
        referral=Figure(
            share(referred, customers),
            f"{reverse('leads:base-referrals')}?{given}",
            "%",
            f"{referred}/{customers}",
        ),
        satisfaction=Figure(None),
    )


def share(part: int, whole: int) -> int | None:
    """A percentage; nothing out of nothing is no 0 %."""
    return round(100 * part / whole) if whole else None


def _leads_url(members: set[str], span: tuple[date, date], *statuses: str) -> str:
    query: dict[str, Any] = {
        "view": "all",
        "base_kind": sorted(kind or NEW for kind in members),
        "from": span[0],
        "to": span[1],
    }
    if statuses:
        query["status"] = [str(status) for status in statuses]
    return f"{reverse('leads:lead-list')}?{urlencode(query, doseq=True)}"


def referrals(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """Who of a group referred whom: the rows behind the referral rate."""
    store = user.active_store
    first, last = span_of(query, store, months=12)
    code = query.get("group", NEW)
    members = {NEW: [""], "base": Lead.BaseKind.values}.get(code, [code])
    leads = opened_between(Lead.objects.visible_to(user), store, first, last)
    givers = leads.filter(base_kind__in=members).values("customer")
    rows = Lead.objects.visible_to(user).filter(referrer__in=givers)
    rows = rows.select_related("customer", "referrer", "level", "consultant")
    return {"rows": list(rows.order_by("-pk")[:500]), "first": first, "last": last}
