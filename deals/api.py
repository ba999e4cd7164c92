"""Orders over the API: the same actions as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.errors import RuleViolation
from dealership.staff.api import PersonOut
from dealership.vehicles.models import Series
from dealership.web.api import ID, TEXT, House
from dealership.web.http import authorize
from deals import actions
from deals.models import Order
from leads.models import Lead
from leads.selectors import level_of


class OrderOut(serializers.ModelSerializer[Order]):
    """A car that a customer has ordered."""

    consultant = PersonOut()
    customer_name = serializers.CharField(source="customer.display_name")

    class Meta:
        model = Order
        fields = (
            "id", "number", "lead", "customer", "customer_name", "consultant", "series", "trim",
            "vin", "status", "ordered_at", "entered_at", "cancelled_at", "cancel_reason",
        )  # fmt: skip


class OrderIn(serializers.Serializer[Any]):
    lead = serializers.IntegerField(**ID)
    series = serializers.IntegerField(**ID)
    vin = serializers.CharField(max_length=17, required=False, allow_blank=True, default="")
    ordered_at = serializers.DateTimeField(required=False, allow_null=True, source="at")


class CancelIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=200)
    level = serializers.ChoiceField(choices=("N", "H", "A", "B", "C", "S"))


class OrderApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Orders that the caller may see."""

    rows = Order.objects
    keyset = "ordered_at"
    serializer_class = OrderOut
    perms = {
        "list": "deals.view_order",
        "retrieve": "deals.view_order",
        "create": "deals.place_order",
        "cancel": "deals.cancel_order",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=OrderIn, responses={201: OrderOut})
    def create(self, request: Request) -> Response:
        """Order a car for a lead's customer: the lead becomes level O."""
        data = self.clean(OrderIn)
        leads = Lead.objects.visible_to(request.user)
        lead = get_object_or_404(leads, pk=data.pop("lead"))
        authorize(request.user, "deals.place_order", lead.customer)
        series = Series.objects.on_sale().filter(pk=data.pop("series")).first()
        if series is None:
            raise RuleViolation(_("This series is not on sale."), field="series")
        return self.answer_once(
            lambda: actions.place_order(lead, series=series, by=request.user, **data), code=201
        )

    @extend_schema(request=CancelIn, responses=OrderOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel an open order; the lead is open again at `level`."""
        order, data = self.get_object(), self.clean(CancelIn)
        self.authorize(order)
        level = level_of(order.store, data["level"])
        return self.answer_once(
            lambda: actions.cancel_order(order, reason=data["reason"], level=level, by=request.user)
        )
