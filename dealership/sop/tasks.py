"""Beat rings, a worker ticks."""

from dataclasses import asdict

from celery import shared_task

from dealership.sop import actions


@shared_task(name="sop.tick")
def tick() -> dict[str, int]:
    """Do what is due; the rows are the truth, this is only the doorbell."""
    return asdict(actions.tick())
