"""What becomes of the rows of a list (SOP-2.7): new, known, twice in the file, or wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers.models import Customer, OwnedCar, Phone
from dealership.staff.models import Store
from dealership.vehicles.models import Series
from leads.imports.columns import simple
from leads.imports.kinds import Verdict
from leads.models import ImportRow, ImportRun, IntentLevel, Lead, Source
from leads.models.levels import SET_BY_PROCESS

SOURCE, SERIES = gettext_lazy("Source"), gettext_lazy("Wished series")


@dataclass(frozen=True)
class Ground:
    """The store's own words, which a file's cells name."""

    levels: dict[str, IntentLevel]
    sources: dict[str, Source]
    series: dict[str, Series]


def ground_of(store: Store) -> Ground:
    levels = IntentLevel.objects.filter(store=store, is_active=True)
    return Ground(
        {level.code: level for level in levels},
        {simple(source.name): source for source in Source.objects.filter(store=store)},
        {simple(series.name): series for series in Series.objects.all()},
    )


def judge(run: ImportRun, verdicts: list[Verdict]) -> None:
    """
    Say of each row what will become of it; nothing is written.

    A person is recognised by any of the row's numbers, else by the ID number. What belongs to
    two different people is left to a human.
    """
    ground = ground_of(run.store)
    rows = [verdict for verdict in verdicts if verdict.is_written]
    for verdict in rows:
        _interpret(verdict, ground)
    rows = [verdict for verdict in rows if verdict.is_written]
    _leave_twins(rows)
    rows = [verdict for verdict in rows if verdict.is_written]
    _recognise(run, rows)
    _refuse_foreign_plates(run.store, [verdict for verdict in rows if verdict.is_written])
    known = [verdict for verdict in rows if verdict.is_written and verdict.customer]
    _leave_done(run, known)
    _settle_known(run, [verdict for verdict in known if verdict.is_written])


def _interpret(verdict: Verdict, ground: Ground) -> None:
    """Turn words into the store's levels, sources and series; what it lacks becomes a remark."""
    facts = verdict.facts
    facts["numbers"] = list(
        dict.fromkeys([*(facts.get("phone") or ()), *(facts.get("more_phones") or ())])
    )
    if not facts["numbers"]:
        verdict.leave("failed", _("There is no phone number in this row."))
        return
    notes = [facts.get("remark", "")]
    said = facts.get("level", "")
    facts["level_row"] = ground.levels.get(said[:1].upper()) if said else None
    if said and (facts["level_row"] is None or said[:1].upper() in SET_BY_PROCESS):
        verdict.leave(
            "failed",
            _("“%(said)s” is no level of yours: %(levels)s.")
            % {"said": said, "levels": " ".join(sorted(set(ground.levels) - SET_BY_PROCESS))},
        )
        return
    for code, rows, label in (
        ("source", ground.sources, SOURCE),
        ("series", ground.series, SERIES),
    ):
        said = facts.get(code, "")
        facts[f"{code}_row"] = row = rows.get(simple(said)) if said else None
        if said and row is None:
            notes.append(_("%(label)s: %(said)s") % {"label": label, "said": said})
    facts["remark"] = "\n".join(filter(None, notes))[:1000]


def _leave_twins(rows: list[Verdict]) -> None:
    """Of rows with the same number, ID or plate the first counts."""
    for code, reason in (
        ("numbers", _("The same phone number stands in row %(number)s.")),
        ("identity", _("The same ID number stands in row %(number)s.")),
        ("plate", _("The same plate stands in row %(number)s.")),
    ):
        seen: dict[Any, int] = {}
        for verdict in rows:
            if not verdict.is_written:
                continue
            said = verdict.facts.get(code)
            keys = said if isinstance(said, list) else [said] if said else []
            twin = next((seen[key] for key in keys if key in seen), None)
            if twin is not None:
                verdict.leave("skipped", reason % {"number": twin})
                continue
            for key in keys:
                seen[key] = verdict.number


def _recognise(run: ImportRun, rows: list[Verdict]) -> None:
    numbers = [number for verdict in rows for number in verdict.facts["numbers"]]
    held = Phone.objects.filter(store_id=run.store_id, number__in=numbers)
    holders = dict(held.values_list("number", "customer_id"))
    digests = [verdict.facts["identity"] for verdict in rows if verdict.facts.get("identity")]
    identified = (
        dict(
            Customer.objects.filter(
                store_id=run.store_id, identity_digest__in=digests, merged_into=None
            ).values_list("identity_digest", "pk")
        )
        if digests
        else {}
    )
    meant: dict[int, int] = {}
    for verdict in rows:
        found = {holders[number] for number in verdict.facts["numbers"] if number in holders}
        if digest := verdict.facts.get("identity"):
            found |= {identified[digest]} if digest in identified else set()
        if len(found) > 1:
            verdict.leave(
                "failed",
                _("This row belongs to two customers whom you know. Merge them first, or leave "
                  "one of the numbers out."),
            )  # fmt: skip
        elif found:
            meant[verdict.number] = found.pop()
    customers = people(set(meant.values()))
    for verdict in rows:
        if verdict.number in meant:
            verdict.customer = customers[meant[verdict.number]]
            verdict.outcome = "matched"


def people(pks: Iterable[int]) -> dict[int, Customer]:
    if not pks:
        return {}
    return Customer.objects.with_people().prefetch_related("cars").in_bulk(list(pks))


def _refuse_foreign_plates(store: Store, rows: list[Verdict]) -> None:
    plates = [verdict.facts["plate"] for verdict in rows if verdict.facts.get("plate")]
    if not plates:
        return
    owned = OwnedCar.objects.filter(store=store, plate__in=plates)
    owners = dict(owned.values_list("plate", "customer_id"))
    for verdict in rows:
        owner = owners.get(verdict.facts.get("plate", ""))
        if owner is not None and owner != (verdict.customer and verdict.customer.pk):
            verdict.leave(
                "failed",
                _("The plate belongs to another customer. Check it, or leave it out."),
            )


def _leave_done(run: ImportRun, known: list[Verdict]) -> None:
    """Who is known only because an earlier row of this file brought them."""
    if not known or run.pk is None:
        return
    earlier = ImportRow.objects.filter(
        run=run, customer__in=[verdict.customer for verdict in known if verdict.customer]
    )
    numbers = dict(earlier.order_by("-number").values_list("customer_id", "number"))
    for verdict in known:
        number = numbers.get(verdict.customer.pk) if verdict.customer else None
        if number is not None and number != verdict.number:
            verdict.leave(
                "skipped",
                _("The same person stands in row %(number)s.") % {"number": number},
            )


def _settle_known(run: ImportRun, known: list[Verdict]) -> None:
    customers = [verdict.customer for verdict in known if verdict.customer]
    open_leads = {
        lead.customer_id: lead
        for lead in Lead.objects.open().filter(customer__in=customers).order_by("pk")
    }
    for verdict in known:
        customer = verdict.customer
        assert customer is not None
        if not customer.may_be_contacted:
            verdict.leave("skipped", _("Asked not to be contacted."))
        elif run.known == ImportRun.Known.SKIP:
            verdict.leave("skipped", _("You know this customer."))
        else:
            if run.known == ImportRun.Known.MERGE:
                verdict.outcome = "merged"
            verdict.lead = open_leads.get(customer.pk)
            if verdict.lead is not None and run.opens_leads:
                verdict.reason = _("Has an open lead already.")
