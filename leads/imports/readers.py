"""Streams of rows out of CSV and XLSX files; a file of any length in the memory of a few rows."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from dealership.errors import RuleViolation
from leads.imports import archives, texts

MOST_COLUMNS = 100
LONGEST_CELL = 2_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<html", b"<!doc", b"<tabl", b"<?xml", b"<meta")


class Uncalculated:
    """A formula whose result the file does not hold."""

    def __str__(self) -> str:
        return "=?"


UNCALCULATED = Uncalculated()
Cell = str | int | float | bool | datetime | date | time | timedelta | Uncalculated | None


@dataclass(frozen=True)
class Row:
    """One row of a file: its number, as the spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        return all(written(cell) == "" for cell in self.cells)

    def at(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True)
class Shape:
    """What a file is, found out without reading it as a table."""

    format: str
    total: int
    encoding: str = ""
    delimiter: str = ""
    sheets: list[str] = field(default_factory=list)


def shape_of(file: IO[bytes]) -> Shape:
    """Look at a file's beginning, size and packing; RuleViolation for what cannot be a list."""
    file.seek(0)
    head = file.read(512)
    if not head.strip():
        raise RuleViolation(_("The file is empty."), code="empty", field="file")
    if head.startswith(OLD_EXCEL):
        raise RuleViolation(
            _("This is an old Excel file (.xls), or one with a password. Save it as “.xlsx” "
              "without a password and upload that."),
            code="format",
            field="file",
        )  # fmt: skip
    if head.startswith(b"PK"):
        rows = archives.inspect(file)
        return Shape("xlsx", rows, sheets=sheets_of(file))
    if head.lstrip()[:5].lower() in MARKUP:
        raise RuleViolation(
            _("This is a web page, not a table, whatever its name says. Open it in the "
              "spreadsheet, save it as “.xlsx” and upload that."),
            code="format",
            field="file",
        )  # fmt: skip
    encoding = texts.encoding_of(file)
    with text_of(file, encoding) as text:
        delimiter = texts.delimiter_of(texts.head_of(text))
    total = 0
    for _row in csv_rows(file, encoding, delimiter):
        total += 1
        if total > settings.IMPORT_MAX_ROWS + 1:
            raise archives.too_many_rows()
    return Shape("csv", total, encoding, delimiter)


def rows_of(
    file: IO[bytes], *, format: str, encoding: str = "", delimiter: str = ",", sheet: str = ""
) -> Iterator[Row]:
    """Every row of the file that holds something, in order."""
    if format == "csv":
        return csv_rows(file, encoding, delimiter)
    return xlsx_rows(file, sheet)


class text_of:  # noqa: N801
    """A text view of a binary file that leaves the file open when it is done."""

    def __init__(self, file: IO[bytes], encoding: str):
        file.seek(0)
        self.view = io.TextIOWrapper(file, encoding=encoding, newline="")

    def __enter__(self) -> io.TextIOWrapper:
        return self.view

    def __exit__(self, *_error: object) -> None:
        if not self.view.closed:
            self.view.detach()


def csv_rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[Row]:
    with text_of(file, encoding) as text:
        reader = csv.reader(text, delimiter=delimiter or ",")
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                row = Row(number, tuple(cell[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]))
                if not row.is_empty:
                    yield row
        except csv.Error as error:
            raise RuleViolation(
                _("After row %(number)s the file cannot be read: a quotation mark is not closed, "
                  "or a cell is endless.") % {"number": number},
                code="damaged",
                field="file",
            ) from error  # fmt: skip


class Parser(WorkSheetParser):
    """openpyxl's parser of a sheet, which also tells a formula without a result."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell = super().parse_cell(element)
        if (
            cell["value"] is None
            and element.find(FORMULA_TAG) is not None
            and element.find(VALUE_TAG) is None
        ) or cell["data_type"] == "e":
            cell["value"] = UNCALCULATED
        return cell


BROKEN = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError,
    TypeError, AttributeError, EOFError, OSError,
)  # fmt: skip


def _workbook(file: IO[bytes]) -> Any:
    file.seek(0)
    # What Excel's own extensions make openpyxl warn of matters to nobody here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def sheets_of(file: IO[bytes]) -> list[str]:
    """The names of the sheets that can be seen, in order; RuleViolation if there is none."""
    try:
        with closing(_workbook(file)) as book:
            found = [
                sheet.title
                for sheet in book.worksheets
                if sheet.sheet_state == "visible" and len(sheet.title) <= 60
            ]
    except BROKEN as error:
        raise damaged() from error
    if not found:
        raise RuleViolation(_("The workbook has no sheet."), code="empty", field="file")
    return found


def xlsx_rows(file: IO[bytes], name: str) -> Iterator[Row]:
    """Rows of one sheet. Missing rows are skipped, not filled: a lying number costs nothing."""
    try:
        with closing(_workbook(file)) as book, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sheet = book[name] if name in book.sheetnames else book.worksheets[0]
            with sheet._get_source() as source:
                parser = Parser(
                    source,
                    sheet._shared_strings,
                    data_only=True,
                    epoch=book.epoch,
                    date_formats=book._date_formats,
                    timedelta_formats=book._timedelta_formats,
                )
                for number, cells in parser.parse():
                    row = Row(number, _in_columns(cells))
                    if not row.is_empty:
                        yield row
    except BROKEN as error:
        raise damaged() from error


def _in_columns(cells: list[dict[str, Any]]) -> tuple[Cell, ...]:
    found = {cell["column"]: cell["value"] for cell in cells if cell["column"] <= MOST_COLUMNS}
    width = max((column for column, value in found.items() if value is not None), default=0)
    return tuple(_short(found.get(column)) for column in range(1, width + 1))


def _short(value: Any) -> Cell:
    return value[:LONGEST_CELL] if isinstance(value, str) else value


def damaged() -> RuleViolation:
    return RuleViolation(
        _("The file is damaged. Open it in the spreadsheet, save it anew and upload it again."),
        code="damaged",
        field="file",
    )


def written(cell: Cell) -> str:
    """A cell as it stands on the page: whole numbers without “.0”, days as 2026-11-23."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        return str(int(cell))
    if isinstance(cell, datetime):
        has_time = cell.time() != time.min
        return f"{cell:%Y-%m-%d %H:%M:%S}".removesuffix(":00") if has_time else f"{cell:%Y-%m-%d}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    text = str(cell).strip().replace("\x00", "")
    # How a spreadsheet keeps “=” and the like from being a formula; ours does so too.
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        return text[1:]
    return text
