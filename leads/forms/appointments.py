"""Forms of visits agreed on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, MomentInput
from leads.models import Appointment


class AgreeForm(Form):
    visit_at = forms.DateTimeField(label=_("When do they come?"), widget=MomentInput)
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=Appointment.Purpose,
        initial=Appointment.Purpose.SEE_CAR,
        required=False,
        widget=ChipSelect,
    )
    remark = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("purpose"):
            data["purpose"] = Appointment.Purpose.SEE_CAR
        return data


class MoveForm(Form):
    visit_at = forms.DateTimeField(label=_("New day and time"), widget=MomentInput)
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def __init__(self, data: Any = None, **kwargs: Any):
        super().__init__(data, auto_id="move-%s", **kwargs)


class CancelForm(Form):
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def __init__(self, data: Any = None, **kwargs: Any):
        super().__init__(data, auto_id="cancel-%s", **kwargs)
