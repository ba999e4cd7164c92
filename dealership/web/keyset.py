"""Pages of a list that cost the same at row 10 and at row 1,000,000."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)
LONGEST_ID = 18


def page_after(
    rows: "models.QuerySet[Row]", field: str, after: str, *, size: int, newest_first: bool = True
) -> tuple[list[Row], str]:
    """
    Return the rows that follow row `after` by (`field`, pk), and the id to go on from, or ''.

    An id that is none of `rows`' table shows the first page.
    """
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    table = rows.model._default_manager
    if whole := after if after.isdecimal() and len(after) <= LONGEST_ID else "":
        last = table.filter(pk=int(whole)).values_list(field, flat=True).first()
        if last is not None:
            later: Any = Q(**{f"{field}__{beyond}": last})
            rows = rows.filter(later | Q(**{field: last, f"pk__{beyond}": int(whole)}))
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: size + 1])
    more = str(found[size - 1].pk) if len(found) > size else ""
    return found[:size], more
