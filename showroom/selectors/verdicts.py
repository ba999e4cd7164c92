"""What becomes of the rows of an earlier register: past visits, each of them once."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Phone
from dealership.staff.models import Store, User
from leads.imports.columns import simple
from leads.imports.kinds import Verdict
from leads.models import ImportRun
from leads.selectors.prospects import Ground, ground_of, people
from showroom.models import Visit

NOON = time(12)
CALLS = ("来电", "电话", "call", "phone", "tel")
LONGEST_STAY = timedelta(hours=16)
HOURS = re.compile(r"(\d+(?:\.\d+)?)\s*(小时|h|hour)", re.IGNORECASE)
MINUTES = re.compile(r"(\d+)\s*(分|min)", re.IGNORECASE)


def judge(run: ImportRun, verdicts: list[Verdict]) -> None:
    """
    Say of each row which visit it is; one that the register holds already is skipped.

    A visit is known by its day, time, way and phone: the same file twice changes nothing.
    """
    ground, staff = ground_of(run.store), _staff(run.store)
    rows = [verdict for verdict in verdicts if verdict.is_written]
    for verdict in rows:
        _interpret(verdict, run.store, ground, staff)
    rows = [verdict for verdict in rows if verdict.is_written]
    numbers = [number for verdict in rows for number in verdict.facts["numbers"]]
    held = Phone.objects.filter(store_id=run.store_id, number__in=numbers)
    holders = dict(held.values_list("number", "customer_id"))
    customers = people(set(holders.values()))
    for verdict in rows:
        pk = next((holders[one] for one in verdict.facts["numbers"] if one in holders), None)
        if pk is not None:
            verdict.customer = customers[pk]
            verdict.outcome = "matched"
    _leave_known(run, rows)


def _staff(store: Store) -> dict[str, User]:
    """People by name; a name that two of them bear says nothing."""
    found: dict[str, User | None] = {}
    for user in User.objects.of_store(store):
        found[user.name] = None if user.name in found else user
    return {name: user for name, user in found.items() if user is not None}


def _interpret(verdict: Verdict, store: Store, ground: Ground, staff: dict[str, User]) -> None:
    facts = verdict.facts
    day: datetime | None = facts.get("day")
    if day is None:
        verdict.leave("failed", _("There is no date in this row."))
        return
    came = facts.get("came") or (day.time() if day.time() != time.min else NOON)
    arrived = datetime.combine(day.date(), came, tzinfo=store.tz)
    if arrived > clock.now():
        verdict.leave("failed", _("This visit lies in the future."))
        return
    way = facts.get("way", "").lower()
    facts["visit_way"] = Visit.Way.CALL if any(word in way for word in CALLS) else Visit.Way.WALK_IN
    facts["arrived_at"] = arrived
    facts["departed_at"] = None
    if facts["visit_way"] == Visit.Way.WALK_IN:
        facts["departed_at"] = _departed(facts, arrived, store)
    facts["numbers"] = facts.get("phone") or []
    facts["party_size"] = min(max(facts.get("party") or 1, 1), 50)
    notes = [facts.get("said", "")]
    for code, rows, label in (
        ("series", ground.series, _("Series")),
        ("source", ground.sources, _("Source")),
    ):
        said = facts.get(code, "")
        facts[f"{code}_row"] = row = rows.get(simple(said)) if said else None
        if said and row is None:
            notes.append(f"{label}: {said}")
    for code, label in (("level", _("Level at first")), ("level_after", _("Level after tracking"))):
        said = facts.get(code, "")
        facts[f"{code}_row"] = level = ground.levels.get(said[:1].upper()) if said else None
        if said and level is None:
            notes.append(f"{label}: {said}")
    said = facts.get("consultant", "")
    facts["consultant_row"] = staff.get(said)
    if said and said not in staff:
        notes.append(f"{_('Consultant')}: {said}")
    facts["remark"] = "\n".join(filter(None, notes))[:2000]


def _departed(facts: dict[str, Any], arrived: datetime, store: Store) -> datetime:
    """When the guest left: as written, else after the stay that is written, else at once."""
    if (left := facts.get("left")) is not None:
        departed = datetime.combine(arrived.date(), left, tzinfo=store.tz)
        if departed < arrived:
            departed += timedelta(days=1)
        return departed if departed - arrived < LONGEST_STAY else arrived
    said = facts.get("stay", "")
    hours, minutes = HOURS.search(said), MINUTES.search(said)
    stay = timedelta(
        hours=float(hours[1]) if hours else 0, minutes=int(minutes[1]) if minutes else 0
    )
    return arrived + min(stay, LONGEST_STAY)


def key_of(verdict: Verdict) -> tuple[Any, ...]:
    facts = verdict.facts
    who: Any = facts["numbers"][0] if facts["numbers"] else facts.get("name", "")
    return (facts["arrived_at"], facts["visit_way"], who)


def _leave_known(run: ImportRun, rows: list[Verdict]) -> None:
    known = {
        (visit.arrived_at, visit.way, visit.customer_id or visit.guest_name)
        for visit in Visit.objects.counted().filter(
            store=run.store, arrived_at__in={verdict.facts["arrived_at"] for verdict in rows}
        )
    }
    seen: dict[tuple[Any, ...], int] = {}
    for verdict in rows:
        arrived_at, way, who = key_of(verdict)
        person = verdict.customer.pk if verdict.customer else who
        if (arrived_at, way, person) in known:
            verdict.leave("skipped", _("This visit stands in the register already."))
        elif (twin := seen.get(key_of(verdict))) is not None:
            verdict.leave("skipped", _("The same visit stands in row %(number)s.")
                          % {"number": twin})  # fmt: skip
        else:
            seen[key_of(verdict)] = verdict.number
