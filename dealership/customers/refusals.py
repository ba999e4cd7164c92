"""What later rooms stop when a customer refuses contact, and take up again: never imported here."""

from datetime import datetime

from django.utils.module_loading import import_string

from dealership.customers.models import Customer
from dealership.staff.models import User

STOPS: list[str] = []
RESUMES: list[str] = []


def on_refusal(stop: str, *, resume: str = "") -> None:
    """
    Declare by dotted path `stop(customer, *, by, at)`, and what begins again once it is lifted.

    A room does so in its `menu` module; it runs in the transaction of the refusal itself.
    """
    STOPS.append(stop)
    if resume:
        RESUMES.append(resume)


def stop_all(customer: Customer, *, by: User | None, at: datetime) -> None:
    for path in STOPS:
        import_string(path)(customer, by=by, at=at)


def resume_all(customer: Customer, *, by: User | None, at: datetime) -> None:
    for path in RESUMES:
        import_string(path)(customer, by=by, at=at)
