"""The engine of the invented past: events in the order of time, each at its own moment."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from dealership import clock

Event = Callable[..., None]


class Story:
    """
    What happens when: `at(moment, event, *args)` plans it, `tell(until=…)` lets it happen.

    An event may plan others. What lies beyond `until` stays untold, so the present is simply
    where the story stops.
    """

    def __init__(self) -> None:
        self._planned: list[tuple[datetime, int, Event, tuple[Any, ...]]] = []
        self._turn = count()

    def at(self, moment: datetime, event: Event, *args: Any) -> None:
        heapq.heappush(self._planned, (moment, next(self._turn), event, args))

    def tell(self, *, until: datetime) -> None:
        """Let everything up to `until` happen, with the clock of the house set to each moment."""
        while self._planned and self._planned[0][0] <= until:
            moment, _turn, event, args = heapq.heappop(self._planned)
            with clock.pretending(moment), savepoints_at_night(moment):
                event(moment, *args)


# By day no message is refused.
FIRST_HOUR, LAST_HOUR = 9, 20


@contextmanager
def without_savepoints() -> Iterator[None]:
    """
    Let nested `atomic` blocks join the demo's one transaction.

    The demo is written whole or not at all, and by day it breaks no rule on its way: a savepoint
    for each of its actions would be a third of its time.
    """
    features = connection.features
    usual = features.uses_savepoints
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = usual


@contextmanager
def savepoints_at_night(moment: datetime) -> Iterator[None]:
    """Let an action of the evening be refused, as the quiet hours may, without harm to the rest."""
    features = connection.features
    usual = features.uses_savepoints
    if not FIRST_HOUR <= timezone.localtime(moment).hour < LAST_HOUR:
        features.uses_savepoints = True
    try:
        yield
    finally:
        features.uses_savepoints = usual
