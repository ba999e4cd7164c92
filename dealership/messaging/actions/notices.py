"""Words to colleagues inside the app."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise

from dealership import clock
from dealership.messaging.models import Notice
from dealership.staff.models import Store, User
from dealership.staff.roles import Role

MAX_TEXT = 300


@transaction.atomic
def notify(
    user: User,
    *,
    store: Store,
    kind: str,
    text: str | Promise,
    url: str = "",
    key: str = "",
    at: datetime | None = None,
) -> Notice | None:
    """
    Tell a colleague something, in their language if `text` is a translatable one.

    With a `key` they are told once: None if they were told before.
    """
    with translation.override(user.language or translation.get_language()):
        said = str(text)[:MAX_TEXT]
    if key and Notice.objects.filter(user=user, key=key).exists():
        return None
    try:
        with transaction.atomic():
            return Notice.objects.create(
                store=store, user=user, kind=kind, text=said, url=url, key=key,
                created_at=at or clock.now(),
            )  # fmt: skip
    except IntegrityError:
        if key and Notice.objects.filter(user=user, key=key).exists():
            return None
        raise


def notify_roles(
    store: Store,
    roles: Iterable[Role],
    *,
    kind: str,
    text: str | Promise,
    url: str = "",
    key: str = "",
    at: datetime | None = None,
) -> list[Notice]:
    """Tell everybody who holds one of `roles` in the store; returns the notices that are new."""
    told = (
        notify(user, store=store, kind=kind, text=text, url=url, key=key, at=at)
        for user in User.objects.in_store(store, *roles)
    )
    return [notice for notice in told if notice]


def read_notice(notice: Notice, *, at: datetime | None = None) -> None:
    """Mark a notice as read; the first time counts."""
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=at or clock.now())


def read_all(user: User, *, at: datetime | None = None) -> int:
    """Mark all of a person's notices as read."""
    return Notice.objects.unread().filter(user=user).update(read_at=at or clock.now())
