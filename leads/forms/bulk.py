"""What is asked before many leads are changed at once."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.messaging.models import SmsTemplate
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, DayInput, MessageText
from leads.actions.bulk import BY_RULES
from leads.forms.leads import LevelChoice
from leads.models import BulkRun, IntentLevel
from leads.sms import NOTICE


class BulkForm(Form):
    """The base: what is given is kept as JSON, so that the work can be carried on later."""

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer(store)

    def offer(self, store: Store) -> None:
        """Fill in what the store offers."""

    @property
    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AssignForm(BulkForm):
    consultant = forms.ChoiceField(label=_("To whom?"), widget=ChipSelect)
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def offer(self, store: Store) -> None:
        people = User.objects.in_store(store, Role.CONSULTANT, *MANAGERS).order_by("name_key")
        field = cast(forms.ChoiceField, self.fields["consultant"])
        field.choices = [
            (BY_RULES, _("By the store's rules")),
            *((str(person.pk), person.name) for person in people.distinct()),
        ]


class LevelForm(BulkForm):
    level = LevelChoice(
        label=_("Intent level"), queryset=IntentLevel.objects.none(), empty_label=None
    )
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def offer(self, store: Store) -> None:
        field = cast(LevelChoice, self.fields["level"])
        field.queryset = IntentLevel.objects.judged(store)

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "level": self.cleaned_data["level"].code}


class DayForm(BulkForm):
    day = forms.DateField(
        label=_("Next contact"),
        widget=DayInput,
        help_text=_("Each consultant owes the contact until the end of that day."),
    )

    def offer(self, store: Store) -> None:
        tomorrow = clock.day_of(clock.now(), store.tz) + timedelta(days=1)
        self.fields["day"].initial = tomorrow

    @property
    def given(self) -> dict[str, Any]:
        return {"day": self.cleaned_data["day"].isoformat()}


class MessageForm(BulkForm):
    body = forms.CharField(
        label=_("Text"),
        max_length=400,
        widget=MessageText,
        help_text=_(
            "{customer}, {consultant} and {store} are filled in for each. It goes to those who "
            "agreed to service messages; it is no advertising."
        ),
    )

    def offer(self, store: Store) -> None:
        own = SmsTemplate.objects.active().filter(store=store, purpose=NOTICE.code).first()
        self.fields["body"].initial = own.body if own else NOTICE.default_body


FORMS: dict[str, type[BulkForm]] = {
    BulkRun.Action.ASSIGN: AssignForm,
    BulkRun.Action.LEVEL: LevelForm,
    BulkRun.Action.DAY: DayForm,
    BulkRun.Action.MESSAGE: MessageForm,
}
