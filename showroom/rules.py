"""Who may see and keep the visit and call register."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, MANAGERS, Role


def attends(user: User, visit: Any) -> bool:
    """Managers and the reception any visit; a consultant theirs, or one nobody attends yet."""
    roles = user.roles_in(visit.store_id)
    if not roles.isdisjoint(MANAGERS | {Role.RECEPTIONIST}):
        return True
    return visit.consultant_id in (None, user.pk) or user.pk in (
        visit.known_consultant_id,
        visit.entered_by_id,
    )


def may_void(user: User, visit: Any) -> bool:
    """Managers any visit; whoever entered it, as long as nobody has completed it."""
    if not user.roles_in(visit.store_id).isdisjoint(MANAGERS):
        return True
    return visit.entered_by_id == user.pk and visit.registered_at is None


allow(
    "showroom.view_floor",
    *FLOOR,
    Role.DRIVE_SPECIALIST,
    Role.CLERK,
    Role.SERVICE_SPECIALIST,
    title=_("See who is in the showroom"),
)
allow(
    "showroom.view_visit",
    *FLOOR,
    Role.DRIVE_SPECIALIST,
    Role.CLERK,
    Role.SERVICE_SPECIALIST,
    title=_("See visits, calls and messages"),
)
allow("showroom.receive_visit", *FLOOR, title=_("Log a walk-in"))
allow(
    "showroom.log_call",
    *FLOOR,
    Role.CLERK,
    Role.SERVICE_SPECIALIST,
    title=_("Log a call or a message"),
)
allow("showroom.attend_visit", *FLOOR, title=_("Attend a visit"), when=attends)
allow(
    "showroom.complete_visit",
    *FLOOR,
    Role.CLERK,
    title=_("Complete the register"),
    when=lambda user, visit: Role.CLERK in user.roles_in(visit.store_id) or attends(user, visit),
)
allow("showroom.void_visit", *FLOOR, title=_("Void a visit"), when=may_void)


def is_own(user: User, duty: Any) -> bool:
    """The person's own day."""
    return duty.user_id == user.pk


def is_own_or_managed(user: User, duty: Any) -> bool:
    return is_own(user, duty) or not user.roles_in(duty.store_id).isdisjoint(MANAGERS)


allow("showroom.prepare_day", *EVERYONE, title=_("Prepare one's own day"), when=is_own)
allow(
    "showroom.view_preparation",
    *EVERYONE,
    title=_("See how a day was prepared"),
    when=is_own_or_managed,
)
