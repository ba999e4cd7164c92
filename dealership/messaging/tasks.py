"""Celery's way in; the rows know what is due."""

from celery import shared_task

from dealership.messaging import actions


@shared_task(name="messaging.deliver", ignore_result=True)
def deliver() -> dict[str, int]:
    """Send what waits and ask about what is unknown."""
    return dict(actions.deliver())
