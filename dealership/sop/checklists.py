"""
The checklists of the SOP as declared tables (检查表).

A changed checklist is a new version beside the old one: what was ticked under a version stays
readable under that version for ever.
"""

from dataclasses import dataclass, field

from dealership.sop.errors import UnknownChecklist
from dealership.sop.steps import Text


@dataclass(frozen=True)
class Item:
    """
    One line of a checklist, with its key points (要点).

    What `is_proven` is ticked by its evidence alone: another action, never by hand.
    """

    code: str
    sop: str = field(default="", kw_only=True)
    title: Text = field(kw_only=True)
    points: tuple[Text, ...] = field(default=(), kw_only=True)
    icon: str = field(default="", kw_only=True)
    is_proven: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """A version of a checklist: its items in the order of the work."""

    code: str
    version: int
    sop: str
    title: Text
    items: tuple[Item, ...]

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
