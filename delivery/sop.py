"""SOP-9.6 and 9.8: what the house owes once a car has been handed over."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.steps import EndOfDay, Step, Within, declare
from dealership.staff.roles import Role
from delivery.windows import DAYS_AFTER_INVOICE

FILE = declare(
    Step(
        code="delivery.file",
        sop="9.6.20",
        title=_("Customer file"),
        role=Role.CLERK,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=8),
        escalate_after=timedelta(minutes=30),
        page="delivery:delivery-detail",
        quick="delivery:delivery-file",
        action_label=_("File is complete"),
        tally=_("File complete the same day"),
        icon="folder-check",
    )
)
THANK_YOU = declare(
    Step(
        code="delivery.thank_you",
        sop="9.6.21",
        title=_("Thank-you SMS after delivery"),
        role=Role.CONSULTANT,
        limit=Within(hours=2),
        remind_before=timedelta(minutes=45),
        escalate_after=timedelta(minutes=5),
        acts="delivery.actions.act_thank_you",
        act_before=timedelta(minutes=20),
        quiet=True,
        page="delivery:delivery-thank",
        action_label=_("Send the SMS"),
        tally=_("Delivery SMS within 2 h"),
        icon="message-heart",
    )
)
SAME_DAY_CALL = declare(
    Step(
        code="delivery.same_day_call",
        sop="9.6.22",
        title=_("Same-day callback"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=6),
        escalate_after=timedelta(minutes=30),
        page="delivery:callback",
        action_label=_("Record the call"),
        tally=_("Same-day callback"),
        icon="phone-outgoing",
    )
)
# "On the third day" is D+3: it can be done from 00:00 of that day on, until its 24:00.
THIRD_DAY_CALL = declare(
    Step(
        code="delivery.third_day_call",
        sop="9.6.23",
        title=_("Third-day callback"),
        role=Role.CONSULTANT,
        limit=EndOfDay(3, opens=3),
        remind_before=timedelta(hours=15),
        escalate_after=timedelta(minutes=30),
        page="delivery:callback",
        action_label=_("Record the call"),
        tally=_("Third-day callback"),
        icon="phone-calling",
    )
)
DMS_ENTRY = declare(
    Step(
        code="delivery.dms_entry",
        sop="9.8",
        title=_("DMS entry"),
        role=Role.CLERK,
        limit=EndOfDay(DAYS_AFTER_INVOICE),
        remind_before=timedelta(hours=24),
        escalate_after=timedelta(0),
        page="delivery:dms-enter",
        action_label=_("Enter in the DMS"),
        tally=_("DMS entry within 3 days"),
        is_fixed=True,
        icon="database-import",
    )
)
CALL_STEPS = {"same_day": SAME_DAY_CALL, "third_day": THIRD_DAY_CALL}
