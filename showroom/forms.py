"""Forms of the showroom: taps first, text last."""

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
    DayInput,
    MessageText,
    MomentInput,
    PhoneInput,
    Stepper,
)
from leads.forms.fields import SourceField
from leads.models import IntentLevel
from showroom.models import Thanked, Visit

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


class OutcomeForm(Form):
    """Level now and next contact."""

    level = forms.ModelChoiceField(
        label=_("Level now"),
        queryset=IntentLevel.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )
    next_contact_on = forms.DateField(
        label=_("Next contact"),
        required=False,
        widget=DayInput,
        help_text=_("Empty: as often as the level asks."),
    )

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any):
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.queryset = IntentLevel.objects.judged(visit.store)
        level.label_from_instance = spoken


def spoken(level: IntentLevel) -> str:
    return f"{level.code} · {level.name}"


class DepartForm(OutcomeForm):
    thank_text = forms.CharField(
        label=_("Thank-you SMS"), required=False, max_length=500, widget=MessageText
    )
    send_now = forms.BooleanField(
        label=_("Send it now"),
        required=False,
        help_text=_("Otherwise it goes out by itself within two hours."),
    )
    departed_at = forms.DateTimeField(
        label=_("Left at"), required=False, widget=MomentInput, help_text=_("Empty: now.")
    )


class CompleteForm(OutcomeForm):
    """The register's fields that are still of interest for this visit."""

    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=PhoneInput)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    salutation = forms.ChoiceField(
        label=_("Salutation"), required=False, choices=SALUTATIONS, widget=ChipSelect
    )
    consents = forms.BooleanField(label=_("Agrees to text messages"), required=False)
    left_no_contact = forms.BooleanField(label=_("Left no number"), required=False)
    is_first = forms.TypedChoiceField(
        label=_("First visit?"),
        required=False,
        choices=((True, _("First visit")), (False, _("Was here before"))),
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=ChipSelect,
    )
    consultant = forms.ModelChoiceField(
        label=_("Consultant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )
    purpose = forms.ChoiceField(
        label=_("Why they came"), required=False, choices=Visit.Purpose, widget=ChipSelect
    )
    party_size = forms.IntegerField(
        label=_("Party"),
        required=False,
        min_value=1,
        max_value=50,
        widget=Stepper(attrs={"min": 1, "max": 50}),
    )
    series = forms.ModelChoiceField(
        label=_("Series"),
        queryset=Series.objects.on_sale(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )
    source = SourceField()
    transport = forms.ChoiceField(
        label=_("Came by"), required=False, choices=Visit.Transport, widget=ChipSelect
    )
    invitation = forms.ChoiceField(
        label=_("Invited to the showroom"),
        required=False,
        choices=Visit.Invitation,
        widget=ChipSelect,
    )
    remark = forms.CharField(
        label=_("What was said"), required=False, max_length=LONGEST_REMARK, widget=Remark
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = (
        "phone", "name", "salutation", "left_no_contact", "is_first", "consents", "consultant",
        "purpose", "series", "party_size", "level", "next_contact_on", "remark", "invitation",
        "source", "transport", "version",
    )  # fmt: skip
    unusual = ("source", "transport")

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any):
        known = {
            "purpose": visit.purpose,
            "series": visit.series_id,
            "source": visit.source_id,
            "party_size": visit.party_size,
            "transport": visit.transport,
            "remark": visit.remark,
            "invitation": visit.invitation,
            "left_no_contact": visit.left_no_contact,
            "name": visit.guest_name,
            "salutation": visit.salutation,
            "level": visit.level_after_id or visit.level_before_id,
            "next_contact_on": visit.next_contact_on,
        }
        super().__init__(*args, visit=visit, initial=known, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["source"].offer(visit.store)
        fields["consultant"].queryset = consultants_of(visit.store)
        for name in not_asked(visit):
            del self.fields[name]


def not_asked(visit: Visit) -> set[str]:
    """What needs no asking: it is known already, or does not belong to this way in."""
    known = visit.customer
    silent: set[str] = set()
    if visit.consultant_id:
        silent |= {"consultant"}
    if known is not None:
        silent |= {"left_no_contact", "is_first"}
        if known.primary_phone:
            silent |= {"phone"}
        if not known.name.startswith("*"):
            silent |= {"name", "salutation"}
    if not visit.is_walk_in:
        silent |= {"party_size", "transport", "is_first"}
    if visit.way != Visit.Way.CALL:
        silent |= {"invitation"}
    return silent


class IdentifyForm(Form):
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=PhoneInput)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    salutation = forms.ChoiceField(
        label=_("Salutation"), required=False, choices=SALUTATIONS, widget=ChipSelect
    )
    consents = forms.BooleanField(label=_("Agrees to text messages"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ThankForm(Form):
    text = forms.CharField(label=_("Text"), max_length=500, widget=MessageText)


class SettleForm(Form):
    how = forms.ChoiceField(
        label=_("How did you thank them?"), choices=Thanked.choices, widget=ChipSelect
    )
    remark = forms.CharField(label=_("Note"), required=False, max_length=200)


class VoidForm(Form):
    reason = forms.CharField(label=_("Why is it void?"), max_length=200)


class HandOverForm(Form):
    to = forms.ModelChoiceField(
        label=_("Who takes over?"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=ChipSelect,
    )

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any):
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = consultants_of(visit.store).exclude(pk=visit.consultant_id)
