"""Forms of base customers: the call to an owner, and the store's rules."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, Stepper
from leads.forms.fields import SeriesField
from leads.forms.leads import LevelChoice
from leads.forms.losses import words
from leads.models import BasePolicy, Contact, IntentLevel, OwnerContact


class OwnerContactForm(Form):
    """What an owner thinks of next, in two taps."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=OwnerContact.Outcome, widget=ChipSelect
    )
    remark = words(_("What did they say?"))
    way = forms.ChoiceField(
        label=_("How?"), choices=Contact.Way, initial=Contact.Way.CALL, widget=ChipSelect
    )
    series = SeriesField(label=_("If they want a car: which series?"))
    level = LevelChoice(
        label=_("If they want a car: intent level"),
        queryset=IntentLevel.objects.none(),
        required=False,
        empty_label=None,
    )
    unusual = ("way", "series", "level")

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(LevelChoice, self.fields["level"]).queryset = IntentLevel.objects.judged(store)


class BasePolicyForm(Form):
    owner_years = forms.IntegerField(
        label=_("Owners are called once the car is so many years old"),
        min_value=1, max_value=20, widget=Stepper(attrs={"min": 1, "max": 20}),
    )  # fmt: skip
    owner_interval_days = forms.IntegerField(
        label=_("Days between two calls to an owner"),
        min_value=7, max_value=730, widget=Stepper(attrs={"min": 7, "max": 730}),
    )  # fmt: skip
    owners_a_day = forms.IntegerField(
        label=_("New owner calls a day at most"),
        min_value=1, max_value=1000, widget=Stepper(attrs={"min": 1, "max": 1000}),
        help_text=_("The oldest cars come first; the others wait for the next day."),
    )  # fmt: skip
    recall_every = forms.IntegerField(
        label=_("Of so many approved losses one is called by somebody else"),
        min_value=0, max_value=100, widget=Stepper(attrs={"min": 0, "max": 100}),
        help_text=_("0: none."),
    )  # fmt: skip

    @classmethod
    def of(cls, policy: BasePolicy, data: Any = None) -> "BasePolicyForm":
        return cls(data, initial={name: getattr(policy, name) for name in cls.base_fields})
