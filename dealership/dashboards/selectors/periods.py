"""The days that a board looks at: a day, an ISO week or a month, by URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WEEK = re.compile(r"(\d{4})-W(\d{2})")
MONTH = re.compile(r"(\d{4})-(\d{2})")
OLDEST_YEAR = 2000
DAY_NAMES = "D"


@dataclass(frozen=True)
class Period:
    """Some days and their name in the URL: `day=2026-11-23`, `week=2026-W48`, `month=2026-11`."""

    kind: str
    first: date
    last: date
    today: date

    @property
    def key(self) -> str:
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "week":
            year, week, _weekday = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return self.first.isoformat()

    @property
    def label(self) -> str:
        if self.kind == "month":
            return date_format(self.first, _("F Y"))
        if self.kind == "week":
            return _("Week %(week)s · %(first)s – %(last)s") % {
                "week": self.first.isocalendar().week,
                "first": f"{self.first:%m-%d}",
                "last": f"{self.last:%m-%d}",
            }
        return f"{self.first:%Y-%m-%d} {date_format(self.first, DAY_NAMES)}"

    @property
    def short(self) -> str:
        """The same in a table's head."""
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "week":
            return _("Week %(week)s") % {"week": self.first.isocalendar().week}
        return f"{self.first:%m-%d}"

    @property
    def is_current(self) -> bool:
        return self.first <= self.today <= self.last

    @property
    def query(self) -> str:
        """The period as the board's URL says it; today is said by nothing."""
        if self.kind == "day" and self.is_current:
            return ""
        return urlencode({self.kind: self.key})

    @property
    def days(self) -> dict[str, str]:
        """The period as the lists of the rooms say it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def before(self) -> "Period":
        return _of(self.kind, self.first - timedelta(days=1), self.today)

    @property
    def after(self) -> "Period | None":
        """The next one, if it has begun."""
        follower = _of(self.kind, self.last + timedelta(days=1), self.today)
        return follower if follower.first <= self.today else None

    def as_kind(self, kind: str) -> "Period":
        """The day, week or month at the end of this period, never after today."""
        return _of(kind, min(self.last, self.today), self.today)


def period_of(query: Mapping[str, str], today: date) -> Period:
    """Read the period from the URL; what makes no sense, or lies ahead, means today."""
    found = _read(query) or ("day", today)
    return _of(found[0], min(found[1], today), today)


def _read(query: Mapping[str, str]) -> tuple[str, date] | None:
    try:
        if match := MONTH.fullmatch(query.get("month", "")):
            return _plausible("month", date(int(match[1]), int(match[2]), 1))
        if match := WEEK.fullmatch(query.get("week", "")):
            return _plausible("week", date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if text := query.get("day", ""):
            return _plausible("day", date.fromisoformat(text))
    except ValueError:
        pass
    return None


def _plausible(kind: str, day: date) -> tuple[str, date] | None:
    return (kind, day) if day.year >= OLDEST_YEAR else None


def _of(kind: str, day: date, today: date) -> Period:
    if kind == "month":
        first = day.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return Period(kind, first, last, today)
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=6), today)
    return Period("day", day, day, today)


@dataclass(frozen=True)
class Choice:
    """A link to the board of another span of days."""

    label: str
    url: str
    active: bool = False


@dataclass(frozen=True)
class Choices:
    """Day, week and month around the chosen period, and the ones before and after it."""

    kinds: list[Choice]
    before: str
    after: str
    everybody: str


def choices(period: Period, query: Mapping[str, str]) -> Choices:
    """Links that keep whatever else the URL says."""
    rest = {key: query[key] for key in ("consultant",) if query.get(key)}

    def url(to: Period) -> str:
        found = {**({to.kind: to.key} if to.query else {}), **rest}
        return f"?{urlencode(found)}"

    names = {
        "day": pgettext("span", "Day"),
        "week": pgettext("span", "Week"),
        "month": pgettext("span", "Month"),
    }
    return Choices(
        kinds=[
            Choice(name, url(period.as_kind(kind)), active=kind == period.kind)
            for kind, name in names.items()
        ],
        before=url(period.before),
        after=url(period.after) if period.after else "",
        everybody=f"?{period.query}",
    )
