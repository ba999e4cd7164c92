"""SOP-2: the clocks of lead development."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.steps import EndOfDay, Step, Within, declare
from dealership.staff.roles import Role

# Somebody whom we have not spoken to yet (domain §1.2, level N).
FIRST_CONTACT = declare(
    Step(
        code="leads.first_contact",
        sop="2.2",
        title=_("First contact"),
        role=Role.CONSULTANT,
        limit=Within(hours=24),
        remind_before=timedelta(hours=4),
        escalate_after=timedelta(hours=1),
        page="leads:contact-new",
        action_label=_("Record contact"),
        tally=_("First contact within 24 h"),
        icon="phone-outgoing",
    )
)
# The next contact, on the day that was agreed or that the level asks for.
FOLLOW_UP = declare(
    Step(
        code="leads.follow_up",
        sop="2.2",
        title=_("Follow-up"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=15),
        escalate_after=timedelta(hours=10),
        page="leads:contact-new",
        action_label=_("Record contact"),
        tally=_("Follow-up on the day agreed"),
        is_dated=True,
        icon="phone-call",
    )
)
