"""What becomes of promises to a person who was registered twice."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.merging import Joining, declare_comparison, declare_reconciler
from dealership.sop.actions.joining import join_promises


def join_what_is_owed(joining: Joining) -> None:
    """Promises about the person themselves; those about a lead or a visit go with it."""
    join_promises(joining.journal, joining.other, joining.keep, by=joining.by, at=joining.at)


declare_comparison(_("Owed"), "dealership.sop.owed.owed_in_words")
declare_reconciler(before=join_what_is_owed)
