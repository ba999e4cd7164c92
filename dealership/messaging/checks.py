"""A declared purpose that can't work is found at the start, not when a customer waits."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from dealership.errors import RuleViolation
from dealership.messaging.purposes import PURPOSES
from dealership.messaging.texts import check_template


@register
def purposes_can_work(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Dotted paths resolve, and declared texts hold only declared variables."""
    found: list[CheckMessage] = []
    for purpose in PURPOSES.values():
        for path in filter(None, (purpose.guard, purpose.on_accepted, purpose.on_failed)):
            try:
                import_string(path)
            except ImportError as error:
                found.append(Error(str(error), obj=purpose.code, id="messaging.E001"))
        try:
            check_template(purpose.default_body, purpose)
        except RuleViolation as error:
            found.append(Error(str(error), obj=purpose.code, id="messaging.E002"))
    return found
