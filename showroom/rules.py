"""Who may see and keep the visit and call register."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import FLOOR, MANAGERS, Role


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
