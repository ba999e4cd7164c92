"""What begins when somebody checks in for the day: declared by the rooms that know it."""

from django.utils.module_loading import import_string

from dealership.staff.models import Duty

BEGINNINGS: list[str] = []


def on_check_in(path: str) -> None:
    """Declare by dotted path `begin(duty)`; it runs in the transaction of the check-in."""
    if path not in BEGINNINGS:
        BEGINNINGS.append(path)


def begin_all(duty: Duty) -> None:
    for path in BEGINNINGS:
        import_string(path)(duty)
