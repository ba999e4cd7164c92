"""A form hands its clean data to an action and shows what the action refuses."""

from collections.abc import Callable
from typing import Any

from django import forms

from dealership.errors import RuleViolation


class Refusable:
    """Mixin: `form.run(action, …)` returns the action's result, or None with the error shown."""

    def run(self: Any, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return action(*args, **kwargs)
        except RuleViolation as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, str(refusal))
            return None


class Form(Refusable, forms.Form):
    """The base of the house's forms."""

    required_css_class = "required"
    use_required_attribute = False
