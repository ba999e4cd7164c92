"""Forms of the list of leads: its filters, its columns, its saved views."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.staff.roles import MANAGERS, Role
from dealership.vehicles.models import Series
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, ChipSelectMultiple, DayInput
from leads.models import Campaign, Lead, ProspectList, Source, Way
from leads.selectors.filters import BASE_KINDS, FILTERS, NOBODY, SINGLE, Planned, Reading
from leads.selectors.listings import COLUMNS
from leads.selectors.orders import ORDERS

SHOWN_CAMPAIGNS = 60


def several(name: str, choices: Any = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=FILTERS[name].label, choices=choices, required=False, widget=ChipSelectMultiple
    )


class FilterForm(Form):
    """Every filter of the list; it is sent as a link, so that the answer has an address."""

    order = forms.ChoiceField(
        label=_("Order"),
        choices=[(order.code, order.label) for order in ORDERS.values()],
        required=False,
        widget=ChipSelect,
    )
    level = several("level")
    stage = several("stage", Lead.Stage.choices)
    status = several("status", Lead.Status.choices)
    planned = forms.ChoiceField(
        label=FILTERS["planned"].label,
        choices=Planned.choices,
        required=False,
        widget=ChipSelect,
    )
    consultant = several("consultant")
    series = several("series")
    source = several("source")
    way = several("way", Way.choices)
    campaign = several("campaign")
    list = several("list")
    base_kind = several("base_kind", BASE_KINDS)

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any):
        now = {
            name: values[0] if name in SINGLE else values for name, values in reading.values.items()
        }
        kwargs["initial"] = now | {"order": reading.order.code}
        super().__init__(*args, **kwargs)
        # “from” is a word of Python's own.
        for name in ("from", "to"):
            self.fields[name] = forms.DateField(
                label=FILTERS[name].label, required=False, widget=DayInput
            )
        store = reading.store
        levels = [level for level in reading.levels if level.is_active]
        people = User.objects.in_store(store, Role.CONSULTANT, *MANAGERS).order_by("name_key")
        sources = Source.objects.filter(store=store).with_groups()
        offered: dict[str, Iterable[tuple[Any, str]]] = {
            "level": [(level.code, f"{level.code} {level.name}") for level in levels],
            "consultant": [(NOBODY, str(_("Nobody"))), *named(people)],
            "series": named(Series.objects.filter(is_active=True)),
            "source": [(source.pk, source.full_name) for source in sources],
            "campaign": named(Campaign.objects.filter(store=store).order_by("-pk")),
            "list": named(ProspectList.objects.filter(store=store).order_by("-pk")),
        }
        for name, choices in offered.items():
            field = cast(forms.MultipleChoiceField, self.fields[name])
            field.choices = list(choices)
            if not field.choices:
                del self.fields[name]


def named(rows: QuerySet[Any]) -> Iterable[tuple[int, str]]:
    return [(row.pk, str(row)) for row in rows[:SHOWN_CAMPAIGNS]]


class ColumnsForm(Form):
    """The columns beside the customer."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(column.code, column.label) for column in COLUMNS.values()],
        required=False,
        widget=ChipSelectMultiple,
        help_text=_("None chosen: the usual ones."),
    )


class SavedViewForm(Form):
    """A name for the filters; managers may share them."""

    name = forms.CharField(label=_("Name"), max_length=30)
    is_shared = forms.BooleanField(
        label=_("Share with the whole store"),
        required=False,
        help_text=_("Everybody sees it as a tab, each with the leads that they may see."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may(user, "leads.share_view"):
            del self.fields["is_shared"]

    @property
    def given(self) -> dict[str, Any]:
        return {"is_shared": False} | self.cleaned_data
