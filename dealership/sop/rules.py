"""Who may see and decide on deadlines, limits and checklists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, MANAGERS, Role


def owes(user: User, deadline: Any) -> bool:
    """The deadline is the person's own, their role's, or they manage the store."""
    if deadline.owner_id is None:
        return deadline.role in user.roles_in(deadline.store_id) or manages(user, deadline)
    return deadline.owner_id == user.pk or manages(user, deadline)


def manages(user: User, deadline: Any) -> bool:
    return not user.roles_in(deadline.store_id).isdisjoint(MANAGERS)


allow("sop.view_deadlines", *EVERYONE, title=_("See deadlines"))
allow("sop.reply", *EVERYONE, title=_("Explain a late task"), when=owes)
allow("sop.decide_reply", *MANAGERS, title=_("Decide on explanations"))
allow("sop.waive", *MANAGERS, title=_("Waive a task"))
allow("sop.retry", *MANAGERS, title=_("Give a task back to the clock"))
allow("sop.view_limits", *MANAGERS, title=_("See limits"))
allow(
    "sop.change_limits",
    Role.GENERAL_MANAGER,
    Role.GROUP_ADMIN,
    Role.SALES_MANAGER,
    title=_("Change limits"),
)
allow("sop.use_checklist", *EVERYONE, title=_("Work through a checklist"))
