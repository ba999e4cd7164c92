"""How a customer's number looks to the reader; loaded as a builtin of every template."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.customers.selectors import shown_phone

register = template.Library()


@register.simple_tag(takes_context=True)
def phone(context: dict[str, Any], customer: Customer) -> SafeString:
    """`{% phone customer %}`: a call link for those who call the customer, else masked."""
    shown = shown_phone(context["request"].user, customer, customer.primary_phone)
    if not shown["phone"]:
        return format_html('<span class="quiet">{}</span>', _("No phone"))
    if shown["tel"]:
        return format_html('<a class="phone" href="tel:{tel}">{phone}</a>', **shown)
    return format_html('<span class="phone" title="{}">{}</span>', _("Masked"), shown["phone"])
