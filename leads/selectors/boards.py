"""The leads as a board: a column for each level or stage, cards loaded as they are looked at."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from dealership.staff.models import User
from dealership.staff.policy import may
from leads.models import Lead, LeadQuerySet
from leads.selectors.filters import Query, Reading, first, read
from leads.selectors.listings import chips, level_chips, planned
from leads.selectors.orders import CLOSED_LEVELS, Segment, page_of

PAGE = 20
# So many are counted; beyond it is “50+”.
COUNTED = 50
BY_LEVEL, BY_STAGE = "level", "stage"
# What a stage becomes true by is told elsewhere; delivered leads stand on no board.
STAGES = tuple(stage for stage in Lead.Stage if stage != Lead.Stage.DELIVERED)


@dataclass(frozen=True)
class Pile:
    """A column: its code, what it is called, where its cards load from."""

    code: str
    label: str | Promise
    url: str
    level: Any = None


def board(user: User, query: Query) -> dict[str, Any]:
    """The board without its cards: each column asks for its own."""
    reading = read(user, query)
    by = BY_STAGE if first(query, "by") == BY_STAGE else BY_LEVEL
    words = reading.words(order=None)
    return {
        "by": by,
        "piles": piles(reading, by, words),
        "reading": reading,
        "words": words,
        "chips": chips(reading),
        "level_chips": level_chips(reading) if by == BY_STAGE else [],
        "may_move": may(user, "leads.change_lead"),
    }


def piles(reading: Reading, by: str, words: str) -> list[Pile]:
    def url(code: str) -> str:
        return f"{reverse('leads:board-column', args=[by, code])}?{words}"

    if by == BY_STAGE:
        return [Pile(stage.value, stage.label, url(stage.value)) for stage in STAGES]
    return [
        Pile(level.code, level.name, url(level.code), level)
        for level in reading.levels
        if level.is_active and level.code not in CLOSED_LEVELS
    ]


def column(user: User, query: Query, *, by: str, code: str) -> dict[str, Any] | None:
    """A column's cards, newest first, a page at a time; None if there is no such column."""
    if by not in (BY_LEVEL, BY_STAGE):
        return None
    reading = read(user, query)
    pile = next((one for one in piles(reading, by, reading.words(order=None)) if one.code == code),
                None)  # fmt: skip
    if pile is None:
        return None
    rows = reading.rows.open()
    rows = rows.filter(stage=code) if by == BY_STAGE else rows.filter(level=pile.level)
    after = first(query, "after")
    found, more = page_of(rows.for_list(), [Segment(Q())], after, size=PAGE)
    return {
        "by": by,
        "pile": pile,
        "cards": [card(user, lead, reading) for lead in found],
        "count": "" if after else counted(rows),
        "more": f"{pile.url}&after={more}" if more else "",
        "after": after,
    }


def counted(rows: LeadQuerySet) -> str:
    """How many there are, up to "50+": counting stops there."""
    number = rows[: COUNTED + 1].count()
    return f"{COUNTED}+" if number > COUNTED else str(number)


def card(user: User, lead: Lead, reading: Reading) -> dict[str, Any]:
    return {
        "pk": lead.pk,
        "url": reverse("leads:lead-sheet", args=[lead.pk]),
        "move_url": reverse("leads:lead-move", args=[lead.pk])
        if lead.status == Lead.Status.OPEN and may(user, "leads.change_lead", lead)
        else "",
        "name": lead.customer.display_name,
        "level": lead.level,
        "stage": lead.get_stage_display(),
        "series": lead.series.name if lead.series else "",
        "consultant": lead.consultant.name if lead.consultant else "",
        "next_contact_on": lead.next_contact_on,
        **planned(lead, reading.today),
    }
