"""Shapes of input for deadlines, limits and checklists."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.sop.lists import STATES
from dealership.sop.models.limits import LARGEST_AMOUNT
from dealership.sop.selectors import StepSetting, sop_order
from dealership.sop.steps import STEPS, Text, Within
from dealership.staff.models import Store, User
from dealership.web.forms import Form
from dealership.web.widgets import PhotoInput

FIRST_YEAR, LAST_YEAR = 2000, 2099
DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(Form):
    """Which deadlines to list; every filter stands in the URL."""

    state = forms.ChoiceField(label=_("State"), required=False)
    step = forms.ChoiceField(label=_("Step"), required=False)
    owner = forms.ChoiceField(label=_("Person"), required=False)
    to = forms.DateField(label=_("Due until"), required=False, widget=DAY_INPUT)

    def __init__(self, data: Any, *, store: Store | None):
        super().__init__(data)
        self.fields["from"] = forms.DateField(label=_("Due from"), required=False, widget=DAY_INPUT)
        self.order_fields(["state", "step", "owner", "from", "to"])
        self._offer("state", [(code, state.label) for code, state in STATES.items()])
        steps = sorted(STEPS.values(), key=sop_order)
        self._offer("step", [("", _("All steps")), *((step.code, step.title) for step in steps)])
        people = User.objects.in_store(store).order_by("name_key") if store else User.objects.none()
        names = [(str(user.pk), user.name) for user in people]
        self._offer("owner", [("", _("Everybody")), *names, ("none", _("Nobody in person"))])

    def _offer(self, name: str, choices: list[tuple[str, Text]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or "open"

    def clean(self) -> None:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        for name, day in (("from", first), ("to", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Choose a day of this century."))
        if first and last and first > last:
            self.add_error("to", _("This day is before the first one."))


class ReplyForm(Form):
    text = forms.CharField(
        label=_("What happened?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecideForm(Form):
    accepted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Accept")), ("no", _("Do not accept"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)


class WaiveForm(Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class TickForm(Form):
    """A line of a checklist: tick it, or undo the tick."""

    fault = forms.CharField(label=_("Fault"), max_length=200, required=False)
    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)
    grade = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    photo = forms.FileField(label=_("Photo"), required=False, widget=PhotoInput)
    undo = forms.BooleanField(required=False, widget=forms.HiddenInput)


class SignForm(Form):
    """The signature under a checklist."""

    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class LimitForm(Form):
    """A store's limit from a day on; minutes for spans, days for ends of days."""

    amount = forms.IntegerField(min_value=0, max_value=LARGEST_AMOUNT)
    remind_before = forms.IntegerField(
        label=_("Remind before (minutes)"), min_value=0, max_value=LARGEST_AMOUNT, required=False
    )
    escalate_after = forms.IntegerField(
        label=_("Tell the managers after (minutes)"),
        min_value=0,
        max_value=LARGEST_AMOUNT,
        required=False,
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DAY_INPUT)

    def __init__(self, data: Any, *, setting: StepSetting, **kwargs: Any):
        super().__init__(data, **kwargs)
        is_span = isinstance(setting.step.limit, Within)
        self.fields["amount"].label = _("Limit (minutes)") if is_span else _("Limit (days after)")

    def clean_remind_before(self) -> timedelta | None:
        return as_span(self.cleaned_data["remind_before"])

    def clean_escalate_after(self) -> timedelta | None:
        return as_span(self.cleaned_data["escalate_after"])


def as_span(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)
