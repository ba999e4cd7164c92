"""Forms of the leads room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from dealership.web.forms import Form
from leads.models import IntentLevel


class LevelForm(Form):
    level = forms.ModelChoiceField(label=_("Intent level"), queryset=IntentLevel.objects.none())
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = IntentLevel.objects.filter(store=store, is_active=True)
