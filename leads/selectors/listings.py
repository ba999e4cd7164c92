"""The list of leads: views as tabs, filters as chips, keyset pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from dealership import clock
from dealership.customers.selectors import primary_number, shown_phone
from dealership.staff.models import User
from dealership.staff.policy import may
from leads.models import IntentLevel, Lead, LeadQuerySet

PAGE = 30


@dataclass(frozen=True)
class View:
    """A saved view of the list: a tab."""

    code: str
    label: str | Promise
    narrow: Callable[[LeadQuerySet, User, date], LeadQuerySet]


VIEWS = {
    view.code: view
    for view in (
        View("open", pgettext_lazy("lead", "Open"), lambda rows, user, today: rows.open()),
        View(
            "mine",
            gettext_lazy("Mine"),
            lambda rows, user, today: rows.open().filter(consultant=user),
        ),
        View(
            "today",
            gettext_lazy("To contact today"),
            lambda rows, user, today: rows.open().filter(next_contact_on=today),
        ),
        View(
            "overdue",
            gettext_lazy("Contact overdue"),
            lambda rows, user, today: rows.open().filter(next_contact_on__lt=today),
        ),
        View(
            "pool",
            gettext_lazy("Without consultant"),
            lambda rows, user, today: rows.open().filter(consultant=None),
        ),
        View("all", pgettext_lazy("leads", "All"), lambda rows, user, today: rows),
    )
}


def listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of leads, newest first: a view, narrowed by status and level; no COUNT."""
    today = clock.day_of(clock.now(), user.active_store.tz)
    status, level, after = (query.get(name, "") for name in ("status", "level", "after"))
    view = VIEWS.get(query.get("view", ""), VIEWS["open"])
    rows = view.narrow(Lead.objects.visible_to(user).for_list(), user, today)
    rows = rows.annotate(number=primary_number("customer_id"))
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
        "rows": [_row(user, lead, today) for lead in found[:PAGE]],
        "more": more,
        "after": after,
        "view": view,
        "views": VIEWS.values(),
        "status": status,
        "level": level,
        "levels": levels,
        "statuses": Lead.Status.choices,
        "today": today,
    }


def _row(user: User, lead: Any, today: date) -> dict[str, Any]:
    """A lead ready for a list: a dict, which templates read fastest."""
    planned = lead.next_contact_on if lead.is_open else None
    judged = lead.is_open and may(user, "leads.change_lead", lead)
    return {
        "url": lead.get_absolute_url(),
        "name": lead.customer.display_name,
        "level": lead.level,
        "level_url": reverse("leads:lead-level", args=[lead.pk]) if judged else "",
        "status": lead.get_status_display(),
        "series": lead.series.name if lead.series else "",
        "source": lead.source.name if lead.source else "",
        "consultant": lead.consultant.name if lead.consultant else "",
        "next_contact_on": lead.next_contact_on,
        "is_late": bool(planned and planned < today),
        "is_today": planned == today,
        "opened_at": lead.opened_at,
        **shown_phone(user, lead.customer, lead.number),
    }
