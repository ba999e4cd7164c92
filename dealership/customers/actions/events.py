"""The one timeline: every action writes its event here."""

from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from dealership import clock
from dealership.customers.kinds import KINDS
from dealership.customers.models import Customer, Event
from dealership.databases import insert_many
from dealership.staff.models import Store, User

ENCODE = DjangoJSONEncoder().encode


def note(
    kind: str,
    *,
    store: Store,
    customer: Customer | None = None,
    lead: models.Model | None = None,
    by: User | None,
    at: datetime | None = None,
    subject: models.Model | None = None,
    **data: Any,
) -> Event:
    """Write one event of the timeline; `at` is when it happened, now is when it was entered."""
    if kind not in KINDS:
        raise LookupError(f"{kind} is not a declared kind of event")
    now = clock.now()
    return Event.objects.create(
        store=store,
        customer=customer,
        lead_ref=lead.pk if lead else None,
        kind=kind,
        actor=by,
        occurred_at=at or now,
        entered_at=now,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        data=data,
    )


class Entries:
    """Events of one store, by one person, at one instant, written by the thousand."""

    def __init__(self, store: Store, by: User | None, at: datetime):
        self.store, self.by, self.at = store, by, at
        self.rows: list[tuple[Any, ...]] = []

    def add(
        self,
        kind: str,
        *,
        customer_id: int,
        lead_id: int | None = None,
        subject: type[models.Model] | None = None,
        subject_id: int | None = None,
        **data: Any,
    ) -> None:
        """What `note` would write, by ids."""
        if kind not in KINDS:
            raise LookupError(f"{kind} is not a declared kind of event")
        about = subject._meta.label_lower if subject else ""
        self.rows.append((customer_id, lead_id, kind, about, subject_id, ENCODE(data)))

    def write(self) -> None:
        insert_many(
            Event,
            ("customer_id", "lead_ref", "kind", "subject_type", "subject_id", "data"),
            self.rows,
            same={
                "store_id": self.store.pk,
                "actor_id": self.by.pk if self.by else None,
                "occurred_at": self.at,
                "entered_at": clock.now(),
            },
        )
        self.rows = []
