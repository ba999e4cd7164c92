"""The ground of the tests about owning customers."""

from datetime import UTC, datetime, timedelta

from dealership import clock
from dealership.staff.models import Duty, User
from leads.models import Lead
from leads.selectors import level_of
from tests import make

# A Monday, 10:00 in Wuhan.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def day(number: int, *, hour: int = 10) -> datetime:
    """So many days after that Monday, at an hour of the store's."""
    return MONDAY + timedelta(days=number, hours=hour - 10)


def on_duty(*people: User, at: datetime = MONDAY) -> None:
    """Put people on the roster of a day."""
    for user in people:
        store = user.active_store
        Duty.objects.get_or_create(user=user, store=store, day=clock.day_of(at, store.tz))


def unassigned(*, at: datetime = MONDAY, **given: object) -> Lead:
    """A lead that nobody looks after yet."""
    customer = make.customer(at=at)
    lead = make.lead(customer=customer, at=at)
    Lead.objects.filter(pk=lead.pk).update(**given)
    return Lead.objects.with_people().get(pk=lead.pk)


def set_days(lead: Lead, days: int | None) -> None:
    """How long the lead's level may go without a contact."""
    level = level_of(lead.store, lead.level.code)
    level.recycle_days = days
    level.save(update_fields=["recycle_days"])
