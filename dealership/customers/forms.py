"""Forms of the customer page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.identity import Document
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


class PersonForm(Form):
    """Somebody who speaks for an organisation."""

    name = forms.CharField(label=_("Name"), max_length=60)
    salutation = forms.ChoiceField(
        label=_("Salutation"),
        required=False,
        choices=Customer.Salutation.choices,
        widget=ChipSelect,
    )
    job = forms.CharField(label=_("Job"), max_length=60, required=False)
    is_decision_maker = forms.BooleanField(label=_("Decides on the purchase"), required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=PhoneInput,
        help_text=_("Their own number, if they have another than the organisation's."),
    )


class ConsentForm(Form):
    purpose = forms.ChoiceField(choices=Consent.Purpose)
    given = forms.BooleanField(required=False)


class RefusalForm(Form):
    reason = forms.CharField(label=_("What did the customer say?"), max_length=200)


class AllowForm(Form):
    reason = forms.CharField(label=_("Why may the customer be contacted again?"), max_length=200)


class RevealForm(Form):
    reason = forms.CharField(label=_("Why do you need the number?"), max_length=200)


class IdentityForm(Form):
    """A number that is read, digested and forgotten; it is never shown again."""

    document = forms.ChoiceField(
        label=_("Document"), choices=Document, initial=Document.ID_CARD, widget=ChipSelect
    )
    identity_number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # Not even a refused number goes back into the page.
            self.fields["identity_number"].widget = forms.PasswordInput(
                attrs={"autocomplete": "off"}, render_value=False
            )


class MergeForm(Form):
    """Which facts to go on with: only what differs is asked."""

    name = forms.ChoiceField(label=_("Name"), widget=ChipSelect)
    salutation = forms.ChoiceField(label=_("Salutation"), widget=ChipSelect)
    owner = forms.TypedChoiceField(label=_("Consultant"), coerce=int, widget=ChipSelect)

    def __init__(self, *args: Any, keep: Customer, other: Customer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.owners = {one.pk: one for one in (keep.owner, other.owner) if one is not None}
        self._ask("name", [(one.name, one.name) for one in (keep, other) if one.is_named])
        self._ask(
            "salutation",
            [
                (one.salutation, one.get_salutation_display())
                for one in (keep, other)
                if one.salutation
            ],
        )
        self._ask("owner", [(pk, one.name) for pk, one in self.owners.items()])
        if "name" in self.fields:
            # The fuller name: 王 is what the floor called 王建国 before it knew.
            self.fields["name"].initial = max(keep.name, other.name, key=len)

    def _ask(self, name: str, choices: list[tuple[Any, str]]) -> None:
        different = list(dict.fromkeys(choices))
        if len(different) < 2:
            del self.fields[name]
            return
        field = self.fields[name]
        field.choices = different  # type: ignore[attr-defined]
        field.initial = different[0][0]

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, as `merge_customers` takes it."""
        chosen = dict(self.cleaned_data)
        if "owner" in chosen:
            chosen["owner"] = self.owners[chosen["owner"]]
        return chosen


class ApartForm(Form):
    other = forms.IntegerField(min_value=1, max_value=2**53)
    reason = forms.CharField(max_length=200, required=False)
    listed = forms.BooleanField(required=False)
