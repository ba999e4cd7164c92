"""
A text message that the SOP promises (4.4.14 after a visit, 9.6.21 after a hand-over).

A room pairs its step with its purpose. A person sends the text by hand; else the software does
it before the time is up. A customer who can't be texted has to be phoned: the deadline stays
open, says why, and the call keeps it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import cancel_sms, queue_sms
from dealership.messaging.models import Sms
from dealership.messaging.purposes import Purpose
from dealership.messaging.selectors import can_text
from dealership.sop.actions import finish, set_problem, start
from dealership.sop.models import Deadline
from dealership.sop.models.subjects import subject_of
from dealership.sop.notices import in_language_of
from dealership.sop.steps import Step
from dealership.staff.models import User

# What a person sends close to the end, or after it, still gets so long to reach the provider.
LEAST_TIME = timedelta(minutes=30)


@dataclass(frozen=True)
class PromisedText:
    """
    A step with the message that keeps it.

    `draft(subject)` gives the text, ready to be edited. A subject has a `customer`, and a
    `period` if its promise can be made anew.
    """

    step: Step
    purpose: Purpose
    draft: Callable[[Any], str]

    def deadline(self, subject: Any) -> Deadline | None:
        """The promise about this subject, open or closed."""
        made = Deadline.objects.about(subject).of_step(self.step).filter(period=period_of(subject))
        return made.with_people().first()

    def sms(self, subject: Any) -> Sms | None:
        return Sms.objects.about(subject).filter(purpose=self.purpose.code).first()

    def obstacle(self, subject: Any, at: datetime | None = None) -> str:
        """Why the customer can't be texted, or ''."""
        return can_text(subject.customer, self.purpose, at)

    def owe(
        self, subject: Any, *, owner: User | None, at: datetime, now: datetime | None = None
    ) -> Deadline:
        """Start the clock at `at`, and say at once if the customer will have to be phoned."""
        deadline = start(
            self.step, subject, store=subject.store, customer=subject.customer, owner=owner,
            at=at, period=period_of(subject),
        )  # fmt: skip
        with language_of(deadline):
            if reason := self.obstacle(subject, now):
                self._explain(subject, call_instead(reason), at=at)
        return deadline

    @transaction.atomic
    def send(self, subject: Any, *, body: str, by: User | None, at: datetime | None = None) -> Sms:
        """
        Queue the text as a person worded it; the provider's acceptance keeps the promise.

        RuleViolation if it is no longer owed or already on its way, or if the customer can't be
        texted.
        """
        at = at or clock.now()
        deadline = self._still_owed(subject)
        sms = self.sms(subject)
        if sms is not None and sms.state in Sms.LEFT_THE_HOUSE:
            raise RuleViolation(_("The SMS is already on its way."), code="sent")
        return self._queue(
            subject, body=body, by=by, at=at, send_by=max(deadline.due_at, at + LEAST_TIME)
        )

    @transaction.atomic
    def act(self, deadline: Deadline, *, at: datetime) -> None:
        """
        Send the text before its time runs out, for the clock.

        Late (the clock stood still, or it was entered later) it still goes out on the day of
        the promise; after that it would come as a surprise, and a person takes over.
        """
        subject = subject_of(deadline)
        if subject is None or self.sms(subject) is not None:
            return
        tz = deadline.store.tz
        day_ends = clock.end_of_day(clock.day_of(deadline.opened_at, tz), tz)
        until = deadline.due_at if at < deadline.due_at else day_ends
        with language_of(deadline):
            if at >= until:
                reason = _("The day for it is over.")
                self._explain(subject, call_instead(reason), at=at)
                return
            try:
                self._queue(subject, body=self.draft(subject), by=None, at=at, send_by=until)
            except RuleViolation as refusal:
                says_so = refusal.code == "quiet_hours"
                problem = str(refusal) if says_so else call_instead(str(refusal))
                self._explain(subject, problem, at=at)

    @transaction.atomic
    def call(self, subject: Any, *, by: User, at: datetime | None = None) -> Deadline:
        """Keep the promise without a text; one that still waits is taken back."""
        at = at or clock.now()
        self._still_owed(subject)
        cancel_sms(self.purpose, subject, reason=_("Done in another way"), at=at)
        done = self._finish(subject, by=by, at=at)
        if done is None:
            raise RuleViolation(_("This is no longer owed."), code="closed")
        return done

    def guard(self, sms: Sms) -> str:
        """Why the text must not go out any more, or ''."""
        subject = subject_of(sms)
        deadline = self.deadline(subject) if subject is not None else None
        if deadline is None or not deadline.is_open:
            return _("This is no longer owed.")
        return ""

    def accepted(self, sms: Sms) -> None:
        """The provider has it: the promise is kept, by whoever sent it or by the software."""
        subject = subject_of(sms)
        if subject is not None:
            self._finish(subject, by=sms.created_by, at=sms.accepted_at)

    def failed(self, sms: Sms, reason: str) -> None:
        """The text did not go out: the promise becomes a call."""
        subject = subject_of(sms)
        if subject is None:
            return
        with language_of(self.deadline(subject)):
            self._explain(subject, call_instead(reason))

    def _still_owed(self, subject: Any) -> Deadline:
        deadline = self.deadline(subject)
        if deadline is None or not deadline.is_open:
            raise RuleViolation(_("This is no longer owed."), code="closed")
        return deadline

    @transaction.atomic
    def _queue(
        self, subject: Any, *, body: str, by: User | None, at: datetime, send_by: datetime
    ) -> Sms:
        if reason := self.obstacle(subject, at):
            raise RuleViolation(reason, code="cannot_text")
        return queue_sms(
            self.purpose, subject=subject, customer=subject.customer,
            phone=subject.customer.primary_phone, body=body, by=by, at=at, send_by=send_by,
        )  # fmt: skip

    def _finish(self, subject: Any, *, by: User | None, at: datetime | None) -> Deadline | None:
        return finish(self.step, subject, by=by, at=at, period=period_of(subject))

    def _explain(self, subject: Any, problem: str, *, at: datetime | None = None) -> None:
        set_problem(self.step, subject, problem, at=at, period=period_of(subject))


def period_of(subject: Any) -> str:
    return getattr(subject, "period", "")


def language_of(deadline: Deadline | None) -> AbstractContextManager[None]:
    """What is written on a deadline is read by its owner."""
    owner = deadline.owner if deadline else None
    return in_language_of(owner) if owner else translation.override(settings.LANGUAGE_CODE)


def call_instead(reason: str) -> str:
    return _("%(reason)s Reach the customer in another way.") % {"reason": reason}
