"""Forms of lists: what a list is, its file, what becomes of known people, what goes out."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, ChipSelectMultiple
from leads.imports.kinds import KINDS, ImportKind
from leads.models import ImportRun, ProspectList, Source
from leads.selectors.exports import COLUMNS


class SourceChoice(forms.ModelChoiceField):
    widget = ChipSelect

    def label_from_instance(self, source: Source) -> str:
        return source.full_name


class ListForm(Form):
    """Where a list comes from, and why the store may keep it."""

    name = forms.CharField(label=_("Name of the list"), max_length=60)
    kind = forms.ChoiceField(
        label=_("What kind of list?"), choices=ProspectList.Kind, widget=ChipSelect
    )
    source = SourceChoice(
        label=_("Source of its leads"), queryset=Source.objects.none(), empty_label=None
    )
    origin = forms.CharField(
        label=_("Who gave us the list?"),
        max_length=200,
        help_text=_("A club, a firm, a person with their position; the date."),
    )
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=ProspectList.Basis,
        widget=ChipSelect,
        help_text=_(
            "Registry and insurance data that somebody sells have none: do not import them."
        ),
    )
    basis_note = forms.CharField(
        label=_("What proves it?"),
        max_length=300,
        help_text=_("For example: sign-up forms of 2026-10-18, folder 12."),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any):
        super().__init__(*args, **kwargs)
        source = cast(SourceChoice, self.fields["source"])
        source.queryset = Source.objects.offered(store).with_groups()


class UploadForm(Form):
    """A file, and what it holds."""

    kind = forms.ChoiceField(label=_("What does the file hold?"), widget=ChipSelect)
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xlsm"}),
        max_length=200,
        help_text=_("XLSX or CSV, one person a row."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kind = cast(forms.ChoiceField, self.fields["kind"])
        kind.choices = [(entry.code, entry.label) for entry in KINDS.values()]
        kind.initial = next(iter(KINDS), "")


class HeadForm(Form):
    """Which sheet, and which of its rows names the columns."""

    sheet = forms.ChoiceField(label=_("Sheet"), widget=ChipSelect, required=False)
    header_row = forms.IntegerField(
        label=_("Row with the names of the columns"),
        min_value=0,
        max_value=15,
        required=False,
        help_text=_("0: there is none."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if len(run.sheets) > 1:
            sheet = cast(forms.ChoiceField, self.fields["sheet"])
            sheet.choices = [(name, name) for name in run.sheets]
        else:
            del self.fields["sheet"]

    @property
    def chosen(self) -> dict[str, Any]:
        """A new sheet has its header elsewhere: it is looked for anew."""
        if "sheet" in self.changed_data:
            return {"sheet": self.cleaned_data["sheet"]}
        return {"header_row": self.cleaned_data.get("header_row")}


class ColumnsForm(Form):
    """The field of each column: typed or picked from a list that narrows while typing."""

    def __init__(self, *args: Any, run: ImportRun, kind: ImportKind, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.labels = {str(field.label): field.code for field in kind.fields}
        for number, header in enumerate(run.headers):
            code = run.mapping.get(str(number), "")
            self.fields[f"column{number}"] = forms.CharField(
                label=header,
                required=False,
                max_length=60,
                initial=kind.by_code[code].label if code in kind.by_code else "",
                widget=forms.TextInput(
                    attrs={"list": "import-fields", "autocomplete": "off", "placeholder": "–"}
                ),
            )

    def clean(self) -> dict[str, Any]:
        for name, said in list(self.cleaned_data.items()):
            if said and said.strip() not in self.labels:
                self.add_error(name, _("Choose a field from the list, or leave it empty."))
        return self.cleaned_data

    @property
    def mapping(self) -> dict[int, str]:
        """Column → field, of what makes sense so far."""
        said = self.cleaned_data if self.is_bound else {}
        return {
            int(name.removeprefix("column")): self.labels[text.strip()]
            for name, text in said.items()
            if text and text.strip() in self.labels
        }


class StartForm(Form):
    """What becomes of people we know, and of the leads."""

    known = forms.ChoiceField(
        label=_("People whom we know already"),
        choices=ImportRun.Known,
        initial=ImportRun.Known.MATCH,
        widget=ChipSelect,
    )
    opens_leads = forms.BooleanField(
        label=_("Open a lead for each person"), required=False, initial=True
    )
    owner = forms.ChoiceField(
        label=_("Who gets the leads?"),
        choices=ImportRun.Owner,
        initial=ImportRun.Owner.POOL,
        widget=ChipSelect,
        help_text=_("A known customer's lead goes to the customer's own consultant."),
    )
    consultant = forms.ModelChoiceField(
        label=_("Consultant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
    )

    def __init__(self, *args: Any, run: ImportRun, kind: ImportKind, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not kind.opens_leads:
            for name in ("opens_leads", "owner", "consultant", "known"):
                del self.fields[name]
            return
        consultant = cast(forms.ModelChoiceField, self.fields["consultant"])
        consultant.queryset = User.objects.in_store(run.store, Role.CONSULTANT, *MANAGERS).order_by(
            "name_key", "pk"
        )


class ExportForm(Form):
    """Which columns go out, as what, and why."""

    columns = forms.MultipleChoiceField(label=_("Columns"), widget=ChipSelectMultiple)
    format = forms.ChoiceField(
        label=_("Format"), choices=ImportRun.Format, initial="xlsx", widget=ChipSelect
    )
    reason = forms.CharField(label=_("What do you need the file for?"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        chosen = cast(forms.MultipleChoiceField, self.fields["columns"])
        chosen.choices = [(column.code, column.label) for column in COLUMNS.values()]
        chosen.initial = [column.code for column in COLUMNS.values() if column.is_usual]
