"""System checks of the set-up: rows that must not be in a production database."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from dealership.staff.models import Store, User

KNOWN_PASSWORDS = ("admin", "admin123", "password", "123456", "12345678", "demo", "showroom")
MOST_ADMINS = 20


@register(Tags.database)
def no_demo_in_production(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Name demo rows and known passwords: `migrate` and `check --database default` stop on them."""
    if not databases or not refuses_demo():
        return []
    return [Error(reason, id="web.E002") for reason in weak_rows()]


def refuse_demo() -> None:
    """Stop the start of a production process whose database is open to anyone."""
    if refuses_demo() and (reasons := list(weak_rows())):
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise ImproperlyConfigured(f"This database is not fit for production:\n{lines}")


def refuses_demo() -> bool:
    return getattr(settings, "REFUSES_DEMO", False)


def weak_rows() -> Iterator[str]:
    tables = connection.introspection.table_names()
    if Store._meta.db_table not in tables or User._meta.db_table not in tables:
        return  # not migrated yet
    for store in Store.objects.filter(is_demo=True):
        yield f"The store “{store}” is demo data with known passwords: use a new database."
    for user in User.objects.active().filter(is_superuser=True)[:MOST_ADMINS]:
        if any(user.check_password(password) for password in (*KNOWN_PASSWORDS, user.username)):
            yield (
                f"The administrator “{user.username}” has a well-known password: change it with "
                f"`manage.py changepassword {user.username}`."
            )
