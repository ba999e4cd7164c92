"""
Which leads are meant: one reading of the filters for list, board, bulk, export and API.

A filter is a word in the URL. What can't be understood is left out and named in `unread`,
never an error: links grow old.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from dealership import clock
from dealership.customers import search
from dealership.customers.models import Customer
from dealership.customers.selectors import sees_masked
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.models import Campaign, IntentLevel, Lead, LeadQuerySet, ProspectList, Source, Way
from leads.selectors.orders import CLOSED_LEVELS, ORDERS, Order, Segment

Query = Mapping[str, Any]
NOBODY = "none"
DAYS = (date(2000, 1, 1), date(2100, 1, 1))


class Planned:
    """When the next contact is planned."""

    TODAY, OVERDUE, WEEK, NONE = "today", "overdue", "week", "none"
    choices = (
        (OVERDUE, gettext_lazy("Contact overdue")),
        (TODAY, gettext_lazy("To contact today")),
        (WEEK, gettext_lazy("Within 7 days")),
        (NONE, gettext_lazy("Not planned")),
    )

    @classmethod
    def narrow(cls, code: str, today: date) -> Q:
        return {
            cls.TODAY: Q(next_contact_on=today),
            cls.OVERDUE: Q(next_contact_on__lt=today),
            cls.WEEK: Q(next_contact_on__range=(today, today + timedelta(days=7))),
            cls.NONE: Q(next_contact_on__isnull=True),
        }[code]


NEW_CUSTOMER = "new"
BASE_KINDS = ((NEW_CUSTOMER, gettext_lazy("New to us")), *Lead.BaseKind.choices)


@dataclass(frozen=True)
class View:
    """A built-in view: a tab. Open leads only, unless a status is asked for."""

    code: str
    label: str | Promise
    which: Callable[[User, date], Q] = lambda user, today: Q()
    is_open: bool = True


VIEWS = {
    view.code: view
    for view in (
        View("open", pgettext_lazy("lead", "Open")),
        View("mine", gettext_lazy("Mine"), lambda user, today: Q(consultant=user)),
        View(
            "my-h",
            gettext_lazy("My H level"),
            lambda user, today: Q(
                consultant=user,
                level__in=IntentLevel.objects.filter(store=user.active_store, code="H"),
            ),
        ),
        View(
            "today",
            gettext_lazy("To contact today"),
            lambda user, today: Planned.narrow(Planned.TODAY, today),
        ),
        View(
            "overdue",
            gettext_lazy("Contact overdue"),
            lambda user, today: Planned.narrow(Planned.OVERDUE, today),
        ),
        View(
            "pool",
            gettext_lazy("Without consultant"),
            lambda user, today: Q(consultant__isnull=True),
        ),
        View("new", gettext_lazy("Not yet spoken to"), lambda user, today: Q(stage=Lead.Stage.NEW)),
        View("all", pgettext_lazy("leads", "All"), is_open=False),
    )
}


@dataclass(frozen=True)
class Active:
    """A filter in force: its word and value in the URL, and how it is called."""

    name: str
    value: str
    label: str


@dataclass
class Reading:
    """The filters of a URL, understood for one person on one day."""

    user: User
    query: Query
    today: date
    values: dict[str, list[str]] = field(default_factory=dict)
    conditions: list[Q] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @cached_property
    def store(self) -> Store:
        return self.user.active_store

    @cached_property
    def levels(self) -> list[IntentLevel]:
        return list(IntentLevel.objects.filter(store=self.store))

    @cached_property
    def view(self) -> View:
        return VIEWS.get(first(self.query, "view"), VIEWS["open"])

    @cached_property
    def order(self) -> Order:
        return ORDERS.get(first(self.query, "order"), ORDERS["new"])

    @property
    def is_open(self) -> bool:
        """Whether open leads alone are meant."""
        return self.view.is_open and "status" not in self.values

    @property
    def rows(self) -> LeadQuerySet:
        rows = Lead.objects.visible_to(self.user)
        if self.is_open:
            rows = rows.open()
        elif "status" not in self.values:
            rows = rows.exclude(status=Lead.Status.JOINED)
        which = self.view.which(self.user, self.today)
        return rows.filter(which, *self.conditions)

    @property
    def segments(self) -> list[Segment]:
        """The order's segments, without those that the filters leave nothing of."""
        chosen = set(self.values.get("level", ()))
        closed = CLOSED_LEVELS if self.is_open else frozenset()
        levels = [
            level
            for level in self.levels
            if (not chosen or level.code in chosen) and level.code not in closed
        ]
        segments = self.order.segments(levels)
        return [one for one in segments if not (one.of_closed and self.is_open)] or [Segment(Q())]

    @cached_property
    def active(self) -> list[Active]:
        """Every filter in force, for chips; the names of rows cost a query for each kind."""
        return [
            Active(name, value, f"{FILTERS[name].label}: {label}")
            for name, values in self.values.items()
            for value, label in FILTERS[name].names(self, values)
        ]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.values) or self.view.code != "open"

    @property
    def is_refined(self) -> bool:
        """Whether somebody has made more of the view than it is."""
        return bool(self.values) or self.order.code != "new"

    def words(self, **changed: str | list[str] | None) -> str:
        """The URL's query with some filters changed, without the page it is on."""
        kept: dict[str, Any] = {"view": self.view.code} if "view" in self.query else {}
        kept |= self.values
        if self.order.code != "new":
            kept["order"] = self.order.code
        if is_id(saved := first(self.query, "saved")):
            kept["saved"] = saved
        kept |= changed
        return urlencode({name: value for name, value in kept.items() if value}, doseq=True)


AN_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Filter:
    """One word of the URL: which of its values make sense, what they ask for, what they are."""

    label: Any  # a text, translated when it is shown
    makes_sense: Callable[[Reading, str], bool]
    which: Callable[[Reading, list[str]], Q]
    names: Callable[[Reading, list[str]], Iterable[tuple[str, str]]]


def of_choices(
    label: str | Promise,
    column: str,
    choices: Iterable[tuple[str, Any]],
    which: Callable[[Reading, list[str]], Q] | None = None,
) -> Filter:
    """A filter by a column's own choices."""
    known = {str(code): name for code, name in choices}
    return Filter(
        label,
        lambda reading, value: value in known,
        which or (lambda reading, values: Q(**{f"{column}__in": values})),
        lambda reading, values: [(value, str(known[value])) for value in values],
    )


def of_rows(
    label: str | Promise,
    rows: Callable[[Reading], Any],
    which: Callable[[list[int]], Q],
    nobody: Q | None = None,
) -> Filter:
    """A filter by rows of the store, by id; "none" for those without, where there is such."""

    def asked(reading: Reading, values: list[str]) -> Q:
        ids = [int(value) for value in values if value != NOBODY]
        wanted = which(ids) if ids else Q(pk__in=())
        return wanted | nobody if nobody is not None and NOBODY in values else wanted

    def names(reading: Reading, values: list[str]) -> Iterable[tuple[str, str]]:
        ids = [int(value) for value in values if value != NOBODY]
        found = {row.pk: str(row) for row in rows(reading).filter(pk__in=ids)} if ids else {}
        none = gettext("Nobody")
        return [
            (value, none if value == NOBODY else found.get(int(value), "?")) for value in values
        ]

    return Filter(
        label,
        lambda reading, value: is_id(value) or (nobody is not None and value == NOBODY),
        asked,
        names,
    )


def is_id(text: str) -> bool:
    return bool(AN_ID.fullmatch(text))


def day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if DAYS[0] <= found <= DAYS[1] else None


def of_day(label: str | Promise, which: Callable[[Any, date], Q]) -> Filter:
    return Filter(
        label,
        lambda reading, value: day(value) is not None,
        lambda reading, values: which(reading.store.tz, day(values[0]) or DAYS[0]),
        lambda reading, values: [(value, value) for value in values],
    )


def _meant(reading: Reading, typed: str) -> list[str]:
    return search.prefixes(typed, is_masked=sees_masked(reading.user))


def _found(reading: Reading, values: list[str]) -> Q:
    meant = _meant(reading, values[0])
    return Q(customer__in=Customer.objects.found_by(reading.store, meant).values("pk"))


def _in_levels(reading: Reading, codes: list[str]) -> Q:
    return Q(level__in=[level.pk for level in reading.levels if level.code in codes])


def _base(reading: Reading, codes: list[str]) -> Q:
    return Q(base_kind__in=["" if code == NEW_CUSTOMER else code for code in codes])


FILTERS: dict[str, Filter] = {
    "q": Filter(
        gettext_lazy("Search"),
        lambda reading, value: bool(_meant(reading, value)),
        _found,
        lambda reading, values: [(value, value) for value in values],
    ),
    "status": of_choices(gettext_lazy("Status"), "status", Lead.Status.choices),
    "level": Filter(
        gettext_lazy("Level"),
        lambda reading, value: value in {level.code for level in reading.levels},
        _in_levels,
        lambda reading, values: [(value, value) for value in values],
    ),
    "stage": of_choices(gettext_lazy("Stage"), "stage", Lead.Stage.choices),
    "source": of_rows(
        gettext_lazy("Source"),
        lambda reading: Source.objects.filter(store=reading.store),
        lambda ids: Q(source__in=Source.objects.filter(Q(pk__in=ids) | Q(parent__in=ids))),
    ),
    "way": of_choices(gettext_lazy("How it came"), "way", Way.choices),
    "series": of_rows(
        gettext_lazy("Series"),
        lambda reading: Series.objects.all(),
        lambda ids: Q(series__in=ids),
    ),
    "consultant": of_rows(
        gettext_lazy("Consultant"),
        lambda reading: User.objects.of_store(reading.store),
        lambda ids: Q(consultant__in=ids),
        Q(consultant__isnull=True),
    ),
    "campaign": of_rows(
        pgettext_lazy("marketing", "Campaign"),
        lambda reading: Campaign.objects.filter(store=reading.store),
        lambda ids: Q(campaign__in=ids),
    ),
    "list": of_rows(
        gettext_lazy("List"),
        lambda reading: ProspectList.objects.filter(store=reading.store),
        lambda ids: Q(prospect_list__in=ids),
    ),
    "base_kind": of_choices(gettext_lazy("Base customer"), "base_kind", BASE_KINDS, _base),
    "planned": of_choices(
        gettext_lazy("Next contact"),
        "next_contact_on",
        Planned.choices,
        lambda reading, values: Planned.narrow(values[0], reading.today),
    ),
    "from": of_day(
        gettext_lazy("Opened from"),
        lambda tz, day: Q(opened_at__gte=clock.start_of_day(day, tz)),
    ),
    "to": of_day(
        gettext_lazy("Opened until"),
        lambda tz, day: Q(opened_at__lt=clock.end_of_day(day, tz)),
    ),
}  # fmt: skip
# The others take several values.
SINGLE = {"q", "planned", "from", "to"}
MOST_VALUES = 20


def read(user: User, query: Query) -> Reading:
    """Understand the filters of a URL as they are for `user` today."""
    reading = Reading(user, query, clock.day_of(clock.now(), user.active_store.tz))
    for name, declared in FILTERS.items():
        given = [value.strip()[:60] for value in many(query, name)][:MOST_VALUES]
        given = list(dict.fromkeys(value for value in given if value))
        values = [value for value in given if declared.makes_sense(reading, value)]
        values = values[:1] if name in SINGLE else values
        if values:
            reading.values[name] = values
            reading.conditions.append(declared.which(reading, values))
        reading.unread += [f"{name}={value}"[:60] for value in given if value not in values]
    for name, known in (("view", VIEWS), ("order", ORDERS)):
        if (value := first(query, name)) and value not in known:
            reading.unread.append(f"{name}={value}"[:60])
    return reading


def listing_rows(user: User, query: Query) -> LeadQuerySet:
    """
    The leads that `user` may see and the filters of `query` mean, in no order.

    `query` is a QueryDict (or a mapping) with the words of `FILTERS` and `view`.
    """
    return read(user, query).rows


def first(query: Query, name: str) -> str:
    return next(iter(many(query, name)), "")


def many(query: Query, name: str) -> list[str]:
    if hasattr(query, "getlist"):
        return query.getlist(name)
    value = query.get(name, [])
    return [value] if isinstance(value, str) else list(value)
