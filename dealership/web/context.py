"""What every page's shell shows: menu, store, alarms, unread notices."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.module_loading import import_string

from dealership import clock
from dealership.staff.models import Store, User
from dealership.staff.policy import may


@dataclass(frozen=True)
class Entry:
    """
    A place in the menu; it shows to those who hold `permission`.

    One `under` another place (by its URL name) stands beside it at the head of both pages, and
    lends the menu nothing but its mark: a room with many pages is still one line. `beside` is
    what the first of them is called there.
    """

    url_name: str
    icon: str
    label: str | Promise
    permission: str
    group: str
    order: int = 50
    under: str = ""
    beside: str | Promise = ""


@dataclass
class Shown:
    url: str
    icon: str
    label: str | Promise
    name: str
    under: str
    group: str
    beside: str | Promise
    active: bool = False


@dataclass
class Group:
    key: str
    entries: list[Shown] = field(default_factory=list)


MENU: list[Entry] = []
GROUPS = ("work", "sale", "after", "boards", "settings")

# Upward knowledge, by dotted path: who raises alarms, who counts unread notices.
ALARMS: list[str] = []
UNREAD: list[str] = []


def menu(*entries: Entry) -> None:
    """Add a room's places to the menu; called at import of its `menu` module."""
    MENU.extend(entries)


class Shell:
    """The shell of one request's page; each part is read only if the template asks for it."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.user = cast(User, request.user)
        self.now = clock.now()

    @property
    def store(self) -> Store | None:
        return self.user.active_store

    @property
    def stores(self) -> list[Store]:
        return self.user.stores()

    @cached_property
    def entries(self) -> list[Shown]:
        """Every place that the person may go to; where they are is marked."""
        entries = [
            Shown(
                url,
                entry.icon,
                entry.label,
                entry.url_name,
                entry.under,
                entry.group,
                entry.beside or entry.label,
            )
            for entry in sorted(MENU, key=lambda entry: entry.order)
            if may(self.user, entry.permission) and (url := _address(entry.url_name))
        ]
        here = self.request.path
        around = [shown for shown in entries if is_around(shown.url, here)]
        if around:  # of a page and one below it only the nearer is where one is
            max(around, key=lambda shown: len(shown.url)).active = True
        return entries

    @cached_property
    def home(self) -> str:
        """The menu's own place of where one is."""
        here = next((shown for shown in self.entries if shown.active), None)
        return (here.under or here.name) if here else ""

    @property
    def menu(self) -> list[Group]:
        groups = {key: Group(key) for key in GROUPS}
        names = {shown.name for shown in self.entries}
        for shown in self.entries:
            if shown.under not in names:
                groups[shown.group].entries.append(shown)
        return [group for group in groups.values() if group.entries]

    @property
    def places(self) -> list[Shown]:
        """What stands beside the page in its room; nothing on pages that are no place."""
        here = next((shown for shown in self.entries if shown.active), None)
        if here is None or here.url != self.request.path:
            return []
        home = self.home
        family = [shown for shown in self.entries if home in (shown.name, shown.under)]
        return family if len(family) > 1 else []

    @property
    def alarms(self) -> list[Any]:
        if not self.user.is_manager:
            return []
        return [alarm for path in ALARMS for alarm in _call(path, self.user)]

    @property
    def unread(self) -> int:
        return sum(_call(path, self.user) for path in UNREAD)


@lru_cache(maxsize=256)
def _address(url_name: str) -> str:
    """The address of a place; none while its room has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def is_around(url: str, here: str) -> bool:
    """Whether the page `here` is the one at `url`, or below it."""
    return here == url or (url != "/" and here.startswith(url))


def _call(path: str, user: User) -> Any:
    found: Callable[[User], Any] = import_string(path)
    return found(user)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell`; anonymous pages get none."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": None}
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
