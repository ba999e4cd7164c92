"""SOP-3.1: what a consultant prepares before the first guest."""

from django.utils.translation import gettext_lazy as _

from dealership.sop.checklists import Checklist, Item, declare_checklist

# One for each person and day: the subject is the duty.
START_OF_DAY = declare_checklist(
    Checklist(
        code="showroom.start_of_day",
        version=1,
        sop="3.1",
        title=_("Start of the day"),
        permission="showroom.prepare_day",
        view_permission="showroom.view_preparation",
        items=(
            Item(
                "dress",
                sop="3.1",
                title=_("Dress and grooming"),
                points=(_("Uniform, name tag, shoes: as you would want to be received"),),
                icon="shirt",
            ),
            Item(
                "folder",
                sop="3.1",
                title=_("Sales folder complete"),
                points=(_("Forms, brochures, comparison, calculator, cards: nothing out of date"),),
                icon="folder",
            ),
        ),
    )
)
