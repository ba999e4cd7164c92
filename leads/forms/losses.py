"""Forms of losses: applying, deciding, speaking again."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput
from leads.forms.leads import LevelChoice
from leads.models import Contact, IntentLevel, Lead, LossApplication, LossReason, LossRecall


def words(label: Any, *, most: int = 500, is_required: bool = False, **given: Any) -> Any:
    """A short text of two lines."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=is_required,
        widget=forms.Textarea(attrs={"rows": 2}),
        **given,
    )


class ByGroup(ModelChoiceIterator):
    """Reasons under the heads of their groups."""

    def __iter__(self) -> Iterator[Any]:
        groups: dict[LossReason, list[Any]] = {}
        for reason in self.queryset.select_related("parent"):
            groups.setdefault(reason.parent or reason, []).append(self.choice(reason))
        yield from ((group.name, choices) for group, choices in groups.items())


class ReasonChips(ChipSelect):
    """Chips that say which reasons ask for the rival, so that the form asks nobody else."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if getattr(getattr(value, "instance", None), "asks_rival", False):
            option["attrs"]["asks"] = "rival"
        return option


class ReasonField(forms.ModelChoiceField):
    iterator = ByGroup
    widget = ReasonChips


class LossForm(Form):
    """The application: reason first, by tap."""

    kind = forms.ChoiceField(
        label=_("For good, or for a while?"),
        choices=(
            (LossApplication.Kind.LOST, pgettext_lazy("loss", "Lost for good")),
            (LossApplication.Kind.DORMANT, _("Dormant: buys later")),
        ),
        initial=LossApplication.Kind.LOST,
        widget=ChipSelect,
    )
    reason = ReasonField(label=_("Why?"), queryset=LossReason.objects.none(), empty_label=None)
    rival = forms.CharField(
        label=_("Which brand did they buy?"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "rivals", "autocomplete": "off"}),
    )
    rival_series = forms.CharField(label=_("Which series?"), max_length=40, required=False)
    feedback = words(
        _("What did the customer say?"), most=1000, is_required=True,
        help_text=_("Not reached: when and how you tried."),
    )  # fmt: skip
    revisit_on = forms.DateField(
        label=_("When do you speak again?"),
        required=False,
        widget=DayInput,
        help_text=_("Within 90 days."),
    )
    remark = words(_("Remark for the manager"))

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any):
        super().__init__(*args, **kwargs)
        reason = cast(ReasonField, self.fields["reason"])
        reason.queryset = LossReason.objects.offered(lead.store)
        if lead.status == Lead.Status.DORMANT:
            del self.fields["kind"], self.fields["revisit_on"]


class DecisionForm(Form):
    """Approve or send back, in one tap."""

    approved = forms.TypedChoiceField(
        choices=((True, pgettext_lazy("application", "Approve")), (False, _("Send back"))),
        coerce=lambda value: value == "True",
        widget=forms.HiddenInput,
    )
    remark = words(_("Remark"), help_text=_("Needed to send it back: what should still be done?"))
    next_contact_on = forms.DateField(
        label=_("If sent back: next contact"), required=False, widget=DayInput,
        help_text=_("Left empty: tomorrow."),
    )  # fmt: skip


class RevisitForm(Form):
    """What a talk with a lost or dormant customer came to."""

    way = forms.ChoiceField(
        label=_("How?"), choices=Contact.Way, initial=Contact.Way.CALL, widget=ChipSelect
    )
    outcome = forms.ChoiceField(
        label=_("Were they reached?"), choices=Contact.Outcome, widget=ChipSelect
    )
    wants_car = forms.TypedChoiceField(
        label=_("If reached: do they want a car again?"),
        choices=((False, _("Still no")), (True, _("Yes, take the lead up again"))),
        coerce=lambda value: value == "True",
        empty_value="",
        required=False,
        widget=ChipSelect,
    )
    feedback = words(_("What did they say?"), most=1000)
    revisit_on = forms.DateField(
        label=_("Still dormant: when do you speak again?"),
        required=False,
        widget=DayInput,
        help_text=_("Within 90 days."),
    )

    def __init__(self, *args: Any, application: LossApplication, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if application.kind != LossApplication.Kind.DORMANT:
            del self.fields["revisit_on"]

    def clean_wants_car(self) -> bool:
        """No answer is no yes."""
        return bool(self.cleaned_data["wants_car"])


class RecallForm(Form):
    outcome = forms.ChoiceField(
        label=_("What did the call show?"), choices=LossRecall.Outcome, widget=ChipSelect
    )
    remark = words(_("What did they say?"))


class ReactivateForm(Form):
    """Who goes on, how soon they buy, when to speak next."""

    consultant = forms.ModelChoiceField(
        label=pgettext_lazy("of a customer", "Consultant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )
    level = LevelChoice(
        label=_("Intent level"),
        queryset=IntentLevel.objects.none(),
        required=False,
        empty_label=None,
        help_text=_("Left empty: C."),
    )
    next_contact_on = forms.DateField(
        label=_("Next contact"),
        required=False,
        widget=DayInput,
        help_text=_("Left empty: as often as the level asks for."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def __init__(self, *args: Any, lead: Lead, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(LevelChoice, self.fields["level"]).queryset = IntentLevel.objects.judged(lead.store)
        if user.is_manager:
            field = cast(forms.ModelChoiceField, self.fields["consultant"])
            field.queryset = User.objects.in_store(lead.store, Role.CONSULTANT)
        else:
            del self.fields["consultant"]


class LossReasonForm(Form):
    """A reason of the store's own list."""

    group = forms.ModelChoiceField(
        label=_("Group"),
        queryset=LossReason.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
        help_text=_("Left empty: a new group."),
    )
    name = forms.CharField(label=_("Name"), max_length=40)
    asks_rival = forms.BooleanField(label=_("Asks which rival was bought"), required=False)
    stops_contact = forms.BooleanField(
        label=_("Stops all contact at once"),
        required=False,
        help_text=_("For customers who refuse contact: from the application on."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, store: Store, is_new: bool, is_group: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = LossReason.objects.filter(store=store, parent=None, is_active=True)
        cast(forms.ModelChoiceField, self.fields["group"]).queryset = groups
        left_out = {"is_active"} if is_new else {"group"}
        if is_group:
            left_out |= {"asks_rival", "stops_contact"}
        for name in left_out:
            del self.fields[name]
