"""Who may see, place and cancel orders."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, MANAGERS, Role


def manages(user: User, row: Any) -> bool:
    return not user.roles_in(row.store_id).isdisjoint(MANAGERS)


def looks_after(user: User, customer: Any) -> bool:
    """The customer's consultant, who attends them now, or a manager of the store."""
    return user.pk in (customer.owner_id, customer.attended_by_id) or manages(user, customer)


def sells_it(user: User, order: Any) -> bool:
    """The consultant of the order, or a manager of its store."""
    return order.consultant_id == user.pk or manages(user, order)


allow("deals.view_order", *EVERYONE, title=_("See orders"))
allow("deals.place_order", Role.CONSULTANT, *MANAGERS, when=looks_after, title=_("Place orders"))
allow("deals.cancel_order", Role.CONSULTANT, *MANAGERS, when=sells_it, title=_("Cancel orders"))
