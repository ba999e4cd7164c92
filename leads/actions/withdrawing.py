"""
SOP-2.7: an import is taken back, as far as nobody has worked with what it brought.

Untouched means that nothing was entered about the customer or the lead after the import. The
records that the file itself made are deleted with their events: people whom the store must not
keep leave no trace but the numbers of their rows. What was known before keeps its timeline.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from dealership import names
from dealership.customers.actions import index_customer, note
from dealership.customers.models import ContactPerson, Customer, Event, OwnedCar, Phone
from dealership.sop.models import Deadline
from leads.imports.kinds import kind_of
from leads.models import Assignment, ImportRow, ImportRun, Lead

FACTS = ("name", "salutation", "identity_digest", "owner_id")


def withdraw_portion(run: ImportRun, portion: int, at: datetime) -> int:
    """Take back the next rows, the last of the file first; how many were decided on."""
    rows = list(
        ImportRow.objects.select_for_update(of=("self",))
        .filter(run=run, undone_at=None, kept_reason="")
        .exclude(outcome__in=(ImportRow.Outcome.SKIPPED, ImportRow.Outcome.FAILED))
        .order_by("-number")[:portion]
    )
    if not rows:
        return 0
    kept = _touched(rows)
    if withdrawing := kind_of(run.kind).withdrawing:
        free = [row for row in rows if row.pk not in kept]
        kept |= withdrawing(run, free, at)
    free = [row for row in rows if row.pk not in kept]
    try:
        with transaction.atomic():
            _withdraw(run, free, at)
    except (ProtectedError, RestrictedError):
        for row in free:
            kept |= _withdraw_alone(run, row, at)
    for row in rows:
        row.kept_reason = kept.get(row.pk, "")[:200]
        row.undone_at = None if row.kept_reason else at
        if not row.kept_reason:
            row.changes = None
    ImportRow.objects.bulk_update(rows, ["undone_at", "kept_reason", "changes"], batch_size=500)
    run.kept += len(kept)
    run.undone += len(rows) - len(kept)
    return len(rows)


def _touched(rows: list[ImportRow]) -> dict[int, str]:
    """Rows with whose customer or lead somebody has worked since, and with what."""
    since = min(row.at for row in rows)
    new = {row.customer_id: row for row in rows if row.outcome == ImportRow.Outcome.CREATED}
    opened = {pk: row for row in rows if (pk := (row.changes or {}).get("lead"))}
    people = _people_of(rows)
    kept: dict[int, str] = {}
    # What the clock does by itself is nobody's work.
    later = Event.objects.filter(entered_at__gt=since).exclude(kind__startswith="sop.", actor=None)
    found = [
        (new.get(event.customer_id) or people.get(event.customer_id or 0), event)
        for event in later.filter(customer__in=[*new, *people])
    ]
    found += [(opened.get(event.lead_ref), event) for event in later.filter(lead_ref__in=opened)]
    for row, event in found:
        if row is not None and event.entered_at > row.at:
            kept[row.pk] = _("Worked with since: %(what)s") % {"what": event.text}
    return kept


def _people_of(rows: Iterable[ImportRow]) -> dict[int, ImportRow]:
    """The contact persons that rows of organisations brought."""
    contacts = {pk: row for row in rows for pk in (row.changes or {}).get("people", ())}
    persons = ContactPerson.objects.filter(pk__in=contacts).values_list("pk", "person_id")
    return {person: contacts[pk] for pk, person in persons}


def _withdraw_alone(run: ImportRun, row: ImportRow, at: datetime) -> dict[int, str]:
    try:
        with transaction.atomic():
            _withdraw(run, [row], at)
    except (ProtectedError, RestrictedError):
        return {row.pk: _("Other records refer to it.")}
    return {}


def _withdraw(run: ImportRun, rows: list[ImportRow], at: datetime) -> None:
    people = _people_of(rows)
    new = [
        row.customer_id
        for row in rows
        if row.customer_id and row.outcome == ImportRow.Outcome.CREATED
    ]
    leads = [row.lead_id for row in rows if row.lead_id and row.customer_id in set(new)]
    known = [row for row in rows if row.outcome != ImportRow.Outcome.CREATED]
    opened = [pk for row in known if (pk := (row.changes or {}).get("lead"))]
    _delete_leads([*leads, *opened])
    _delete_customers([*new, *people])
    for row in known:
        _restore(run, row, at)


def _delete_leads(pks: list[int]) -> None:
    if pks:
        Deadline.objects.filter(subject_type=Lead._meta.label_lower, subject_id__in=pks).delete()
        Assignment.objects.filter(lead__in=pks).delete()
        Lead.objects.filter(pk__in=pks).delete()


def _delete_customers(pks: list[int]) -> None:
    if pks:
        Deadline.objects.filter(customer__in=pks).delete()
        # The timeline is append-only for customers; these never should have been any.
        plain: models.QuerySet[Event] = models.QuerySet(Event)
        plain.filter(customer__in=pks).delete()
        Customer.objects.filter(pk__in=pks).delete()


def _restore(run: ImportRun, row: ImportRow, at: datetime) -> None:
    """Give a known customer back what the file filled in, unless it was changed again since."""
    changes: dict[str, Any] = row.changes or {}
    if not changes or (customer := row.customer) is None:
        return
    Phone.objects.filter(pk__in=changes.get("phones", ()), customer=customer).delete()
    OwnedCar.objects.filter(pk__in=changes.get("cars", ()), customer=customer).delete()
    fields = []
    for field in FACTS:
        old, new = changes.get(field, (None, None))
        if field in changes and getattr(customer, field) == new:
            setattr(customer, field, old)
            fields.append(field)
    if "name" in fields:
        customer.name_key = names.sort_key(customer.name)
        fields.append("name_key")
    if fields:
        customer.save(update_fields=fields)
    index_customer(customer)
    note(
        "lead.import_withdrawn", store=run.store, customer=customer, by=run.reverted_by, at=at,
        list=run.prospect_list.name,
    )  # fmt: skip
