"""Deliveries, callbacks and DMS entries over the API: the same actions as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.api import PersonOut
from dealership.web.api import ID, TEXT, House
from dealership.web.http import authorize
from deals.models import Order
from delivery import actions
from delivery.models import Callback, CallbackAttempt, Delivery, LateApplication


class DmsOut(serializers.Serializer[Any]):
    """What was told to the brand's DMS, and when."""

    dms_number = serializers.CharField()
    entered_at = serializers.DateTimeField()
    window_ends_at = serializers.DateTimeField()
    late_application = serializers.IntegerField(source="late_application_id", allow_null=True)


class CallbackOut(serializers.ModelSerializer[Callback]):
    class Meta:
        model = Callback
        fields = ("id", "delivery", "kind")


class AttemptOut(serializers.ModelSerializer[CallbackAttempt]):
    """One call: attempted is not reached."""

    by = PersonOut()

    class Meta:
        model = CallbackAttempt
        fields = (
            "id", "callback", "outcome", "remark", "survey_told", "convenient_time", "at",
            "entered_at", "by",
        )  # fmt: skip


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """A car that has become the customer's."""

    consultant = PersonOut()
    customer_name = serializers.CharField(source="customer.display_name")
    dms_entry = serializers.SerializerMethodField()
    callbacks = CallbackOut(many=True)

    class Meta:
        model = Delivery
        fields = (
            "id", "order", "lead", "customer", "customer_name", "consultant", "vin",
            "delivered_at", "entered_at", "invoice_on", "vehicle_use", "customer_nature",
            "dms_window_ends_at", "dms_entry", "callbacks", "filed_at",
        )  # fmt: skip

    @extend_schema_field(DmsOut(allow_null=True))
    def get_dms_entry(self, delivery: Delivery) -> dict[str, Any] | None:
        entry = getattr(delivery, "dms_entry", None)
        return DmsOut(entry).data if entry else None


class LateOut(serializers.ModelSerializer[LateApplication]):
    """An application to enter a delivery after the window; the brand's office decides."""

    class Meta:
        model = LateApplication
        fields = (
            "id", "delivery", "reason", "evidence", "sent_on", "applied_at", "status",
            "decided_on", "reference", "decided_at",
        )  # fmt: skip


class DeliveryIn(serializers.Serializer[Any]):
    order = serializers.IntegerField(**ID)
    invoice_on = serializers.DateField()
    vehicle_use = serializers.ChoiceField(choices=Delivery.Use.choices)
    customer_nature = serializers.ChoiceField(choices=Delivery.Nature.choices)
    vin = serializers.RegexField(TEXT, max_length=30)
    delivered_at = serializers.DateTimeField(required=False, allow_null=True, source="at")


class CallbackIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Callback.Kind.choices)
    outcome = serializers.ChoiceField(choices=CallbackAttempt.Outcome.choices)
    remark = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    survey_told = serializers.BooleanField(required=False, allow_null=True, default=None)
    convenient_time = serializers.CharField(
        max_length=60, required=False, allow_blank=True, default=""
    )


class DmsIn(serializers.Serializer[Any]):
    dms_number = serializers.RegexField(TEXT, max_length=40)


class LateIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=500)
    evidence = serializers.RegexField(TEXT, max_length=500)
    sent_on = serializers.DateField()


class LateDecisionIn(serializers.Serializer[Any]):
    approved = serializers.BooleanField()
    decided_on = serializers.DateField()
    reference = serializers.RegexField(TEXT, max_length=60)


class HandoverThankIn(serializers.Serializer[Any]):
    text = serializers.RegexField(TEXT, max_length=500)


class DeliveryApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Deliveries that the caller may see."""

    rows = Delivery.objects
    keyset = "delivered_at"
    serializer_class = DeliveryOut
    perms = {
        "list": "delivery.view_delivery",
        "retrieve": "delivery.view_delivery",
        "create": "delivery.hand_over",
        "calls": "delivery.record_call",
        "thank": "delivery.thank",
        "thank_by_call": "delivery.thank",
        "file": "delivery.complete_file",
        "dms_entry": "delivery.enter_dms",
        "late_applications": "delivery.apply_late",
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset().with_people().select_related("dms_entry")
        return rows.prefetch_related("callbacks")

    @extend_schema(request=DeliveryIn, responses={201: DeliveryOut})
    def create(self, request: Request) -> Response:
        """Hand the car over: one transaction that starts all that follows (SOP-9.6, 9.8)."""
        data = self.clean(DeliveryIn)
        order = get_object_or_404(Order.objects.visible_to(request.user), pk=data.pop("order"))
        authorize(request.user, "delivery.hand_over", order)

        def hand_over() -> Delivery:
            made = actions.hand_over_car(order, by=request.user, **data)
            return self.get_queryset().get(pk=made.pk)

        return self.answer_once(hand_over, code=201)

    @extend_schema(request=CallbackIn, responses={201: AttemptOut})
    @action(detail=True, methods=["post"])
    def calls(self, request: Request, pk: str) -> Response:
        """Record a callback (SOP-9.6.22, 9.6.23)."""
        delivery, data = self.get_object(), self.clean(CallbackIn)
        self.authorize(delivery)
        callback = get_object_or_404(delivery.callbacks, kind=data.pop("kind"))
        return self.answer_once(
            lambda: AttemptOut(actions.record_call(callback, by=request.user, **data)).data,
            code=201,
        )

    @extend_schema(request=HandoverThankIn, responses=DeliveryOut)
    @action(detail=True, methods=["post"])
    def thank(self, request: Request, pk: str) -> Response:
        """Send the thank-you SMS by hand (SOP-9.6.21)."""
        body = self.clean(HandoverThankIn)["text"]
        return self._do(actions.send_thanks, body=body)

    @extend_schema(request=None, responses=DeliveryOut)
    @action(detail=True, methods=["post"], url_path="thank-by-call")
    def thank_by_call(self, request: Request, pk: str) -> Response:
        """Say that the customer was thanked by phone instead."""
        return self._do(actions.thank_by_call)

    @extend_schema(request=None, responses=DeliveryOut)
    @action(detail=True, methods=["post"])
    def file(self, request: Request, pk: str) -> Response:
        """The customer's file is complete (SOP-9.6.20)."""
        return self._do(actions.complete_file)

    @extend_schema(request=DmsIn, responses=DeliveryOut)
    @action(detail=True, methods=["post"], url_path="dms-entry")
    def dms_entry(self, request: Request, pk: str) -> Response:
        """Enter the delivery in the DMS, within its window (SOP-9.8)."""
        return self._do(actions.enter_dms, **self.clean(DmsIn))

    @extend_schema(request=LateIn, responses={201: LateOut})
    @action(detail=True, methods=["post"], url_path="late-applications")
    def late_applications(self, request: Request, pk: str) -> Response:
        """Apply to the brand's vehicle office for an entry after the window."""
        delivery, data = self.get_object(), self.clean(LateIn)
        self.authorize(delivery)
        return self.answer_once(
            lambda: LateOut(actions.apply_late(delivery, by=request.user, **data)).data, code=201
        )

    def _do(self, act: Any, **data: Any) -> Response:
        delivery = self.get_object()
        self.authorize(delivery)

        def run() -> Delivery:
            act(delivery, by=self.request.user, **data)
            return self.get_queryset().get(pk=delivery.pk)

        return self.answer_once(run)


class LateApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Late-entry applications of the store."""

    rows = LateApplication.objects
    serializer_class = LateOut
    perms = {
        "list": "delivery.view_dms",
        "retrieve": "delivery.view_dms",
        "decide": "delivery.decide_late",
    }

    @extend_schema(request=LateDecisionIn, responses=LateOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Record what the brand's office decided."""
        application, data = self.get_object(), self.clean(LateDecisionIn)
        self.authorize(application)
        return self.answer_once(lambda: actions.decide_late(application, by=request.user, **data))
