"""The list of leads: views as tabs, filters as chips, columns as chosen, keyset pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from dealership import clock
from dealership.customers.selectors import primary_number, shown_phone
from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.web.templatetags.showroom_tags import clocktime
from leads.models import Lead, LevelChange, SavedView, ViewColumns, Way
from leads.selectors.filters import VIEWS, Query, Reading, first, is_id, read
from leads.selectors.orders import CLOSED_LEVELS, page_of

PAGE = 30
# Filters that the page itself offers; the rest show as chips once they are in force.
ON_THE_PAGE = ("level", "q")


@dataclass(frozen=True)
class Column:
    code: str
    label: str | Promise
    is_usual: bool = False
    # The order that its head offers; whether only a wide screen has room for it.
    order: str = ""
    is_roomy: bool = False


# The customer always stands first.
COLUMNS = {
    column.code: column
    for column in (
        Column("level", gettext_lazy("Level"), is_usual=True, order="level"),
        Column("days", gettext_lazy("Days in level")),
        Column("stage", gettext_lazy("Stage"), is_usual=True),
        Column("status", gettext_lazy("Status")),
        Column("series", gettext_lazy("Series"), is_usual=True),
        Column("phone", gettext_lazy("Phone"), is_usual=True),
        Column("consultant", gettext_lazy("Consultant"), is_usual=True),
        Column("source", gettext_lazy("Source"), is_usual=True, is_roomy=True),
        Column("way", gettext_lazy("How it came"), is_roomy=True),
        Column("campaign", pgettext_lazy("marketing", "Campaign"), is_roomy=True),
        Column("next", gettext_lazy("Next contact"), is_usual=True, order="next"),
        Column("last", gettext_lazy("Last spoken to"), order="last"),
        Column(
            "opened",
            pgettext_lazy("lead", "Opened"),
            is_usual=True,
            order="new",
            is_roomy=True,
        ),
    )
}
USUAL = [column.code for column in COLUMNS.values() if column.is_usual]


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    active: bool
    icon: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter as a link: to take it away, or to put it in force."""

    label: str
    url: str
    active: bool
    title: str = ""


def listing(user: User, query: Query) -> dict[str, Any]:
    """One page of leads in the order asked for; no COUNT."""
    reading = read(user, query)
    after = first(query, "after")
    saved = list(SavedView.objects.visible_to(user).in_order())
    shown = saved_view(saved, query)
    columns = columns_of(user, reading, shown)
    rows = reading.rows.for_list().annotate(number=primary_number("customer_id"))
    if "days" in columns:
        since = LevelChange.objects.filter(lead=OuterRef("pk")).order_by("-at").values("at")[:1]
        rows = rows.annotate(level_since=Subquery(since))
    found, more = page_of(rows, reading.segments, after, size=PAGE)
    words, ready = reading.words(), Rows(reading)
    return {
        "rows": [ready.row(lead) for lead in found],
        "columns": [
            {"column": COLUMNS[code], "url": f"?{reading.words(order=COLUMNS[code].order)}"}
            for code in columns
        ],
        "show": {code: str(COLUMNS[code].label) for code in columns},
        "width": len(columns) + 2,
        "more": f"?{words}&{urlencode({'after': more})}" if more else "",
        "after": after,
        "reading": reading,
        "tabs": tabs(reading, saved, shown),
        "shown": shown,
        "is_changed": shown is not None and shown.query != bare(words),
        "level_chips": level_chips(reading),
        "chips": chips(reading),
        "q": "".join(reading.values.get("q", ())),
        "words": words,
        "kept": [pair for pair in parse_qsl(words) if pair[0] != "q"],
        "first_url": f"?{words}",
    }


def saved_view(saved: list[SavedView], query: Query) -> SavedView | None:
    """The saved view that the URL names; what the URL says otherwise changes it."""
    pk = first(query, "saved")
    return next((view for view in saved if is_id(pk) and view.pk == int(pk)), None)


def bare(words: str) -> str:
    """The filters of a URL alone, as a saved view keeps them."""
    kept = QueryDict(words, mutable=True)
    kept.pop("saved", None)
    return kept.urlencode()


def view_key(reading: Reading, shown: SavedView | None) -> str:
    """The name under which a person's columns of a view are kept."""
    return f"saved-{shown.pk}" if shown else reading.view.code


def columns_of(user: User, reading: Reading, shown: SavedView | None) -> list[str]:
    """The columns that the person chose for this view, else the view's own, else the usual."""
    kept = ViewColumns.objects.filter(owner=user, view=view_key(reading, shown)).first()
    chosen = kept.columns if kept else shown.columns if shown else []
    return [code for code in COLUMNS if code in (chosen or USUAL)]


def tabs(reading: Reading, saved: list[SavedView], shown: SavedView | None) -> list[Tab]:
    """The built-in views, then the person's own and the store's."""
    here = None if shown else reading.view.code
    built_in = [Tab(f"?view={view.code}", view.label, view.code == here) for view in VIEWS.values()]
    kept = [
        Tab(
            f"?{view.query}&saved={view.pk}".replace("?&", "?"),
            view.name,
            view == shown,
            "users" if view.is_shared else "bookmark",
        )
        for view in saved
    ]
    return built_in + kept


def level_chips(reading: Reading) -> list[Chip]:
    """The levels in use, each a tap away; several may be in force."""
    chosen = reading.values.get("level", [])
    shown = []
    for level in reading.levels:
        active = level.code in chosen
        is_empty = reading.is_open and level.code in CLOSED_LEVELS
        if not active and (is_empty or not level.is_active):
            continue
        others = [code for code in chosen if code != level.code]
        wanted = others if active else [*chosen, level.code]
        shown.append(Chip(level.code, f"?{reading.words(level=wanted)}", active, level.name))
    return shown


def chips(reading: Reading) -> list[Chip]:
    """The other filters in force; a tap takes one away."""
    return [
        Chip(
            active.label,
            "?"
            + reading.words(
                **{active.name: [v for v in reading.values[active.name] if v != active.value]}
            ),
            active=True,
        )
        for active in reading.active
        if active.name not in ON_THE_PAGE
    ]


class Rows:
    """
    Leads ready for a list: a dict each, which templates read fastest.

    Words and addresses that every row needs are looked up once for the page.
    """

    def __init__(self, reading: Reading):
        self.user, self.today = reading.user, reading.today
        self.stages = words_of(Lead.Stage.choices)
        self.statuses = words_of(Lead.Status.choices)
        self.ways = words_of(Way.choices)
        self.sheet, self.level = (
            reverse(name, args=[0]).replace("0", "%d")
            for name in ("leads:lead-sheet", "leads:lead-level")
        )

    def row(self, lead: Any) -> dict[str, Any]:
        judged = lead.status == Lead.Status.OPEN and may(self.user, "leads.change_lead", lead)
        since = getattr(lead, "level_since", None)
        day = lead.next_contact_on
        return {
            "pk": lead.pk,
            "url": self.sheet % lead.pk,
            "name": lead.customer.display_name,
            "level": lead.level,
            "level_url": self.level % lead.pk if judged else "",
            "days": (clock.now() - since).days if since else "",
            "stage": self.stages[lead.stage],
            "status": self.statuses[lead.status],
            "series": lead.series.name if lead.series else "",
            "source": lead.source.name if lead.source else "",
            "way": self.ways.get(lead.way, ""),
            "campaign": lead.campaign.name if lead.campaign else "",
            "consultant": lead.consultant.name if lead.consultant else "",
            "next": f"{day:%m-%d}" if day else "–",
            "last": clocktime(lead.last_contacted_at) or "–",
            "opened": clocktime(lead.opened_at),
            **planned(lead, self.today),
            **shown_phone(self.user, lead.customer, lead.number),
        }


def words_of(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    return {code: str(label) for code, label in choices}


def planned(lead: Lead, today: date) -> dict[str, bool]:
    """Whether the lead's next contact is overdue, or of today."""
    day = lead.next_contact_on if lead.is_open else None
    return {"is_late": bool(day and day < today), "is_today": day == today}
