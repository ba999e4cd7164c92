"""Working through a checklist: whoever does the step ticks it, once."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.privacy.models import StoredFile
from dealership.sop.checklists import Checklist
from dealership.sop.models import ChecklistRun, Tick
from dealership.sop.models.checklists import UNDO, Line
from dealership.sop.models.subjects import about
from dealership.sop.sight import said, seen_of
from dealership.staff.models import Store, User


@transaction.atomic
def open_run(
    checklist: Checklist,
    subject: models.Model,
    *,
    store: Store,
    by: User | None,
    at: datetime | None = None,
    period: str = "",
) -> ChecklistRun:
    """Take a checklist into use for `subject`, or return the run that exists."""
    run, _is_new = ChecklistRun.objects.get_or_create(
        checklist=checklist.code,
        period=period,
        **about(subject),
        defaults={
            "store": store,
            "version": checklist.version,
            "opened_at": at or clock.now(),
            "opened_by": by,
        },
    )
    return run


def run_for(
    checklist: Checklist, subject: models.Model, *, period: str = ""
) -> ChecklistRun | None:
    """Return the run of `checklist` for `subject`, whatever its version."""
    runs = ChecklistRun.objects.about(subject)
    return runs.filter(checklist=checklist.code, period=period).first()


@transaction.atomic
def tick_item(
    run: ChecklistRun,
    item: str,
    *,
    by: User | None,
    at: datetime | None = None,
    automatic: bool = False,
    fault: str = "",
    remark: str = "",
    grade: str = "",
    photo: StoredFile | None = None,
) -> Tick:
    """
    Tick an item, with its grade, or the fault that was found, if one was.

    A finished item is refused to a person, unless the checklist is one that is signed: until then
    it is corrected. The software, which ticks when the evidence exists, leaves what is there.
    """
    declared = run.declared.item(item)
    if not declared.is_by_hand and not automatic:
        raise RuleViolation(_("This step is ticked by itself as soon as it is done."))
    if grade and run.declared.grade(grade) is None:
        raise RuleViolation(_("Choose one of the grades offered."), field="grade")
    now = clock.now()
    at = at or now
    if at > now + UNDO:
        raise RuleViolation(_("This time is still to come."), field="at")
    values: dict[str, Any] = {
        "by": by,
        "at": at,
        "entered_at": now,
        "is_automatic": automatic,
        "fault": fault.strip()[:200],
        "remark": remark.strip()[:500],
        "grade": grade,
    }
    if photo is not None:
        values["photo"] = photo
    found = run.ticks.select_related("by").filter(item=item).first()
    if found is None:
        _refuse_closed(run)
        tick, is_new = Tick.objects.get_or_create(run=run, item=item, defaults=values)
        if is_new:
            return tick
        found = tick
    if automatic:
        return found
    if run.declared.is_signed:
        _refuse_closed(run)
        Tick.objects.filter(pk=found.pk).update(**values)
        found.refresh_from_db()
        return found
    raise RuleViolation(
        _("“%(item)s” was already ticked at %(time)s by %(name)s.")
        % {
            "item": declared.title,
            "time": f"{found.at.astimezone(run.store.tz):%H:%M}",
            "name": found.by or _("the software"),
        }
    )


def prove_items(
    run: ChecklistRun, *items: str, by: User | None, at: datetime | None = None
) -> None:
    """Tick what another action proves; what is ticked stays, and a closed run stays closed."""
    if not run.is_open:
        return
    now = clock.now()
    Tick.objects.bulk_create(
        [
            Tick(
                run=run,
                item=run.declared.item(item).code,
                by=by,
                at=min(at or now, now),
                entered_at=now,
                is_automatic=True,
            )
            for item in items
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def pass_rest(run: ChecklistRun, *, by: User, at: datetime | None = None) -> int:
    """Tick everything that a person judges and has not yet: the rest is in order."""
    _refuse_closed(run)
    now = clock.now()
    open_items = [
        line.item.code for line in run.lines() if not line.is_done and line.item.is_by_hand
    ]
    ticks = [
        Tick(run=run, item=item, by=by, at=min(at or now, now), entered_at=now)
        for item in open_items
    ]
    Tick.objects.bulk_create(ticks, ignore_conflicts=True)
    return len(ticks)


@transaction.atomic
def look(run: ChecklistRun, *, at: datetime | None = None) -> ChecklistRun:
    """Fill in what the software itself sees, anew each time until the checklist is closed."""
    now = clock.now()
    at = min(at or now, now)
    known = {tick.item: tick for tick in run.ticks.filter(is_automatic=True)}
    for item, seen in seen_of(run).items():
        words, tick = said(seen), known.get(item)
        if tick is None:
            Tick.objects.bulk_create(
                [Tick(run=run, item=item, at=at, entered_at=now, is_automatic=True, **words)],
                ignore_conflicts=True,
            )
        elif (tick.fault, tick.remark) != (words["fault"], words["remark"]):
            Tick.objects.filter(pk=tick.pk).update(at=at, entered_at=now, **words)
    return run


@transaction.atomic
def sign_run(
    run: ChecklistRun, *, by: User, remark: str = "", at: datetime | None = None
) -> ChecklistRun:
    """
    Sign a checklist: what the software sees is looked at a last time, then all of it is frozen.

    RuleViolation while an item is open. The score is the share of items in order, per cent.
    """
    _refuse_closed(run)
    look(run, at=at)
    lines = run.lines()
    missing = [str(line.item.title) for line in lines if not line.is_done and line.item.is_by_hand]
    if missing:
        raise RuleViolation(
            _("Not judged yet: %(items)s.") % {"items": "、".join(missing[:5])}, code="open_items"
        )
    judged = [line for line in lines if line.is_done and not is_unjudged(line)]
    fine = sum(line.state == "done" for line in judged)
    close_run(run, by=by, at=at)
    run.score = round(100 * fine / len(judged)) if judged else None
    run.remark = remark.strip()[:500]
    run.save(update_fields=["score", "remark"])
    return run


NOT_SEEN = "not_seen"


def is_unjudged(line: Line) -> bool:
    """Nobody could judge it: it counts for neither side."""
    return line.tick is not None and line.tick.grade == NOT_SEEN


@transaction.atomic
def untick_item(run: ChecklistRun, item: str, *, by: User, at: datetime | None = None) -> None:
    """Undo one's own tick within a minute; afterwards it stands."""
    run.declared.item(item)
    _refuse_closed(run)
    at = at or clock.now()
    own = run.ticks.filter(item=item, by=by, is_automatic=False, entered_at__gte=at - UNDO)
    deleted, _by_model = own.delete()
    if not deleted:
        raise RuleViolation(_("A tick can be undone for one minute, by the person who set it."))


@transaction.atomic
def close_run(run: ChecklistRun, *, by: User | None, at: datetime | None = None) -> ChecklistRun:
    """Close the checklist: nothing can be ticked any more."""
    at = max(at or clock.now(), run.opened_at)
    still_open = ChecklistRun.objects.filter(pk=run.pk, closed_at__isnull=True)
    if not still_open.update(closed_at=at, closed_by=by):
        raise RuleViolation(_("This checklist is already closed."))
    run.closed_at, run.closed_by = at, by
    return run


def _refuse_closed(run: ChecklistRun) -> None:
    """Lock the run, so that it cannot close between this look and the tick."""
    current = ChecklistRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if not current.is_open:
        raise RuleViolation(_("This checklist is closed."))
