"""
Which days count: the store's special days first, then the public calendar.

A showroom opens every day unless its table says otherwise. Workdays come from chinesecalendar,
which knows only published years: beyond them Saturdays and Sundays are free.
"""

from datetime import date

import chinese_calendar

from dealership.sop.due import Counts, every_day
from dealership.sop.models.limits import Holiday
from dealership.sop.steps import Days
from dealership.staff.models import Store

SATURDAY = 5


def is_public_workday(day: date) -> bool:
    """Whether people in China work on `day`, with the make-up workdays of known years."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def counting(store: Store, days: Days, *, since: date) -> Counts:
    """Return which days from `since` on count for `store`; natural days ask no table."""
    if days is Days.NATURAL:
        return every_day
    special = {}
    rows = Holiday.objects.filter(day__gte=since, store__isnull=True)
    own = Holiday.objects.filter(day__gte=since, store=store)
    for row in [*rows, *own]:
        special[row.day] = row.is_open if days is Days.OPEN else row.is_workday

    def counts(day: date) -> bool:
        if day in special:
            return special[day]
        return days is Days.OPEN or is_public_workday(day)

    return counts
