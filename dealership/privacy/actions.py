"""Revealing a masked fact leaves a trace."""

from datetime import timedelta
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.privacy.models import Access
from dealership.staff.models import User

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
