"""Beat rings at night, a worker goes on with the search for duplicates."""

from celery import shared_task

from dealership.customers import actions
from dealership.staff.models import Store

# Well under the time limit of a task: the next ring goes on where this one stopped.
SECONDS = 60


@shared_task(name="customers.sweep_duplicates")
def sweep_duplicates() -> int:
    """Give each store its share of a minute; what is left waits for the next ring."""
    stores = list(Store.objects.all())
    swept = [actions.sweep_duplicates(store, seconds=SECONDS / len(stores)) for store in stores]
    return sum(one.looked_at for one in swept if one)
