"""
The one search box: short keys of each customer, found by prefix through one index.

A key is a letter for its kind and the text: `p13800138000` phone from its start, `t00083100831`
the phone backwards (so that any tail is a prefix), `n王建国` a name or its rest, `y…` pinyin and
initials, `c鄂A12345` a plate or its rest.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol

from dealership.customers.phones import digits
from dealership.names import initials, pinyin

PHONE, TAIL, NAME, LATIN, PLATE = "p", "t", "n", "y", "c"
SHORTEST_TAIL = 4
SHORTEST_PREFIX = 3
MAX_KEY = 40
MAX_TYPED = 60
WHOLE_NUMBER = 11
PLATE_NUMBER = re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]")


class Named(Protocol):
    """A customer, or one to be."""

    name: str


def keys_of(customer: Named, numbers: Iterable[str], plates: Iterable[str]) -> set[str]:
    """Every key that finds this customer."""
    found = {f"{LATIN}{pinyin(customer.name)}", f"{LATIN}{initials(customer.name)}"}
    name = compact(customer.name)
    found |= {f"{NAME}{name[start:]}" for start in range(min(len(name), 8))}
    for number in numbers:
        national = digits(number)
        found |= {f"{PHONE}{national}", f"{TAIL}{national[::-1]}"}
    for plate in plates:
        written = compact(plate)
        found |= {f"{PLATE}{written[start:]}" for start in range(3)}
    return {key[:MAX_KEY] for key in found if len(key) > 1}


def prefixes(text: str, *, is_masked: bool = False) -> list[str]:
    """
    The key prefixes that what was typed may mean; none if it is too short to mean anything.

    For those who see numbers masked (`is_masked`) digits mean a whole number or the last four,
    which they see anyway: more would let them guess the rest digit by digit.
    """
    typed = compact(text[:MAX_TYPED])
    if not typed:
        return []
    if re.fullmatch(r"[\d+()\-]+", typed):
        return _digits_meant(digits(typed), is_masked=is_masked)
    meant = [f"{NAME}{typed}", f"{PLATE}{typed}"]
    if typed.isascii():
        meant.append(f"{LATIN}{typed.lower()}")
    return [prefix[:MAX_KEY] for prefix in meant]


def _digits_meant(number: str, *, is_masked: bool) -> list[str]:
    meant = []
    if len(number) >= (WHOLE_NUMBER if is_masked else SHORTEST_PREFIX):
        meant.append(f"{PHONE}{number}")
    if len(number) >= SHORTEST_TAIL:
        tail = number[-SHORTEST_TAIL:] if is_masked and len(number) < WHOLE_NUMBER else number
        meant += [f"{TAIL}{tail[::-1]}", f"{PLATE}{number}"]
    return [prefix[:MAX_KEY] for prefix in meant]


def compact(text: str) -> str:
    """Without spaces and dots, full-width signs narrowed, letters in capitals."""
    return re.sub(r"[\s·.\x00-\x1f]", "", unicodedata.normalize("NFKC", text)).upper()
