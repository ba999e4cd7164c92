"""How Chinese names sort and how people search for them."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

WORD = re.compile(r"[^0-9a-z]+")
MAX_KEY = 60
DOUBLE_SURNAMES = frozenset(
    {
        "欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容",
        "令狐", "长孙", "宇文", "司徒", "南宫", "东方", "独孤", "端木", "轩辕",
    }
)  # fmt: skip


@lru_cache(maxsize=10_000)
def syllables(name: str) -> tuple[str, ...]:
    """`王建国` → `wang`, `jian`, `guo`; a run of Latin letters stays one piece."""
    return tuple(lazy_pinyin(name))


def pinyin(name: str) -> str:
    """`王建国` → `wangjianguo`; Latin letters stay."""
    return WORD.sub("", "".join(syllables(name)).lower())[:MAX_KEY]


def initials(name: str) -> str:
    """`王建国` → `wjg`."""
    spoken = syllables(name)
    if len(spoken) == len(name):
        # One syllable for each sign: its first letter, without asking the dictionary again.
        return WORD.sub("", "".join(syllable[:1] for syllable in spoken).lower())[:MAX_KEY]
    return WORD.sub("", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower())[:MAX_KEY]


def sort_key(name: str) -> str:
    """The key that sorts names by pinyin on both databases."""
    return f"{pinyin(name)} {name}"[:120]


def is_surname(name: str) -> bool:
    """Whether only the surname is known: `王`, `欧阳`."""
    return len(name) == 1 or name in DOUBLE_SURNAMES
