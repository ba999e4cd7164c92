"""The registry of what a file can hold: its fields, and who makes rows out of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from dealership.errors import RuleViolation
from leads.imports.readers import Cell, Row, written

if TYPE_CHECKING:
    from dealership.customers.models import Customer
    from leads.models import ImportRow, ImportRun, Lead


@dataclass(frozen=True)
class Field:
    """A fact that a column may hold, the headers it goes by, and how its cells are read."""

    code: str
    label: str | Promise
    # Separated by spaces; how a header writes them (spaces, signs, capitals) does not matter.
    synonyms: str
    read: Callable[[Cell], Any]
    is_required: bool = False
    # Several columns may be this field: their texts are joined, each with its header.
    is_joined: bool = False


@dataclass
class Verdict:
    """One row as it will be: the engine writes its `ImportRow` from it."""

    number: int
    facts: dict[str, Any]
    raw: tuple[Cell, ...] = ()
    outcome: str = "created"
    reason: str = ""
    # Whom the store knew before, and their open lead; what the row brings has an id alone.
    customer: "Customer | None" = None
    lead: "Lead | None" = None
    new_customer_id: int | None = None
    new_lead_id: int | None = None
    subject_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def customer_id(self) -> int | None:
        return self.customer.pk if self.customer else self.new_customer_id

    @property
    def lead_id(self) -> int | None:
        return self.lead.pk if self.lead else self.new_lead_id

    @property
    def is_written(self) -> bool:
        return self.outcome not in ("skipped", "failed")

    def leave(self, outcome: str, reason: str) -> "Verdict":
        """Write nothing of the row, and say why."""
        self.outcome, self.reason = outcome, reason[:300]
        return self


Judge = Callable[["ImportRun", list[Verdict]], None]
Write = Callable[["ImportRun", list[Verdict], datetime], None]
Withdraw = Callable[["ImportRun", "list[ImportRow]", datetime], Mapping[int, str]]


@dataclass(frozen=True)
class ImportKind:
    """
    What a file can hold; a room declares its own in `imports.py`.

    By dotted path: `judge(run, verdicts)` says what becomes of rows and writes nothing,
    `write(run, verdicts, at)` writes those that are not left out, `withdraw(run, rows, at)`
    takes back what is the room's own and returns why it kept some, by the row's pk.
    """

    code: str
    label: str | Promise
    hint: str | Promise
    fields: tuple[Field, ...]
    judge: str
    write: str
    withdraw: str = ""
    opens_leads: bool = True

    @cached_property
    def by_code(self) -> dict[str, Field]:
        return {field.code: field for field in self.fields}

    @property
    def judging(self) -> Judge:
        return import_string(self.judge)

    @property
    def writing(self) -> Write:
        return import_string(self.write)

    @property
    def withdrawing(self) -> Withdraw | None:
        return import_string(self.withdraw) if self.withdraw else None

    def understand(self, row: Row, mapping: Mapping[int, str], headers: list[str]) -> Verdict:
        """Read a row's cells by the mapping; what cannot be read makes it fail, all at once."""
        facts: dict[str, Any] = {}
        wrong = []
        for column, code in mapping.items():
            wanted, cell = self.by_code[code], row.at(column)
            try:
                said = wanted.read(cell)
            except RuleViolation as refusal:
                wrong.append(f"{_header(headers, column)}: {refusal}")
                continue
            if wanted.is_joined and said:
                before = facts.get(code, "")
                said = f"{_header(headers, column)}: {said}" if _several(mapping, code) else said
                said = f"{before}\n{said}" if before else said
                facts[code] = said
            elif not wanted.is_joined:
                facts[code] = said
        verdict = Verdict(row.number, facts, row.cells)
        if wrong:
            verdict.leave("failed", " ".join(wrong))
        return verdict


def _header(headers: list[str], column: int) -> str:
    return headers[column] if column < len(headers) else str(column + 1)


def _several(mapping: Mapping[int, str], code: str) -> bool:
    return sum(entry == code for entry in mapping.values()) > 1


def texts_of(cells: tuple[Cell, ...]) -> list[str]:
    """The cells as they stood on the page, for the file of failed rows."""
    return [written(cell)[:500] for cell in cells]


KINDS: dict[str, ImportKind] = {}


def declare_import(kind: ImportKind) -> ImportKind:
    if kind.code in KINDS:
        raise ValueError(f"{kind.code} is declared twice")
    KINDS[kind.code] = kind
    return kind


def kind_of(code: str) -> ImportKind:
    return KINDS[code]
