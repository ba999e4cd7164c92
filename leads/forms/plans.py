"""Forms of the monthly plans."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput, Stepper
from leads.forms.losses import words
from leads.models import SEGMENTS, PlannedVisit

CELL = re.compile(r"t-(\d{1,18})-([a-z_]{1,12})")


class TargetsForm(Form):
    """The whole table: a field for each consultant and segment, typed in place."""

    def __init__(self, data: Any, *, store: Store, kind: str):
        super().__init__(data)
        self.store, self.kind = store, kind
        for name in data or ():
            if CELL.fullmatch(name):
                self.fields[name] = forms.IntegerField(required=False, min_value=0, max_value=999)

    @property
    def targets(self) -> dict[tuple[User, str], int | None]:
        """What was typed, by consultant and segment; cells of nobody here are left out."""
        typed = {
            (int(found[1]), found[2]): amount
            for name, amount in self.cleaned_data.items()
            if (found := CELL.fullmatch(name)) and found[2] in SEGMENTS[self.kind]
        }
        people = User.objects.of_store(self.store).in_bulk({person for person, _code in typed})
        return {
            (people[person], segment): amount
            for (person, segment), amount in typed.items()
            if person in people
        }


class EvaluationForm(Form):
    evaluation = forms.CharField(
        label=_("How did the month go?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was reached, what was not and why, what changes next month."),
    )
    score = forms.TypedChoiceField(
        label=_("How well was contact kept?"),
        choices=(
            (5, _("5 very well")), (4, _("4 well")), (3, _("3 fairly")), (2, _("2 poorly")),
            (1, _("1 not at all")),
        ),
        coerce=int,
        widget=ChipSelect,
    )  # fmt: skip


class PlannedVisitForm(Form):
    way = forms.ChoiceField(label=_("How?"), choices=PlannedVisit.Way, widget=ChipSelect)
    place = forms.CharField(label=_("Organisation or place"), max_length=100)
    planned_on = forms.DateField(label=_("When?"), widget=DayInput)
    consultant = forms.ModelChoiceField(
        label=pgettext_lazy("of a customer", "Consultant"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=ChipSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if user.is_manager:
            field = cast(forms.ModelChoiceField, self.fields["consultant"])
            field.queryset = User.objects.in_store(user.active_store, Role.CONSULTANT)
        else:
            del self.fields["consultant"]


class VisitResultForm(Form):
    leads_won = forms.IntegerField(
        label=_("Leads won"), min_value=0, max_value=999, required=False, initial=0,
        widget=Stepper(attrs={"min": 0, "max": 999}),
    )  # fmt: skip
    result = words(_("Result"))

    def clean_leads_won(self) -> int:
        return self.cleaned_data["leads_won"] or 0
