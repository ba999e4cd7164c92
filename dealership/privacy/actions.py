"""Revealing a masked fact, or taking rows out of the house, leaves a trace."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.privacy.models import Access, Export
from dealership.staff.models import Store, User

PER_HOUR = 60


def log_access(subject: models.Model, field: str, *, reason: str, by: User) -> Access:
    """
    Write down that `by` looks at `field` of `subject`, and why.

    RuleViolation without a reason, or after 60 looks within an hour.
    """
    now = clock.now()
    if not reason.strip():
        raise RuleViolation(_("Say why you need to see it."), field="reason")
    recent = Access.objects.filter(user=by, at__gt=now - timedelta(hours=1)).count()
    if recent >= PER_HOUR:
        raise RuleViolation(_("You have looked at many numbers within an hour. Ask a manager."))
    return Access.objects.create(
        store=cast(Any, subject).store,
        user=by,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        field=field,
        reason=reason.strip()[:200],
        at=now,
    )


def log_export(
    what: str,
    *,
    store: Store,
    rows: int,
    columns: list[str],
    filters: str = "",
    format: str,
    reason: str,
    by: User,
    at: datetime | None = None,
) -> Export:
    """
    Write down that `by` takes rows of customers out of the house, and why.

    RuleViolation without a reason.
    """
    if not reason.strip():
        raise RuleViolation(_("Say what you need the file for."), field="reason")
    return Export.objects.create(
        store=store,
        user=by,
        what=what,
        filters=filters[:500],
        columns=columns,
        rows=rows,
        format=format,
        reason=" ".join(reason.split())[:200],
        at=at or clock.now(),
    )
