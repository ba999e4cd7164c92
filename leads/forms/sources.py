"""Forms of the list of sources."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect
from leads.models import Source


class SourceForm(Form):
    """What a source is called, and in which group it stands."""

    name = forms.CharField(label=_("Name"), max_length=40)
    group = forms.ModelChoiceField(
        label=_("Group of sources"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=None,
        widget=ChipSelect,
        help_text=_("None chosen: it stands alone, or is a group itself."),
    )

    def __init__(self, *args: Any, store: Store, source: Source | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        group = cast(forms.ModelChoiceField, self.fields["group"])
        groups = Source.objects.filter(store=store, parent=None, is_active=True)
        group.queryset = groups.exclude(pk=source.pk) if source else groups
