"""What the customer's timeline says of each step's deadlines."""

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import KINDS, declare_kind

WHAT = {
    "opened": (_("owed until %(due)s"), "clock-play"),
    "done": (_("done"), "check"),
    "done_late": (_("done late"), "clock-exclamation"),
    "cancelled": (_("no longer owed: %(reason)s"), "clock-cancel"),
    "waived": (_("waived: %(reason)s"), "clock-off"),
    "problem": (_("needs attention: %(problem)s"), "alert-triangle"),
    "answered": (_("late, explained: %(text)s"), "message"),
    "accepted": (_("explanation accepted"), "message-check"),
    "refused": (_("explanation not accepted: %(remark)s"), "message-x"),
    "handed_over": (_("handed over to %(to)s"), "arrows-exchange"),
}


def kind_of(what: str, step_code: str) -> str:
    return f"sop.{what}.{step_code}"


def _say(step: str | Promise, what: str | Promise) -> str:
    return gettext("%(step)s: %(what)s") % {"step": step, "what": what}


_sentence = lazy(_say, str)


def declare_kinds(step_code: str, title: str | Promise) -> None:
    """Declare one kind for each thing that can happen to a step's deadline."""
    for what, (sentence, icon) in WHAT.items():
        code = kind_of(what, step_code)
        if code not in KINDS:
            declare_kind(code, _sentence(title, sentence), icon=icon, stage="sop")
