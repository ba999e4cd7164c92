"""What people say about a deadline: the manager waives it, the consultant answers a breach."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.actions.deadlines import close, tell
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.sop.steps import step_for
from dealership.staff.models import User


@transaction.atomic
def waive(deadline: Deadline, *, by: User, reason: str, at: datetime | None = None) -> Deadline:
    """Let a promise go, with a reason: a manager's right, shown in the figures."""
    at, reason = at or clock.now(), reason.strip()
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    if not close(deadline, Deadline.Outcome.WAIVED, by=by, at=at, reason=reason):
        raise RuleViolation(_("This task is already closed."))
    tell(deadline, "waived", by=by, at=at, reason=reason)
    if deadline.owner and deadline.owner != by:
        with in_language_of(deadline.owner):
            text = _("%(name)s waived “%(step)s”.") % {"name": by.name, "step": deadline.title}
        _send(deadline.owner, deadline, "sop.waived", text, at=at)
    return deadline


@transaction.atomic
def reply(deadline: Deadline, *, by: User, text: str, at: datetime | None = None) -> Deadline:
    """
    Answer for a breach (说明): why it came late, for the manager to accept or not.

    It can be rewritten until the manager has accepted it.
    """
    at, text = at or clock.now(), text.strip()
    if not text:
        raise RuleViolation(_("Write what happened."), field="text")
    if not deadline.is_late_at(at):
        raise RuleViolation(_("This task is not late: there is nothing to explain."))
    values = {
        "reply": text[:1000],
        "reply_by": by,
        "reply_at": at,
        "reply_accepted": None,
        "reply_remark": "",
        "reply_decided_by": None,
        "reply_decided_at": None,
    }
    undecided = Q(reply_accepted__isnull=True) | Q(reply_accepted=False)
    late = Deadline.objects.late(at).filter(undecided, pk=deadline.pk)
    if not late.update(**values):
        raise RuleViolation(_("The explanation has already been accepted."))
    for name, value in values.items():
        setattr(deadline, name, value)
    tell(deadline, "answered", by=by, at=at, text=text[:200])
    roles = step_for(deadline.step).escalates_to
    for manager in User.objects.in_store(deadline.store, *roles).exclude(pk=by.pk):
        with in_language_of(manager):
            told = _("%(name)s explained a late “%(step)s”.") % {
                "name": by.name,
                "step": deadline.title,
            }
        _send(manager, deadline, "sop.answered", told, at=at)
    return deadline


@transaction.atomic
def decide_reply(
    deadline: Deadline, *, by: User, accepted: bool, remark: str = "", at: datetime | None = None
) -> Deadline:
    """
    Accept or refuse the answer to a breach.

    An accepted breach counts as excused; it stays late. Nobody decides on their own answer.
    """
    at = at or clock.now()
    if deadline.reply_by is None:
        raise RuleViolation(_("There is no explanation to decide on."))
    if deadline.reply_by_id == by.pk:
        raise RuleViolation(_("Somebody else has to decide on your explanation."))
    values = {
        "reply_accepted": accepted,
        "reply_remark": remark.strip()[:500],
        "reply_decided_by": by,
        "reply_decided_at": at,
    }
    waiting = Deadline.objects.awaiting_decision().filter(
        pk=deadline.pk, reply_at=deadline.reply_at
    )
    if not waiting.update(**values):
        raise RuleViolation(_("This explanation was decided or rewritten meanwhile. Look again."))
    for name, value in values.items():
        setattr(deadline, name, value)
    what = "accepted" if accepted else "refused"
    tell(deadline, what, by=by, at=at, remark=deadline.reply_remark)
    with in_language_of(deadline.reply_by):
        text = (
            _("Your explanation for “%(step)s” was accepted.")
            if accepted
            else _("Your explanation for “%(step)s” was not accepted.")
        ) % {"step": deadline.title}
    _send(deadline.reply_by, deadline, "sop.decided", text, at=at)
    return deadline


def _send(user: User, deadline: Deadline, kind: str, text: str, *, at: datetime) -> None:
    notify(
        user,
        store=deadline.store,
        kind=kind,
        text=text,
        url=deadline.get_absolute_url(),
        key=f"{kind}:{deadline.pk}:{at:%Y%m%d%H%M%S%f}",
        at=at,
    )
