"""Visits agreed on, over the API."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.api import PersonOut
from dealership.web.api import ID, TEXT, House
from dealership.web.http import authorize
from leads import actions
from leads.models import Appointment, Lead


class AppointmentOut(serializers.ModelSerializer[Appointment]):
    """A visit that a customer has agreed to."""

    consultant = PersonOut(allow_null=True)
    customer_name = serializers.CharField(source="customer.display_name")
    visit = serializers.IntegerField(source="visit_ref", allow_null=True)

    class Meta:
        model = Appointment
        fields = (
            "id", "lead", "customer", "customer_name", "consultant", "starts_at", "purpose",
            "state", "remark", "agreed_at", "confirmed_at", "closed_at", "reason", "moved_from",
            "visit",
        )  # fmt: skip


class AppointmentIn(serializers.Serializer[Any]):
    lead = serializers.IntegerField(**ID)
    starts_at = serializers.DateTimeField()
    purpose = serializers.ChoiceField(
        choices=Appointment.Purpose.choices, required=False, default=Appointment.Purpose.SEE_CAR
    )
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MoveIn(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    reason = serializers.RegexField(TEXT, max_length=200)


class CallOffIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=200)


class AppointmentApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Visits agreed on that the caller may see, the latest first."""

    rows = Appointment.objects
    keyset = "starts_at"
    serializer_class = AppointmentOut
    perms = {
        "list": "leads.view_lead",
        "retrieve": "leads.view_lead",
        "create": "leads.agree_visit",
        "confirm": "leads.agree_visit",
        "move": "leads.agree_visit",
        "cancel": "leads.agree_visit",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=AppointmentIn, responses={201: AppointmentOut})
    def create(self, request: Request) -> Response:
        """Agree on a visit (SOP-4.2); a lead has one at a time."""
        data = self.clean(AppointmentIn)
        lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=data.pop("lead"))
        authorize(request.user, "leads.agree_visit", lead)
        at_time = data.pop("starts_at")
        return self.answer_once(
            lambda: actions.agree_visit(lead, at_time=at_time, by=request.user, **data), code=201
        )

    @extend_schema(request=None, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """The guest says again that they will come."""
        return self._do(actions.confirm_appointment)

    @extend_schema(request=MoveIn, responses={201: AppointmentOut})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Agree on another time; answers with the new appointment."""
        data = self.clean(MoveIn)
        at_time = data.pop("starts_at")
        return self._do(actions.move_appointment, code=201, at_time=at_time, **data)

    @extend_schema(request=CallOffIn, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """The guest calls off."""
        return self._do(actions.cancel_appointment, **self.clean(CallOffIn))

    def _do(self, act: Callable[..., Appointment], *, code: int = 200, **data: Any) -> Response:
        appointment = self.get_object()
        self.authorize(appointment)
        return self.answer_once(lambda: act(appointment, by=self.request.user, **data), code=code)
