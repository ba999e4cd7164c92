"""The search for duplicates over a whole store, a bounded piece at a time."""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions.events import note
from dealership.customers.duplicates import Pair, find_pairs
from dealership.customers.journal import Journal
from dealership.customers.merging import Joining, move_all
from dealership.customers.models import Customer, DuplicatePair, Merge, Sweep
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User

log = logging.getLogger(__name__)

CHUNK = 500
LEASE = timedelta(minutes=2)
# A store that was searched less than this ago rests.
REST = timedelta(hours=20)
# Rows that were on their way to a record while it was merged away arrive within moments.
STRAY_DAYS = timedelta(days=3)


@dataclass(frozen=True)
class Swept:
    """What one call has done."""

    looked_at: int
    found: int
    is_done: bool


def sweep_duplicates(
    store: Store,
    *,
    seconds: float | None = None,
    is_forced: bool = False,
    at: datetime | None = None,
) -> Swept | None:
    """
    Go on with the search where it stopped, for `seconds` at most; None if nothing is to be done.

    One worker at a time holds a store; whoever takes over from a dead one begins at its last
    whole chunk. Pairs that are no longer alike go, those that somebody decided on stay.
    """
    at = at or clock.now()
    until = time.monotonic() + seconds if seconds is not None else None
    sweep, _is_new = Sweep.objects.get_or_create(store=store)
    if not is_forced and sweep.finished_at and sweep.finished_at > at - REST:
        return None
    lease = uuid.uuid4().hex
    if not _claim(sweep, lease, at):
        return None
    sweep.refresh_from_db()
    if sweep.started_at is None or sweep.finished_at is not None:
        sweep.position, sweep.looked_at = 0, 0
        sweep.started_at, sweep.finished_at = at, None
        sweep.save(update_fields=["position", "looked_at", "started_at", "finished_at"])
    looked_at = found = 0
    while True:
        step = _chunk(sweep, lease)
        if step is None:
            return Swept(looked_at, found, is_done=False)
        looked_at, found = looked_at + step[0], found + step[1]
        if not step[0]:
            return Swept(looked_at, found, is_done=True)
        if until is not None and time.monotonic() >= until:
            Sweep.objects.filter(pk=sweep.pk, lease=lease).update(lease="", leased_until=None)
            return Swept(looked_at, found, is_done=False)


def _claim(sweep: Sweep, lease: str, at: datetime) -> bool:
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    mine = Sweep.objects.filter(free, pk=sweep.pk)
    return bool(mine.update(lease=lease, leased_until=at + LEASE))


@transaction.atomic
def _chunk(sweep: Sweep, lease: str) -> tuple[int, int] | None:
    """Look at the next records; (0, 0) at the end, None if somebody else took the search over."""
    now = clock.now()
    mine = Sweep.objects.filter(pk=sweep.pk, lease=lease)
    # First, so that nobody who was taken for dead writes on.
    if not mine.update(leased_until=now + LEASE):
        return None
    rows = Customer.objects.filter(store=sweep.store_id, merged_into=None, pk__gt=sweep.position)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not pks:
        _close(sweep, now)
        mine.update(finished_at=now, lease="", leased_until=None)
        return 0, 0
    pairs = find_pairs(sweep.store, pks, only_earlier=True)
    _write(sweep, pairs, sweep.started_at or now)
    sweep.position = pks[-1]
    mine.update(position=sweep.position, looked_at=F("looked_at") + len(pks))
    return len(pks), len(pairs)


def _write(sweep: Sweep, pairs: list[Pair], at: datetime) -> None:
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                store_id=sweep.store_id,
                first_id=pair.first,
                second_id=pair.second,
                score=pair.score,
                reasons=pair.reasons,
                seen_at=at,
            )
            for pair in pairs
        ],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "reasons", "seen_at"],
        batch_size=500,
    )


def _close(sweep: Sweep, at: datetime) -> None:
    stale = DuplicatePair.objects.filter(store=sweep.store_id, state=DuplicatePair.State.OPEN)
    stale.filter(seen_at__lt=sweep.started_at).delete()
    recent = Merge.objects.in_force().filter(store=sweep.store_id, at__gte=at - STRAY_DAYS)
    for merge in recent.with_people().order_by("pk"):
        _gather_strays(merge, at)


def _gather_strays(merge: Merge, at: datetime) -> None:
    """Bring along what was written to a record in the very moment in which it was merged away."""
    joining = Joining(merge.keep, merge.other, None, frozenset(), Journal(), None, at)
    try:
        with transaction.atomic():
            move_all(joining)
    except RuleViolation:
        log.warning("rows of customer %s stay with a merged record", merge.other_id)


@transaction.atomic
def tell_apart(
    one: Customer, another: Customer, *, reason: str = "", by: User, at: datetime | None = None
) -> DuplicatePair:
    """Say that two records are two people: they are never offered as one again."""
    at = at or clock.now()
    if one.pk == another.pk:
        raise RuleViolation(_("That is one and the same record. Choose another one."), code="same")
    first, second = sorted((one, another), key=lambda customer: customer.pk)
    pair, _is_new = DuplicatePair.objects.select_for_update().get_or_create(
        first=first, second=second,
        defaults={"store": first.store, "score": 0, "seen_at": at},
    )  # fmt: skip
    if pair.state != DuplicatePair.State.OPEN:
        return pair
    pair.state, pair.reason = DuplicatePair.State.DIFFERENT, reason.strip()[:200]
    pair.decided_at, pair.decided_by = at, by
    pair.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    note(
        "customer.told_apart", store=first.store, customer=one, by=by, at=at, subject=pair,
        other=another.display_name,
    )  # fmt: skip
    return pair


@transaction.atomic
def look_again(pair: DuplicatePair) -> DuplicatePair:
    """Offer two records again that were told apart by mistake."""
    pair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if pair.state == DuplicatePair.State.DIFFERENT:
        pair.state, pair.reason, pair.decided_at, pair.decided_by = "open", "", None, None
        pair.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    return pair
