"""Revealing a masked fact, or taking rows out, leaves a trace; files are kept sealed."""

from datetime import datetime, timedelta
from typing import IO, Any, cast

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.privacy import files
from dealership.privacy.models import Access, Export, StoredFile
from dealership.staff.models import Store, User

PER_HOUR = 60


def log_access(subject: models.Model, field: str, *, reason: str, by: User) -> Access:
    """
    Write down that `by` looks at `field` of `subject`, and why.

    RuleViolation without a reason, or after 60 looks within an hour.
    """
    now = clock.now()
    if not reason.strip():
        raise RuleViolation(_("Say why you need to see it."), field="reason")
    recent = Access.objects.filter(user=by, at__gt=now - timedelta(hours=1)).count()
    if recent >= PER_HOUR:
        raise RuleViolation(_("You have looked at many numbers within an hour. Ask a manager."))
    return Access.objects.create(
        store=cast(Any, subject).store,
        user=by,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        field=field,
        reason=reason.strip()[:200],
        at=now,
    )


def log_export(
    what: str,
    *,
    store: Store,
    rows: int,
    columns: list[str],
    filters: str = "",
    format: str,
    reason: str,
    by: User,
    at: datetime | None = None,
) -> Export:
    """
    Write down that `by` takes rows of customers out of the house, and why.

    RuleViolation without a reason.
    """
    if not reason.strip():
        raise RuleViolation(_("Say what you need the file for."), field="reason")
    return Export.objects.create(
        store=store,
        user=by,
        what=what,
        filters=filters[:500],
        columns=columns,
        rows=rows,
        format=format,
        reason=" ".join(reason.split())[:200],
        at=at or clock.now(),
    )


def keep_picture(
    upload: IO[bytes], *, store: Store, by: User | None, title: str = "", at: datetime | None = None
) -> StoredFile:
    """Keep a photo: drawn anew, sealed. RuleViolation (field "photo") if it is none."""
    return _keep(files.picture(upload), store=store, by=by, title=title, at=at)


def keep_document(
    upload: IO[bytes], *, store: Store, by: User | None, title: str = "", at: datetime | None = None
) -> StoredFile:
    """Keep a PDF or picture: cleaned, sealed. RuleViolation (field "file") if it is neither."""
    return _keep(files.document(upload), store=store, by=by, title=title, at=at)


def _keep(
    content: files.Content, *, store: Store, by: User | None, title: str, at: datetime | None
) -> StoredFile:
    """The file first, then its row: a row always has its file."""
    kept = StoredFile(
        store=store,
        title=" ".join(title.split())[:120],
        media=content.media,
        sha256=content.sha256,
        bytes=len(content.data),
        width=content.width,
        height=content.height,
        added_by=by,
        added_at=at or clock.now(),
    )
    sealed = files.seal(content.data, name=kept.name.hex)
    files.PrivateFiles().save(kept.path, ContentFile(sealed))
    kept.save()
    return kept


def content_of(kept: StoredFile) -> bytes:
    """The file as it was kept; ValueError if it or the key was changed since."""
    with files.PrivateFiles().open(kept.path) as sealed:
        return files.unseal(sealed.read(), name=kept.name.hex)
