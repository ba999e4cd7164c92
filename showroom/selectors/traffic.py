"""The traffic of a day: figures that open their rows (SOP-4.1)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.staff.models import Store, User
from showroom.models import Visit


@dataclass(frozen=True)
class Counter:
    """A figure of the day that opens its rows."""

    code: str
    label: str | Promise
    value: int
    url: str


BATCH = Q(way=Visit.Way.WALK_IN, is_same_day_return=False)
LABELS: dict[str, str | Promise] = {
    "batches": _("Parties"),
    "first": _("First visit"),
    "again": pgettext_lazy("visit", "Again"),
    "contact": _("Left a number"),
    "calls": _("Calls"),
    "messages": _("Messages"),
}
COUNTERS: dict[str, tuple[Q, dict[str, str]]] = {
    "batches": (BATCH, {"way": "walk_in", "batch": "yes"}),
    "first": (BATCH & Q(is_first=True), {"way": "walk_in", "batch": "yes", "first": "yes"}),
    "again": (BATCH & Q(is_first=False), {"way": "walk_in", "batch": "yes", "first": "no"}),
    "contact": (BATCH & Q(has_contact=True), {"way": "walk_in", "batch": "yes", "phone": "yes"}),
    "calls": (Q(way=Visit.Way.CALL), {"way": "call"}),
    "messages": (Q(way=Visit.Way.MESSAGE), {"way": "message"}),
}


def counters(user: User, day: date, last: date | None = None) -> list[Counter]:
    """
    The traffic of a day (or of the days up to `last`) among the visits `user` may see.

    Batches are parties: a second visit of the same day belongs to the first one's.
    """
    figures = traffic(Visit.objects.visible_to(user), user.active_store, day, last)
    days = {"day": day.isoformat()} if last is None else {"from": f"{day}", "to": f"{last}"}
    url = reverse("showroom:register")
    return [
        Counter(code, LABELS[code], figures[code], f"{url}?{urlencode(days | wanted)}")
        for code, (_where, wanted) in COUNTERS.items()
    ]


def traffic(
    visits: Any, store: Store | None, day: date, last: date | None = None
) -> dict[str, int]:
    """The figures of `counters`, and the number of people, over a queryset of visits."""
    if store is None:
        return dict.fromkeys((*COUNTERS, "people"), 0)
    found = visits.on(day, last or day, store).counted()
    figures = {code: Count("pk", filter=condition) for code, (condition, _url) in COUNTERS.items()}
    answer = found.aggregate(people=Sum("party_size", filter=BATCH), **figures)
    return {code: value or 0 for code, value in answer.items()}
