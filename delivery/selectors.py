"""Questions about hand-overs, the calls after them and the DMS."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from dealership import clock
from dealership.sop.models import Deadline
from dealership.sop.models.subjects import about
from dealership.staff.models import User
from delivery.models import Callback, CallbackAttempt, Delivery, LateApplication

PAGE = 50


def deadline_of(callback: Callback) -> Deadline | None:
    return Deadline.objects.about(callback).with_people().first()


def what_follows(delivery: Delivery) -> list[Deadline]:
    """Every promise that the hand-over started, in the order in which they end."""
    started = Q(**about(delivery))
    for callback in delivery.callbacks.all():
        started |= Q(**about(callback))
    return list(Deadline.objects.filter(started).with_people().order_by("due_at", "pk"))
