"""
Orders of the list of leads, each paged by key.

An order is a row of segments: open leads by their planned day, then those without one, and so
on. A page begins in the segment where the last one ended; each segment reads one index. The
cursor holds the last row's own value, so that a lead whose day has moved meanwhile takes none
of those behind it along.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from leads.models import IntentLevel, Lead, LeadQuerySet

OPEN = Q(status__in=(Lead.Status.OPEN, Lead.Status.ORDERED))
# Levels of leads that are no longer open.
CLOSED_LEVELS = frozenset({"D", "F", "S"})
LONGEST_ID = 18


@dataclass(frozen=True)
class Segment:
    """A part of an order: which rows, and by which field."""

    which: Q
    field: str = "pk"
    newest_first: bool = True
    of_closed: bool = False

    def after(self, rows: LeadQuerySet, value: Any, pk: int) -> LeadQuerySet:
        """The rows behind the one with `value` and `pk`."""
        side = "lt" if self.newest_first else "gt"
        if self.field == "pk":
            return rows.filter(**{f"pk__{side}": pk})
        # The first condition is what an index can start from.
        beyond = Q(**{f"{self.field}__{side}": value}) | Q(**{f"pk__{side}": pk})
        return rows.filter(beyond, **{f"{self.field}__{side}e": value})

    def sorted(self, rows: LeadQuerySet) -> LeadQuerySet:
        sign = "-" if self.newest_first else ""
        return rows.order_by(*dict.fromkeys((f"{sign}{self.field}", f"{sign}pk")))


CLOSED = Segment(~OPEN, "opened_at", of_closed=True)


@dataclass(frozen=True)
class Order:
    code: str
    label: str | Promise
    segments: Callable[[Iterable[IntentLevel]], list[Segment]]


ORDERS = {
    order.code: order
    for order in (
        Order("new", gettext_lazy("Newest first"), lambda levels: [Segment(Q(), "opened_at")]),
        Order(
            "next",
            gettext_lazy("Next contact"),
            lambda levels: [
                Segment(
                    OPEN & Q(next_contact_on__isnull=False), "next_contact_on", newest_first=False
                ),
                Segment(OPEN & Q(next_contact_on__isnull=True), "opened_at"),
                CLOSED,
            ],
        ),
        Order(
            "last",
            gettext_lazy("Longest not spoken to"),
            lambda levels: [
                Segment(Q(status=Lead.Status.OPEN, last_contacted_at__isnull=True)),
                Segment(
                    Q(status=Lead.Status.OPEN, last_contacted_at__isnull=False),
                    "last_contacted_at",
                    newest_first=False,
                ),
                Segment(Q(status=Lead.Status.ORDERED)),
                CLOSED,
            ],
        ),
        Order(
            "level",
            gettext_lazy("Level"),
            lambda levels: [Segment(Q(level=level)) for level in levels],
        ),
    )
}


def page_of(
    rows: LeadQuerySet, segments: list[Segment], cursor: str, *, size: int
) -> tuple[list[Lead], str]:
    """A page of `rows` behind `cursor`, and the cursor to go on with ("" at the end)."""
    place, value, pk = _read(cursor, segments)
    parts = [
        (number, segment.sorted(rows.filter(segment.which)))
        for number, segment in enumerate(segments[place:], place)
    ]
    if pk:
        parts[0] = (place, segments[place].after(parts[0][1], value, pk))
    take = _at_once if len(parts) > 1 and all(one.field == "pk" for one in segments) else _in_turn
    found = take(rows, parts, size + 1)
    page = [lead for _place, lead in found[:size]]
    return page, _cursor(segments, *found[size - 1]) if len(found) > size else ""


Parts = list[tuple[int, LeadQuerySet]]


def _in_turn(rows: LeadQuerySet, parts: Parts, number: int) -> list[tuple[int, Lead]]:
    """A segment after the other until there are enough; mostly the first has them all."""
    found: list[tuple[int, Lead]] = []
    for place, part in parts:
        found += [(place, lead) for lead in part[: number - len(found)]]
        if len(found) == number:
            break
    return found


def _at_once(rows: LeadQuerySet, parts: Parts, number: int) -> list[tuple[int, Lead]]:
    """Many short segments: the first ids of each in one query, then the rows in another."""
    ids = [
        Lead.objects.filter(pk__in=part.values("pk")[:number])
        .order_by()
        .values_list(Value(place), "pk")
        for place, part in parts
    ]
    first = sorted(ids[0].union(*ids[1:], all=True), key=lambda pair: (pair[0], -pair[1]))[:number]
    leads = rows.in_bulk([pk for _place, pk in first])
    return [(place, leads[pk]) for place, pk in first if pk in leads]


def _cursor(segments: list[Segment], place: int, lead: Lead) -> str:
    value = getattr(lead, segments[place].field)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"{place}~{text}~{lead.pk}"


def _read(cursor: str, segments: list[Segment]) -> tuple[int, Any, int]:
    """The cursor's segment, value and id; what is no cursor of ours shows the first page."""
    place, _sep, rest = cursor.partition("~")
    text, _sep, pk = rest.rpartition("~")
    whole = all(part.isascii() and part.isdecimal() for part in (place, pk))
    if not whole or len(pk) > LONGEST_ID or len(place) > 2 or int(place) >= len(segments):
        return 0, None, 0
    field = segments[int(place)].field
    if field == "pk":
        return int(place), int(pk), int(pk)
    read: Callable[[str], date] = (
        date.fromisoformat if field == "next_contact_on" else datetime.fromisoformat
    )
    try:
        value = read(text.replace(" ", "+"))
    except ValueError:
        return 0, None, 0
    if isinstance(value, datetime) and value.tzinfo is None:
        return 0, None, 0
    return int(place), value, int(pk)
