"""SOP-4: the clocks of the showroom and the fourteen steps of reception as a checklist."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.checklists import Checklist, Item, declare_checklist
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

RECEPTION = declare_checklist(
    Checklist(
        code="showroom.reception",
        version=1,
        sop="4.4",
        title=_("Reception"),
        items=(
            Item(
                "stand_duty",
                sop="4.4.1",
                title=_("Somebody stands at the welcome desk"),
                points=(
                    _("Upright, facing the door, phone put away"),
                    _("Hand over the post before leaving it"),
                ),
                icon="user-pin",
            ),
            Item(
                "greet",
                sop="4.4.2",
                title=_("Go out to meet the guest"),
                points=(
                    _("Open the car door, nod, smile, say welcome"),
                    _("Umbrella in rain, and above 38 °C"),
                    _("Lead the way in, half a step ahead"),
                ),
                icon="door-enter",
            ),
            Item(
                "ask",
                sop="4.4.3",
                title=_("Ask what brings them here"),
                points=(
                    _("Why did they come? Is it the first visit?"),
                    _("Whom do they know here? Fetch that colleague"),
                ),
                icon="help-circle",
            ),
            Item(
                "introduce",
                sop="4.4.4",
                title=_("Introduce yourself"),
                points=(
                    _("Name and task, business card with both hands"),
                    _("Ask how the guest would like to be called"),
                ),
                icon="id",
            ),
            Item(
                "explain_areas",
                sop="4.4.5",
                title=_("Explain the showroom's areas"),
                points=(
                    _("Display, talks, rest, children, washroom"),
                    _("Invite them to look around freely"),
                ),
                icon="map-2",
            ),
            Item(
                "free_viewing",
                sop="4.4.6",
                title=_("Let them look around"),
                points=(
                    _("Two minutes at most, two metres away"),
                    _("A glance, a question, a door opened: now walk up"),
                ),
                icon="eye",
            ),
            Item(
                "seat",
                sop="4.4.7",
                title=_("Offer a seat"),
                points=(
                    _("The guest faces the display car, companions too"),
                    _("Sit to the left, at a right angle"),
                ),
                icon="armchair",
            ),
            Item(
                "material",
                sop="4.4.8",
                title=_("Hand over product material"),
                points=(
                    _("The brochure of the series they asked for"),
                    _("Turned so that they can read it"),
                ),
                icon="book",
            ),
            Item(
                "drinks",
                sop="4.4.9",
                title=_("Offer a drink"),
                points=(
                    _("Three kinds or more, the cup two thirds full"),
                    _("Serve from the right, say when it is hot"),
                ),
                icon="mug",
            ),
            Item(
                "see_off",
                sop="4.4.10",
                title=_("See the guest off"),
                points=(
                    _("Nothing left behind? Walk them to the door or the car"),
                    _("Thank them, umbrella if needed, wave until out of sight"),
                ),
                icon="door-exit",
            ),
            Item(
                "tidy",
                sop="4.4.11",
                title=_("Tidy the table"),
                points=(_("Cups, paper and chairs, within 5 minutes of the departure"),),
                icon="cup",
                is_proven=True,
            ),
            Item(
                "reset",
                sop="4.4.12",
                title=_("Reset the display car"),
                points=(_("Seats, windows, doors, lights, finger marks, within 5 more minutes"),),
                icon="car",
                is_proven=True,
            ),
            Item(
                "register",
                sop="4.4.13",
                title=_("Complete the register"),
                points=(_("Register and DMS entry within 10 more minutes, while it is fresh"),),
                icon="clipboard-text",
                is_proven=True,
            ),
            Item(
                "thank_you",
                sop="4.4.14",
                title=_("Thank-you SMS"),
                points=(_("Within two hours of the departure"),),
                icon="message-heart",
                is_proven=True,
            ),
        ),
    )
)
