"""
SOP-4.1: visits out of an earlier register become history.

They stand in the register and on the timeline at the time they happened. Nothing of them is
owed, nobody is told, no message goes out; no lead opens.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import Draft, Entries, register_many
from dealership.customers.models import NAMELESS
from leads.imports.kinds import Verdict
from leads.models import ImportRow, ImportRun
from showroom.models import Visit


def write(run: ImportRun, verdicts: list[Verdict], at: datetime) -> None:
    """Write the visits of rows that `judge` has let pass; the caller's transaction."""
    _register(run, verdicts, at)
    visits = Visit.objects.bulk_create(
        [_visit(run, verdict, at) for verdict in verdicts], batch_size=500
    )
    for verdict, visit in zip(verdicts, visits, strict=True):
        verdict.subject_id = visit.pk
        if visit.customer_id is None:
            continue
        is_call = visit.way == Visit.Way.CALL
        told: dict[str, Any] = {} if is_call else {"party": visit.party_size}
        entries = Entries(run.store, run.by, visit.arrived_at)
        entries.add(
            "visit.called" if is_call else "visit.arrived", customer_id=visit.customer_id,
            subject=Visit, subject_id=visit.pk, **told,
        )  # fmt: skip
        entries.write()
    judge_many({visit.customer_id for visit in visits if visit.customer_id}, run)


def _register(run: ImportRun, verdicts: list[Verdict], at: datetime) -> None:
    """Register whoever left a number that nobody has; two visits of one file are one person."""
    drafts: dict[str, Draft] = {}
    for verdict in verdicts:
        numbers = verdict.facts["numbers"]
        if verdict.customer is not None or not numbers:
            continue
        if not any(number in drafts for number in numbers):
            draft = _draft(verdict, [one for one in numbers if one not in drafts])
            drafts |= dict.fromkeys(draft.numbers, draft)
    distinct = list({id(draft): draft for draft in drafts.values()}.values())
    made = register_many(distinct, store=run.store, by=run.by, at=at) if distinct else []
    customers = {id(draft): one for draft, one in zip(distinct, made, strict=True)}
    seen: set[int] = set()
    for verdict in verdicts:
        found = next((one for one in verdict.facts["numbers"] if one in drafts), None)
        if verdict.customer is None and found is not None:
            pk = verdict.new_customer_id = customers[id(drafts[found])]
            # The row that brought the person is the first; the others know them by then.
            if pk in seen:
                verdict.outcome = "matched"
            seen.add(pk)


def _draft(verdict: Verdict, numbers: list[str]) -> Draft:
    facts = verdict.facts
    return Draft(
        name=facts.get("name") or f"{NAMELESS}{numbers[0][-4:]}",
        numbers=numbers,
        salutation=facts.get("salutation", ""),
        owner=facts.get("consultant_row"),
    )


def _visit(run: ImportRun, verdict: Verdict, at: datetime) -> Visit:
    facts, customer_id = verdict.facts, verdict.customer_id
    return Visit(
        store=run.store,
        way=facts["visit_way"],
        customer_id=customer_id,
        consultant=facts["consultant_row"],
        entered_by=run.by,
        arrived_at=facts["arrived_at"],
        taken_at=facts["arrived_at"] if facts["consultant_row"] else None,
        departed_at=facts["departed_at"],
        departures=1 if facts["departed_at"] else 0,
        entered_at=at,
        party_size=facts["party_size"],
        purpose=Visit.Purpose.SEE_CAR,
        is_first=facts.get("is_first") if facts["visit_way"] == Visit.Way.WALK_IN else None,
        has_contact=customer_id is not None,
        left_no_contact=customer_id is None,
        series=facts["series_row"],
        source=facts["source_row"],
        guest_name="" if customer_id else facts.get("name", "")[:60],
        salutation="" if customer_id else facts.get("salutation", ""),
        remark=facts["remark"],
        level_before=facts["level_row"],
        level_after=facts["level_after_row"],
        registered_at=at,
        registered_by=run.by,
        is_history=True,
    )


def judge_many(customers: set[int], run: ImportRun) -> None:
    """
    Work out first and again over all visits of many customers, as `judge_first` does for one.

    An earlier visit that history brings makes later ones returns.
    """
    visits = Visit.objects.counted().walk_ins().filter(customer__in=customers)
    days: dict[int | None, list[object]] = {}
    wrong = []
    for visit in visits.order_by("customer", "arrived_at", "pk"):
        seen = days.setdefault(visit.customer_id, [])
        day = clock.day_of(visit.arrived_at, run.store.tz)
        truth = (day == (seen or [day])[0], day in seen)
        seen.append(day)
        if (visit.is_first, visit.is_same_day_return) != truth:
            visit.is_first, visit.is_same_day_return = truth
            wrong.append(visit)
    Visit.objects.bulk_update(wrong, ["is_first", "is_same_day_return"], batch_size=500)


def withdraw(run: ImportRun, rows: list[ImportRow], at: datetime) -> Mapping[int, str]:
    """Take back the visits that nobody has touched; why the others stay."""
    visits = Visit.objects.in_bulk([row.subject_id for row in rows if row.subject_id])
    kept: dict[int, str] = {}
    gone: list[Visit] = []
    brought = {row.customer_id for row in rows if row.outcome == ImportRow.Outcome.CREATED}
    others = set(
        Visit.objects.filter(customer__in=brought)
        .exclude(pk__in=visits)
        .values_list("customer_id", flat=True)
    )
    for row in rows:
        visit = visits.get(row.subject_id or 0)
        if visit is not None and visit.version > 1:
            kept[row.pk] = _("The visit was changed since.")
        elif row.outcome == ImportRow.Outcome.CREATED and row.customer_id in others:
            kept[row.pk] = _("The customer has other visits.")
        elif visit is not None:
            gone.append(visit)
    Visit.objects.filter(pk__in=[visit.pk for visit in gone]).delete()
    left = {visit.customer_id for visit in gone if visit.customer_id} - brought
    judge_many({pk for pk in left if pk is not None}, run)
    return kept
