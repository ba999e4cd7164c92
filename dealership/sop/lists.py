"""The list of deadlines: a state and a few filters by URL, so that every figure opens its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.sop.models import Deadline, DeadlineQuerySet
from dealership.staff.models import Store

PER_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Word = Callable[[DeadlineQuerySet, datetime], DeadlineQuerySet]


@dataclass(frozen=True)
class State:
    """A word that narrows the list; open ones come by due time, closed ones latest first."""

    code: str
    label: str | Promise
    narrow: Word
    is_tab: bool = False
    is_newest_first: bool = True


STATES: dict[str, State] = {
    state.code: state
    for state in (
        State("open", _("Open"), lambda rows, at: rows.open(), is_tab=True, is_newest_first=False),
        State(
            "late",
            pgettext_lazy("deadline", "Late"),
            lambda rows, at: rows.late(at),
            is_tab=True,
        ),
        State("to_decide", _("To decide"), lambda rows, at: rows.awaiting_decision(), is_tab=True),
        State("done", _("Done"), lambda rows, at: rows.filter(outcome="done"), is_tab=True),
        State("waived", _("Waived"), lambda rows, at: rows.waived(), is_tab=True),
        State(
            "overdue",
            _("Open and overdue"),
            lambda rows, at: rows.overdue(at),
            is_newest_first=False,
        ),
        State(
            "in_time",
            _("Open and in time"),
            lambda rows, at: rows.in_time(at),
            is_newest_first=False,
        ),
        State("on_time", _("Done in time"), lambda rows, at: rows.on_time()),
        State("done_late", _("Done late"), lambda rows, at: rows.done_late()),
        State("excused", _("Late, explanation accepted"), lambda rows, at: rows.excused(at)),
        State("due", _("All that fell due"), lambda rows, at: rows.kept()),
        State("cancelled", _("No longer owed"), lambda rows, at: rows.cancelled()),
        State(
            "quarantined",
            _("Set aside by the clock"),
            lambda rows, at: rows.quarantined(),
            is_tab=True,
            is_newest_first=False,
        ),
    )
}


@dataclass(frozen=True)
class Shown:
    """A deadline in a list."""

    deadline: Deadline
    state: str


@dataclass(frozen=True)
class Page:
    """One page of the list and the cursor of the next."""

    rows: list[Shown] = field(default_factory=list)
    next: str = ""


def narrowed(
    rows: DeadlineQuerySet, wanted: dict[str, Any], *, store: Store, at: datetime
) -> DeadlineQuerySet:
    """Apply the filters of the URL."""
    rows = STATES[wanted["state"]].narrow(rows, at)
    if wanted.get("step"):
        rows = rows.of_step(wanted["step"])
    elif wanted["state"] != "quarantined":
        rows = rows.tasks()
    if wanted.get("owner"):
        whose = wanted["owner"]
        rows = rows.filter(Q(owner__isnull=True) if whose == "none" else Q(owner=int(whose)))
    if wanted.get("from") or wanted.get("to"):
        first, last = wanted.get("from"), wanted.get("to")
        rows = rows.due_on(first or last, last or first, store.tz)
    return rows


def page_of(rows: DeadlineQuerySet, state: State, *, after: str, at: datetime) -> Page:
    """Return the rows after the cursor; a cursor that is none of ours begins at the top."""
    sign, beyond = ("-", "lt") if state.is_newest_first else ("", "gt")
    if position := _position(after):
        due_at, pk = position
        rows = rows.filter(
            Q(**{f"due_at__{beyond}": due_at}) | Q(**{"due_at": due_at, f"pk__{beyond}": pk})
        )
        # The plain bound lets the index seek; the exact one above keeps equal times apart.
        rows = rows.filter(**{f"due_at__{beyond}e": due_at})
    found = list(rows.with_people().order_by(f"{sign}due_at", f"{sign}pk")[: PER_PAGE + 1])
    more, found = len(found) > PER_PAGE, found[:PER_PAGE]
    cursor = f"{(found[-1].due_at - EPOCH) // MICROSECOND}.{found[-1].pk}" if more else ""
    return Page([Shown(deadline, deadline.state(at)) for deadline in found], cursor)


def _position(after: str) -> tuple[datetime, int] | None:
    moment, _dot, pk = after.partition(".")
    try:
        position = EPOCH + int(moment) * MICROSECOND, int(pk)
    except (ValueError, OverflowError):
        return None
    return position if abs(position[1]) < 2**63 else None


def query_with(params: QueryDict, **changes: str) -> str:
    """The URL's query with some parameters changed, and from the top."""
    query = params.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()
