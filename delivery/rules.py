"""Who may hand cars over, call afterwards, and keep the DMS."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, MANAGERS, Role
from deals.rules import sells_it


def owes_it(user: User, row: Any) -> bool:
    """The consultant, a manager, or whoever the open promise about `row` was handed to."""
    return sells_it(user, row) or Deadline.objects.open().about(row).filter(owner=user).exists()


CALLERS = (Role.CONSULTANT, Role.SERVICE_SPECIALIST, Role.SERVICE_ADVISOR, *MANAGERS)
CLERKS = (Role.CLERK, *MANAGERS)

allow("delivery.view_delivery", *EVERYONE, title=_("See deliveries"))
allow("delivery.hand_over", Role.CONSULTANT, *MANAGERS, when=sells_it, title=_("Hand cars over"))
allow("delivery.thank", *CALLERS, when=owes_it, title=_("Thank for the purchase"))
allow("delivery.record_call", *CALLERS, when=owes_it, title=_("Record callbacks"))
allow("delivery.complete_file", *CLERKS, title=_("Confirm the customer's file"))
allow("delivery.view_dms", *CLERKS, title=_("See what the DMS still lacks"))
allow("delivery.enter_dms", *CLERKS, title=_("Enter sales in the DMS"))
allow("delivery.apply_late", *CLERKS, title=_("Apply for a late DMS entry"))
allow("delivery.decide_late", *CLERKS, title=_("Record the brand's decision"))
