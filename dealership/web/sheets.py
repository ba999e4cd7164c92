"""Tables as files: every cell is text, none is a formula, and the sheet says whose it is."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

# What a spreadsheet would take for a formula (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_000
LONGEST_MARK = 200
IN_MEMORY = 4 * 1024 * 1024


def plain(text: str) -> str:
    """A cell that a spreadsheet shows and never computes."""
    text = text.replace("\x00", "")[:LONGEST_CELL]
    return f"'{text}" if text.startswith(FORMULA) else text


def write(
    format: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, mark: str = ""
) -> IO[bytes]:
    """A table as "xlsx" or "csv"; `mark` says on the sheet itself who took it, when and why."""
    if format == "csv":
        return _csv(header, rows, mark)
    return _xlsx(header, rows, mark)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]], mark: str) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – handed on
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    if mark:
        writer.writerow([plain(mark)])
    writer.writerow([plain(name) for name in header])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    text.detach()
    file.seek(0)
    return file


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[str]], mark: str) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – handed on
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
    sheet.set_column(0, max(len(header) - 1, 0), 18, text)
    line = 0
    if mark:
        sheet.write_string(0, 0, mark, book.add_format({"italic": True, "num_format": "@"}))
        printed = mark[:LONGEST_MARK].replace("&", "&&")
        sheet.set_header(f"&L&8{printed}")
        sheet.set_footer(f"&L&8{printed}&R&P / &N")
        line = 1
    for column, name in enumerate(header):
        sheet.write_string(line, column, name[:LONGEST_CELL], bold)
    sheet.freeze_panes(line + 1, 0)
    for row in rows:
        line += 1
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(line, column, cell.replace("\x00", "")[:LONGEST_CELL], text)
    book.close()
    file.seek(0)
    return file
