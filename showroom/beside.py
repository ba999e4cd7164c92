"""
What stands beside the steps of a visit in progress: declared by the rooms that know it.

A later stage puts its part there too (offer a test drive, a quote) without being imported.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """A part of the run sheet that loads itself: a URL name that takes the visit's pk."""

    url_name: str
    permission: str
    order: int = 50
    only_present: bool = False  # while the guest is here; else it stays afterwards too


BESIDE: list[Beside] = []


def beside(part: Beside) -> None:
    """Add a part; called at import of a room's `menu` module."""
    if part not in BESIDE:
        BESIDE.append(part)
        BESIDE.sort(key=lambda known: known.order)
