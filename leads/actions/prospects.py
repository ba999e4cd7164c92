"""
SOP-2.7: the rows of a list become customers and leads, a thousand at a time.

The bulk path writes what `capture_lead` writes for one (a test compares them field by field),
except that a lead of a list which nobody looks after owes nothing: a hundred thousand first
contacts within 24 hours are no promise that anybody can keep. It begins with the consultant who
claims the lead or is given it, by the same action as any other lead. Nobody on a list has
agreed to advertising, so none gets any.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dealership.customers.actions import (
    Car,
    Draft,
    Entries,
    add_car,
    add_contact_person,
    add_phone,
    complete_customer,
    register_many,
    set_owner,
)
from dealership.customers.models import NAMELESS, Customer, OwnedCar
from dealership.databases import insert_many, reserve_ids
from dealership.staff.models import User
from leads.actions.assignment import choose_consultant
from leads.actions.capture import works_here
from leads.actions.ownership import assign_lead
from leads.actions.pool import put_into_pool
from leads.imports.kinds import Verdict
from leads.models import ImportRun, Lead, LevelChange, Way
from leads.selectors import level_of
from leads.selectors.ownership import facts_of, weigh


def write(run: ImportRun, verdicts: list[Verdict], at: datetime) -> None:
    """Write the customers and leads of rows that `judge` has let pass; the caller's transaction."""
    new = [verdict for verdict in verdicts if verdict.outcome == "created"]
    known = [verdict for verdict in verdicts if verdict.outcome in ("matched", "merged")]
    _register(run, new, at)
    for verdict in known:
        if verdict.outcome == "merged":
            _complete(run, verdict, at)
    _introduce(run, verdicts, at)
    if run.opens_leads:
        opened = [verdict for verdict in (*new, *known) if verdict.lead is None]
        _open_leads(run, opened, at)


def _register(run: ImportRun, new: list[Verdict], at: datetime) -> None:
    drafts = [_draft(verdict) for verdict in new]
    made = register_many(drafts, store=run.store, by=run.by, at=at)
    for verdict, pk in zip(new, made, strict=True):
        verdict.new_customer_id = pk


def _draft(verdict: Verdict) -> Draft:
    """The customer of a new row: of an organisation's row the organisation (SOP-2.7)."""
    facts = verdict.facts
    organisation, name = facts.get("organisation", ""), facts.get("name", "")
    kind = Customer.Kind.ORGANISATION if organisation else Customer.Kind.PERSON
    return Draft(
        name=organisation or name or f"{NAMELESS}{facts['numbers'][0][-4:]}",
        numbers=facts["numbers"],
        salutation="" if organisation else facts.get("salutation", ""),
        kind=kind,
        identity_digest="" if organisation else facts.get("identity", ""),
        car=_car(facts),
    )


def _car(facts: dict[str, object]) -> Car | None:
    told = {
        "plate": facts.get("plate") or "",
        "series_text": facts.get("car") or "",
        "vin": facts.get("vin") or "",
        "bought_on": facts.get("bought_on"),
    }
    return Car(**told) if any(told.values()) else None  # type: ignore[arg-type]


def _introduce(run: ImportRun, verdicts: list[Verdict], at: datetime) -> None:
    """Note who speaks for an organisation."""
    for verdict in verdicts:
        name = verdict.facts.get("name", "")
        if not verdict.facts.get("organisation") or not name or verdict.outcome == "matched":
            continue
        customer = verdict.customer or Customer.objects.get(pk=verdict.new_customer_id or 0)
        is_organisation = customer.kind == Customer.Kind.ORGANISATION
        if not is_organisation or customer.people.filter(person__name=name).exists():
            continue
        contact = add_contact_person(
            customer,
            name=name,
            salutation=verdict.facts.get("salutation", ""),
            job=verdict.facts.get("job", ""),
            is_decision_maker=bool(verdict.facts.get("is_decision_maker")),
            by=run.by,
            at=at,
        )
        verdict.changes.setdefault("people", []).append(contact.pk)


def _complete(run: ImportRun, verdict: Verdict, at: datetime) -> None:
    """Fill in what is missing of a known customer, and remember what it was."""
    customer, facts, changes = verdict.customer, verdict.facts, verdict.changes
    assert customer is not None
    before = {"name": customer.name, "salutation": customer.salutation}
    is_person = customer.kind == Customer.Kind.PERSON and not facts.get("organisation")
    name = facts.get("name", "") if is_person else facts.get("organisation", "")
    if (name and not customer.is_named) or (facts.get("salutation") and not customer.salutation):
        complete_customer(
            customer, name=name, salutation=facts.get("salutation", "") if is_person else "",
            phone="", by=run.by, at=at,
        )  # fmt: skip
    for field, old in before.items():
        if (now := getattr(customer, field)) != old:
            changes[field] = [old, now]
    if is_person and facts.get("identity") and not customer.identity_digest:
        customer.identity_digest = facts["identity"]
        customer.save(update_fields=["identity_digest"])
        changes["identity_digest"] = ["", facts["identity"]]
    has = {phone.number for phone in customer.phones.all()}
    for number in facts["numbers"]:
        if number not in has:
            added = add_phone(customer, number, by=run.by, at=at)
            changes.setdefault("phones", []).append(added.pk)
    car = _car(facts)
    if car and not any(_same(car, owned) for owned in customer.cars.all()):
        made = add_car(customer, **vars(car), by=run.by, at=at)
        changes.setdefault("cars", []).append(made.pk)


def _same(car: Car, owned: OwnedCar) -> bool:
    if car.plate or car.vin:
        return bool((car.plate and car.plate == owned.plate) or (car.vin and car.vin == owned.vin))
    return car.series_text == owned.series_text


def _open_leads(run: ImportRun, rows: list[Verdict], at: datetime) -> None:
    if not rows:
        return
    usual, kinds = level_of(run.store, "N"), _base_kinds(rows)
    reason = _("From the list “%(list)s”") % {"list": run.prospect_list}
    entries = Entries(run.store, run.by, at)
    pooled: list[tuple[Any, ...]] = []
    given: list[tuple[Any, ...]] = []
    for pk, verdict in zip(reserve_ids(Lead, len(rows)), rows, strict=True):
        facts, customer_id = verdict.facts, verdict.customer_id
        assert customer_id is not None
        verdict.new_lead_id = pk
        level = facts.get("level_row") or usual
        source = facts.get("source_row") or run.prospect_list.source
        series = facts.get("series_row")
        told = (
            pk, customer_id, source.pk, level.pk, series.pk if series else None,
            facts.get("remark", "")[:1000], kinds.get(customer_id, ""),
        )  # fmt: skip
        about: dict[str, Any] = {
            "customer_id": customer_id, "lead_id": pk, "subject": Lead, "subject_id": pk,
        }  # fmt: skip
        entries.add("lead.opened", level=level.code, **about)
        if verdict.customer is not None:
            verdict.changes["lead"] = pk
        if run.owner == ImportRun.Owner.POOL and _taker(run, verdict) is None:
            pooled.append(told)
            entries.add("lead.pooled", reason=reason, consultant="–", **about)
            if verdict.customer is not None:
                set_owner(verdict.customer, None, by=run.by, at=at)
        else:
            given.append(told)
    shared = {
        "store_id": run.store_id,
        "prospect_list_id": run.prospect_list_id,
        "opened_at": at,
        "way": Way.LIST,
    }
    insert_many(Lead, TOLD, pooled, same=shared | {"pooled_at": at, "pool_reason": reason})
    insert_many(Lead, TOLD, given, same=shared)
    insert_many(
        LevelChange,
        ("lead_id", "new_id"),
        ((told[0], told[LEVEL]) for told in (*pooled, *given)),
        same={"by_id": run.by_id, "at": at},
    )
    entries.write()
    ids = {told[0] for told in given}
    for verdict in rows:
        if verdict.new_lead_id in ids:
            _give(run, verdict, at)


# What differs from lead to lead of a file.
TOLD = ("id", "customer_id", "source_id", "level_id", "series_id", "remark", "base_kind")
LEVEL = TOLD.index("level_id")


def _taker(run: ImportRun, verdict: Verdict) -> User | None:
    """Who gets the customer's lead: their own consultant, else the one chosen for the list."""
    customer = verdict.customer
    owner = works_here(customer.owner, run.store) if customer and customer.owner_id else None
    return owner or run.consultant


def _base_kinds(rows: list[Verdict]) -> dict[int, str]:
    """`base_kind_of` for many: what somebody already was to the store (SOP-2.3)."""
    known = [verdict.customer.pk for verdict in rows if verdict.customer]
    outside = Lead.BaseKind.OUTSIDE_OWNER.value
    kinds: dict[int, str] = {
        verdict.new_customer_id: outside
        for verdict in rows
        if verdict.new_customer_id and _car(verdict.facts)
    }
    if known:
        owners = OwnedCar.objects.filter(customer__in=known).values_list("customer_id", flat=True)
        kinds |= dict.fromkeys(owners, outside)
        for status, kind in (
            (Lead.Status.LOST, Lead.BaseKind.LOST),
            (Lead.Status.DELIVERED, Lead.BaseKind.OWNER),
        ):
            past = Lead.objects.filter(customer__in=known, status=status)
            kinds |= dict.fromkeys(past.values_list("customer_id", flat=True), kind.value)
    return kinds


def _give(run: ImportRun, verdict: Verdict, at: datetime) -> None:
    """
    Give the lead to its consultant, by the same action as any other lead.

    Duty, load and turn are those of the moment; when nobody is available it waits in the pool.
    """
    lead = Lead.objects.with_people().get(pk=verdict.new_lead_id or 0)
    before, taker = lead.customer.owner_id, _taker(run, verdict)
    if taker is None and weigh(facts_of(lead), at=at).consultant is not None:
        taker = choose_consultant(lead, at=at)
    if taker is None:
        put_into_pool(lead, reason=_("Nobody was available for a new lead."), by=run.by, at=at)
        return
    lead = assign_lead(lead, consultant=taker, by=run.by, at=at)
    if verdict.customer is not None and lead.customer.owner_id != before:
        verdict.changes["owner_id"] = [before, lead.customer.owner_id]
