"""Entering a lead in less than 30 seconds, and completing it later (SOP-2.2)."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, PhoneInput
from leads.forms.fields import SeriesField, SourceField
from leads.models import Lead, Way

# The door has its own register, lists their own import.
WAYS = [(way.value, way.label) for way in Way if way not in (Way.WALK_IN, Way.LIST)]
LONGEST_REMARK = 1000


def remark_field(label: Any) -> forms.CharField:
    """What was said, in a few words."""
    text = forms.Textarea({"rows": 2, "maxlength": LONGEST_REMARK})
    return forms.CharField(label=label, required=False, max_length=LONGEST_REMARK, widget=text)


class LeadForm(Form):
    """A person: a number is enough, the rest is owed by the end of the day."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=PhoneInput(attrs={"autofocus": True}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    salutation = forms.ChoiceField(
        label=_("Salutation"),
        required=False,
        choices=Customer.Salutation.choices,
        widget=ChipSelect,
    )
    way = forms.ChoiceField(label=_("How it came"), required=False, choices=WAYS, widget=ChipSelect)
    source = SourceField(label=_("Where they heard of us"))
    series = SeriesField()
    remark = remark_field(_("What they wish for"))
    consultant = forms.ModelChoiceField(
        label=_("Consultant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
        help_text=_("Nobody chosen: the customer's own, else by the store's rules."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(SourceField, self.fields["source"]).offer(user.active_store)
        if user.has_role(*set(Role) - {Role.CONSULTANT}):
            consultant = cast(forms.ModelChoiceField, self.fields["consultant"])
            consultant.queryset = User.objects.in_store(user.active_store, Role.CONSULTANT)
        else:
            del self.fields["consultant"]

    def clean_way(self) -> str:
        return self.cleaned_data["way"] or Way.OTHER


class OrganisationForm(LeadForm):
    """An organisation with whoever speaks for it."""

    name = forms.CharField(
        label=_("Organisation"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_name = forms.CharField(label=_("Who speaks for it"), max_length=60, required=False)
    job = forms.CharField(label=_("Job"), max_length=60, required=False)
    is_decision_maker = forms.BooleanField(label=_("Decides on the purchase"), required=False)


class CompleteForm(Form):
    """What a quick add left open."""

    name = forms.CharField(label=_("Name"), max_length=60)
    salutation = LeadForm.base_fields["salutation"]
    source = SourceField(label=_("Where they heard of us"))
    series = SeriesField()
    is_undecided = forms.BooleanField(label=_("Does not know yet which series"), required=False)
    remark = remark_field(_("What they wish for"))

    def __init__(self, data: Any = None, *, lead: Lead):
        customer = lead.customer
        known = {
            "name": customer.name if customer.is_named else "",
            "salutation": customer.salutation,
            "series": lead.series_id,
            "remark": lead.remark,
        }
        super().__init__(data, initial=known)
        if customer.kind == Customer.Kind.ORGANISATION:
            del self.fields["salutation"]
        if lead.source_id:
            del self.fields["source"]
        else:
            source = cast(SourceField, self.fields["source"])
            source.offer(lead.store)
            source.required = True
