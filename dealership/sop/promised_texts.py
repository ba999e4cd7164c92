"""
A text message that the SOP promises (4.4.14 after a visit, 9.6.21 after a hand-over).

A room pairs its step with its purpose and says what is particular about its subject. A person
sends the text by hand; else the software does it before the time is up. A customer who can't be
texted has to be reached in another way: the deadline stays open and says why, in its owner's
language, and the call keeps it. The text itself is always in the customers' language.

For every room alike: what surely never left the house the software sends anew when its moment
comes, and what may have left is never sent twice; nothing is sent, by hand or by itself, once
the promise is closed; a text that the provider took and could not deliver is told to whoever
owed it; and nobody is asked to call a customer who does not want to be contacted.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import cancel_sms, notify, queue_sms
from dealership.messaging.models import Sms
from dealership.messaging.purposes import Purpose
from dealership.messaging.selectors import can_text
from dealership.sop.actions import cancel, finish, set_problem, start
from dealership.sop.models import Deadline
from dealership.sop.models.subjects import subject_of
from dealership.sop.notices import in_language_of
from dealership.sop.steps import Step, Text
from dealership.staff.models import User

# What a person sends close to the end, or after it, still gets so long to reach the provider.
LEAST_TIME = timedelta(minutes=30)


class Ending(Protocol):
    """What a room does when the promise about `subject` is over: kept, or no longer owed."""

    def __call__(
        self, subject: Any, /, *, by: User | None, at: datetime, is_kept: bool
    ) -> None: ...


def _never(subject: Any) -> str:
    return ""


def _nothing(subject: Any, *, by: User | None, at: datetime, is_kept: bool) -> None:
    return None


@dataclass(frozen=True)
class PromisedText:
    """
    A step with the message that keeps it.

    `draft(subject)` gives the text, ready to be edited. A subject has a `store`, a page, a
    `customer` (None while nobody knows who it was: `unknown` is then said), and a `period` if
    its promise can be made anew. `gone(subject)` says why there is nothing to promise (voided,
    undone), `needless(subject)` why nobody needs this text; `on_end` is told how it ended.
    """

    step: Step
    purpose: Purpose
    draft: Callable[[Any], str]
    gone: Callable[[Any], str] = _never
    needless: Callable[[Any], str] = _never
    on_end: Ending = _nothing
    unknown: Text = ""

    def deadline(self, subject: Any) -> Deadline | None:
        """The promise about this subject, open or closed."""
        made = Deadline.objects.about(subject).of_step(self.step).filter(period=period_of(subject))
        return made.with_people().first()

    def sms(self, subject: Any) -> Sms | None:
        """The subject's one message, whatever became of it."""
        return Sms.objects.about(subject).filter(purpose=self.purpose.code).first()

    def text(self, subject: Any) -> str:
        """The words for this subject, in the customers' language."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.draft(subject)

    def obstacle(self, subject: Any, at: datetime | None = None) -> str:
        """Why the customer can't be texted, or ''."""
        if subject.customer is None and self.unknown:
            return str(self.unknown)
        return can_text(subject.customer, self.purpose, at)

    def owe(
        self, subject: Any, *, owner: User | None, at: datetime, now: datetime | None = None
    ) -> Deadline:
        """Start the clock at `at`, and say at once if the customer can't be texted."""
        deadline = start(
            self.step, subject, store=subject.store, customer=subject.customer, owner=owner,
            at=at, period=period_of(subject),
        )  # fmt: skip
        self.review(subject, at=now or clock.now())
        return deadline

    def review(self, subject: Any, *, at: datetime) -> bool:
        """
        Look anew at what stands in the way, after something about the customer has changed.

        Return whether the text is owed and can be sent. A promise that nobody needs is closed.
        Why a text failed stays written until another one is on its way.
        """
        deadline = self.deadline(subject)
        if deadline is None or not deadline.is_open or self.gone(subject):
            return False
        sms = self.sms(subject)
        with language_of(deadline):
            has_left = sms is not None and sms.may_have_left
            if not has_left and (reason := self.needless(subject)):
                self._drop(deadline, subject, by=None, reason=reason, at=at)
                return False
            obstacle = self.obstacle(subject, at)
            if obstacle or sms is None or not sms.has_failed:
                self._explain(subject, instead(subject, obstacle), at=at)
        return not obstacle

    @transaction.atomic
    def send(self, subject: Any, *, body: str, by: User | None, at: datetime | None = None) -> Sms:
        """
        Queue the text as a person worded it; the provider's acceptance keeps the promise.

        RuleViolation if it is no longer owed or already on its way, or if the customer can't be
        texted.
        """
        at = at or clock.now()
        if reason := self.gone(subject):
            raise RuleViolation(reason, code="gone")
        sms = self.sms(subject)
        if sms is not None and sms.may_have_left:
            raise RuleViolation(_("The SMS is already on its way."), code="sent")
        deadline = self._still_owed(subject)
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
        if subject is None:
            return
        with language_of(deadline):
            if reason := self.gone(subject):
                self._drop(deadline, subject, by=None, reason=reason, at=at)
            elif self.review(subject, at=at):
                self._send_by_itself(deadline, subject, at=at)

    def _send_by_itself(self, deadline: Deadline, subject: Any, *, at: datetime) -> None:
        sms = self.sms(subject)
        if sms is not None and not sms.surely_unsent:
            return
        tz = deadline.store.tz
        day_ends = clock.end_of_day(clock.day_of(deadline.opened_at, tz), tz)
        until = deadline.due_at if at < deadline.due_at else day_ends
        if at >= until:
            self._explain(subject, instead(subject, _("The day for it is over.")), at=at)
            return
        try:
            self._queue(subject, body=self.text(subject), by=None, at=at, send_by=until)
        except RuleViolation as refusal:
            says_so = refusal.code == "quiet_hours"
            problem = str(refusal) if says_so else instead(subject, str(refusal))
            self._explain(subject, problem, at=at)

    @transaction.atomic
    def call(
        self, subject: Any, *, by: User, how: str = "", at: datetime | None = None
    ) -> Deadline:
        """Keep the promise without a text; one that still waits is taken back."""
        at = at or clock.now()
        done = self._finish(subject, by=by, at=at)
        if done is None:
            raise no_longer_owed()
        cancel_sms(self.purpose, subject, reason=how or _("Done in another way"), at=at)
        self.on_end(subject, by=by, at=at, is_kept=True)
        return done

    @transaction.atomic
    def let_off(self, subject: Any, *, by: User, reason: str, at: datetime | None = None) -> None:
        """Close the promise as one that nobody can keep; a text that waits is taken back."""
        deadline = self._still_owed(subject)
        self._drop(deadline, subject, by=by, reason=reason, at=at or clock.now())

    def guard(self, sms: Sms) -> str:
        """Why the text must not go out any more, or ''; asked right before it is sent."""
        subject: Any = subject_of(sms)
        if subject is None:
            return str(no_longer_owed())
        if reason := self.gone(subject):
            return reason
        if subject.customer_id != sms.customer_id:
            return _("It is about another customer now.")
        deadline = self.deadline(subject)
        if deadline is None or not deadline.is_open:
            return (deadline and deadline.reason) or str(no_longer_owed())
        return ""

    def accepted(self, sms: Sms) -> None:
        """The provider has it: the promise is kept, by whoever sent it or by the software."""
        subject = subject_of(sms)
        if subject is None or self.gone(subject):
            return
        sms.refresh_from_db(fields=["accepted_at"])
        at = sms.accepted_at or clock.now()
        self._finish(subject, by=sms.created_by, at=at)
        self.on_end(subject, by=sms.created_by, at=at, is_kept=True)

    def failed(self, sms: Sms, reason: str) -> None:
        """
        The text did not arrive: the promise becomes a call.

        If it already counted as kept, since the provider had taken the text, its owner is told.
        """
        subject = subject_of(sms)
        deadline = self.deadline(subject) if subject is not None else None
        if deadline is None or self.gone(subject):
            return
        with language_of(deadline):
            if deadline.is_open:
                self._explain(subject, instead(subject, reason))
            elif deadline.outcome == Deadline.Outcome.DONE and deadline.owner:
                self._tell_owner(deadline.owner, subject, sms, reason)

    def _tell_owner(self, owner: User, subject: Any, sms: Sms, reason: str) -> None:
        kind = f"{self.step.code.partition('.')[0]}.sms_failed"
        text = _("The SMS to %(guest)s did not arrive: %(why)s")
        notify(
            owner,
            store=subject.store,
            kind=kind,
            text=text % {"guest": sms.customer.display_name, "why": reason},
            url=subject.get_absolute_url(),
            key=f"{kind}:{subject.pk}:{sms.out_id}",
        )

    def _still_owed(self, subject: Any) -> Deadline:
        deadline = self.deadline(subject)
        if deadline is None or not deadline.is_open:
            raise no_longer_owed()
        return deadline

    @transaction.atomic
    def _queue(
        self, subject: Any, *, body: str, by: User | None, at: datetime, send_by: datetime
    ) -> Sms:
        if reason := self.obstacle(subject, at):
            raise RuleViolation(reason, code="cannot_text")
        sms = queue_sms(
            self.purpose, subject=subject, customer=subject.customer,
            phone=subject.customer.primary_phone, body=body, by=by, at=at, send_by=send_by,
        )  # fmt: skip
        self._explain(subject, "", at=at)
        return sms

    def _finish(self, subject: Any, *, by: User | None, at: datetime) -> Deadline | None:
        return finish(self.step, subject, by=by, at=at, period=period_of(subject))

    def _drop(
        self, deadline: Deadline, subject: Any, *, by: User | None, reason: str, at: datetime
    ) -> None:
        cancel(self.step, subject, by=by, reason=reason, at=at, period=deadline.period)
        cancel_sms(self.purpose, subject, reason=reason, at=at)
        self.on_end(subject, by=by, at=at, is_kept=False)

    def _explain(self, subject: Any, problem: str, *, at: datetime | None = None) -> None:
        set_problem(self.step, subject, problem, at=at, period=period_of(subject))


def period_of(subject: Any) -> str:
    """Which of the subject's promises counts: one that was made anew has a period of its own."""
    return getattr(subject, "period", "")


def language_of(deadline: Deadline) -> AbstractContextManager[None]:
    """What is written on a deadline is read by its owner."""
    owner = deadline.owner
    return in_language_of(owner) if owner else translation.override(settings.LANGUAGE_CODE)


def instead(subject: Any, reason: str) -> str:
    """What a person has to do because of `reason`, if anything can be done."""
    customer = subject.customer
    if not reason or customer is None or not customer.may_be_contacted:
        return reason
    return _("%(reason)s Reach the customer in another way.") % {"reason": reason}


def no_longer_owed() -> RuleViolation:
    return RuleViolation(_("This is no longer owed."), code="done")
