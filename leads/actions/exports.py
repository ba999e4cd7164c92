"""Leads leave the house in a file: with a right, a reason, a cap and a mark (SOP-2, PIPL 51)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership import clock
from dealership.customers.selectors import primary_number
from dealership.errors import RuleViolation
from dealership.privacy.actions import log_export
from dealership.privacy.models import Export
from dealership.staff.models import Store, User
from dealership.web import sheets
from leads.models import ImportRow, ImportRun, Lead
from leads.selectors.exports import COLUMNS, cell_of

CHUNK = 500


@dataclass(frozen=True)
class Made:
    """A file to hand out, with its line in the log."""

    name: str
    file: IO[bytes]
    log: Export


@transaction.atomic
def export_leads(
    rows: models.QuerySet[Lead],
    *,
    columns: Sequence[str],
    reason: str,
    format: str = "xlsx",
    filters: str = "",
    by: User,
    at: datetime | None = None,
) -> Made:
    """
    Make a file of leads; the log keeps who took which columns of how many, and why.

    RuleViolation without a reason, without rows, or for more than the house lets go at once.
    """
    at, store = at or clock.now(), by.active_store
    chosen = [column for code, column in COLUMNS.items() if code in columns]
    if not chosen:
        raise RuleViolation(_("Choose at least one column."), field="columns")
    count = rows.count()
    if not count:
        raise RuleViolation(_("No lead fits these filters: there is nothing to export."))
    if count > settings.EXPORT_MAX_ROWS:
        raise RuleViolation(
            _("These are %(count)s leads; at most %(most)s leave the house in one file. Narrow "
              "the filters.") % {"count": f"{count:,}", "most": f"{settings.EXPORT_MAX_ROWS:,}"},
            code="too_many",
        )  # fmt: skip
    log = log_export(
        "leads", store=store, rows=count, columns=[column.code for column in chosen],
        filters=filters, format=format, reason=reason, by=by, at=at,
    )  # fmt: skip
    people = rows.select_related(
        "customer", "consultant", "level", "series", "source", "campaign", "prospect_list"
    ).annotate(number=primary_number("customer_id"))
    table = (
        [cell_of(column.code, lead, store) for column in chosen]
        for lead in people.order_by("-pk").iterator(chunk_size=CHUNK)
    )
    header = [str(column.label) for column in chosen]
    file = sheets.write(format, header, table, mark=_mark(store, log))
    return Made(f"leads-{at.astimezone(store.tz):%Y%m%d-%H%M}.{format}", file, log)


def _mark(store: Store, log: Export) -> str:
    """Who took it, when and why: on the sheet's first line and on every printed page."""
    return _("%(store)s · exported by %(name)s on %(at)s · no. %(pk)s · %(reason)s") % {
        "store": store.name,
        "name": log.user.name,
        "at": f"{log.at.astimezone(store.tz):%Y-%m-%d %H:%M}",
        "pk": log.pk,
        "reason": log.reason,
    }


# The header of the added column; no kind of import takes it for one of its fields.
WRONG = gettext_lazy("What is wrong")


@transaction.atomic
def failed_rows(run: ImportRun, *, by: User, at: datetime | None = None) -> Made:
    """
    The failed rows of a file as a file: the same columns and what is wrong, to correct it.

    Uploaded again to the same list its columns are known; the added one is left out.
    """
    if not run.failed:
        raise RuleViolation(_("No row of this file failed."))
    log = log_export(
        "failed_rows", store=run.store, rows=run.failed, columns=run.headers, format=run.format,
        reason=_("Rows of “%(file)s” to correct") % {"file": run.file_name}, by=by, at=at,
    )  # fmt: skip
    header = [*run.headers, str(WRONG)]
    stem = run.file_name.rpartition(".")[0] or run.file_name
    file = sheets.write(run.format, header, _failed(run, len(run.headers)))
    return Made(f"{stem}-{run.pk}.{run.format}", file, log)


def _failed(run: ImportRun, width: int) -> Iterator[list[str]]:
    rows = ImportRow.objects.filter(run=run).of(ImportRow.Outcome.FAILED).order_by("number")
    for row in rows.iterator(chunk_size=CHUNK):
        cells = [*(row.raw or []), *[""] * width][:width]
        yield [*cells, row.reason]
