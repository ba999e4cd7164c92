"""People and organisations, what is kept with them, the one timeline, and who is kept twice."""

from dealership.customers.models.customers import (
    NAMELESS,
    SEES_WHOLE_STORE,
    ContactPerson,
    Customer,
    CustomerQuerySet,
)
from dealership.customers.models.duplicates import DuplicatePair, DuplicatePairQuerySet, Sweep
from dealership.customers.models.events import LATE_ENTRY_SECONDS, Event, EventQuerySet
from dealership.customers.models.keys import SearchKey, SearchKeyQuerySet
from dealership.customers.models.merges import UNDO_WITHIN, Merge, MergedRow, MergeQuerySet
from dealership.customers.models.records import Consent, OwnedCar, Phone

__all__ = [
    "LATE_ENTRY_SECONDS",
    "NAMELESS",
    "SEES_WHOLE_STORE",
    "UNDO_WITHIN",
    "Consent",
    "ContactPerson",
    "Customer",
    "CustomerQuerySet",
    "DuplicatePair",
    "DuplicatePairQuerySet",
    "Event",
    "EventQuerySet",
    "Merge",
    "MergeQuerySet",
    "MergedRow",
    "OwnedCar",
    "Phone",
    "SearchKey",
    "SearchKeyQuerySet",
    "Sweep",
]
