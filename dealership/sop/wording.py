"""Limits and spans in words."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership.sop.steps import EndOfDay, Limit, Within

WITHIN, END_OF_DAY = "within", "end_of_day"
HOUR, DAY = 60, 24 * 60


def kind_of(limit: Limit) -> str:
    return WITHIN if isinstance(limit, Within) else END_OF_DAY


def span_text(span: timedelta) -> str:
    """“10 min”, “2 h”, “3 days”: the largest unit that divides it."""
    minutes = round(span.total_seconds() / 60)
    if minutes and minutes % DAY == 0:
        days = minutes // DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if minutes and minutes % HOUR == 0:
        hours = minutes // HOUR
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def limit_text(kind: str, amount: int) -> str:
    """A limit as people say it."""
    if kind == WITHIN:
        return _("within %(span)s") % {"span": span_text(timedelta(minutes=amount))}
    if amount == 0:
        return _("by the end of the same day")
    if amount == 1:
        return _("by the end of the next day")
    return _("by the end of the day %(count)s days later") % {"count": amount}


def text_of(limit: Limit) -> str:
    if isinstance(limit, EndOfDay):
        return limit_text(END_OF_DAY, limit.days)
    return limit_text(WITHIN, round(limit.span.total_seconds() / 60))
