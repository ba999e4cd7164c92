"""SOP-4.4: the fourteen steps of reception as a checklist."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.checklists import Checklist, Item, declare_checklist

RECEPTION = declare_checklist(
    Checklist(
        code="showroom.reception",
        version=1,
        sop="4.4",
        title=_("Reception"),
        permission="showroom.attend_visit",
        page="showroom:visit-detail",
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
                since="explain_areas",
                within=timedelta(minutes=2),
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
