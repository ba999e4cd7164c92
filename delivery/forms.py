"""Forms of delivery."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership import clock
from dealership.customers.models import Customer
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput, MessageText, MomentInput
from deals.models import Order
from delivery.models import CallbackAttempt, Delivery

YES_NO = ((True, _("Yes")), (False, _("No")))


def yes_or_no(value: str) -> bool:
    return value == "True"


class HandOverForm(Form):
    invoice_on = forms.DateField(
        label=_("Invoice date"),
        widget=DayInput,
        help_text=_("The date on the customer's invoice; the DMS window is counted from it."),
    )
    vehicle_use = forms.ChoiceField(
        label=_("Vehicle use"),
        choices=Delivery.Use,
        widget=ChipSelect,
        help_text=_("It decides the warranty class."),
    )
    customer_nature = forms.ChoiceField(
        label=_("Customer nature"), choices=Delivery.Nature, widget=ChipSelect
    )
    vin = forms.CharField(label=_("VIN"), max_length=40)
    at = forms.DateTimeField(
        label=_("Handed over at"),
        required=False,
        widget=MomentInput,
        help_text=_("Empty: now. Earlier for a hand-over that is entered late."),
    )
    unusual = ("at",)

    def __init__(self, data: Any, *, order: Order):
        is_person = order.customer.kind == Customer.Kind.PERSON
        known = {
            "invoice_on": clock.day_of(clock.now(), order.store.tz),
            "customer_nature": Delivery.Nature.PRIVATE if is_person else Delivery.Nature.COMPANY,
            "vehicle_use": Delivery.Use.HOUSEHOLD if is_person else "",
            "vin": order.vin,
        }
        super().__init__(data, initial=known)


class ThanksForm(Form):
    body = forms.CharField(label=_("Text"), widget=MessageText)


class CallForm(Form):
    outcome = forms.ChoiceField(
        label=_("How did it go?"), choices=CallbackAttempt.Outcome, widget=ChipSelect
    )
    survey_told = forms.TypedChoiceField(
        label=_("If reached: was the satisfaction survey explained (when, what, which scores)?"),
        choices=YES_NO,
        coerce=yes_or_no,
        empty_value=None,
        required=False,
        widget=ChipSelect,
    )
    convenient_time = forms.CharField(
        label=_("When does a call suit them?"), max_length=60, required=False
    )
    remark = forms.CharField(
        label=_("What did they say?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    at = forms.DateTimeField(
        label=_("Called at"), required=False, widget=MomentInput, help_text=_("Empty: now.")
    )
    unusual = ("at",)

    def __init__(self, *args: Any, is_third_day: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_third_day:
            del self.fields["survey_told"], self.fields["convenient_time"]


class DmsForm(Form):
    dms_number = forms.CharField(
        label=_("DMS number"), max_length=40, help_text=_("The number that the DMS gave the sale.")
    )


class LateForm(Form):
    reason = forms.CharField(
        label=_("Why was the window missed?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Invoice, screenshots, mails: what was sent along."),
    )
    sent_on = forms.DateField(label=_("Sent on"), widget=DayInput)


class DecisionForm(Form):
    approved = forms.TypedChoiceField(
        label=_("What did the brand's vehicle office decide?"),
        choices=(
            (True, pgettext_lazy("application", "Approved")),
            (False, pgettext_lazy("application", "Refused")),
        ),
        coerce=yes_or_no,
        widget=ChipSelect,
    )
    decided_on = forms.DateField(label=_("Decided on"), widget=DayInput)
    reference = forms.CharField(label=_("Reference of the decision"), max_length=60)
