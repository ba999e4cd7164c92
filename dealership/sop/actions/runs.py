"""Working through a checklist: whoever does the step ticks it, once."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop.checklists import Checklist
from dealership.sop.models import ChecklistRun, Tick
from dealership.sop.models.checklists import UNDO
from dealership.sop.models.subjects import about
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
) -> Tick:
    """
    Tick an item, with the fault that was found, if one was.

    A finished item is refused to a person; the software, which ticks when the evidence
    exists, leaves the tick that is there.
    """
    declared = run.declared.item(item)
    if declared.is_proven and not automatic:
        raise RuleViolation(_("This step is ticked by itself as soon as it is done."))
    now = clock.now()
    at = at or now
    if at > now + UNDO:
        raise RuleViolation(_("This time is still to come."), field="at")
    values = {
        "by": by,
        "at": at,
        "entered_at": now,
        "is_automatic": automatic,
        "fault": fault.strip()[:200],
        "remark": remark.strip()[:500],
    }
    found = run.ticks.select_related("by").filter(item=item).first()
    if found is None:
        _refuse_closed(run)
        tick, is_new = Tick.objects.get_or_create(run=run, item=item, defaults=values)
        if is_new:
            return tick
        found = tick
    if automatic:
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
