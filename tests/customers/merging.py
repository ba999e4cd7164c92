"""Records kept twice, and a look at every row of the database."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import models

from dealership.customers.models import Customer, Event, SearchKey
from dealership.staff.models import User
from leads.models import Lead
from tests import make

# 14:00 in Wuhan on a Monday.
NOON = datetime(2026, 11, 23, 6, tzinfo=UTC)
# What is said stays said; search keys are worked out anew.
TOLD = {"customers.Merge", "customers.MergedRow", "messaging.Notice", "customers.SearchKey"}


def twice(owner: User, *, name: str = "王建国", **given: Any) -> tuple[Customer, Customer]:
    """One person in two records with two numbers."""
    return (
        make.customer(name=name, phone="13800138000", owner=owner, **given),
        make.customer(name=name, phone="13900139000", owner=owner, **given),
    )


def dump() -> dict[str, Any]:
    """Every row of every table, as the database has it; the events that there are by their pk."""
    tables: dict[str, Any] = {}
    for model in apps.get_models():
        label = model._meta.label
        if label not in TOLD and model._meta.managed:
            columns = [field.attname for field in model._meta.concrete_fields]
            rows = model._base_manager.order_by("pk").values(*columns)
            tables[label] = {row[model._meta.pk.attname]: row for row in rows}
    tables["keys"] = sorted(SearchKey.objects.values_list("customer_id", "key"))
    return tables


def without_new_events(tables: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    events = {pk: row for pk, row in tables["customers.Event"].items()
              if pk in before["customers.Event"]}  # fmt: skip
    return tables | {"customers.Event": events}


def rows_that_name(customer: Customer) -> list[models.Model]:
    """Rows of any room that still point to the record, its journal and likeness apart."""
    found: list[models.Model] = []
    for relation in Customer._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.is_relation:
            if relation.related_model._meta.label in TOLD | {"customers.DuplicatePair"}:
                continue
            rows = relation.related_model._base_manager
            found += rows.filter(**{relation.field.name: customer})
    return found


def open_lead_of(customer: Customer) -> Lead:
    return Lead.objects.get(customer=customer, status="open")


def kinds_of(customer: Customer) -> list[str]:
    return list(Event.objects.filter(customer=customer).values_list("kind", flat=True))
