"""Forms of owning customers: who gets a lead, the rules, the pool."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store, Team, User
from dealership.staff.roles import Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, ChipSelectMultiple, DayInput, Stepper
from leads.forms.fields import SeriesField
from leads.models import (
    AssignmentRule,
    Campaign,
    HandOver,
    OwnershipPolicy,
    ProspectList,
    Source,
    Way,
)
from leads.selectors.ownership import Facts, consultants_of, holdings


class PersonChoice(forms.ModelChoiceField):
    """Somebody of the store, with how many open leads they hold."""

    widget = ChipSelect
    loads: dict[int, int] = {}

    def offer(self, people: list[User], *, loads: dict[int, int]) -> None:
        self.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        self.loads = loads

    def label_from_instance(self, user: User) -> str:
        return f"{user.name} · {self.loads.get(user.pk, 0)}"


class PeopleChoice(forms.ModelMultipleChoiceField):
    widget = ChipSelectMultiple

    def label_from_instance(self, user: User) -> str:
        return user.name


class GiveForm(Form):
    """Who looks after the customer from now on?"""

    consultant = PersonChoice(
        label=_("Consultant"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("The number says how many open leads each of them holds."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = consultants_of(store)
        field = cast(PersonChoice, self.fields["consultant"])
        field.offer(people, loads=holdings(person.pk for person in people))


class GiveManyForm(Form):
    """Several out of the pool to one person."""

    leads = forms.TypedMultipleChoiceField(coerce=int, required=False)
    consultant = PersonChoice(label=_("To whom?"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = consultants_of(store)
        field = cast(PersonChoice, self.fields["consultant"])
        field.offer(people, loads=holdings(person.pk for person in people))

    def offer(self, ids: list[int]) -> None:
        """The leads that may be among those sent; the pool itself says which are still there."""
        cast(forms.TypedMultipleChoiceField, self.fields["leads"]).choices = [
            (pk, str(pk)) for pk in ids
        ]


class PoolForm(Form):
    """Why does nobody of ours look after this customer any more?"""

    reason = forms.CharField(label=_("Why?"), max_length=200)


class PostponeForm(Form):
    """How long may the consultant keep the customer?"""

    until = forms.DateField(label=_("Keep until"), widget=DayInput)
    reason = forms.CharField(label=_("Why?"), max_length=200)


class PolicyForm(Form):
    """The store's caps and days."""

    overdue_limit = forms.IntegerField(
        label=_("Pass somebody over at so many overdue follow-ups"),
        min_value=1, max_value=999, widget=Stepper(attrs={"min": 1}),
    )  # fmt: skip
    holding_cap = forms.IntegerField(
        label=_("Open leads that one person holds at most"),
        min_value=1, max_value=9999, widget=Stepper(attrs={"min": 1, "step": 10}),
    )  # fmt: skip
    claims_per_day = forms.IntegerField(
        label=_("Claims from the pool in a day"),
        min_value=0, max_value=99, widget=Stepper(attrs={"min": 0}),
    )  # fmt: skip
    cool_down_days = forms.IntegerField(
        label=_("Days until the previous owner may claim again"),
        min_value=0, max_value=365, widget=Stepper(attrs={"min": 0}),
    )  # fmt: skip
    warning_days = forms.IntegerField(
        label=_("Days of warning before the pool takes a lead"),
        min_value=0, max_value=60, widget=Stepper(attrs={"min": 0}),
    )  # fmt: skip
    is_recycling = forms.BooleanField(
        label=_("Leads without a contact go to the pool, after the days of their level"),
        required=False,
    )

    @staticmethod
    def now(policy: OwnershipPolicy) -> dict[str, Any]:
        return {name: getattr(policy, name) for name in PolicyForm.base_fields}


class ConditionsForm(Form):
    """What is known of a lead: what a rule is for, or what is tried out."""

    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), required=False, empty_label=None,
        widget=ChipSelect,
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("How it came"), choices=[("", "–"), *Way.choices], required=False, widget=ChipSelect
    )
    series = SeriesField()
    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=None,
        widget=ChipSelect,
    )  # fmt: skip
    prospect_list = forms.ModelChoiceField(
        label=_("List"), queryset=ProspectList.objects.none(), required=False, empty_label=None,
        widget=ChipSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.store = store
        for name, rows in (
            ("source", Source.objects.filter(store=store, is_active=True)),
            ("campaign", Campaign.objects.filter(store=store, cancelled_at=None)),
            ("prospect_list", ProspectList.objects.filter(store=store).order_by("-pk")),
        ):
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset = rows
            if not rows.exists():
                del self.fields[name]

    @property
    def facts(self) -> Facts:
        """The lead that is meant."""
        given = self.cleaned_data
        ids = {
            f"{name}_id": getattr(given.get(name), "pk", None)
            for name in ("series", "campaign", "prospect_list")
        }
        return Facts(store=self.store, source=given.get("source"), way=given.get("way", ""), **ids)


class RuleForm(ConditionsForm):
    """A rule: for which leads, and who gets them."""

    name = forms.CharField(label=_("Name of the rule"), max_length=40)
    candidates = forms.ChoiceField(
        label=_("Who may get it"),
        choices=AssignmentRule.Candidates,
        widget=ChipSelect,
        initial=AssignmentRule.Candidates.DUTY,
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=None,
        widget=ChipSelect,
    )  # fmt: skip
    people = PeopleChoice(label=_("People"), queryset=User.objects.none(), required=False)
    strategy = forms.ChoiceField(
        label=_("How it is spread"),
        choices=AssignmentRule.Strategy,
        widget=ChipSelect,
        initial=AssignmentRule.Strategy.ROTATION,
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    field_order = ("name", "source", "way", "series", "campaign", "prospect_list")

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, store=store, **kwargs)
        team = cast(forms.ModelChoiceField, self.fields["team"])
        team.queryset = Team.objects.filter(store=store)
        people = cast(PeopleChoice, self.fields["people"])
        people.queryset = User.objects.in_store(store, Role.CONSULTANT)

    @staticmethod
    def now(rule: AssignmentRule) -> dict[str, Any]:
        plain = {name: getattr(rule, name) for name in ("name", "way", "candidates", "strategy")}
        rows = ("source", "series", "campaign", "prospect_list", "team")
        return plain | {name: getattr(rule, f"{name}_id") for name in rows} | {
            "is_active": rule.is_active,
            "people": [person.pk for person in rule.people.all()],
        }  # fmt: skip


class HandOverForm(Form):
    """Who takes a leaver's customers, and how they are spread."""

    to = PeopleChoice(label=_("Who takes over?"), queryset=User.objects.none())
    how = forms.ChoiceField(
        label=_("How are they spread?"), choices=HandOver.Spread, widget=ChipSelect,
        initial=HandOver.Spread.EVEN,
    )  # fmt: skip
    is_texting = forms.BooleanField(
        label=_("Tell the customers by SMS, half an hour later"), required=False
    )
    is_freezing = forms.BooleanField(label=_("Close the account with it"), required=False)

    def __init__(
        self, *args: Any, leaver: User, store: Store, may_freeze: bool = False, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        to = cast(PeopleChoice, self.fields["to"])
        to.queryset = User.objects.in_store(store, Role.CONSULTANT).exclude(pk=leaver.pk)
        if not may_freeze or not leaver.is_active:
            del self.fields["is_freezing"]
