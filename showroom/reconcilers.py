"""What becomes of the visits of a person who was registered twice."""

from django.utils.translation import gettext as _

from dealership.customers.merging import Joining, declare_reconciler
from dealership.errors import RuleViolation
from showroom.actions.guests import judge_first
from showroom.models import Visit


def refuse_two_guests(joining: Joining) -> None:
    """Nobody is in the showroom twice."""
    here = Visit.objects.present().filter(customer__in=joining.both)
    if len(set(here.values_list("customer", flat=True))) == 2:
        raise RuleViolation(
            _("Both are in the showroom now. Log the departure of one, or void the visit that "
              "was entered twice."),
            code="both_here",
        )  # fmt: skip


def count_visits_anew(joining: Joining) -> None:
    """First and again are worked out over the visits of both."""
    visits = Visit.objects.filter(customer=joining.keep).order_by("pk")
    with joining.journal.following(lambda: list(visits.all())):
        judge_first(joining.keep)


declare_reconciler(before=refuse_two_guests, after=count_visits_anew)
