"""SOP-4.2, 4.4.11-14: the clocks that a call and a departure start."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.steps import Step, Within, declare
from dealership.staff.roles import Role

TIDY = declare(
    Step(
        code="showroom.tidy",
        sop="4.4.11",
        title=_("Tidy the table"),
        role=Role.CONSULTANT,
        limit=Within(minutes=5),
        remind_before=timedelta(minutes=2),
        escalate_after=timedelta(minutes=10),
        page="showroom:visit-tidy",
        quick="showroom:visit-tidy",
        action_label=_("Tidied"),
        tally=_("Table tidied within 5 min"),
        icon="cup",
    )
)
RESET = declare(
    Step(
        code="showroom.reset",
        sop="4.4.12",
        title=_("Reset the display car"),
        role=Role.CONSULTANT,
        limit=Within(minutes=5),
        remind_before=timedelta(minutes=2),
        escalate_after=timedelta(minutes=10),
        page="showroom:visit-reset",
        quick="showroom:visit-reset",
        action_label=_("Car is reset"),
        tally=_("Car reset within 5 min"),
        icon="car",
    )
)
REGISTER = declare(
    Step(
        code="showroom.register",
        sop="4.4.13",
        title=_("Complete the register"),
        role=Role.CONSULTANT,
        limit=Within(minutes=10),
        remind_before=timedelta(minutes=4),
        escalate_after=timedelta(minutes=15),
        page="showroom:visit-complete",
        action_label=_("Complete the register"),
        tally=_("Register within 10 min"),
        icon="clipboard-text",
    )
)
THANK_YOU = declare(
    Step(
        code="showroom.thank_you",
        sop="4.4.14",
        title=_("Thank-you SMS"),
        role=Role.CONSULTANT,
        limit=Within(hours=2),
        remind_before=timedelta(minutes=45),
        escalate_after=timedelta(minutes=5),
        acts="showroom.actions.act_thank_you",
        act_before=timedelta(minutes=20),
        quiet=True,
        page="showroom:visit-thank",
        action_label=_("Send the SMS"),
        tally=_("Thank-you SMS within 2 h"),
        icon="message-heart",
    )
)
CALL_REGISTER = declare(
    Step(
        code="showroom.call_register",
        sop="4.2",
        title=_("Complete the register after the call"),
        role=Role.CONSULTANT,
        limit=Within(minutes=10),
        remind_before=timedelta(minutes=4),
        escalate_after=timedelta(minutes=15),
        page="showroom:visit-complete",
        action_label=_("Complete the register"),
        tally=_("Call registered within 10 min"),
        icon="phone-check",
    )
)
