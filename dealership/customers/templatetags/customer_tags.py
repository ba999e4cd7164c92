"""How a customer's number looks to the reader; loaded as a builtin of every template."""

from typing import Any

from django import template

from dealership.customers.models import Customer
from dealership.privacy.masks import mask_phone, show_phone
from dealership.staff.policy import may

register = template.Library()


@register.inclusion_tag("customers/_phone.html", takes_context=True)
def phone(context: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """`{% phone customer %}`: a call link for those who call the customer, else masked."""
    number = customer.primary_phone
    is_whole = may(context["request"].user, "customers.see_phone", customer)
    shown = show_phone(number) if is_whole else mask_phone(number)
    return {"number": number, "is_whole": is_whole, "shown": shown}
