"""The one timeline: every action writes its event here."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from dealership import clock
from dealership.customers.kinds import KINDS
from dealership.customers.models import Customer, Event
from dealership.databases import insert_many
from dealership.staff.models import Store, User


@dataclass(slots=True)
class Entry:
    """An event that is not written yet; `note_many` writes them by the thousand."""

    store_id: int
    customer_id: int | None
    lead_ref: int | None
    kind: str
    actor_id: int | None
    occurred_at: datetime
    entered_at: datetime
    subject_type: str
    subject_id: int | None
    data: dict[str, Any]


def event_of(
    kind: str,
    *,
    store: Store,
    customer: Customer | None = None,
    lead: models.Model | None = None,
    by: User | None,
    at: datetime | None = None,
    subject: models.Model | None = None,
    **data: Any,
) -> Entry:
    """One event of the timeline; `at` is when it happened, now is when it was entered."""
    if kind not in KINDS:
        raise LookupError(f"{kind} is not a declared kind of event")
    now = clock.now()
    return Entry(
        store_id=store.pk,
        customer_id=customer.pk if customer else None,
        lead_ref=lead.pk if lead else None,
        kind=kind,
        actor_id=by.pk if by else None,
        occurred_at=at or now,
        entered_at=now,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        data=data,
    )


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
    """Write one event of the timeline."""
    entry = event_of(
        kind, store=store, customer=customer, lead=lead, by=by, at=at, subject=subject, **data
    )
    return Event.objects.create(**{name: getattr(entry, name) for name in Entry.__slots__})


def note_many(entries: Iterable[Entry]) -> None:
    """Write many events, all entered at one instant."""
    now = clock.now()
    groups: dict[tuple[int, int | None, datetime], list[Entry]] = {}
    for entry in entries:
        key = (entry.store_id, entry.actor_id, entry.occurred_at)
        groups.setdefault(key, []).append(entry)
    for (store_id, actor_id, occurred_at), group in groups.items():
        insert_many(
            Event,
            ("customer_id", "lead_ref", "kind", "subject_type", "subject_id", "data"),
            (
                (
                    entry.customer_id, entry.lead_ref, entry.kind, entry.subject_type,
                    entry.subject_id, json.dumps(entry.data, cls=DjangoJSONEncoder),
                )
                for entry in group
            ),
            same={
                "store_id": store_id,
                "actor_id": actor_id,
                "occurred_at": occurred_at,
                "entered_at": now,
            },
        )  # fmt: skip
