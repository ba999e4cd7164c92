"""Template tags that every page may use; loaded as builtins."""

import uuid
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dealership import clock
from dealership.privacy.masks import mask_phone
from dealership.staff.policy import may as may_do
from dealership.web.once import FIELD

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


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Tabler icon; decoration only, the word stands beside it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)
