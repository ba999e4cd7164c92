"""A deadline's own story, told from its fields, from its opening to its end."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dealership.sop.models import Deadline
from dealership.staff.models import User


@dataclass(frozen=True)
class Chapter:
    """One thing that happened to a deadline."""

    at: datetime
    text: str
    icon: str
    who: User | None = None
    remark: str = ""
    state: str = ""


def story(deadline: Deadline) -> list[Chapter]:
    """What happened, in order; no query beyond the people that the row names."""
    chapters = [*_beginning(deadline), *_clock(deadline), *_people(deadline)]
    return sorted(chapters, key=lambda chapter: chapter.at)


def _beginning(deadline: Deadline) -> list[Chapter]:
    text = _("Opened: to be done %(limit)s") % {"limit": deadline.limit_text}
    return [Chapter(deadline.opened_at, text, "clock-play")]


def _clock(deadline: Deadline) -> list[Chapter]:
    told = [
        (deadline.reminded_at, _("The software sent a reminder"), "bell", ""),
        (deadline.acted_at, _("The software did its part"), "robot", ""),
        (deadline.escalated_at, _("The managers were told"), "arrow-up", ""),
        (
            deadline.quarantined_at,
            _("The clock set it aside"),
            "alert-octagon",
            deadline.quarantine_reason,
        ),
    ]
    return [Chapter(at, text, icon, remark=remark) for at, text, icon, remark in told if at]


def _people(deadline: Deadline) -> list[Chapter]:
    chapters = []
    if deadline.reply_at:
        chapters.append(
            Chapter(deadline.reply_at, _("Explained"), "message", deadline.reply_by, deadline.reply)
        )
    if deadline.reply_decided_at:
        text = _("Explanation accepted") if deadline.reply_accepted else _("Explanation refused")
        who, remark = deadline.reply_decided_by, deadline.reply_remark
        chapters.append(Chapter(deadline.reply_decided_at, text, "gavel", who, remark))
    if deadline.closed_at:
        ending, icon = CLOSED[deadline.state()]
        who = deadline.closed_by
        chapters.append(
            Chapter(deadline.closed_at, ending(), icon, who, deadline.reason, deadline.state())
        )
    return chapters


CLOSED = {
    "done": (lambda: _("Done in time"), "check"),
    "done_late": (lambda: _("Done late"), "clock-exclamation"),
    "waived": (lambda: _("Waived"), "clock-off"),
    "cancelled": (lambda: _("No longer owed"), "clock-cancel"),
}
