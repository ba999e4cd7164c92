"""Forms of campaigns: planning them, their money, and the public one with its guards."""

from typing import Any, cast

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.staff.models import Store
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput, PhoneInput, Stepper
from leads.forms.fields import SeriesField, SourceField
from leads.models import Campaign, SignUp

SALT = "leads.campaign-form"
QUICKEST = 2  # seconds: no hand is faster
LONGEST = 12 * 3600
MOST_PEOPLE = 20


def money(label: Any, *, required: bool, at_least: int) -> forms.DecimalField:
    """An amount in yuan."""
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=at_least,
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "0.01", "min": at_least}),
    )


class CampaignForm(Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    channel = forms.ChoiceField(label=_("Channel"), choices=Campaign.Channel, widget=ChipSelect)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("Until"), widget=DayInput)
    source = SourceField(label=_("Source of its leads"), required=True)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    description = forms.CharField(
        label=_("What it is about"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3, "maxlength": 1000}),
        help_text=_("Stands on the public form and the poster."),
    )
    budget_amount = money(_("Budget in yuan"), required=False, at_least=0)
    capacity = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput({"inputmode": "numeric", "min": 1}),
        help_text=_("Empty: as many as come."),
    )
    is_form_open = forms.BooleanField(
        label=_("The public form is open"), required=False, initial=True
    )

    def __init__(self, *args: Any, store: Store, campaign: Campaign | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(SourceField, self.fields["source"]).offer(
            store, besides=campaign.source if campaign else None
        )

    def clean_budget_amount(self) -> Any:
        return self.cleaned_data["budget_amount"] or 0


class CostForm(Form):
    what = forms.CharField(label=_("What for"), max_length=60)
    amount = money(_("Yuan"), required=True, at_least=0)
    on = forms.DateField(label=_("Paid on"), widget=DayInput)


class SignUpForm(Form):
    """Somebody signs up by phone or at the desk."""

    phone = forms.CharField(label=_("Phone number"), max_length=40, widget=PhoneInput)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    party_size = forms.IntegerField(
        label=_("How many come"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=Stepper(attrs={"min": 1, "max": MOST_PEOPLE}),
    )


class SettleForm(Form):
    state = forms.ChoiceField(choices=SignUp.State)


class AnswerForm(Form):
    """
    What a stranger fills in on a phone, without signing in.

    Two guards against machines: a field that no person sees, and how long the page was open.
    """

    name = forms.CharField(
        label=_("Your name"), max_length=40, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=40,
        widget=PhoneInput(attrs={"autocomplete": "tel"}),
    )
    series = SeriesField(label=_("Which car interests you?"))
    party_size = forms.IntegerField(
        label=_("How many of you are coming?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=Stepper(attrs={"min": 1, "max": MOST_PEOPLE}),
    )
    agrees = forms.BooleanField(
        error_messages={"required": _("We may call you only if you agree.")}
    )
    agrees_marketing = forms.BooleanField(required=False)
    homepage = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, campaign: Campaign):
        self.campaign = campaign
        super().__init__(data, initial={"stamp": self.stamped()})
        if not campaign.is_event:
            del self.fields["party_size"]

    def stamped(self) -> str:
        now = clock.now().timestamp()
        return signing.dumps([self.campaign.form_key, now], salt=SALT)

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        age = self._age(data.pop("stamp", ""))
        data.pop("homepage", None)
        data.pop("agrees", None)
        if age is None or age > LONGEST:
            self._stamp_anew()
            raise forms.ValidationError(
                _("This page was open for very long. Look at your entry and send it again.")
            )
        if age < QUICKEST:
            raise forms.ValidationError(
                _("That was very quick. Look at your entry and send it again.")
            )
        return data

    def _age(self, stamp: str) -> float | None:
        try:
            key, at = signing.loads(stamp, salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        return clock.now().timestamp() - at if key == self.campaign.form_key else None

    def _stamp_anew(self) -> None:
        self.data = dict(self.data.items()) | {"stamp": self.stamped()}


class KeyForm(Form):
    """Who sends leads, and under which source they stand."""

    name = forms.CharField(label=_("Who sends"), max_length=60)
    source = SourceField(label=_("Source of its leads"), required=True)

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(SourceField, self.fields["source"]).offer(store)
