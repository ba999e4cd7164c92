"""An XLSX file is a ZIP archive: what it unpacks to is measured before anything parses it."""

import re
import zipfile
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation

MOST_ENTRIES = 2_000
MOST_UNPACKED = 600 * 1024 * 1024
# The table of texts is the one part that is held in memory while rows are read.
MOST_TEXTS = 96 * 1024 * 1024
MOST_RATIO = 250
SMALL = 4 * 1024 * 1024
BLOCK = 1024 * 1024
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
TEXTS = "xl/sharedstrings.xml"
ROW = re.compile(rb"<(?:[A-Za-z0-9]+:)?row[\s>/]")
OVERLAP = 24


def inspect(file: IO[bytes]) -> int:
    """
    Unpack the archive block by block and return the number of rows of its longest sheet.

    RuleViolation for what is no workbook, for a ZIP bomb (declared sizes may lie, so they are
    only the first check), and for more rows than are taken; all without keeping anything.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_shape(entries)
            return _unpack(archive, entries)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _broken() from error


def _refuse_shape(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names:
        raise RuleViolation(
            _("This is no workbook. Save the table as XLSX or CSV and upload that file."),
            code="format",
            field="file",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise RuleViolation(
            _("The file has a password. Save it without one and upload it again."),
            code="password",
            field="file",
        )
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or declared > MOST_UNPACKED
        or (declared > SMALL and declared > MOST_RATIO * max(packed, 1))
    ):
        raise _bomb()


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> int:
    total, longest = 0, 0
    for entry in entries:
        is_sheet = SHEET.fullmatch(entry.filename) is not None
        size, rows, tail = 0, 0, b""
        with archive.open(entry) as part:
            while block := part.read(BLOCK):
                size += len(block)
                total += len(block)
                over = size > SMALL and size > MOST_RATIO * max(entry.compress_size, 1)
                texts = entry.filename.lower() == TEXTS and size > MOST_TEXTS
                if total > MOST_UNPACKED or over or texts:
                    raise _bomb()
                if is_sheet:
                    seen = len(ROW.findall(tail))
                    window = tail + block
                    rows += len(ROW.findall(window)) - seen
                    tail = window[-OVERLAP:]
                    if rows > settings.IMPORT_MAX_ROWS + 1:
                        raise too_many_rows()
        longest = max(longest, rows)
    return longest


def too_many_rows() -> RuleViolation:
    return RuleViolation(
        _("The file has more than %(most)s rows. Split it and upload the parts one by one.")
        % {"most": f"{settings.IMPORT_MAX_ROWS:,}"},
        code="too_many_rows",
        field="file",
    )


def _bomb() -> RuleViolation:
    return RuleViolation(
        _("The file unpacks to far more than a table holds. It was not opened. Save the table "
          "anew, without pictures, as XLSX or CSV."),
        code="bomb",
        field="file",
    )  # fmt: skip


def _broken() -> RuleViolation:
    return RuleViolation(
        _("The file is damaged. Open it in the spreadsheet, save it anew and upload it again."),
        code="damaged",
        field="file",
    )
