"""The leads that somebody has ticked in the list, and what became of them."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from dealership.staff.models import User
from leads.models import BulkLine, BulkRun, Lead
from leads.selectors.filters import is_id, listing_rows

NAMED = 5


@dataclass(frozen=True)
class Chosen:
    """Ids as they were ticked; how many of them the person may see, and a few by name."""

    ids: list[int]
    number: int
    names: list[str]
    is_capped: bool = False


def chosen_leads(user: User, sent: QueryDict, *, most: int) -> Chosen:
    """The ticked ids, or with `all` the newest of those that the filters in `query` mean."""
    seen = Lead.objects.visible_to(user)
    is_capped = False
    if sent.get("all"):
        meant = listing_rows(user, QueryDict(sent.get("query", "")[:1000]))
        newest = meant.order_by("-opened_at", "-pk").values_list("pk", flat=True)
        ids = list(newest[: most + 1])
        is_capped, ids = len(ids) > most, ids[:most]
    else:
        words = ",".join(sent.getlist("ids")).split(",")
        ids = list(dict.fromkeys(int(word) for word in words if is_id(word)))
    known = seen.filter(pk__in=ids[:most])
    first = known.select_related("customer").order_by("-pk")[:NAMED]
    return Chosen(ids, known.count(), [lead.customer.display_name for lead in first], is_capped)


def bulk_result(run: BulkRun) -> dict[str, Any]:
    """A bulk change's lines by what became of them."""
    lines = list(run.lines.select_related("lead__customer", "lead__level").order_by("lead_id"))

    def of(state: BulkLine.State) -> list[BulkLine]:
        return [line for line in lines if line.state == state]

    return {
        "run": run,
        "done": of(BulkLine.State.DONE),
        "refused": of(BulkLine.State.REFUSED),
        "waiting": of(BulkLine.State.WAITING),
    }
