"""Forms of the leads room."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput
from leads.models import IntentLevel


class LevelChoice(forms.ModelChoiceField):
    widget = ChipSelect

    def label_from_instance(self, level: IntentLevel) -> str:
        return f"{level.code} {level.name}"


class LevelForm(Form):
    """How soon will they buy, and when do we speak next?"""

    level = LevelChoice(label=_("Intent level"), queryset=IntentLevel.objects.none())
    next_contact_on = forms.DateField(
        label=_("Next contact"),
        required=False,
        widget=DayInput,
        help_text=_("Left empty: as often as the level asks for."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        level = cast(LevelChoice, self.fields["level"])
        level.queryset = IntentLevel.objects.judged(store)
