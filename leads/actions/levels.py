"""SOP-2.2: a store's own days for each intent level (domain §1.2)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.staff.models import User
from leads.models import IntentLevel


@transaction.atomic
def set_level(
    level: IntentLevel,
    *,
    name: str,
    horizon_days: int | None,
    interval_days: int | None,
    cap_days: int | None,
    recycle_days: int | None,
    is_active: bool,
    by: User | None,
    at: datetime | None = None,
) -> IntentLevel:
    """
    Set a level's name and days; the code stays, and so does what was promised before.

    The next contact is at most `cap_days` away and by itself every `interval_days`; whoever is
    not spoken to for `recycle_days` goes to the pool.
    """
    level = IntentLevel.objects.select_for_update().get(pk=level.pk)
    level.name = name.strip()[:40]
    level.interval_days, level.cap_days, level.recycle_days = interval_days, cap_days, recycle_days
    if not level.name:
        raise RuleViolation(_("Give the level a name."), field="name")
    if interval_days and cap_days and interval_days > cap_days:
        raise RuleViolation(
            _("The next contact cannot be planned later than it is allowed: at most %(days)s days.")
            % {"days": cap_days},
            field="interval_days",
        )
    if recycle_days and recycle_days <= (interval_days or 0):
        raise RuleViolation(
            _("The pool would take customers before their next contact is due: more than "
              "%(days)s days.") % {"days": interval_days},
            field="recycle_days",
        )  # fmt: skip
    if level.is_judged:
        level.horizon_days = _horizon(level, horizon_days)
        level.is_active = is_active
    elif not is_active:
        raise RuleViolation(
            _("Level %(level)s is set by the software and stays in use.") % {"level": level.code},
            field="is_active",
        )
    level.save()
    return level


def _horizon(level: IntentLevel, days: int | None) -> int:
    """The days within which such a customer buys: more than those of the warmer levels."""
    if not days:
        raise RuleViolation(
            _("Say within how many days a customer of this level buys."), field="horizon_days"
        )
    for other in IntentLevel.objects.judged(level.store).exclude(pk=level.pk):
        if other.is_judged and other.horizon_days is not None:
            is_warmer = other.order < level.order
            if (other.horizon_days >= days) if is_warmer else (other.horizon_days <= days):
                raise RuleViolation(
                    _("Level %(level)s buys within %(days)s days: the levels keep their order.")
                    % {"level": other.code, "days": other.horizon_days},
                    field="horizon_days",
                )
    return days
