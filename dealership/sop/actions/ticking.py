"""
tick(): reminds, acts by itself, escalates, opens what recurs, writes the heartbeat.

A plain function that anything may call at any time, any number of times at once. A row is
claimed by a conditional UPDATE that also counts the attempt and is committed before the work;
the work then runs in one transaction that first makes sure that the claim still holds. So a
crash after any line leaves either nothing or everything of a row's effects, and the next tick
goes on. Effects are rows (notices, SMS intents): nothing here talks to the outside.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.actions.recurring import open_recurring
from dealership.sop.models import Deadline, Heartbeat
from dealership.sop.models.deadlines import MAX_ATTEMPTS
from dealership.sop.notices import in_language_of
from dealership.sop.selectors import last_tick
from dealership.sop.steps import step_for
from dealership.sop.wording import due_on_record
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS

log = logging.getLogger(__name__)

BATCH = 100
BROKEN_AFTER = 10
LOST_IN_A_ROW = 3
LEASE = timedelta(seconds=30)
BACK_OFF = timedelta(seconds=20)

FRESH: dict[str, Any] = {"quarantined_at": None, "quarantine_reason": "", "attempts": 0}

Stage = Callable[[Deadline, datetime], None]


@dataclass(frozen=True)
class TickResult:
    """What one tick did."""

    opened: int = 0
    handled: int = 0
    reminded: int = 0
    acted: int = 0
    escalated: int = 0
    lost: int = 0
    failed: int = 0
    quarantined: int = 0


def tick(at: datetime | None = None, *, limit: int = 2000, seconds: float = 50) -> TickResult:
    """
    Do everything that is due at `at`, at most `limit` rows, for at most `seconds`.

    The heartbeat follows the work: a clock that hangs stops beating. So does one that can
    handle nothing at all, instead of setting aside row after row for a fault of its own.
    """
    began = clock.now()
    start = at or began
    counts: Counter[str] = Counter(opened=open_recurring(start, last_tick()))
    seen = 0
    while seen < limit and clock.now() - began < timedelta(seconds=seconds):
        moment = start + (clock.now() - began)
        ready = Deadline.objects.ready(moment).order_by("next_at")
        rows = list(ready.values_list("pk", "attempts")[: min(BATCH, limit - seen)])
        if not rows:
            break
        lost = 0
        for pk, attempts in _from_anywhere(rows):
            done = _handle(pk, attempts, start + (clock.now() - began))
            counts.update(done)
            seen += 1
            if counts["failed"] >= BROKEN_AFTER and not counts["handled"]:
                log.critical("nothing can be handled: the tick stops without a heartbeat")
                return TickResult(**counts)
            lost = lost + 1 if done == ["lost"] else 0
            if lost >= LOST_IN_A_ROW:
                break  # others work on these: look again
        beat(rows=len(rows))
    if not seen:
        beat(rows=0)
    return TickResult(**counts)


def _from_anywhere(rows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same rows from another one on: tickers side by side do not queue for each row."""
    cut = uuid.uuid4().int % len(rows)
    return rows[cut:] + rows[:cut]


def beat(*, rows: int) -> None:
    """Write down that a tick was executed just now."""
    now = clock.now()
    if not Heartbeat.objects.filter(name=Heartbeat.TICK).update(at=now, rows=rows):
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=Heartbeat.TICK, at=now, rows=rows)], ignore_conflicts=True
        )


def _handle(pk: int, attempts: int, at: datetime) -> list[str]:
    """Handle one row and return what to count."""
    if attempts >= MAX_ATTEMPTS:
        with override(settings.LANGUAGE_CODE):
            reason = _("The worker died on it %(count)s times.") % {"count": attempts}
        return ["quarantined"] if _set_aside(pk, at, reason) else ["lost"]
    lease = uuid.uuid4().hex
    ready = Deadline.objects.ready(at).filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
    claimed = ready.update(lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return ["lost"]  # another ticker came first
    try:
        return _work(pk, lease, at)
    except Deadline.DoesNotExist:
        return ["lost"]  # closed, or taken over after the lease ran out
    except Exception as error:
        log.exception("deadline %s could not be handled", pk)
        return _failed(pk, lease, at, f"{type(error).__name__}: {error}"[:500])


@transaction.atomic
def _work(pk: int, lease: str, at: datetime) -> list[str]:
    """Do all that is due for a claimed row, in one transaction with its own marks."""
    held = Deadline.objects.open().select_for_update(of=("self",)).with_people()
    deadline = held.get(pk=pk, lease=lease)
    due: list[tuple[str, Stage]] = [
        (name, work)
        for name, planned, done_at, work in (
            ("acted", deadline.act_at, deadline.acted_at, _act),
            ("escalated", deadline.escalate_at, deadline.escalated_at, _escalate),
            ("reminded", deadline.remind_at, deadline.reminded_at, _remind),
        )
        if planned and not done_at and planned <= at
    ]
    done = _effects(deadline, due, at)
    marks = {f"{name}_at": at for name in done}
    for name, value in marks.items():
        setattr(deadline, name, value)
    rest = {"next_at": deadline.next_stage(), "attempts": 0, "lease": "", "leased_until": None}
    if not Deadline.objects.open().filter(pk=pk).update(**marks, **rest):
        Deadline.objects.filter(pk=pk).update(**marks)  # the software's own act closed it
    return ["handled", *done]


def _effects(deadline: Deadline, due: list[tuple[str, Stage]], at: datetime) -> list[str]:
    """Run the stages in order; the software's own act may leave nothing to remind of."""
    done: list[str] = []
    for name, work in due:
        if done and not Deadline.objects.open().filter(pk=deadline.pk).exists():
            break
        work(deadline, at)
        done.append(name)
    return done


def _act(deadline: Deadline, at: datetime) -> None:
    import_string(step_for(deadline.step).acts)(deadline, at=at)


def _remind(deadline: Deadline, at: datetime) -> None:
    people = [deadline.owner] if deadline.owner else _people(deadline, deadline.role)
    for user in people:
        with in_language_of(user):
            if at > deadline.due_at:
                sentence = _("Late since %(time)s: %(step)s %(who)s")
            else:
                sentence = _("Due at %(time)s: %(step)s %(who)s")
            text = sentence % _words(deadline)
        _notify(user, deadline, "sop.reminder", text, at)


def _escalate(deadline: Deadline, at: datetime) -> None:
    for user in _people(deadline, *step_for(deadline.step).escalates_to):
        with in_language_of(user):
            text = _("%(owner)s is late since %(time)s: %(step)s %(who)s") % _words(deadline)
        _notify(user, deadline, "sop.escalation", text, at)


def _words(deadline: Deadline) -> dict[str, str]:
    role = deadline.get_role_display()
    return {
        "step": deadline.title,
        "time": due_on_record(deadline.due_at, deadline.store.tz),
        "who": deadline.customer.display_name if deadline.customer else "",
        "owner": deadline.owner.name if deadline.owner else str(role),
    }


def _people(deadline: Deadline, *roles: str) -> list[User]:
    return list(User.objects.in_store(deadline.store, *roles))


def _notify(user: User, deadline: Deadline, kind: str, text: str, at: datetime) -> None:
    notify(
        user,
        store=deadline.store,
        kind=kind,
        text=text.strip(),
        url=deadline.get_absolute_url(),
        key=f"{kind}:{deadline.pk}",
        at=at,
    )


@transaction.atomic
def _failed(pk: int, lease: str, at: datetime, reason: str) -> list[str]:
    """Try again a little later; after the last attempt set the row aside."""
    mine = Deadline.objects.open().filter(pk=pk, lease=lease)
    attempts = mine.values_list("attempts", flat=True).first() or 0
    if attempts >= MAX_ATTEMPTS and _set_aside(pk, at, reason):
        return ["failed", "quarantined"]
    mine.update(lease="", leased_until=at + BACK_OFF * attempts)
    return ["failed"]


@transaction.atomic
def _set_aside(pk: int, at: datetime, reason: str) -> bool:
    """Put a poisoned row on the managers' list, so that it harms no other."""
    poisoned = Deadline.objects.open().filter(
        pk=pk, attempts__gte=MAX_ATTEMPTS, quarantined_at__isnull=True
    )
    marks = {"quarantined_at": at, "quarantine_reason": reason, "lease": "", "leased_until": None}
    if not poisoned.update(**marks):
        return False
    deadline = Deadline.objects.with_people().get(pk=pk)
    for user in _people(deadline, *MANAGERS):
        with in_language_of(user):
            text = _("The clock set a task aside: %(step)s %(who)s") % _words(deadline)
        _notify(user, deadline, f"sop.quarantine:{at:%Y%m%d%H%M%S}", text, at)
    return True


@transaction.atomic
def retry(deadline: Deadline, *, by: User, at: datetime | None = None) -> Deadline:
    """Give a row that was set aside back to the clock, with all its attempts."""
    if not Deadline.objects.quarantined().filter(pk=deadline.pk).update(**FRESH):
        raise RuleViolation(_("This task is not set aside."))
    for name, value in FRESH.items():
        setattr(deadline, name, value)
    log.info("deadline %s given back to the clock by %s", deadline.pk, by.pk)
    return deadline


@transaction.atomic
def retry_all(*, store: Store, by: User) -> int:
    """Give back to the clock all that was set aside in a store: the fault is mended."""
    given_back = Deadline.objects.in_store(store).quarantined().update(**FRESH)
    log.info("%s deadlines given back to the clock by %s", given_back, by.pk)
    return given_back
