"""Panels that later rooms show on the customer page: by URL name, never imported."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from dealership.staff.models import User
from dealership.staff.policy import may


@dataclass(frozen=True)
class Panel:
    """
    A part of the customer page; `url_name` takes the customer's pk and answers a fragment.

    It is a tab, or with `is_on_top` it stands above the tabs (what is owed). `only` names the
    kind of customer that it is for.
    """

    code: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int
    is_on_top: bool = False
    only: str = ""


@dataclass(frozen=True)
class Shown:
    """A panel that this reader may see, with its address."""

    code: str
    label: str | Promise
    icon: str
    url: str
    is_on_top: bool
    is_active: bool


PANELS: list[Panel] = []


def panel(shown: Panel) -> None:
    """Declare a panel; a room does so in its `menu` module."""
    PANELS.append(shown)
    PANELS.sort(key=lambda entry: entry.order)


def panels_for(user: User, customer_id: int, *, kind: str, chosen: str = "") -> list[Shown]:
    """
    The panels that `user` may see of a customer of this kind, those on top first.

    One tab is the active one.
    """
    found = [
        (entry, url)
        for entry in PANELS
        if entry.only in ("", kind)
        and may(user, entry.permission)
        and (url := _address(entry.url_name, customer_id))
    ]
    tabs = [entry.code for entry, _url in found if not entry.is_on_top]
    active = chosen if chosen in tabs else next(iter(tabs), "")
    shown = [
        Shown(entry.code, entry.label, entry.icon, url, entry.is_on_top, entry.code == active)
        for entry, url in found
    ]
    return sorted(shown, key=lambda entry: not entry.is_on_top)


def _address(url_name: str, customer_id: int) -> str:
    """The panel's address; none while its room has no such page."""
    try:
        return reverse(url_name, args=[customer_id])
    except NoReverseMatch:
        return ""
