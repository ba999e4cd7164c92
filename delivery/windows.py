"""The window in which the brand's DMS takes a sale (SOP-9.8): a pure function of the calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dealership import clock

# Three natural days counting the invoice day: D, D+1, D+2. The brand's rule, not the store's.
DAYS_AFTER_INVOICE = 2


def window_ends(invoice_on: date, tz: ZoneInfo) -> datetime:
    """Return 24:00 of the second day after the invoice day; weekends and holidays count."""
    return clock.end_of_day(invoice_on + timedelta(days=DAYS_AFTER_INVOICE), tz)


def as_said(ends: datetime, tz: ZoneInfo) -> str:
    """“2026-11-25 24:00”: the end of a day belongs to that day when people say it."""
    local = ends.astimezone(tz)
    if (local.hour, local.minute) != (0, 0):
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.date() - timedelta(days=1):%Y-%m-%d} 24:00"
