"""Forms of orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.staff.models import User
from dealership.vehicles.models import Series, Trim
from dealership.web.forms import Form
from dealership.web.widgets import ChipSelect, MomentInput
from deals.actions import EARNED_LEVELS
from deals.models import Order
from deals.selectors import sellers
from leads.models import IntentLevel


class OrderForm(Form):
    series = forms.ModelChoiceField(
        label=_("Series"), queryset=Series.objects.on_sale(), widget=ChipSelect
    )
    consultant = forms.ModelChoiceField(
        label=pgettext_lazy("of a customer", "Consultant"),
        queryset=User.objects.none(),
        widget=ChipSelect,
    )
    trim = forms.ModelChoiceField(label=_("Trim"), queryset=Trim.objects.none(), required=False)
    vin = forms.CharField(
        label=_("VIN"), required=False, max_length=40, help_text=_("If the car is already known.")
    )
    at = forms.DateTimeField(
        label=_("Ordered at"),
        required=False,
        widget=MomentInput,
        help_text=_("Empty: now. Earlier for an order that is entered late."),
    )
    unusual = ("trim", "vin", "at")

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        on_sale = Trim.objects.on_sale().select_related("series")
        fields: dict[str, Any] = self.fields
        fields["trim"].queryset = on_sale
        if user.is_manager:
            fields["consultant"].queryset = sellers(customer.store)
        else:
            del self.fields["consultant"]


class CancelForm(Form):
    reason = forms.CharField(label=_("Why is the order cancelled?"), max_length=200)
    level = forms.ModelChoiceField(
        label=_("How soon will they buy now?"),
        queryset=IntentLevel.objects.none(),
        widget=ChipSelect,
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any):
        super().__init__(*args, **kwargs)
        levels = IntentLevel.objects.filter(store=order.store_id, is_active=True)
        level: Any = self.fields["level"]
        level.queryset = levels.exclude(code__in=EARNED_LEVELS)
        level.label_from_instance = lambda level: f"{level.code} {level.name}"
