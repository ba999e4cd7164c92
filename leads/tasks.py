"""Celery's way into lead development; the rows know what is to be done."""

from celery import shared_task

from leads.actions.base import open_owner_contacts
from leads.actions.importing import work_on_imports


@shared_task(name="leads.imports", ignore_result=True)
def imports() -> int:
    """Go on with the lists that are on their way in."""
    return work_on_imports()


@shared_task(name="leads.owners", ignore_result=True)
def owner_contacts() -> int:
    """Start the clocks of the owners who are due a call."""
    return open_owner_contacts()
