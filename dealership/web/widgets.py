"""Widgets for entry by tap: chips, stepper, phone, local date and time."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

# Widget templates are the project's own (templates/components), not the form library's.
RENDERER = TemplatesSetting()


class OurTemplate:
    """Mixin: render from `templates/` whatever renderer the form has."""

    def render(
        self: Any, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        return super().render(name, value, attrs, RENDERER)  # type: ignore[misc]


class ChipSelect(OurTemplate, forms.widgets.ChoiceWidget):
    """
    One choice as chips, under the heads of their groups if they have some.

    Over seven choices a filter box appears.

    No RadioSelect, so that crispy leaves the template alone.
    """

    input_type = "radio"
    template_name = "components/chips.html"
    use_fieldset = True
    search_from = 8

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        shown = [
            (head, [option for option in options if self.shows(option)])
            for head, options, _index in widget["optgroups"]
        ]
        widget["options"] = [option for head, options in shown if not head for option in options]
        widget["groups"] = [(head, options) for head, options in shown if head and options]
        count = sum(len(options) for _head, options in shown)
        widget["searchable"] = count >= self.search_from
        widget["invalid"] = widget["attrs"].get("aria-invalid") == "true"
        return context

    def shows(self, option: dict[str, Any]) -> bool:
        """An empty choice (“---------”) is no chip: not choosing says the same."""
        return option["value"] not in ("", None)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The group is a fieldset: its legend needs no target."""
        return "" if index is None else super().id_for_label(id_, index)


class ChipSelectMultiple(ChipSelect):
    """Several choices as chips."""

    input_type = "checkbox"
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class Stepper(OurTemplate, forms.NumberInput):
    """A small number by taps, or typed on the numeric keypad."""

    template_name = "components/stepper.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"inputmode": "numeric", "step": 1, **(attrs or {})})


class PhoneInput(OurTemplate, forms.TextInput):
    """A phone number: keypad, 3-4-4 grouping while typing."""

    input_type = "tel"
    template_name = "components/phone_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        keypad = {"inputmode": "tel", "autocomplete": "off", "maxlength": 40}
        super().__init__({**keypad, **(attrs or {})})


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """Day and time, the browser's own, in the store's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"step": 60, **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class MessageText(forms.Textarea):
    """The text of an SMS, shown ready to send, with its length counted."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        counted = {"rows": 5, "maxlength": 500, "class": "message-text", "data-behaviour": "count"}
        super().__init__({**counted, **(attrs or {})})


class PhotoInput(forms.FileInput):
    """A photo, from the camera of the device or its pictures; iPhones convert to JPEG for it."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"accept": "image/jpeg,image/png,image/webp", **(attrs or {})})


class DocumentInput(forms.FileInput):
    """A PDF or a picture."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        kinds = "application/pdf,image/jpeg,image/png,image/webp"
        super().__init__({"accept": kinds, **(attrs or {})})
