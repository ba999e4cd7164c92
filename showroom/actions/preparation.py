"""SOP-3.1: the day of somebody who has checked in begins."""

from dealership.sop.actions import open_run
from dealership.sop.models import ChecklistRun
from dealership.staff.models import Duty
from showroom import sop


def begin_day(duty: Duty) -> ChecklistRun:
    """Open the person's start-of-day checklist; the check-in calls this."""
    return open_run(sop.START_OF_DAY, duty, store=duty.store, by=duty.user, at=duty.checked_in_at)
