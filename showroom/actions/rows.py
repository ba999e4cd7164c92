"""The row of a visit under its lock, its times, and the evidence that ticks its checklist."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.sop.actions import open_run, prove_items
from dealership.staff.models import Store, User
from showroom import sop
from showroom.models import Visit

LATEST_ENTRY = timedelta(days=7)


def locked(visit: Visit, *, version: int | None = None) -> Visit:
    """
    Return the row as it is now, locked; the one way to change a visit.

    RuleViolation if it was voided, or (code "stale") if it changed since `version` was shown.
    """
    # Two steps: PostgreSQL joins a row it waited for with the old rows of the other tables.
    Visit.objects.select_for_update().get(pk=visit.pk)
    visit = Visit.objects.with_people().get(pk=visit.pk)
    if visit.is_voided:
        raise RuleViolation(_("This visit was voided: %(why)s") % {"why": visit.void_reason})
    if version is not None and version != visit.version:
        raise RuleViolation(
            _(
                "Somebody else has changed this visit meanwhile. "
                "Your entry is still here: compare it and save again."
            ),
            code="stale",
        )
    return visit


def save(visit: Visit, **values: object) -> None:
    """Write fields of a locked visit and count its version up."""
    for name, value in values.items():
        setattr(visit, name, value)
    Visit.objects.filter(pk=visit.pk).update(**values, version=F("version") + 1)
    visit.version += 1


def arrival(typed: datetime | None, *, at: datetime) -> datetime:
    """The time of arrival: now, or up to seven days back for a late entry (补录)."""
    if typed is None:
        return at
    if typed > at:
        raise RuleViolation(_("This time is still to come."), field="arrived_at")
    if typed < at - LATEST_ENTRY:
        raise RuleViolation(
            _("Only the last seven days can be entered later. Ask your manager."),
            field="arrived_at",
        )
    return typed


def departure(typed: datetime | None, *, arrived_at: datetime, at: datetime) -> datetime:
    """The time of departure: after the arrival, and not to come."""
    if typed is None:
        return max(at, arrived_at)
    if typed > at:
        raise RuleViolation(_("This time is still to come."), field="departed_at")
    if typed < arrived_at:
        raise RuleViolation(
            _("Nobody leaves before arriving. Check both times."), field="departed_at"
        )
    return typed


def evidence(visit: Visit, *items: str, by: User | None, at: datetime) -> None:
    """Tick the steps of reception that this action proves (SOP-4.4)."""
    if not visit.is_walk_in:
        return
    run = open_run(sop.RECEPTION, visit, store=visit.store, by=by, at=at)
    prove_items(run, *items, by=by, at=at)


def local(at: datetime, store: Store) -> str:
    return f"{at.astimezone(store.tz):%m-%d %H:%M}"
