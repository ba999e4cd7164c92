"""SOP-9.6.22 and 9.6.23: the calls on the same day and on the third day."""

from datetime import datetime

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify_roles
from dealership.sop.actions import finish, set_problem
from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.roles import Role
from delivery.models import Callback, CallbackAttempt
from delivery.selectors import deadline_of
from delivery.sop import CALL_STEPS
from delivery.timeline import call_kind

Outcome = CallbackAttempt.Outcome
# After so many calls that reached nobody a manager may let the promise go.
TRIES = 3


@transaction.atomic
def record_call(
    callback: Callback,
    *,
    outcome: str,
    remark: str = "",
    survey_told: bool | None = None,
    convenient_time: str = "",
    by: User,
    at: datetime | None = None,
) -> CallbackAttempt:
    """
    Record one try to reach the customer; attempted is not reached.

    Only a call that took place, or a customer who wants none, closes the promise. A call of the
    third day cannot be made before that day begins; whoever is reached then was told about the
    satisfaction survey, or not, and when a call suits them goes to customer service.
    """
    now = clock.now()
    at, outcome = at or now, Outcome(outcome)
    Callback.objects.select_for_update().get(pk=callback.pk)
    callback = Callback.objects.with_people().get(pk=callback.pk)
    _refuse_impossible(callback, at, now)
    reached = outcome == Outcome.REACHED
    if callback.is_third_day and reached and survey_told is None:
        raise RuleViolation(
            _("Say whether you explained the satisfaction survey."), field="survey_told"
        )
    asks = callback.is_third_day and reached
    attempt = CallbackAttempt.objects.create(
        callback=callback,
        outcome=outcome,
        remark=remark.strip()[:500],
        at=at,
        entered_at=now,
        by=by,
        survey_told=survey_told if asks else None,
        convenient_time=convenient_time.strip()[:60] if asks else "",
    )
    delivery = callback.delivery
    note(
        call_kind(callback.kind, outcome), store=callback.store, customer=delivery.customer,
        lead=delivery.lead, by=by, at=at, subject=callback, remark=attempt.remark,
    )  # fmt: skip
    _settle(callback, attempt)
    return attempt


def _refuse_impossible(callback: Callback, at: datetime, now: datetime) -> None:
    deadline = deadline_of(callback)
    if deadline is None or not deadline.is_open:
        raise RuleViolation(_("This call is already closed."), code="closed")
    if at > now:
        raise RuleViolation(_("The call lies in the future."), field="at")
    if at < callback.delivery.delivered_at:
        raise RuleViolation(_("The call lies before the hand-over."), field="at")
    if at < deadline.actionable_at:
        begins = deadline.actionable_at.astimezone(callback.store.tz)
        raise RuleViolation(
            _("The third-day callback begins on %(day)s.") % {"day": f"{begins:%m-%d}"},
            code="too_early",
            field="at",
        )


def _settle(callback: Callback, attempt: CallbackAttempt) -> None:
    """Close the promise, or say what stands in its way."""
    step = CALL_STEPS[callback.kind]
    if attempt.is_final:
        finish(step, callback, by=attempt.by, at=attempt.at)
        if attempt.convenient_time:
            _tell_customer_service(callback, attempt)
        return
    if attempt.outcome == Outcome.WRONG_NUMBER:
        set_problem(step, callback, _("The number is wrong: find the right one."), at=attempt.at)
    if callback.attempts.count() >= TRIES:
        _offer_waiver(callback)


def _tell_customer_service(callback: Callback, attempt: CallbackAttempt) -> None:
    notify_roles(
        callback.store,
        (Role.SERVICE_SPECIALIST,),
        kind="delivery.convenient_time",
        text=convenient_time_text(callback, attempt),
        url=callback.delivery.get_absolute_url(),
        key=f"delivery.convenient_time:{callback.pk}",
        at=attempt.at,
    )


def _offer_waiver(callback: Callback) -> None:
    """Three calls reached nobody: a manager decides, the software never does."""
    deadline = Deadline.objects.about(callback).get()
    notify_roles(
        callback.store,
        deadline.declared.escalates_to,
        kind="delivery.unreached",
        text=unreached_text(callback),
        url=deadline.get_absolute_url(),
        key=f"delivery.unreached:{callback.pk}",
    )


def _convenient_time(callback: Callback, attempt: CallbackAttempt) -> str:
    return _("%(customer)s prefers calls: %(time)s") % {
        "customer": callback.delivery.customer,
        "time": attempt.convenient_time,
    }


def _unreached(callback: Callback) -> str:
    return _("%(step)s: %(customer)s was not reached in %(count)s calls.") % {
        "step": callback.get_kind_display(),
        "customer": callback.delivery.customer,
        "count": TRIES,
    }


# Each reader gets them in their own language.
convenient_time_text, unreached_text = lazy(_convenient_time, str), lazy(_unreached, str)
