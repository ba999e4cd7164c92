"""Template tags that every page may use; loaded as builtins."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from dealership import clock
from dealership.privacy.masks import mask_phone
from dealership.staff.policy import may as may_do
from dealership.web import phrases as words
from dealership.web.once import FIELD
from dealership.web.stages import stage_of

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str, obj: Any = None) -> bool:
    """`{% may "leads.contact_lead" lead as ok %}`: only to hide a button, never to guard."""
    return may_do(context["request"].user, permission, obj)


@register.simple_tag
def once() -> SafeString:
    """A hidden key that makes the form count once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())


@register.filter
def masked(number: Any) -> str:
    """138****0013: for those who need not see the number."""
    return mask_phone(str(number or ""))


@register.filter
def initial(name: str) -> str:
    """The sign in a person's round badge: the surname, or a Latin initial."""
    return (name or "·")[0].upper()


@register.filter
def clocktime(at: datetime | None) -> str:
    """14:05 today, 11-23 14:05 on another day of this year, else the date."""
    if at is None:
        return ""
    local, now = timezone.localtime(at), timezone.localtime(clock.now())
    if local.date() == now.date():
        return local.strftime("%H:%M")
    if local.year == now.year:
        return local.strftime("%m-%d %H:%M")
    return local.strftime("%Y-%m-%d")


@register.filter
def stopwatch(span: timedelta | None) -> str:
    """A span as a stopwatch shows it: 1:05, or 1:02:10 from an hour on."""
    if span is None:
        return ""
    seconds = max(0, int(span.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


@register.inclusion_tag("components/stopwatch.html")
def runs_since(at: datetime, within: timedelta | None = None) -> dict[str, Any]:
    """`{% runs_since tick.at item.within %}`: the time that runs, late once it is too long."""
    span = clock.now() - at
    return {"at": at, "within": within, "span": span, "is_late": bool(within and span > within)}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Tabler icon; decoration only, the word stands beside it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def phrases() -> SafeString:
    """The words of the browser's modules (static/js/phrases.js), in the reader's language."""
    return json_script(words.spoken(), "phrases")


@register.simple_tag
def server_now() -> str:
    """The server's clock, by which the browser ticks."""
    return clock.now().isoformat()


@register.inclusion_tag("components/countdown.html")
def countdown(deadline: Any) -> dict[str, Any]:
    """`{% countdown deadline %}`: “38 min left” with its shape, ticking; or how it ended."""
    at = clock.now()
    state = deadline.state(at)
    if not deadline.is_open:
        return {"deadline": deadline, "state": state, "text": words.state_word(state)}
    text = words.countdown_text(actionable_at=deadline.actionable_at, due_at=deadline.due_at, at=at)
    return {"deadline": deadline, "state": state, "text": text, "ticking": True}


@register.inclusion_tag("components/fuse.html")
def fuse(deadline: Any) -> dict[str, Any]:
    """`{% fuse deadline %}`: the time that is left, as a line burning down."""
    whole = (deadline.due_at - deadline.actionable_at).total_seconds()
    left = (deadline.due_at - clock.now()).total_seconds()
    return {"deadline": deadline, "left": max(0, min(100, round(100 * left / whole)))}


@register.filter
def state_word(state: str) -> str:
    """The word of a deadline's state: Overdue, Due soon, Done in time …"""
    return words.state_word(state)


@register.inclusion_tag("components/stage_tag.html")
def stage_tag(code: str) -> dict[str, Any]:
    """`{% stage_tag deadline.step %}`: the stage's icon and name."""
    return {"stage": stage_of(code)}


@register.inclusion_tag("components/stage_dot.html")
def stage_dot(code: str, name: str = "") -> dict[str, Any]:
    """`{% stage_dot event.kind_of.stage event.kind_of.icon %}`: a small tile in the stage's hue."""
    stage = stage_of(code)
    return {"stage": stage, "icon": name or (stage.icon if stage else "point")}
