"""Forms of one visit: departure, register, who it was, thanks, hand-over, voiding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
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
from showroom.forms.entries import LONGEST_REMARK, SALUTATIONS, Remark, consultants_of
from showroom.models import Thanked, Visit


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
