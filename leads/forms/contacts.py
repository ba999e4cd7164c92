"""Forms of follow-up: taps first, text last."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership import clock
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput, MomentInput
from leads.forms.leads import LevelChoice
from leads.models import Contact, IntentLevel, Lead
from leads.sms import MISSED_CALL, VISIT_REMINDER

NEXT = {"tomorrow": 1, "three": 3}


class ContactForm(Form):
    """How, whether anybody was reached, and what comes of it."""

    way = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=Contact.Way,
        initial=Contact.Way.CALL,
        widget=ChipSelect,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=Contact.Outcome, widget=ChipSelect
    )
    feedback = forms.CharField(
        label=gettext_lazy("What the customer said"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": 1000}),
    )
    level = LevelChoice(
        label=gettext_lazy("Level now"),
        queryset=IntentLevel.objects.none(),
        required=False,
        empty_label=None,
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Invited to the showroom"),
        choices=Contact.Answer,
        required=False,
        widget=ChipSelect,
    )
    visit_at = forms.DateTimeField(
        label=gettext_lazy("When do they come?"), required=False, widget=MomentInput
    )
    when = forms.ChoiceField(
        label=gettext_lazy("Next contact"), required=False, widget=ChipSelect, initial="usual"
    )
    next_contact_on = forms.DateField(
        label=gettext_lazy("On which day?"), required=False, widget=DayInput
    )
    measure = forms.CharField(
        label=gettext_lazy("What we do about it"), max_length=500, required=False
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("Entered later: spoken at"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Empty: now. Up to 7 days ago."),
    )

    def __init__(self, data: Any = None, *, lead: Lead):
        known = {"level": lead.level_id}
        # Several cards of Today may show this form at once.
        super().__init__(data, initial=known, auto_id=f"contact-{lead.pk}-%s")
        self.today = clock.day_of(clock.now(), lead.store.tz)
        fields: dict[str, Any] = self.fields
        fields["level"].queryset = IntentLevel.objects.judged(lead.store)
        if lead.status != Lead.Status.OPEN:
            del self.fields["level"]
        cap = lead.level.cap_days
        fields["when"].choices = [
            *((key, label) for key, label in _offered() if not cap or NEXT[key] <= cap),
            ("usual", _("As the level asks")),
            ("other", _("Another day")),
        ]
        if cap:
            latest = self.today + timedelta(days=cap)
            fields["next_contact_on"].help_text = _(
                "At level %(level)s by %(day)s at the latest."
            ) % {"level": lead.level.code, "day": f"{latest:%m-%d}"}

    def clean(self) -> dict[str, Any]:
        """Where nobody was reached nothing else was found out; days are what they are called."""
        data = super().clean() or self.cleaned_data
        when = data.pop("when", "")
        if data.get("outcome") not in Contact.SPOKEN:
            return data | {"level": None, "answer": "", "visit_at": None, "next_contact_on": None}
        if when == "other" and not data.get("next_contact_on"):
            self.add_error("next_contact_on", _("Choose the day."))
        if when in NEXT:
            data["next_contact_on"] = self.today + timedelta(days=NEXT[when])
        elif when != "other":
            data["next_contact_on"] = None
        if data.get("answer") != Contact.Answer.ACCEPTED:
            data["visit_at"] = None
        if data.get("answer"):
            data["purpose"] = Contact.Purpose.INVITE
        return data


def _offered() -> list[tuple[str, str]]:
    return [("tomorrow", _("Tomorrow")), ("three", _("In 3 days"))]


class NoticeForm(Form):
    """Which of the store's texts goes out; the words are the store's."""

    purpose = forms.ChoiceField(
        choices=[(MISSED_CALL.code, MISSED_CALL.title), (VISIT_REMINDER.code, VISIT_REMINDER.title)]
    )
