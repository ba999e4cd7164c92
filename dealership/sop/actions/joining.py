"""Promises about two rows that turn out to be one."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from dealership.customers.journal import Journal
from dealership.sop.actions.deadlines import close, tell
from dealership.sop.models import Deadline
from dealership.sop.models.subjects import about
from dealership.sop.steps import Step
from dealership.staff.models import User

ASIDE = "~"


def join_promises(
    journal: Journal,
    source: models.Model,
    target: models.Model,
    *,
    but: Collection[Step] = (),
    by: User | None,
    at: datetime,
) -> None:
    """
    Let what is owed about `source` be owed about `target`; the closed ones stay history.

    Of two promises of one step the earlier stays. What was kept for `target` already is owed no
    more. Steps in `but` are the caller's own business.
    """
    codes = [step.code for step in but]
    owed = Deadline.objects.open().about(source).exclude(step__in=codes).with_people()
    for promise in owed.order_by("pk"):
        twins = Deadline.objects.about(target).of_step(promise.step).with_people()
        twin = twins.open().first() or twins.filter(period=promise.period).first()
        if twin is None:
            journal.change(promise, subject_id=target.pk)
        elif twin.outcome == Deadline.Outcome.DONE:
            call_off(journal, promise, by=by, at=at)
        elif not twin.is_open:
            swap(journal, promise, twin)
        elif twin.due_at <= promise.due_at:
            call_off(journal, promise, by=by, at=at)
        else:
            call_off(journal, twin, by=by, at=at)
            swap(journal, promise, twin)


def call_off(journal: Journal, promise: Deadline, *, by: User | None, at: datetime) -> None:
    """Close a promise that is owed under another record of the same person."""
    reason = _("Owed under the merged record.")
    with journal.watching(promise):
        close(promise, Deadline.Outcome.CANCELLED, by=by, at=at, reason=reason)
    tell(promise, "cancelled", by=by, at=at, reason=reason)


def swap(journal: Journal, promise: Deadline, twin: Deadline) -> None:
    """Let two deadlines of one step change subjects: the key of each is free for a moment."""
    (subject, period), (place, number) = ((row.subject_id, row.period) for row in (promise, twin))
    journal.change(promise, period=ASIDE)
    journal.change(twin, subject_id=subject, period=period)
    journal.change(promise, subject_id=place, period=number)


def owed_about(subject: models.Model) -> list[models.Model]:
    """Every deadline about the row, for a journal to follow."""
    return list(Deadline.objects.filter(**about(subject)).order_by("pk"))
