"""Fields that several forms of the sales process share."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from dealership.vehicles.models import Series
from dealership.web.widgets import ChipSelect
from leads.models import Source


class Grouped(ModelChoiceIterator):
    """Sources under the heads of their groups, in the store's order."""

    def __iter__(self) -> Iterator[Any]:
        groups: dict[Source, list[Any]] = {}
        sources: Any = self.queryset
        for source in sorted(sources.with_groups(), key=lambda source: source.place):
            groups.setdefault(source.parent or source, []).append(self.choice(source))
        for group, choices in groups.items():
            is_alone = len(choices) == 1 and choices[0][0].value == group.pk
            yield choices[0] if is_alone else (group.name, choices)


class SourceField(forms.ModelChoiceField):
    """Where they heard of us (SOP-2.1): the store's sources in use, by group, to be searched."""

    iterator = Grouped
    widget = ChipSelect

    def __init__(self, **kwargs: Any):
        given: dict[str, Any] = {
            "queryset": Source.objects.none(),
            "label": _("Source"),
            "required": False,
            "empty_label": None,
        }
        super().__init__(**given | kwargs)

    def offer(self, store: Store, *, besides: Source | None = None) -> None:
        """Offer what is in use in the store, and the one chosen before it was retired."""
        self.queryset = Source.objects.offered(store)
        if besides is not None:
            self.queryset |= Source.objects.filter(pk=besides.pk)


class SeriesField(forms.ModelChoiceField):
    """The series that somebody wishes for."""

    widget = ChipSelect

    def __init__(self, **kwargs: Any):
        given: dict[str, Any] = {
            "queryset": Series.objects.on_sale(),
            "label": _("Series"),
            "required": False,
            "empty_label": None,
        }
        super().__init__(**given | kwargs)
