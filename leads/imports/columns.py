"""Which column is which: the header row is found, and each header's field is guessed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.utils.translation import gettext as _

from leads.imports.kinds import ImportKind
from leads.imports.readers import Row, written

LOOKED_AT = 15
LONGEST_HEADER = 60
NOISE = re.compile(r"[\s·:：*＊()（）\[\]【】\-_/、,，.。“”\"']+")
PHONE = re.compile(r"(?:\+?86)?[\s-]*1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?:\.0)?")
SURNAMED = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True)
class Head:
    """Where the header stands (0: there is none) and what it says, column by column."""

    row: int
    names: list[str]


@lru_cache(maxsize=1_000)
def simple(text: str) -> str:
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def head_of(rows: Iterable[Row], kind: ImportKind, *, given: int | None = None) -> Head:
    """
    Find the header among the first rows: the one whose cells are most of them known words.

    A cell that is empty because cells above were merged takes the word above it. Where the
    first row already holds a phone number, the file has no header.
    """
    first = list(islice(rows, LOOKED_AT))
    width = max((len(row.cells) for row in first), default=0)
    if given is None:
        given = _best(first, kind)
    chosen = next((row for row in first if row.number == given), None)
    if not given or chosen is None:
        return Head(0, _named([""] * width))
    names = [written(chosen.at(column)) for column in range(width)]
    above = [row for row in first if row.number < chosen.number]
    if above and sum(bool(name) for name in names) < width:
        merged = _spread(above[-1], width) if _is_head(above[-1]) else [""] * width
        names = [name or merged[column] for column, name in enumerate(names)]
    return Head(chosen.number, _named(names))


def _best(rows: list[Row], kind: ImportKind) -> int:
    known = {simple(word) for field in kind.fields for word in field.synonyms.split()}
    best, most = 0, 0
    for row in rows:
        score = sum(simple(written(cell)) in known for cell in row.cells)
        # Of a header in two rows the lower one says more.
        if score > most or (0 < score == most and row.number == best + 1):
            best, most = row.number, score
    if best:
        return best
    if not rows or any(PHONE.fullmatch(written(cell)) for cell in rows[0].cells):
        return 0
    return rows[0].number


def _is_head(row: Row) -> bool:
    return sum(cell is not None and written(cell) != "" for cell in row.cells) > 1


def _spread(row: Row, width: int) -> list[str]:
    """Merged cells hold their word in the first one alone."""
    spread, word = [], ""
    for column in range(width):
        word = written(row.at(column)) or word
        spread.append(word)
    return spread


def _named(names: list[str]) -> list[str]:
    """Every column gets a name of its own."""
    found: list[str] = []
    for column, name in enumerate(names):
        name = " ".join(name.split())[:LONGEST_HEADER]
        name = name or _("Column %(letter)s") % {"letter": letter(column)}
        twin = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({twin + 1})" if twin else name)
    return found


def letter(column: int) -> str:
    """0 → A, 26 → AA, as spreadsheets count."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def suggest(
    names: list[str], kind: ImportKind, *, saved: Mapping[str, str], sample: list[Row]
) -> dict[int, str]:
    """
    The field of each column: as it was matched last, else by its header, else by its cells.

    Each field is given once; a column that nothing fits stays out.
    """
    found = {
        column: saved[name] for column, name in enumerate(names) if saved.get(name) in kind.by_code
    }
    found = _once(found, kind)
    for is_whole in (True, False):
        for column, name in enumerate(names):
            if column in found or name in saved:
                continue
            code = _by_name(simple(name), kind, is_whole=is_whole)
            if code and (kind.by_code[code].is_joined or code not in found.values()):
                found[column] = code
    if "phone" in kind.by_code and "phone" not in found.values():
        for code, pattern in (("phone", PHONE), ("name", SURNAMED)):
            fits = _by_cells(pattern, sample, set(found), len(names))
            if fits is not None and code not in found.values():
                found[fits] = code
    return dict(sorted(found.items()))


def _once(found: dict[int, str], kind: ImportKind) -> dict[int, str]:
    kept: dict[int, str] = {}
    for column, code in found.items():
        if kind.by_code[code].is_joined or code not in kept.values():
            kept[column] = code
    return kept


def _by_name(name: str, kind: ImportKind, *, is_whole: bool) -> str:
    """The field whose word the header is; or (not `is_whole`) the longest word it contains."""
    best, length = "", 0
    for field in kind.fields:
        for word in map(simple, field.synonyms.split()):
            fits = name == word if is_whole else len(word) > 1 and word in name
            if fits and len(word) > length:
                best, length = field.code, len(word)
    return best


def _by_cells(
    pattern: re.Pattern[str], sample: list[Row], taken: set[int], width: int
) -> int | None:
    for column in range(width):
        cells = [text for row in sample if (text := written(row.at(column)))]
        if column in taken or not cells:
            continue
        if sum(bool(pattern.fullmatch(text)) for text in cells) * 2 > len(cells):
            return column
    return None
