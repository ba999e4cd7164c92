"""Whom to call: what is due, worked through one after the other (SOP-2.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.customers.selectors import primary_number, shown_phone
from dealership.sop.models import Deadline
from dealership.sop.models.deadlines import DeadlineQuerySet
from dealership.staff.models import Store, User
from leads import sop
from leads.models import IntentLevel, Lead
from leads.selectors.contacts import recalled

PAGE = 50
CALLS = (sop.FIRST_CONTACT.code, sop.FOLLOW_UP.code)
SUBJECT = Lead._meta.label_lower


@dataclass(frozen=True)
class LineView:
    """A part of what is due: a tab."""

    code: str
    label: str | Promise
    until: Callable[[datetime, Store], tuple[datetime | None, datetime | None]]


def _end_of(at: datetime, store: Store, days: int) -> datetime:
    return clock.end_of_day(clock.day_of(at, store.tz) + timedelta(days=days), store.tz)


# Each from (not included) and to, by the due time: the end of a day belongs to it.
VIEWS = {
    view.code: view
    for view in (
        LineView("due", _("Due by today"), lambda at, store: (None, _end_of(at, store, 0))),
        LineView("late", _("Overdue"), lambda at, store: (None, at)),
        LineView(
            "tomorrow",
            _("Tomorrow"),
            lambda at, store: (_end_of(at, store, 0), _end_of(at, store, 1)),
        ),
        LineView(
            "week",
            _("The next 7 days"),
            lambda at, store: (_end_of(at, store, 0), _end_of(at, store, 7)),
        ),
    )
}


def due_line(user: User, query: Mapping[str, str], at: datetime) -> DeadlineQuerySet:
    """The calls that are due, in their order, as the address narrows them."""
    view = VIEWS.get(query.get("line", ""), VIEWS["due"])
    after, until = view.until(at, user.active_store)
    rows = Deadline.objects.visible_to(user).open().filter(step__in=CALLS, subject_type=SUBJECT)
    if not (user.is_manager and query.get("whose") == "all"):
        rows = rows.owned_by(user)
    if after is not None:
        rows = rows.filter(due_at__gt=after)
    if until is not None:
        rows = rows.filter(due_at__lte=until)
    if (level := query.get("level", "")).isalnum():
        leads = Lead.objects.filter(store=user.active_store, level__code=level[:2])
        rows = rows.filter(subject_id__in=leads.values("pk"))
    return rows.order_by("due_at", "pk")


def follow_ups(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the calls that are due, with what is to know for them."""
    at = clock.now()
    rows = due_line(user, query, at).select_related("store", "owner", "customer")
    after = query.get("after", "")
    if after.isdecimal() and len(after) < 19:
        last = Deadline.objects.visible_to(user).filter(pk=int(after)).first()
        rows = rows.filter(_behind(last)) if last else rows
    found = list(rows[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    found = found[:PAGE]
    leads = recalled(Lead.objects.for_list()).annotate(number=primary_number("customer_id"))
    by_pk = leads.in_bulk([deadline.subject_id for deadline in found])
    kept = {name: query[name] for name in ("line", "level", "whose") if query.get(name)}
    return {
        "rows": [
            _row(user, deadline, by_pk[deadline.subject_id], at, kept)
            for deadline in found
            if deadline.subject_id in by_pk
        ],
        "view": VIEWS.get(query.get("line", ""), VIEWS["due"]),
        "views": VIEWS.values(),
        "levels": [
            level for level in IntentLevel.objects.judged(user.active_store) if level.interval_days
        ],
        "level": query.get("level", ""),
        "whose": query.get("whose", "") if user.is_manager else "",
        "more": more,
        "after": after,
    }


def _row(
    user: User, deadline: Deadline, lead: Any, at: datetime, kept: dict[str, str]
) -> dict[str, Any]:
    work = reverse("leads:contact-new", args=[lead.pk])
    return {
        "deadline": deadline,
        "lead": lead,
        "state": deadline.state(at),
        "url": lead.get_absolute_url(),
        "work_url": f"{work}?{urlencode({'line': 'due', **kept})}",
        "missed_url": reverse("leads:contact-missed", args=[lead.pk]),
        "message_url": reverse("leads:contact-message", args=[lead.pk]),
        **shown_phone(user, lead.customer, lead.number),
    }


@dataclass(frozen=True)
class Onward:
    """Where the line goes on after a lead: the next one's page, or the list when it is over."""

    url: str
    name: str = ""


def next_in_line(user: User, query: Mapping[str, str], lead: Lead) -> Onward | None:
    """Who comes after `lead` in the line that the address names; None outside of any line."""
    if query.get("line") not in VIEWS:
        return None
    kept = {name: query[name] for name in ("line", "level", "whose") if query.get(name)}
    rows = due_line(user, query, clock.now())
    here = Deadline.objects.open().about(lead).filter(step__in=CALLS).order_by("due_at").first()
    later = rows.exclude(subject_id=lead.pk)
    if here is not None:
        later = later.filter(_behind(here))
    following = later.select_related("customer").first()
    if following is None:
        return Onward(f"{reverse('leads:follow-up-list')}?{urlencode(kept)}")
    url = reverse("leads:contact-new", args=[following.subject_id])
    name = following.customer.display_name if following.customer else ""
    return Onward(f"{url}?{urlencode(kept)}", name)


def _behind(deadline: Deadline) -> Q:
    return Q(due_at__gt=deadline.due_at) | Q(due_at=deadline.due_at, pk__gt=deadline.pk)
