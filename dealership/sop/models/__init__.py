"""Limits, calendar, deadlines, checklists and the heartbeat of the clock."""

from dealership.sop.models.checklists import ChecklistRun, Line, Tick
from dealership.sop.models.deadlines import Deadline, DeadlineQuerySet
from dealership.sop.models.heartbeats import Heartbeat
from dealership.sop.models.limits import Holiday, StepLimit

__all__ = [
    "ChecklistRun",
    "Deadline",
    "DeadlineQuerySet",
    "Heartbeat",
    "Holiday",
    "Line",
    "StepLimit",
    "Tick",
]
