"""Questions about campaigns: what they bring, what that costs, who comes (SOP-2.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from dealership import clock
from dealership.customers.selectors import primary_number, shown_phone
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.models import (
    Campaign,
    CampaignCost,
    CampaignQuerySet,
    IntakeEntry,
    IntakeKey,
    Lead,
    SignUp,
)
from leads.selectors.sources import MEASURES, Figure, counts, rows_url

PAGE = 30
STATES: dict[str, str | Promise] = {
    "running": pgettext_lazy("campaign", "Running"),
    "planned": pgettext_lazy("campaign", "Planned"),
    "over": pgettext_lazy("campaign", "Over"),
    "cancelled": pgettext_lazy("campaign", "Called off"),
}
TABS = tuple(STATES)[:3]
LABELS: dict[str, str | Promise] = {
    "leads": gettext_lazy("Leads"),
    "spoken": gettext_lazy("Spoken to"),
    "visited": gettext_lazy("Has come in"),
    "driven": gettext_lazy("Has driven"),
    "ordered": gettext_lazy("Ordered"),
    "delivered": gettext_lazy("Delivered"),
}


def campaign_named(store: Store, key: str) -> Campaign | None:
    """The campaign of the store whose form has this word in its address."""
    return Campaign.objects.filter(store=store, form_key=key).first() if key else None


def series_named(text: str) -> Series | None:
    """The series that a code or a name means."""
    text = text.strip()
    if not text:
        return None
    return Series.objects.on_sale().filter(Q(code=text) | Q(name__iexact=text)).first()


def each(cost: Decimal, count: int) -> Decimal | None:
    """What one of `count` has cost; None of none, or if nothing was paid."""
    return (cost / count).quantize(Decimal(1)) if cost and count else None


def state_label(campaign: Campaign, today: date) -> str | Promise:
    return STATES[campaign.state_on(today)]


def campaigns(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of campaigns, latest first, with their leads, orders and what each has cost."""
    today = clock.day_of(clock.now(), user.active_store.tz)
    tab, after = query.get("state", ""), query.get("after", "")
    tab = tab if tab in TABS else TABS[0]
    rows = _in_state(Campaign.objects.visible_to(user), tab, today)
    if after.isdecimal() and len(after) < 19:
        rows = _behind(rows, int(after))
    found = list(_with_sums(rows).order_by("-starts_on", "-pk")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return {
        "rows": [_row(campaign, today) for campaign in found[:PAGE]],
        "more": more,
        "after": after,
        "tab": tab,
        "tabs": [(code, STATES[code]) for code in TABS],
    }


def _in_state(rows: CampaignQuerySet, tab: str, today: date) -> CampaignQuerySet:
    return {"running": rows.on, "planned": rows.planned, "over": rows.over}[tab](today)


def _behind(rows: CampaignQuerySet, pk: int) -> CampaignQuerySet:
    """Those after the last one of the page before."""
    last = rows.filter(pk=pk).values_list("starts_on", flat=True).first()
    if last is None:
        return rows
    return rows.filter(Q(starts_on__lt=last) | Q(starts_on=last, pk__lt=pk))


def _with_sums(rows: CampaignQuerySet) -> QuerySet[Campaign]:
    """With the number of leads and orders and the money paid, each by one subquery."""
    leads = Lead.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    paid = CampaignCost.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    ordered = Q(status__in=MEASURES["ordered"]["status"])
    return rows.annotate(
        lead_count=Subquery(leads.annotate(n=Count("pk")).values("n")),
        order_count=Subquery(leads.annotate(n=Count("pk", filter=ordered)).values("n")),
        paid=Subquery(paid.annotate(all=Sum("amount")).values("all")),
    )


def _row(campaign: Any, today: date) -> dict[str, Any]:
    leads, orders = campaign.lead_count or 0, campaign.order_count or 0
    cost = campaign.paid or Decimal(0)
    return {
        "campaign": campaign,
        "state": campaign.state_on(today),
        "state_label": state_label(campaign, today),
        "leads": Figure(leads, rows_url("leads", campaign=campaign.pk)),
        "orders": Figure(orders, rows_url("ordered", campaign=campaign.pk)),
        "cost": cost,
        "per_lead": each(cost, leads),
        "per_order": each(cost, orders),
    }


@dataclass(frozen=True)
class Measured:
    """One figure of a campaign, and what one of them has cost."""

    name: str
    label: str | Promise
    figure: Figure
    cost: Decimal | None


def campaign_figures(campaign: Campaign) -> dict[str, Any]:
    """
    What the campaign has brought, and the price of each.

    Leads are those whose first source it is; a customer who was a lead before counts as a
    sign-up only.
    """
    found = Lead.objects.filter(campaign=campaign).aggregate(**counts())
    costs = list(campaign.costs.select_related("entered_by").order_by("-on", "-pk"))
    paid = sum((cost.amount for cost in costs), Decimal(0))
    measured = [
        Measured(
            name,
            label,
            Figure(found[name], rows_url(name, campaign=campaign.pk)),
            each(paid, found[name]),
        )
        for name, label in LABELS.items()
    ]
    return {"measured": measured, "costs": costs, "paid": paid}


def attendance(campaign: Campaign) -> dict[str, int]:
    """How many have signed up, with how many people, and how many came."""
    came = Q(state=SignUp.State.CAME)
    return SignUp.objects.filter(campaign=campaign).aggregate(
        parties=Count("pk"),
        people=Sum("party_size", default=0),
        came=Count("pk", filter=came),
        people_came=Sum("party_size", filter=came, default=0),
    )


def sign_ups(user: User, campaign: Campaign, *, after: str) -> dict[str, Any]:
    """One page of those who answered, newest first: consultants see their own customers."""
    rows = SignUp.objects.visible_to(user).with_people().filter(campaign=campaign)
    rows = rows.annotate(number=primary_number("customer_id"))
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return {
        "rows": [
            {"sign_up": row, **shown_phone(user, row.customer, row.number)} for row in found[:PAGE]
        ],
        "more": more,
        "after": after,
    }


def intake_page(user: User, *, shown: str, after: str) -> dict[str, Any]:
    """What portals and forms sent: what waits for somebody, or everything; newest first."""
    rows = IntakeEntry.objects.visible_to(user).with_people()
    if shown != "all":
        rows = rows.unsettled()
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return {"rows": found[:PAGE], "more": more, "after": after, "shown": shown}


def intake_keys(user: User) -> list[IntakeKey]:
    """The store's keys, those in use first."""
    keys = IntakeKey.objects.visible_to(user).select_related("source__parent", "created_by")
    return sorted(keys, key=lambda key: (key.revoked_at is not None, -key.pk))


def places_left(campaign: Campaign, *, besides: SignUp | None = None) -> int | None:
    """How many places nobody has taken; None if there is no limit."""
    if campaign.capacity is None:
        return None
    taken = campaign.sign_ups.exclude(state=SignUp.State.ABSENT)
    if besides is not None:
        taken = taken.exclude(pk=besides.pk)
    return campaign.capacity - (taken.aggregate(all=Sum("party_size"))["all"] or 0)


def closed_because(campaign: Campaign) -> str:
    """Why the public form takes nothing more: cancelled, over, closed, full; "" if it does."""
    today = clock.day_of(clock.now(), campaign.store.tz)
    if campaign.state_on(today) in ("cancelled", "over"):
        return campaign.state_on(today)
    if not campaign.is_form_open:
        return "closed"
    left = places_left(campaign)
    return "full" if left is not None and left <= 0 else ""
