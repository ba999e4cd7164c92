"""
A double click, a second tab or an API retry makes exactly one row.

The key goes into a unique row in the same transaction as the action's rows: the second
request waits for the first to commit, finds the key and gets the first one's answer.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.web.models import Submission

if TYPE_CHECKING:
    from dealership.staff.models import User

FIELD = "once"
MAX_KEY = 80


class Once:
    """What is known of one submission: `done` when an earlier one has made the row."""

    def __init__(self, submission: Submission | None, *, done: bool):
        self.submission = submission
        self.done = done
        self.finished = done

    @property
    def url(self) -> str:
        return self.submission.url if self.submission else ""

    @property
    def answer(self) -> Any:
        return self.submission.answer if self.submission else None

    def finish(self, to: models.Model | str, *, answer: Any = None) -> str:
        """Remember where the user goes (and what the API answered) and return that URL."""
        url = resolve_url(to)
        self.finished = True
        if self.submission:
            self.submission.url, self.submission.answer = url, answer
            self.submission.save(update_fields=["url", "answer"])
        return url


def digest_of(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def once(
    request: HttpRequest, *, key: str | None = None, digest: str = "", door: str = ""
) -> Iterator[Once]:
    """
    Run the body at most once for the submission's key, inside one transaction.

    Without a key the body simply runs in a transaction. The same key with other data or for
    another door is refused: RuleViolation, code "idempotency".
    """
    user = cast("User", request.user)
    key = request.POST.get(FIELD, "") if key is None else key
    door = door or (request.resolver_match.view_name if request.resolver_match else "")
    if len(key) > MAX_KEY:
        raise RuleViolation(_("The idempotency key is longer than 80 characters."), code="key")
    if not key:
        with transaction.atomic():
            yield Once(None, done=False)
        return
    with transaction.atomic():
        try:
            with transaction.atomic():
                submission = Submission.objects.create(user=user, key=key, door=door, digest=digest)
        except IntegrityError:
            submission = Submission.objects.get(user=user, key=key)
            if submission.door != door or (digest and submission.digest != digest):
                raise RuleViolation(
                    _("This key has already been used for something else. Use a new one."),
                    code="idempotency",
                ) from None
            yield Once(submission, done=True)
        else:
            attempt = Once(submission, done=False)
            yield attempt
            if not attempt.finished:
                submission.delete()  # the form was refused: its next try is no repeat
