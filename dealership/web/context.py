"""What every page's shell shows: menu, store, alarms, unread notices."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
    """A place in the menu; it shows to those who hold `permission`."""

    url_name: str
    icon: str
    label: str | Promise
    permission: str
    group: str
    order: int = 50


@dataclass
class Shown:
    url: str
    icon: str
    label: str | Promise
    active: bool
    name: str


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

    @property
    def menu(self) -> list[Group]:
        groups = {key: Group(key) for key in GROUPS}
        here = self.request.path
        for entry in sorted(MENU, key=lambda entry: entry.order):
            if not may(self.user, entry.permission):
                continue
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            shown = Shown(url, entry.icon, entry.label, active=False, name=entry.url_name)
            groups[entry.group].entries.append(shown)
        entries = [shown for group in groups.values() for shown in group.entries]
        around = [shown for shown in entries if is_around(shown.url, here)]
        if around:  # of a page and one below it only the nearer is where one is
            max(around, key=lambda shown: len(shown.url)).active = True
        return [group for group in groups.values() if group.entries]

    @property
    def alarms(self) -> list[Any]:
        if not self.user.is_manager:
            return []
        return [alarm for path in ALARMS for alarm in _call(path, self.user)]

    @property
    def unread(self) -> int:
        return sum(_call(path, self.user) for path in UNREAD)


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
