"""
The checklists of the SOP as declared tables (检查表).

A changed checklist is a new version beside the old one: what was ticked under a version stays
readable under that version for ever.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from dealership.sop.errors import UnknownChecklist
from dealership.sop.steps import Text


@dataclass(frozen=True)
class Grade:
    """How an item went, where that is more than done or faulty: liked, worried, not seen."""

    code: str
    label: Text
    icon: str = ""


@dataclass(frozen=True)
class Seen:
    """What the software itself sees of an item: in order or not, and what it looked at."""

    is_fine: bool
    text: Text = ""


@dataclass(frozen=True)
class Item:
    """
    One line of a checklist, with its key points (要点), under the head of its `group`.

    What `is_proven` is ticked by its evidence alone: another action, never by hand. What the
    software `sees` (dotted path of `(run) -> Seen | None`) it fills in by itself until the
    checklist is signed. `within` is how long the item may take since the item `since` was ticked.
    """

    code: str
    sop: str = field(default="", kw_only=True)
    title: Text = field(kw_only=True)
    points: tuple[Text, ...] = field(default=(), kw_only=True)
    icon: str = field(default="", kw_only=True)
    is_proven: bool = field(default=False, kw_only=True)
    group: Text = field(default="", kw_only=True)
    sees: str = field(default="", kw_only=True)
    since: str = field(default="", kw_only=True)
    within: timedelta | None = field(default=None, kw_only=True)

    @property
    def is_by_hand(self) -> bool:
        return not (self.is_proven or self.sees)


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """
    A version of a checklist: its items in the order of the work.

    With `grades` an item is ticked with one of them. One that `is_signed` can be corrected by
    whoever fills it in until it is signed, which needs every item and freezes all; its score is
    the share of items in order. `permission` is asked to fill it in, `view_permission` to see it,
    both with the run's subject; `page` is the URL name (taking the subject's pk) that shows it.
    """

    code: str
    version: int
    sop: str
    title: Text
    items: tuple[Item, ...]
    grades: tuple[Grade, ...] = ()
    is_signed: bool = False
    permission: str = "sop.use_checklist"
    view_permission: str = "sop.use_checklist"
    page: str = ""

    def __post_init__(self) -> None:
        codes = [item.code for item in self.items]
        if len(codes) != len(set(codes)):
            raise ValueError(f"Checklist {self.code} names an item twice.")

    def item(self, code: str) -> Item:
        """Return the item, or raise UnknownChecklist."""
        for item in self.items:
            if item.code == code:
                return item
        raise UnknownChecklist(f"{self.code} v{self.version}: {code}")

    def grade(self, code: str) -> Grade | None:
        """Return the grade, or None if the checklist knows no such one."""
        return next((grade for grade in self.grades if grade.code == code), None)

    @property
    def groups(self) -> list[tuple[Text, list[Item]]]:
        """The items under the heads of their groups."""
        return [(head, list(items)) for head, items in groupby(self.items, lambda item: item.group)]


CHECKLISTS: dict[tuple[str, int], Checklist] = {}


def declare_checklist(checklist: Checklist) -> Checklist:
    """Put `checklist` into the table; a version can be declared once."""
    key = (checklist.code, checklist.version)
    if CHECKLISTS.get(key, checklist) != checklist:
        raise ValueError(f"Checklist {checklist.code} v{checklist.version} is declared twice.")
    CHECKLISTS[key] = checklist
    return checklist


def checklist_for(code: str, version: int) -> Checklist:
    """Return the declared version, or raise UnknownChecklist."""
    try:
        return CHECKLISTS[code, version]
    except KeyError:
        raise UnknownChecklist(f"{code} v{version}") from None
