"""Questions about sources: the list that managers keep, and what each source is worth (SOP-2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership import clock
from dealership.staff.models import Store
from leads.models import Lead, Source

STAGES = list(Lead.Stage)
LONGEST = timedelta(days=3660)


def so_far(stage: Lead.Stage) -> list[Lead.Stage]:
    """The stages of the leads that have come at least as far as `stage`."""
    return STAGES[STAGES.index(stage) :]


# What is counted of a source's or campaign's leads, and the filter of the list that shows them.
MEASURES: dict[str, dict[str, list[Any]]] = {
    "leads": {},
    "spoken": {"stage": so_far(Lead.Stage.CONTACTED)},
    "visited": {"stage": so_far(Lead.Stage.VISITED)},
    "driven": {"stage": so_far(Lead.Stage.DRIVEN)},
    "ordered": {"status": [Lead.Status.ORDERED, Lead.Status.DELIVERED]},
    "delivered": {"status": [Lead.Status.DELIVERED]},
    "lost": {"status": [Lead.Status.LOST]},
}


def counts() -> dict[str, Count]:
    """Every measure as an aggregate over leads."""
    return {
        name: Count("pk", filter=Q(**{f"{field}__in": values for field, values in narrow.items()}))
        for name, narrow in MEASURES.items()
    }


def rows_url(measure: str, **filters: Any) -> str:
    """The leads behind a figure, in the list of leads."""
    asked: dict[str, Any] = {"view": "all"} | filters
    asked |= {name: [str(value) for value in given] for name, given in MEASURES[measure].items()}
    return f"{reverse('leads:lead-list')}?{urlencode(asked, doseq=True)}"


@dataclass(frozen=True)
class Period:
    """The days of a report, both ends included."""

    first: date
    last: date

    @property
    def query(self) -> dict[str, str]:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def period_of(query: Mapping[str, str], today: date) -> Period:
    """The period that a URL asks for; this month if it asks for none that makes sense."""
    try:
        first, last = (date.fromisoformat(query.get(name, "")) for name in ("from", "to"))
    except ValueError:
        first = last = date.min
    if not (date(2000, 1, 1) <= first <= last <= date(2100, 1, 1) and last - first <= LONGEST):
        return Period(today.replace(day=1), today)
    return Period(first, last)


def usual_periods(today: date) -> list[tuple[str, Period]]:
    """The periods that are asked for most, one tap each."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before.replace(day=1), before)),
        (_("Last 90 days"), Period(today - timedelta(days=89), today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    ]


@dataclass(frozen=True)
class Figure:
    value: int
    url: str


@dataclass(frozen=True)
class Line:
    """What came of one source's leads."""

    name: str
    figures: dict[str, Figure]
    is_retired: bool = False
    source_id: int | None = None

    @property
    def conversion(self) -> int | None:
        """Orders of a hundred leads."""
        leads = self.figures["leads"].value
        return round(100 * self.figures["ordered"].value / leads) if leads else None


@dataclass(frozen=True)
class Group:
    total: Line
    parts: list[Line]


def source_report(store: Store, period: Period) -> dict[str, Any]:
    """
    Leads opened in the period by their first source, and how far they have come by now.

    Groups with their parts, largest first; one query over the leads.
    """
    opened = Lead.objects.filter(
        store=store,
        opened_at__gte=clock.start_of_day(period.first, store.tz),
        opened_at__lt=clock.end_of_day(period.last, store.tz),
    )
    rows = opened.order_by().values("source").annotate(**counts())
    found: dict[int | None, Any] = {row["source"]: row for row in rows}
    sources = list(Source.objects.filter(store=store).with_groups())
    groups = [
        _group(head, [part for part in sources if part.parent_id == head.pk], found, period)
        for head in sources
        if head.parent_id is None
    ]
    groups = [group for group in groups if group.total.figures["leads"].value]
    groups.sort(key=lambda group: -group.total.figures["leads"].value)
    total = _line(_("All"), [*found.values()], period.query)
    unknown = _line(_("No source"), [found[None]], None) if None in found else None
    return {"groups": groups, "total": total, "unknown": unknown}


def _group(
    head: Source, parts: list[Source], found: dict[int | None, Any], period: Period
) -> Group:
    of_parts = [
        _line(part.name, [found[part.pk]], period.query | {"source": part.pk}, part)
        for part in sorted(parts, key=lambda part: part.place)
        if part.pk in found
    ]
    rows = [found[source.pk] for source in (head, *parts) if source.pk in found]
    return Group(_line(head.name, rows, period.query | {"source": head.pk}, head), of_parts)


def _line(
    name: str, rows: list[Any], filters: dict[str, Any] | None, source: Source | None = None
) -> Line:
    figures = {
        measure: Figure(
            sum(row[measure] for row in rows),
            rows_url(measure, **filters) if filters is not None else "",
        )
        for measure in MEASURES
    }
    if source is None:
        return Line(name, figures)
    return Line(name, figures, is_retired=not source.is_active, source_id=source.pk)


def source_groups(store: Store) -> list[dict[str, Any]]:
    """The store's list as managers keep it: heads with their parts, retired ones last."""
    sources = sorted(
        Source.objects.filter(store=store).with_groups(),
        key=lambda source: (not source.is_active, source.place),
    )
    return [
        {"source": head, "parts": [part for part in sources if part.parent_id == head.pk]}
        for head in sources
        if head.parent_id is None
    ]
