"""The day's register by its address: days, filters, pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.staff.models import User
from dealership.staff.roles import Role
from showroom.models import Visit
from showroom.selectors.traffic import LABELS

PAGE = 50
LONGEST_RANGE = 400


@dataclass(frozen=True)
class Register:
    """One page of the register, with what narrowed it."""

    rows: list[Visit]
    first_day: date
    last_day: date
    today: date
    chosen: dict[str, str]
    days: dict[str, str]
    more: str
    consultants: list[User]

    @property
    def is_one_day(self) -> bool:
        return self.first_day == self.last_day

    @property
    def previous_day(self) -> date:
        return self.first_day - timedelta(days=1)

    @property
    def next_url(self) -> str:
        return "?" + urlencode(self.days | self.chosen | {"after": self.more})

    @property
    def groups(self) -> list[list["Chip"]]:
        """The filters as links: which rows, and whose."""
        narrowed = [
            self._chip(name, value, label)
            for name, values in CHIPS.items()
            for value, label in values.items()
        ]
        people = [self._chip("consultant", str(user.pk), user.name) for user in self.consultants]
        return [narrowed, people] if len(people) > 1 else [narrowed]

    def _chip(self, name: str, value: str, label: str | Promise) -> "Chip":
        active = self.chosen.get(name) == value
        rest = {key: kept for key, kept in self.chosen.items() if key != name}
        wanted = rest if active else rest | {name: value}
        return Chip("?" + urlencode(self.days | wanted), label, active)

    @property
    def next_day(self) -> date | None:
        following = self.last_day + timedelta(days=1)
        return following if following <= self.today else None


@dataclass(frozen=True)
class Chip:
    """A filter as a link; an active one takes itself back."""

    url: str
    label: str | Promise
    active: bool
    count: int | None = None


CHIPS: dict[str, dict[str, str | Promise]] = {
    "way": {way.value: way.label for way in Visit.Way},
    "first": {"yes": LABELS["first"], "no": LABELS["again"]},
    "phone": {"yes": LABELS["contact"], "no": _("Left no number")},
    "state": {
        "here": _("Here now"),
        "nameless": _("To be completed"),
        "late": _("Entered later"),
        "voided": _("Void"),
    },
}
NARROW: dict[str, dict[str, Q]] = {
    "way": {way.value: Q(way=way) for way in Visit.Way},
    "purpose": {purpose.value: Q(purpose=purpose) for purpose in Visit.Purpose},
    "first": {"yes": Q(is_first=True), "no": Q(is_first=False), "unknown": Q(is_first=None)},
    "phone": {"yes": Q(has_contact=True), "no": Q(has_contact=False)},
    "batch": {"yes": Q(is_same_day_return=False), "no": Q(is_same_day_return=True)},
    "registered": {
        "yes": Q(registered_at__isnull=False),
        "no": Q(registered_at__isnull=True),
    },
}


def register(user: User, query: Mapping[str, str]) -> Register:
    """A page of the register by the days and filters of the URL, latest first, without a COUNT."""
    store = user.active_store
    if store is None:
        raise LookupError("a register belongs to a store")
    today = clock.day_of(clock.now(), store.tz)
    first, last = _days(query, today)
    rows = Visit.objects.visible_to(user).on(first, last, store)
    chosen = {name: query.get(name, "") for name in (*NARROW, "state", "consultant")}
    for name, values in NARROW.items():
        if chosen[name] in values:
            rows = rows.filter(values[chosen[name]])
    rows = _in_state(rows, chosen["state"])
    if chosen["consultant"] == "none":
        rows = rows.filter(consultant=None)
    elif _number(chosen["consultant"]):
        rows = rows.filter(consultant=_number(chosen["consultant"]))
    page = list(
        _after(rows, query.get("after", ""))
        .with_people()
        .prefetch_related("customer__phones")[: PAGE + 1]
    )
    kept = {name: value for name, value in chosen.items() if value}
    days = {"from": f"{first}", "to": f"{last}"} if first != last else {"day": f"{first}"}
    return Register(
        rows=page[:PAGE],
        first_day=first,
        last_day=last,
        today=today,
        chosen=kept,
        days=days,
        more=str(page[PAGE - 1].pk) if len(page) > PAGE else "",
        consultants=list(User.objects.in_store(store, Role.CONSULTANT)),
    )


def _in_state(rows: Any, state: str) -> Any:
    if state == "voided":
        return rows.exclude(voided_at=None)
    rows = rows.counted()
    words = {
        "here": rows.present,
        "waiting": rows.waiting,
        "nameless": rows.incomplete,
        "late": rows.entered_late,
    }
    if state == "left":
        return rows.filter(departed_at__isnull=False)
    return words[state]() if state in words else rows


def _after(rows: Any, cursor: str) -> Any:
    """The rows that follow the one with this id, by time, then id."""
    rows = rows.order_by("-arrived_at", "-pk")
    if last := Visit.objects.filter(pk=_number(cursor)).first():
        earlier = Q(arrived_at__lt=last.arrived_at)
        rows = rows.filter(earlier | Q(arrived_at=last.arrived_at, pk__lt=last.pk))
    return rows


def _days(query: Mapping[str, str], today: date) -> tuple[date, date]:
    """The days of the URL; what is no day is today, and a range is at most about a year."""
    one = _day(query.get("day", ""))
    if one:
        return one, one
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    first = first or last or today
    last = max(last or today, first)
    return first, min(last, first + timedelta(days=LONGEST_RANGE))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
