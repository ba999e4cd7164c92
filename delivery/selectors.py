"""Questions about hand-overs, the calls after them and the DMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.sop.models import Deadline
from dealership.sop.models.subjects import about
from dealership.staff.models import User
from dealership.web.keyset import page_after
from deals.selectors import narrow, next_url
from delivery.models import Callback, CallbackAttempt, Delivery, LateApplication
from delivery.windows import as_said

PAGE = 50


def deadline_of(callback: Callback) -> Deadline | None:
    return Deadline.objects.about(callback).with_people().first()


def what_follows(delivery: Delivery) -> list[Deadline]:
    """Every promise that the hand-over started, in the order in which they end."""
    started = Q(**about(delivery))
    for callback in delivery.callbacks.all():
        started |= Q(**about(callback))
    return list(Deadline.objects.filter(started).with_people().order_by("due_at", "pk"))


def calls_of(delivery: Delivery) -> list[Callback]:
    """The calls owed after the hand-over, each with its tries."""
    tries = CallbackAttempt.objects.select_related("by")
    calls = delivery.callbacks.prefetch_related(Prefetch("attempts", queryset=tries))
    return list(calls.order_by("pk"))


def applications_of(delivery: Delivery) -> list[LateApplication]:
    """The applications for a late entry, newest first."""
    rows = LateApplication.objects.filter(delivery=delivery)
    return list(rows.select_related("applied_by", "decided_by").order_by("-pk"))


def deliveries_of(customer: Customer) -> list[Delivery]:
    rows = Delivery.objects.filter(customer=customer).with_people()
    return list(rows.select_related("dms_entry").order_by("-delivered_at"))


def tries_without_contact(callback: Callback) -> int:
    return callback.attempts.exclude(outcome__in=CallbackAttempt.FINAL).count()


def by_when(at: datetime, tz: ZoneInfo) -> str:
    """“16:42” today, “11-25 24:00” on another day of the year: as people say when it ends."""
    said, today = as_said(at, tz), clock.day_of(clock.now(), tz)
    return said.removeprefix(f"{today:%Y-%m-%d} ").removeprefix(f"{today:%Y}-")


@dataclass(frozen=True)
class Promise:
    """One thing that the hand-over started, in a few words."""

    deadline: Deadline
    ends: str


def started(delivery: Delivery) -> list[Promise]:
    """What 「交车完成」 started, as its page says it."""
    tz = delivery.store.tz
    return [Promise(deadline, by_when(deadline.due_at, tz)) for deadline in what_follows(delivery)]


def listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of hand-overs, newest first, narrowed by consultant and day."""
    rows = Delivery.objects.visible_to(user).with_people().select_related("dms_entry")
    narrowed = narrow(rows, query, user.active_store, field="delivered_at")
    found, more = page_after(narrowed["rows"], "delivered_at", query.get("after", ""), size=PAGE)
    return narrowed | {"rows": found, "next_url": next_url(narrowed["kept"], more)}


DMS_STATES = ("open", "late", "entered")


def dms_listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of sales by their DMS window: open ones, those past it, those entered."""
    state = query.get("state", "")
    state = state if state in DMS_STATES else "open"
    now = clock.now()
    pending = Prefetch("late_applications", queryset=LateApplication.objects.order_by("-pk"))
    rows = Delivery.objects.visible_to(user).with_people().select_related("dms_entry")
    rows = rows.prefetch_related(pending)
    if state == "open":
        rows = rows.not_in_dms().filter(dms_window_ends_at__gt=now)
    elif state == "late":
        rows = rows.not_in_dms().filter(dms_window_ends_at__lte=now)
    else:
        rows = rows.in_dms()
    found, more = page_after(
        rows, "dms_window_ends_at", query.get("after", ""), size=PAGE,
        newest_first=state == "entered",
    )  # fmt: skip
    return {
        "rows": with_deadlines(found),
        "next_url": next_url({"state": state}, more),
        "state": state,
        "tabs": dms_tabs(state),
    }


def dms_tabs(state: str) -> list[dict[str, Any]]:
    labels = {"open": _("Window open"), "late": _("Window over"), "entered": _("In the DMS")}
    return [
        {"label": label, "url": f"?state={code}", "active": code == state}
        for code, label in labels.items()
    ]


def with_deadlines(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Each sale with the deadline of its DMS entry and its newest application."""
    owed = Deadline.objects.of_step("delivery.dms_entry").filter(
        subject_type=Delivery._meta.label_lower, subject_id__in=[row.pk for row in deliveries]
    )
    by_sale = {deadline.subject_id: deadline for deadline in owed.with_people()}
    return [
        {
            "delivery": row,
            "deadline": by_sale.get(row.pk),
            "application": next(iter(row.late_applications.all()), None),
        }
        for row in deliveries
    ]
