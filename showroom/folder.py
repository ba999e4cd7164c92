"""
SOP-3.2, the digital sales folder: which papers it holds, declared by the rooms that make them.

Shared material (brochures, press) are rows; a paper is a page of the house: a form filled in from
the customer, a calculator, a comparison.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Paper:
    """
    One paper of the folder: a page by URL name, taking `?customer=<pk>` where `is_personal`.

    `kind` is its place in the list of SOP-3.2.
    """

    kind: str
    title: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 50
    is_personal: bool = False


PAPERS: list[Paper] = []


def declare_paper(paper: Paper) -> None:
    """Add a paper; called at import of a room's `menu` module."""
    if paper not in PAPERS:
        PAPERS.append(paper)
        PAPERS.sort(key=lambda known: known.order)
