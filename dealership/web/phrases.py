"""How long something is still, or already, in words; the browser ticks on with the same words."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MINUTE, HOUR, DAY = 60, 3600, 86400

# Keyed by what is counted and by the units shown.
SPANS: dict[str, str | Promise] = {
    "left_now": gettext_lazy("less than 1 min left"),
    "left_m": gettext_lazy("%(minutes)s min left"),
    "left_h": gettext_lazy("%(hours)s h left"),
    "left_hm": gettext_lazy("%(hours)s h %(minutes)s min left"),
    "left_d": gettext_lazy("%(days)s d left"),
    "left_dh": gettext_lazy("%(days)s d %(hours)s h left"),
    "late_now": gettext_lazy("just overdue"),
    "late_m": gettext_lazy("%(minutes)s min late"),
    "late_h": gettext_lazy("%(hours)s h late"),
    "late_hm": gettext_lazy("%(hours)s h %(minutes)s min late"),
    "late_d": gettext_lazy("%(days)s d late"),
    "late_dh": gettext_lazy("%(days)s d %(hours)s h late"),
    "until_now": gettext_lazy("can be done now"),
    "until_m": gettext_lazy("in %(minutes)s min"),
    "until_h": gettext_lazy("in %(hours)s h"),
    "until_hm": gettext_lazy("in %(hours)s h %(minutes)s min"),
    "until_d": gettext_lazy("in %(days)s d"),
    "until_dh": gettext_lazy("in %(days)s d %(hours)s h"),
}

# What the modules in static/js say.
SPOKEN: dict[str, str | Promise] = {
    "restored": gettext_lazy("What you had typed here was restored."),
    "discard": gettext_lazy("Start afresh"),
    "undo": gettext_lazy("Undo"),
    "finished": gettext_lazy("Done"),
    "close": gettext_lazy("Close"),
    "sending": gettext_lazy("Saving…"),
    "offline": gettext_lazy("No connection. What you typed is kept; try again in a moment."),
    "broken": gettext_lazy("That did not work on our side. What you typed is kept; try again."),
    "forbidden": gettext_lazy("You may not do this. Ask your manager if you need to."),
    "signed_out": gettext_lazy(
        "You are signed out. Save or reload to sign in; your entry is kept."
    ),
    "gone": gettext_lazy("This is no longer here. Reload the page."),
    "chosen": gettext_lazy("%(count)s chosen"),
    "all_chosen": gettext_lazy("All that match"),
    "characters": gettext_lazy("%(count)s characters, %(parts)s SMS"),
}


def span_key(seconds: int, counted: str) -> tuple[str, dict[str, int]]:
    """
    Return which phrase fits a span, and its numbers.

    Up to an hour minutes, up to a day hours and minutes, beyond days and hours (from three
    days on days alone): 还剩 38 分, 超时 2 小时 10 分, 还剩 4 天.
    """
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if seconds < MINUTE:
        units = "now"
    elif seconds < HOUR:
        units = "m"
    elif seconds < DAY:
        units = "hm" if minutes else "h"
    else:
        units = "dh" if hours and days < 3 else "d"
    return f"{counted}_{units}", {"days": days, "hours": hours, "minutes": minutes}


def countdown_text(*, actionable_at: datetime | None, due_at: datetime, at: datetime) -> str:
    """“38 min left”, “12 min late”, “in 2 h” while it can't be done yet."""
    if actionable_at and at < actionable_at:
        counted, span = "until", actionable_at - at
    elif at <= due_at:
        counted, span = "left", due_at - at
    else:
        counted, span = "late", at - due_at
    key, numbers = span_key(int(span.total_seconds()), counted)
    return str(SPANS[key]) % numbers


def state_word(state: str) -> str:
    """The word beside a state's shape."""
    words = {
        "future": _("Later"),
        "open": _("Owed"),
        "soon": _("Due soon"),
        "late": _("Overdue"),
        "done": _("Done in time"),
        "done_late": _("Done late"),
        "cancelled": _("No longer owed"),
        "waived": _("Waived"),
    }
    return words.get(state, state)


def spoken() -> dict[str, str]:
    """Every phrase, in the reader's language, for the browser."""
    return {key: str(phrase) for key, phrase in (SPANS | SPOKEN).items()}
