"""Forms of what comes in: walk-ins, calls, messages. Taps first, text last."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.customers.search import PLATE_NUMBER, compact
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.vehicles.models import Series
from dealership.web.forms import Form
from dealership.web.widgets import (
    ChipSelect,
    MomentInput,
    PhoneInput,
    Stepper,
)
from leads.forms.fields import SourceField
from showroom.models import Visit

PARTIES = ((1, "1"), (2, "2"), (3, "3"), (4, "4+"))
SALUTATIONS = Customer.Salutation.choices
LONGEST_REMARK = 2000


class Remark(forms.Textarea):
    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"rows": 3, "maxlength": LONGEST_REMARK, **(attrs or {})})


class EntryForm(Form):
    """What every way in has: who, and what they wish for."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=60,
        required=False,
        widget=PhoneInput(attrs={"maxlength": 60, "autofocus": True}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    salutation = forms.ChoiceField(
        label=_("Salutation"), required=False, choices=SALUTATIONS, widget=ChipSelect
    )
    consents = forms.BooleanField(label=_("Agrees to text messages"), required=False)
    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    purpose = forms.ChoiceField(
        label=_("Why they come"),
        required=False,
        choices=Visit.Purpose,
        widget=ChipSelect,
        initial=Visit.Purpose.SEE_CAR,
    )
    series = forms.ModelChoiceField(
        label=_("Series"),
        queryset=Series.objects.on_sale(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )
    source = SourceField()
    arrived_at = forms.DateTimeField(
        label=_("Entered later: came at"), required=False, widget=MomentInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        store = user.active_store
        fields["customer"].queryset = Customer.objects.visible_to(user)
        fields["source"].offer(store)
        if "consultant" in fields:
            fields["consultant"].queryset = consultants_of(store)

    def clean(self) -> dict[str, Any]:
        """What was typed into the one box may be a number, a plate or a name."""
        data = super().clean() or self.cleaned_data
        if data.get("customer"):
            return data | {"phone": "", "name": ""}  # what was typed has found somebody
        typed = data.get("phone", "")
        if typed and not any(sign.isdigit() for sign in typed):
            data["name"], data["phone"] = data.get("name") or typed, ""
        elif "plate" in self.fields and PLATE_NUMBER.fullmatch(compact(typed)):
            data["plate"], data["phone"] = compact(typed), ""
        return data


def consultants_of(store: Store | None) -> Any:
    return User.objects.in_store(store, Role.CONSULTANT)


class WalkInForm(EntryForm):
    party_size = forms.TypedChoiceField(
        label=_("Party"),
        choices=PARTIES,
        coerce=int,
        initial=1,
        widget=ChipSelect,
        empty_value=1,  # type: ignore[arg-type]
        required=False,
    )
    consultant = forms.ModelChoiceField(
        label=_("Consultant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
        help_text=_("Nobody chosen: the one they know, if on duty."),
    )
    plate = forms.CharField(
        label=_("Plate"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    transport = forms.ChoiceField(
        label=_("Came by"), required=False, choices=Visit.Transport, widget=ChipSelect
    )
    departed_at = forms.DateTimeField(
        label=_("Entered later: left at"), required=False, widget=MomentInput
    )
    remark = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_REMARK, widget=Remark
    )


class CallForm(EntryForm):
    rings = forms.IntegerField(
        label=_("Rings"),
        required=False,
        min_value=0,
        max_value=30,
        initial=2,
        widget=Stepper(attrs={"min": 0, "max": 30}),
    )
    remark = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=LONGEST_REMARK,
        widget=Remark,
        help_text=_("Numbers above all: budget, dates, prices."),
    )
    invitation = forms.ChoiceField(
        label=_("Invited to the showroom"),
        required=False,
        choices=Visit.Invitation,
        widget=ChipSelect,
    )
    visit_at = forms.DateTimeField(
        label=_("When do they come?"), required=False, widget=MomentInput
    )
    left_no_contact = forms.BooleanField(label=_("Left no number"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("invitation") != Visit.Invitation.ACCEPTED:
            data["visit_at"] = None
        return data


class MessageForm(EntryForm):
    channel = forms.ChoiceField(
        label=_("By"), choices=Visit.Channel, initial=Visit.Channel.WECHAT, widget=ChipSelect
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=Visit.Direction,
        initial=Visit.Direction.INBOUND,
        widget=ChipSelect,
    )
    text = forms.CharField(label=_("Text"), max_length=LONGEST_REMARK, widget=Remark)
    left_no_contact = forms.BooleanField(label=_("Left no number"), required=False)
