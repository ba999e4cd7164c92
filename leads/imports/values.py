"""What a cell means: phones, days, yes or no, as spreadsheets and people write them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from dealership.customers import phones, search
from dealership.customers.identity import Document, digest_of
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.vehicles.vin import normalise_vin
from leads.imports.readers import UNCALCULATED, Cell, Uncalculated, written

# Day 60 is the 29 February 1900 that never was: what comes before is no date of a list.
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 – a spreadsheet's days have no zone
BETWEEN = re.compile(r"[,;/、，；／|\n\r]+|\s或\s|\s和\s|\s{2,}")
SHORTENED = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)
MOBILE = re.compile(r"1[3-9]\d{9}")
DAY = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})(?:\s*[-/.月]\s*(?P<day>\d{1,2}))?\s*[日号月]?"
    r"(?:[T\s]+(?P<rest>\d{1,2}[:：时].*))?"
)
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(
    r"(?P<noon>上午|下午|晚上|中午|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:：时点](?:\s*(?P<minute>\d{1,2}))?"
    r"\s*分?(?:\s*[:：]\s*(?P<second>\d{1,2}))?\s*(?P<after>AM|PM)?",
    re.IGNORECASE,
)
MEN = {"男", "先生", "男士", "mr", "mr.", "m", "male", "man"}
WOMEN = {"女", "女士", "小姐", "太太", "ms", "ms.", "mrs", "mrs.", "miss", "f", "female", "woman"}
YES = {"是", "有", "对", "y", "yes", "true", "1", "√", "✓", "✔", "v", "决策者", "决策人"}
NO = {"否", "无", "没有", "不是", "n", "no", "false", "0", "×", "x", "-", "—", "非"}


def given(cell: Cell) -> Cell:
    """The cell, refused if it is a formula without a result."""
    if cell is UNCALCULATED or isinstance(cell, Uncalculated):
        raise RuleViolation(
            _("A formula without a result. Open the file in the spreadsheet, save it anew, or "
              "paste the values."),
            code="formula",
        )  # fmt: skip
    return cell


def text(cell: Cell, longest: int = 200) -> str:
    """Words, on one line."""
    return " ".join(plain(written(given(cell))).split())[:longest]


def plain(said: str) -> str:
    """Without signs that no keyboard writes."""
    if said.isprintable():
        return said
    return "".join(sign for sign in said if sign.isprintable() or sign.isspace())


def name(cell: Cell) -> str:
    said = text(cell, 500)
    if len(said) > 60:
        raise RuleViolation(_("A name has at most 60 characters."), code="name")
    return said


def numbers(cell: Cell) -> list[str]:
    """Every phone number of a cell, E.164, in order: two in a cell are two numbers."""
    said = unicodedata.normalize("NFKC", written(given(cell)))
    if not said:
        return []
    if SHORTENED.fullmatch(said.replace(" ", "")):
        raise RuleViolation(
            _("The spreadsheet has shortened this number to %(said)s. Format the column as text "
              "and enter it again.") % {"said": said[:20]},
            code="phone",
        )  # fmt: skip
    try:
        return [normalise(said)]
    except RuleViolation:
        parts = [part.strip() for part in BETWEEN.split(said) if part.strip()]
        if len(parts) == 1:
            digits = re.sub(r"[\s\-()]", "", said)
            parts = MOBILE.findall(digits) if len(digits) == 22 else said.split()
        if len(parts) < 2 or len(parts) > 5:
            raise _no_phone(said) from None
    return list(dict.fromkeys(_number(part, said) for part in parts))


def _number(part: str, said: str) -> str:
    try:
        return normalise(part)
    except RuleViolation:
        raise _no_phone(said) from None


def normalise(said: str) -> str:
    """E.164; the usual eleven digits without asking the numbering plan."""
    digits = said.replace(" ", "").replace("-", "").removeprefix("+86")
    if MOBILE.fullmatch(digits) and digits.isascii():
        return f"+86{digits}"
    return phones.normalise(said)


def _no_phone(said: str) -> RuleViolation:
    return RuleViolation(
        _("“%(said)s” is no complete phone number.") % {"said": said[:40]}, code="phone"
    )


def salutation(cell: Cell) -> str:
    said = text(cell).lower()
    if said in MEN:
        return Customer.Salutation.MR
    if said in WOMEN:
        return Customer.Salutation.MS
    return ""


def yes(cell: Cell) -> bool | None:
    """Yes, no, or nothing said."""
    said = text(cell).lower()
    if said in YES:
        return True
    return False if said in NO else None


def day(cell: Cell) -> date | None:
    """A day: a date, a spreadsheet's serial number, or text in one of the usual forms."""
    found = moment(cell)
    return found.date() if found else None


def moment(cell: Cell) -> datetime | None:
    """A day with its time, if one is written; without a zone, as the sheet has none."""
    cell = given(cell)
    if cell is None or written(cell) == "":
        return None
    if isinstance(cell, datetime):
        return _sane(cell.replace(tzinfo=None), cell)
    if isinstance(cell, date):
        return _sane(datetime(cell.year, cell.month, cell.day), cell)  # noqa: DTZ001
    said = unicodedata.normalize("NFKC", written(cell))
    if match := COMPACT_DAY.fullmatch(said):
        return _sane(_date(match[1], match[2], match[3], said), cell)
    if re.fullmatch(r"\d{5}(\.\d+)?", said) and FIRST_SERIAL <= float(said) < LAST_SERIAL:
        return EPOCH + timedelta(seconds=round(float(said) * 86_400))
    if match := DAY.fullmatch(said):
        found = _date(match["year"], match["month"], match["day"] or "1", said)
        if match["rest"] and (at := clock_time(match["rest"])):
            found = datetime.combine(found, at)
        return _sane(found, cell)
    raise _no_day(said)


def _date(year: str, month: str, day: str, said: str) -> datetime:
    try:
        return datetime(int(year), int(month), int(day))  # noqa: DTZ001
    except ValueError:
        raise _no_day(said) from None


def _sane(found: datetime, cell: Any) -> datetime:
    if not 1900 < found.year < 2100:
        raise _no_day(written(cell))
    return found


def _no_day(said: str) -> RuleViolation:
    return RuleViolation(
        _("“%(said)s” is no date such as 2026-11-23.") % {"said": said[:40]}, code="date"
    )


def clock_time(cell: Cell) -> time | None:
    """A time of day: a time, a fraction of a day, or text such as 下午2:30."""
    cell = given(cell)
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta):
        return (EPOCH + cell).time()
    if isinstance(cell, float) and 0 <= cell < 1:
        return (EPOCH + timedelta(minutes=round(cell * 1440))).time()
    said = unicodedata.normalize("NFKC", written(cell))
    if not said:
        return None
    if re.fullmatch(r"0\.\d+", said):
        return (EPOCH + timedelta(minutes=round(float(said) * 1440))).time()
    match = CLOCK.fullmatch(said) or CLOCK.fullmatch(said.split()[-1])
    if match is None:
        raise RuleViolation(
            _("“%(said)s” is no time such as 14:30.") % {"said": said[:40]}, code="time"
        )
    hour, noon = int(match["hour"]), (match["noon"] or match["after"] or "").upper()
    if noon in {"下午", "晚上", "PM"} and hour < 12:
        hour += 12
    if noon in {"AM", "上午"} and hour == 12:
        hour = 0
    try:
        return time(hour, int(match["minute"] or 0), int(match["second"] or 0))
    except ValueError:
        raise RuleViolation(
            _("“%(said)s” is no time such as 14:30.") % {"said": said[:40]}, code="time"
        ) from None


def plate(cell: Cell) -> str:
    said = search.compact(text(cell)).replace("-", "")
    if said and not search.PLATE_NUMBER.fullmatch(said):
        raise RuleViolation(_("This is not a complete plate, such as 鄂A12345."), code="plate")
    return said


def vin(cell: Cell) -> str:
    said = text(cell)
    return normalise_vin(said) if said else ""


def identity(cell: Cell) -> str:
    """The hash of an ID number; the number itself goes no further."""
    said = text(cell)
    return digest_of(Document.ID_CARD, said) if said else ""


def count(cell: Cell) -> int | None:
    """A small number, as in “3人”."""
    match = re.search(r"\d{1,4}", text(cell))
    return int(match[0]) if match else None
