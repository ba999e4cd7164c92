"""Questions about people and their days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dealership import clock
from dealership.staff.models import Duty, Membership, Store, User
from dealership.staff.roles import Role


@dataclass(frozen=True)
class Colleague:
    """A person with the roles held in one store, ready for a list."""

    user: User
    roles: list[str]
    team: str
    last_seen: datetime | None
    sells: bool = False


@dataclass(frozen=True)
class RosterCell:
    day: date
    duty: Duty | None
    is_past: bool


@dataclass(frozen=True)
class RosterRow:
    user: User
    cells: list[RosterCell]
    tally: int


def people_of(store: Store) -> list[Colleague]:
    members = Membership.objects.filter(store=store).select_related("user", "team")
    found: dict[int, Colleague] = {}
    ordered = list(members.order_by("user__name_key", "user_id"))
    sellers = {member.user_id for member in ordered if member.role == Role.CONSULTANT}
    for member in ordered:
        row = found.get(member.user_id)
        if row is None:
            team = str(member.team or "")
            sells = member.user_id in sellers
            row = found[member.user_id] = Colleague(
                member.user, [], team, member.user.last_login, sells
            )
        row.roles.append(str(member.get_role_display()))
    return sorted(found.values(), key=lambda row: not row.user.is_active)


ROSTERED = (Role.CONSULTANT, Role.RECEPTIONIST, Role.DRIVE_SPECIALIST)


def week_of(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def roster_of(store: Store, monday: date) -> list[RosterRow]:
    """The week's roster, a row for each person who has guests to look after."""
    days, today = week_of(monday), clock.day_of(clock.now(), store.tz)
    duties = {
        (duty.user_id, duty.day): duty
        for duty in Duty.objects.filter(store=store, day__range=(days[0], days[-1]))
    }
    rows = []
    for person in User.objects.in_store(store, *ROSTERED):
        cells = [RosterCell(day, duties.get((person.pk, day)), day < today) for day in days]
        rows.append(RosterRow(person, cells, sum(cell.duty is not None for cell in cells)))
    return rows


def on_duty(rows: list[RosterRow]) -> list[int]:
    """How many people are on the roster on each day of the week."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return [sum(cell.duty is not None for cell in column) for column in columns]
