"""Forms of the customer page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Consent, Customer
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, PhoneInput


class CustomerForm(Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    salutation = forms.ChoiceField(
        label=_("Salutation"),
        required=False,
        choices=Customer.Salutation.choices,
        widget=ChipSelect,
    )


class PhoneForm(Form):
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=PhoneInput)


class ConsentForm(Form):
    purpose = forms.ChoiceField(choices=Consent.Purpose)
    given = forms.BooleanField(required=False)


class RefusalForm(Form):
    reason = forms.CharField(label=_("What did the customer say?"), max_length=200)


class AllowForm(Form):
    reason = forms.CharField(label=_("Why may the customer be contacted again?"), max_length=200)


class RevealForm(Form):
    reason = forms.CharField(label=_("Why do you need the number?"), max_length=200)
