"""Forms of the intent levels."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.web.forms import Form
from dealership.web.widgets import DayInput, Stepper
from leads.models import IntentLevel

MOST_DAYS = 400
DAYS = ("horizon_days", "interval_days", "cap_days", "recycle_days")


def days(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        widget=Stepper(attrs={"min": 1, "max": MOST_DAYS}),
    )


class LevelDaysForm(Form):
    """A level's own days; empty means that the level knows no such limit."""

    name = forms.CharField(label=pgettext_lazy("level", "Name"), max_length=40)
    horizon_days = days(_("Buys within days"), _("What the level promises."))
    interval_days = days(_("Contact every days"), _("Planned so by itself."))
    cap_days = days(_("Next contact within days"), _("No later day can be chosen."))
    recycle_days = days(_("To the pool after days"), _("Days in which nobody spoke to them."))
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, level: IntentLevel):
        known = {name: getattr(level, name) for name in ("name", "is_active", *DAYS)}
        super().__init__(data, initial=known)
        self.level = level
        if not level.is_judged:
            del self.fields["horizon_days"], self.fields["is_active"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {"horizon_days": None, "is_active": True, **data}


class PeriodForm(forms.Form):
    """A range of days, in the address."""

    start = forms.DateField(label=pgettext_lazy("days", "From"), required=False, widget=DayInput)
    end = forms.DateField(label=pgettext_lazy("days", "To"), required=False, widget=DayInput)
