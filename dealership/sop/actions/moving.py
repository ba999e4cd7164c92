"""Many deadlines at once: another owner, another day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import models, transaction

from dealership.sop.actions.deadlines import frozen
from dealership.sop.models import Deadline
from dealership.sop.steps import Step
from dealership.staff.models import Store, User

# How many ids go into one statement.
MANY = 500


@transaction.atomic
def hand_over_many(moves: Mapping[int, User], *, of: User) -> int:
    """
    Give open promises of one person (by id) to colleagues; how many have moved.

    The same as `hand_over` for hundreds of rows: due times stay. Nobody is told and the
    timelines say nothing: whoever calls this does both for all that moves.
    """
    moved = 0
    of_receiver: dict[User, list[int]] = defaultdict(list)
    for pk, user in moves.items():
        of_receiver[user].append(pk)
    for user, ids in of_receiver.items():
        for some in _slices(ids):
            moved += Deadline.objects.open().filter(owner=of, pk__in=some).update(owner=user)
    return moved


def _slices(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + MANY] for start in range(0, len(ids), MANY))


def set_day(
    step: Step,
    deadlines: models.QuerySet[Deadline],
    *,
    store: Store,
    on: date,
    at: datetime,
    remind_before: timedelta | None = None,
) -> int:
    """
    Let watches begin anew at `at` and end on the day `on`; how many were open.

    Only a watch: what was promised to somebody keeps its day. One UPDATE for any number of rows.
    """
    if not step.is_watch:
        raise ValueError(f"{step.code}: what was promised keeps its day.")
    values = frozen(step, store, at, on, remind_before) | {
        "reminded_at": None,
        "acted_at": None,
        "attempts": 0,
        "lease": "",
        "leased_until": None,
    }
    return deadlines.filter(step=step.code, closed_at=None).update(**values)
