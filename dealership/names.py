"""How Chinese names sort and how people search for them."""

import re

from pypinyin import Style, lazy_pinyin

WORD = re.compile(r"[^0-9a-z]+")
MAX_KEY = 60


def pinyin(name: str) -> str:
    """`王建国` → `wangjianguo`; Latin letters stay."""
    return WORD.sub("", "".join(lazy_pinyin(name)).lower())[:MAX_KEY]


def initials(name: str) -> str:
    """`王建国` → `wjg`."""
    return WORD.sub("", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower())[:MAX_KEY]


def sort_key(name: str) -> str:
    """The key that sorts names by pinyin on both databases."""
    return f"{pinyin(name)} {name}"[:120]
