"""Limits and spans in words."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership.sop.steps import EndOfDay, Limit, Within

WITHIN, END_OF_DAY = "within", "end_of_day"
HOUR, DAY = 60, 24 * 60


def due_text(due_at: datetime, tz: ZoneInfo, now: datetime) -> str:
    """“16:42” today, “11-25 24:00” on another day, with the year if it is another one."""
    local, today = due_at.astimezone(tz), now.astimezone(tz).date()
    day, moment = local.date(), f"{local:%H:%M}"
    if local.time() == time.min:
        day, moment = day - timedelta(days=1), "24:00"
    if day == today:
        return moment
    return f"{day:%m-%d} {moment}" if day.year == today.year else f"{day} {moment}"


def due_on_record(due_at: datetime, tz: ZoneInfo) -> str:
    """“11-25 24:00”, for texts that are kept."""
    local = due_at.astimezone(tz)
    if local.time() == time.min:
        return f"{local - timedelta(minutes=1):%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"


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
