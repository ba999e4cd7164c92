"""Questions about files on their way into a list: their head, what will become of their rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from leads.imports.columns import Head, head_of, suggest
from leads.imports.kinds import Field, Verdict, kind_of
from leads.imports.readers import Row, rows_of, written
from leads.models import ImportRow, ImportRun

SAMPLE = 30
SHOWN = 50
CHEAP = 5_000
PREVIEWED = 6


def open_rows(run: ImportRun, file: Any) -> Iterator[Row]:
    """Every row of the file that holds something, header and all."""
    return rows_of(
        file, format=run.format, encoding=run.encoding, delimiter=run.delimiter, sheet=run.sheet
    )


def body(run: ImportRun, file: Any, *, after: int = 0) -> Iterator[Row]:
    """The rows below the header and after row number `after`."""
    start = max(run.header_row, after)
    return (row for row in open_rows(run, file) if row.number > start)


def read_head(
    run: ImportRun, *, header_row: int | None = None
) -> tuple[Head, dict[int, str], list[Row]]:
    """Where the header stands, which field each column may be, and the first rows below it."""
    kind = kind_of(run.kind)
    with run.file.open("rb") as file:
        first = list(islice(open_rows(run, file), SAMPLE + 15))
    if not first:
        raise RuleViolation(_("The file holds no rows."), code="empty", field="file")
    head = head_of(first, kind, given=header_row)
    sample = [row for row in first if row.number > head.row][:SAMPLE]
    guessed = suggest(head.names, kind, saved=run.prospect_list.columns, sample=sample)
    return head, guessed, sample


def mapping_of(run: ImportRun) -> dict[int, str]:
    return {int(column): code for column, code in run.mapping.items()}


@dataclass(frozen=True)
class Column:
    """A column on the page where columns are matched: what it says and how it fits."""

    number: int
    header: str
    values: list[str]
    field: Field | None
    fits: int
    misfits: list[str]


def columns_of(run: ImportRun, mapping: dict[int, str]) -> list[Column]:
    """Each column with values and with what its field makes of the first rows."""
    kind = kind_of(run.kind)
    with run.file.open("rb") as file:
        sample = list(islice(body(run, file), SAMPLE))
    found = []
    for number, header in enumerate(run.headers):
        cells = [row.at(number) for row in sample]
        texts = [text for cell in cells if (text := written(cell))]
        field = kind.by_code.get(mapping.get(number, ""))
        fits, misfits = 0, []
        for cell in cells if field else ():
            if not written(cell):
                continue
            try:
                field.read(cell)  # type: ignore[union-attr]
                fits += 1
            except RuleViolation as refusal:
                misfits.append(str(refusal))
        found.append(Column(number, header, list(dict.fromkeys(texts))[:3], field, fits, misfits))
    return found


@dataclass(frozen=True)
class Line:
    """A row of the file as the preview shows it."""

    number: int
    outcome: str
    label: str
    cells: list[str]
    reason: str
    customer: Any


@dataclass(frozen=True)
class Preview:
    """The first rows as they will be, and how all of them add up if that was cheap to say."""

    heads: list[str]
    rows: list[Line]
    created: int
    known: int
    skipped: int
    failed: int
    judged: int
    is_whole: bool


def preview_of(run: ImportRun) -> Preview:
    """Judge the file's rows as the import will, a few thousand at most; nothing is written."""
    mapping = mapping_of(run)
    columns = list(mapping)[:PREVIEWED]
    counts: Counter[str] = Counter()
    shown: list[Line] = []
    judged, is_whole = 0, True
    with run.file.open("rb") as file:
        rows = body(run, file)
        while chunk := list(islice(rows, 1_000)):
            verdicts = judged_rows(run, chunk)
            shown += [_line(verdict, columns) for verdict in verdicts[: SHOWN - len(shown)]]
            counts.update(verdict.outcome for verdict in verdicts)
            judged += len(verdicts)
            if judged >= CHEAP:
                is_whole = next(rows, None) is None
                break
    return Preview(
        [run.headers[column] for column in columns if column < len(run.headers)],
        shown,
        counts["created"],
        counts["matched"] + counts["merged"],
        counts["skipped"],
        counts["failed"],
        judged,
        is_whole,
    )


def _line(verdict: Verdict, columns: list[int]) -> Line:
    cells = [
        written(verdict.raw[column]) if column < len(verdict.raw) else "" for column in columns
    ]
    label = str(ImportRow.Outcome(verdict.outcome).label)
    return Line(verdict.number, verdict.outcome, label, cells, verdict.reason, verdict.customer)


def judged_rows(run: ImportRun, rows: list[Row]) -> list[Verdict]:
    """What becomes of each row: read by the mapping, then judged by the kind of the file."""
    kind, mapping = kind_of(run.kind), mapping_of(run)
    verdicts = [kind.understand(row, mapping, run.headers) for row in rows]
    kind.judging(run, verdicts)
    return verdicts


def rows_of_run(run: ImportRun, *, outcome: str, after: int) -> list[ImportRow]:
    """A page of the rows of a run, in the file's order."""
    rows = ImportRow.objects.filter(run=run, number__gt=after).with_people()
    if outcome in ImportRow.Outcome.values:
        rows = rows.of(outcome)
    elif outcome == "kept":
        rows = rows.exclude(kept_reason="")
    return list(rows.order_by("number")[: SHOWN + 1])


@dataclass(frozen=True)
class Progress:
    """How far a run has come, for a bar and a sentence."""

    done: int
    total: int
    share: int
    per_second: int
    seconds_left: int


def progress_of(run: ImportRun) -> Progress:
    total = max(run.total - (1 if run.header_row else 0), run.done, 1)
    if run.state in (ImportRun.State.REVERTING, ImportRun.State.REVERTED):
        total = max(run.created + run.matched, run.done, 1)
    speed = run.done / run.worked_seconds if run.worked_seconds > 0 else 0.0
    if run.state == ImportRun.State.REVERTING:
        speed = 0.0
    left = round((total - run.done) / speed) if speed else 0
    is_done = run.state in (ImportRun.State.DONE, ImportRun.State.REVERTED)
    share = 100 if is_done else min(99, run.done * 100 // total)
    return Progress(run.done, total, share, round(speed), left)


def outcome_chips(run: ImportRun, chosen: str) -> list[dict[str, Any]]:
    """The outcomes of a run's rows as filters."""
    counts = {
        ImportRow.Outcome.CREATED: run.created,
        ImportRow.Outcome.SKIPPED: run.skipped,
        ImportRow.Outcome.FAILED: run.failed,
    }
    chips = [{"url": "?", "label": _("All"), "active": not chosen, "count": None}]
    chips += [
        {
            "url": f"?outcome={outcome}",
            "label": outcome.label,
            "active": chosen == outcome,
            "count": counts.get(outcome),
        }
        for outcome in ImportRow.Outcome
    ]
    if run.kept:
        kept = {"url": "?outcome=kept", "label": _("Kept"), "active": chosen == "kept"}
        chips.append(kept | {"count": run.kept})
    return chips


def step_url(run: ImportRun, step: str) -> str:
    """The address of a step on the way: columns, start."""
    return reverse(f"leads:import-{step}", args=[run.pk])
