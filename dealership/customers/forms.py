"""Forms of the customer page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Consent, Customer
from dealership.web.forms import Form


class CustomerForm(Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    salutation = forms.ChoiceField(
        label=_("Salutation"), required=False, choices=[("", "–"), *Customer.Salutation.choices]
    )


class PhoneForm(Form):
    phone = forms.CharField(label=_("Phone"), max_length=40)


class ConsentForm(Form):
    purpose = forms.ChoiceField(choices=Consent.Purpose)
    given = forms.BooleanField(required=False)


class RefusalForm(Form):
    reason = forms.CharField(label=_("What did the customer say?"), max_length=200)


class RevealForm(Form):
    reason = forms.CharField(label=_("Why do you need the number?"), max_length=200)
