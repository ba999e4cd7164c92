"""CSV files: which encoding and which delimiter they were written with."""

import codecs
import csv
import io
from collections.abc import Iterable
from statistics import median
from typing import IO

from django.utils.translation import gettext as _

from dealership.errors import RuleViolation

BLOCK = 1024 * 1024
SAMPLE = 64 * 1024
DELIMITERS = ",;\t|"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How much of a Chinese text consists of frequent characters, in the encoding it was written in.
USUAL_SHARE = 0.7


def encoding_of(file: IO[bytes]) -> str:
    """
    Return the encoding of the whole file: UTF-8, UTF-16 with its mark, or GB18030 (GBK).

    RuleViolation for Big5 and for what is none of these: guessing would import wrong names.
    """
    file.seek(0)
    head = file.read(SAMPLE)
    for mark, encoding in BOMS:
        if head.startswith(mark):
            if _decodes(file, encoding):
                return encoding
            raise _unknown()
    if b"\x00" in head:
        raise RuleViolation(
            _("This is no table. Save the list as XLSX or CSV and upload that file."),
            code="format",
            field="file",
        )
    if _decodes(file, "utf-8"):
        return "utf-8"
    sample = _sample(file)
    share = _share(sample, "gb18030", 0xB0, 0xD7)
    if share >= USUAL_SHARE and _decodes(file, "gb18030"):
        return "gb18030"
    if _share(sample, "big5", 0xA4, 0xC6) > share and _decodes(file, "big5"):
        raise RuleViolation(
            _("The file is written in Big5 (traditional Chinese). Save it as “CSV UTF-8” or "
              "XLSX and upload it again."),
            code="encoding",
            field="file",
        )  # fmt: skip
    raise _unknown()


def _unknown() -> RuleViolation:
    return RuleViolation(
        _("The characters of this file cannot be read. Save it as “CSV UTF-8” or XLSX and upload "
          "it again."),
        code="encoding",
        field="file",
    )  # fmt: skip


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(file: IO[bytes]) -> bytes:
    """The beginning up to the end of a line, so that no character is cut in two."""
    file.seek(0)
    head = file.read(BLOCK)
    cut = head.rfind(b"\n")
    return head[:cut] if cut > 0 and len(head) == BLOCK else head


def _share(sample: bytes, encoding: str, first: int, last: int) -> float:
    """Of the different double-byte characters, how many lie among the frequent ones."""
    written = {sign for sign in sample.decode(encoding, errors="replace") if sign > "\u007f"}
    if not written:
        return 0.0
    usual = 0
    for sign in written:
        try:
            code = sign.encode(encoding)
        except UnicodeEncodeError:
            continue
        is_mark = code[0] in (0xA1, 0xA3)  # full-width punctuation and digits, in both
        usual += len(code) == 2 and ((first <= code[0] <= last and code[1] >= 0x40) or is_mark)
    return usual / len(written)


def delimiter_of(text: str) -> str:
    """The sign that cuts most lines into most columns, as `text`, the beginning, shows."""
    best, most = ",", 1.0
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
        except csv.Error:
            continue
        width = median(len(row) for row in rows[:30]) if rows else 0
        if width > most:
            best, most = delimiter, width
    return best


def head_of(lines: Iterable[str], size: int = 40) -> str:
    """The first lines of a text, whole."""
    taken: list[str] = []
    for line in lines:
        taken.append(line[:4000])
        if len(taken) >= size:
            break
    return "".join(taken)
