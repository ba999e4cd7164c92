"""The loss report: why, to whom, by whom and when, each figure with its rows (domain §3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership import clock
from dealership.staff.models import Store, User
from leads.models import LossApplication, LossReason
from leads.selectors.losses import a_day, narrow_losses, narrowed_to

State = LossApplication.State


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: `narrow` looks at it alone, `rows` opens what it counts."""

    label: str
    count: int
    share: int
    narrow: str
    rows: str
    parts: list["Line"] = field(default_factory=list)


def span_of(query: Mapping[str, str], store: Store, *, months: int = 3) -> tuple[date, date]:
    """The days of a report: those of the URL, else from the first of the month `months` ago."""
    today = clock.day_of(clock.now(), store.tz)
    first, last = a_day(query.get("from", "")), a_day(query.get("to", ""))
    if first and last and first <= last:
        return first, last
    return month_before(today.replace(day=1), months - 1), today


def month_before(first: date, months: int) -> date:
    """The first day of the month that lies `months` before."""
    for _month in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def spans(store: Store, now: tuple[date, date], kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The usual spans as chips: this month, last month, three months, twelve."""
    today = clock.day_of(clock.now(), store.tz)
    this = today.replace(day=1)
    last = month_before(this, 1)
    choices = (
        (_("This month"), this, today),
        (_("Last month"), last, month_end(last)),
        (_("3 months"), month_before(this, 2), today),
        (_("12 months"), month_before(this, 11), today),
    )
    return [
        {
            "label": label,
            "url": f"?{urlencode({**kept, 'from': f'{first}', 'to': f'{end}'})}",
            "active": (first, end) == now,
        }
        for label, first, end in choices
    ]


def loss_report(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """Approved losses of the span by reason, rival, consultant and month, narrowed by any."""
    store = user.active_store
    first, last = span_of(query, store)
    asked = {name: query.get(name, "") for name in ("reason", "rival", "consultant")}
    asked |= {"from": f"{first}", "to": f"{last}"}
    everything = LossApplication.objects.visible_to(user).filter(kind="lost")
    rows, kept = narrow_losses(everything, asked, store)
    lost = rows.approved()
    total = lost.count()
    ends = rows.order_by().values_list("state").annotate(Count("pk"))
    decided: dict[str, int] = dict(ends)
    judged = decided.get(State.APPROVED, 0) + decided.get(State.RETURNED, 0)
    line = _Lines(total, kept)
    return {
        "total": total,
        "returned": decided.get(State.RETURNED, 0),
        "returned_share": round(100 * decided.get(State.RETURNED, 0) / judged) if judged else None,
        "direct": lost.filter(is_direct=True).count(),
        "total_url": line.rows({}),
        "returned_url": line.rows({"state": State.RETURNED.value}),
        "reasons": _by_reason(lost, line),
        "rivals": _by_rival(lost, line),
        "people": _by_person(lost, line),
        "months": _by_month(lost, line, store),
        "spans": spans(store, (first, last), _without_span(kept)),
        "narrowed_to": narrowed_to(store, _without_span(kept)),
        "first": first,
        "last": last,
    }


def _without_span(kept: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in kept.items() if name not in ("from", "to")}


class _Lines:
    """Makes the lines of one report: all keep what the report is narrowed to."""

    def __init__(self, total: int, kept: Mapping[str, str]):
        self.total, self.kept = total, kept

    def rows(self, more: Mapping[str, str]) -> str:
        query = {"state": State.APPROVED.value, "kind": "lost", **self.kept, **more}
        return f"{reverse('leads:loss-list')}?{urlencode(query)}"

    def __call__(
        self, label: str, count: int, more: Mapping[str, str], parts: list[Line] | None = None
    ) -> Line:
        share = round(100 * count / self.total) if self.total else 0
        narrow = f"?{urlencode({**self.kept, **more})}"
        return Line(label, count, share, narrow, self.rows(more), parts or [])


def _by_reason(lost: Any, line: _Lines) -> list[Line]:
    counted = dict(lost.order_by().values_list("reason").annotate(Count("pk")))
    reasons = LossReason.objects.filter(pk__in=counted).with_groups()
    groups: dict[LossReason, list[Line]] = {}
    for reason in reasons:
        part = line(reason.name, counted[reason.pk], {"reason": str(reason.pk)})
        groups.setdefault(reason.parent or reason, []).append(part)
    lines = [
        line(
            group.name,
            sum(part.count for part in parts),
            {"reason": str(group.pk)},
            sorted(parts, key=lambda part: -part.count),
        )
        for group, parts in groups.items()
    ]
    return sorted(lines, key=lambda entry: -entry.count)


def _by_rival(lost: Any, line: _Lines) -> list[Line]:
    counted = lost.exclude(rival="").order_by().values_list("rival").annotate(n=Count("pk"))
    return [line(rival, n, {"rival": rival}) for rival, n in counted.order_by("-n", "rival")[:20]]


def _by_person(lost: Any, line: _Lines) -> list[Line]:
    counted = lost.order_by().values_list("applied_by", "applied_by__name").annotate(n=Count("pk"))
    return [
        line(name, n, {"consultant": str(pk)})
        for pk, name, n in counted.order_by("-n", "applied_by__name")
    ]


def _by_month(lost: Any, line: _Lines, store: Store) -> list[Line]:
    month = TruncMonth("decided_at", tzinfo=store.tz)
    counted = lost.order_by().annotate(month=month).values_list("month").annotate(n=Count("pk"))
    lines = []
    for at, n in counted.order_by("month"):
        first = at.date() if hasattr(at, "date") else at
        days = {"from": f"{first}", "to": f"{month_end(first)}"}
        lines.append(line(f"{first:%Y-%m}", n, days))
    return lines
