"""Questions about people and their days."""

from dataclasses import dataclass
from datetime import date, timedelta

from dealership.staff.models import Duty, Membership, Store, User
from dealership.staff.roles import Role


@dataclass(frozen=True)
class Colleague:
    """A person with the roles held in one store, ready for a list."""

    user: User
    roles: list[str]
    team: str


@dataclass(frozen=True)
class RosterRow:
    user: User
    days: list[tuple[date, Duty | None]]


def people_of(store: Store) -> list[Colleague]:
    members = Membership.objects.filter(store=store).select_related("user", "team")
    found: dict[int, Colleague] = {}
    for member in members.order_by("user__name_key", "user_id"):
        row = found.setdefault(member.user_id, Colleague(member.user, [], ""))
        row.roles.append(str(member.get_role_display()))
    return list(found.values())


def roster_of(store: Store, monday: date) -> list[RosterRow]:
    """The week's roster, a row for each consultant and receptionist."""
    days = [monday + timedelta(days=number) for number in range(7)]
    duties = {
        (duty.user_id, duty.day): duty
        for duty in Duty.objects.filter(store=store, day__range=(days[0], days[-1]))
    }
    people = User.objects.in_store(store, Role.CONSULTANT, Role.RECEPTIONIST)
    return [
        RosterRow(person, [(day, duties.get((person.pk, day))) for day in days])
        for person in people
    ]
