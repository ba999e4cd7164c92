"""
Level honesty (domain §3.2): did the level say what the customer then did?

Nothing is stored for this: it is read from the history of levels, which nobody can rewrite.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.sop.selectors import Figures, compliance
from dealership.staff.models import Store, User
from leads import sop
from leads.models import IntentLevel, Lead, LevelChange

FIGURES = ("placed", "kept", "stale", "changed", "running", "late_raise")
MOVES = ("base", "up", "down")
TITLES = {
    "placed": _("Judged so"),
    "kept": _("Ordered in time"),
    "stale": _("Stayed too long"),
    "changed": _("Judged anew in time"),
    "running": _("Still running"),
    "late_raise": _("Raised only with the order"),
    "base": _("Active at the start"),
    "up": _("Raised"),
    "down": _("Lowered"),
}
ROWS_SHOWN = 200
ORDERED = "O"
# Only these compare: N is not judged yet, the rest is no way forward.
LADDER = ("C", "B", "A", "H", ORDERED)


@dataclass(frozen=True)
class Episode:
    """A lead's time at one level, with what the level promised."""

    lead: int
    consultant: int | None
    level: str
    began: datetime
    ended: datetime | None
    ordered: datetime | None
    promised: datetime

    def fate(self, now: datetime) -> str:
        """Each episode has exactly one: kept, stale, changed or still running."""
        if self.ordered is not None and self.ordered <= self.promised:
            return "kept"
        if (self.ended or now) > self.promised:
            return "stale"
        return "changed" if self.ended is not None else "running"


@dataclass(frozen=True)
class Line:
    """The figures of one consultant at one level, each with the address of its rows."""

    consultant: str
    level: IntentLevel
    counts: dict[str, int]
    links: dict[str, str]

    @property
    def rate(self) -> int | None:
        decided = self.counts["placed"] - self.counts["running"]
        return round(100 * self.counts["kept"] / decided) if decided else None


@dataclass(frozen=True)
class Person:
    """One consultant: levels, movement and follow-ups."""

    name: str
    lines: list[Line]
    moves: dict[str, int]
    links: dict[str, str]
    follow_ups: Figures | None

    @property
    def up_rate(self) -> int | None:
        """级别推进率."""
        return _share(self.moves["up"], self.moves["base"])

    @property
    def down_rate(self) -> int | None:
        """降级率."""
        return _share(self.moves["down"], self.moves["base"])


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def level_report(store: Store, first: date, last: date, at: datetime | None = None) -> list[Person]:
    """Every consultant of the days with their levels; the number of queries is fixed."""
    at = at or clock.now()
    levels = _levels(store)
    hottest = levels[0].code if levels else ""
    counts: Counter[tuple[int | None, str, str]] = Counter()
    for episode in _episodes(store, levels, first, last):
        key = (episode.consultant, episode.level)
        counts[*key, "placed"] += 1
        counts[*key, episode.fate(at)] += 1
        counts[*key, "late_raise"] += _raised_late(episode, hottest, store)
    moves = _movement(store, first, last)
    kept = {
        figure.key: figure
        for figure in compliance(store, first, last, "owner", at=at, steps=[sop.FOLLOW_UP])
    }
    people = {key[0] for key in counts} | {key[0] for key in moves}
    names = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
    days = {"start": f"{first}", "end": f"{last}"}
    found = [
        Person(
            name=names.get(pk or 0, ""),
            lines=[
                _line(names.get(pk or 0, ""), pk, level, counts, days)
                for level in levels
                if counts[pk, level.code, "placed"]
            ],
            moves={name: moves[pk, name] for name in MOVES},
            links={name: _address(name, pk, "", days) for name in MOVES},
            follow_ups=kept.get(str(pk or "")),
        )
        for pk in people
    ]
    return sorted(found, key=lambda person: (not person.name, person.name))


def _line(
    name: str, pk: int | None, level: IntentLevel, counts: Counter[Any], days: dict[str, str]
) -> Line:
    return Line(
        consultant=name,
        level=level,
        counts={figure: counts[pk, level.code, figure] for figure in FIGURES},
        links={figure: _address(figure, pk, level.code, days) for figure in FIGURES},
    )


def _address(figure: str, pk: int | None, level: str, days: dict[str, str]) -> str:
    asked = {"figure": figure, "consultant": pk or "none", "level": level, **days}
    return f"{reverse('leads:level-rows')}?{urlencode(asked)}"


def level_rows(
    store: Store,
    first: date,
    last: date,
    *,
    figure: str,
    consultant: str,
    level: str,
    at: datetime | None = None,
) -> tuple[list[Lead], int]:
    """The leads behind one figure, the newest first, and how many there are."""
    at = at or clock.now()
    pk = int(consultant) if consultant.isdecimal() and len(consultant) < 19 else None
    if figure in MOVES:
        ids = [row["pk"] for row in _moved(store, first, last) if _is_move(row, figure, pk)]
    else:
        levels = _levels(store)
        hottest = levels[0].code if levels else ""
        ids = [
            episode.lead
            for episode in _episodes(store, levels, first, last)
            if episode.consultant == pk
            and episode.level == level
            and (
                figure == "placed"
                or figure == episode.fate(at)
                or (figure == "late_raise" and _raised_late(episode, hottest, store))
            )
        ]
    found = sorted(set(ids), reverse=True)
    rows = Lead.objects.filter(pk__in=found[:ROWS_SHOWN])
    return list(rows.with_people().order_by("-pk")), len(found)


def _levels(store: Store) -> list[IntentLevel]:
    """The judged levels, warmest first."""
    rows = IntentLevel.objects.judged(store).order_by("order", "pk")
    return [level for level in rows if level.is_judged]


def _episodes(
    store: Store, levels: list[IntentLevel], first: date, last: date
) -> Iterator[Episode]:
    """Every time at a judged level that began on the days."""
    start, end = clock.start_of_day(first, store.tz), clock.end_of_day(last, store.tz)
    horizons = {level.code: timedelta(days=level.horizon_days or 0) for level in levels}
    begun = LevelChange.objects.filter(
        lead=OuterRef("lead"), at__gte=start, at__lt=end, new__code__in=horizons
    )
    changes = LevelChange.objects.filter(Exists(begun), lead__store=store, at__gte=start)
    rows = changes.order_by("lead", "at", "pk").values_list(
        "lead", "lead__consultant", "new__code", "at"
    )
    for _key, history in groupby(rows.iterator(), key=lambda row: row[0]):
        steps = list(history)
        for place, (lead, consultant, code, began) in enumerate(steps):
            if code not in horizons or not start <= began < end:
                continue
            later = steps[place + 1 :]
            yield Episode(
                lead=lead,
                consultant=consultant,
                level=code,
                began=began,
                ended=later[0][3] if later else None,
                ordered=next((step[3] for step in later if step[2] == ORDERED), None),
                promised=began + horizons[code],
            )


def _raised_late(episode: Episode, hottest: str, store: Store) -> bool:
    """Left its level only on the day of the order, which a warmer level had never announced."""
    if episode.level == hottest or episode.ordered is None or episode.ended is None:
        return False
    day = clock.day_of(episode.ordered, store.tz)
    began, ended = (clock.day_of(moment, store.tz) for moment in (episode.began, episode.ended))
    return began < day == ended


def _moved(store: Store, first: date, last: date) -> Any:
    """Leads active when the days began, with their level then and at the end."""
    start, end = clock.start_of_day(first, store.tz), clock.end_of_day(last, store.tz)
    of_lead = LevelChange.objects.filter(lead=OuterRef("pk")).order_by("-at", "-pk")
    since = LevelChange.objects.filter(lead=OuterRef("pk"), at__gte=start)
    rows = Lead.objects.filter(Q(status=Lead.Status.OPEN) | Exists(since))
    return (
        rows.filter(store=store, opened_at__lt=start)
        .annotate(
            then=Subquery(of_lead.filter(at__lt=start).values("new__code")[:1]),
            now=Subquery(of_lead.filter(at__lt=end).values("new__code")[:1]),
        )
        .filter(then__in=LADDER[:-1])
        .order_by()
        .values("pk", "consultant", "then", "now")
    )


def _movement(store: Store, first: date, last: date) -> Counter[tuple[int | None, str]]:
    """级别推进率 and 降级率: active when the days began, and whose level rose or fell since."""
    counted: Counter[tuple[int | None, str]] = Counter()
    grouped = _moved(store, first, last).values("consultant", "then", "now")
    for row in grouped.annotate(number=Count("pk")):
        for name in MOVES:
            if _is_move(row, name, row["consultant"]):
                counted[row["consultant"], name] += row["number"]
    return counted


def _is_move(row: dict[str, Any], name: str, consultant: int | None) -> bool:
    if row["consultant"] != consultant:
        return False
    if name == "base":
        return True
    if row["now"] not in LADDER:
        return False
    step = LADDER.index(row["now"]) - LADDER.index(row["then"])
    return step > 0 if name == "up" else step < 0
