"""Losses over the API: applying, deciding, speaking again, taking up anew."""

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
from leads.models import Contact, Lead, LossApplication, LossReason, LossRecall


class LossReasonOut(serializers.ModelSerializer[LossReason]):
    """A reason, or (without a parent) a group of them."""

    class Meta:
        model = LossReason
        fields = (
            "id", "parent", "code", "name", "is_active", "asks_rival", "stops_contact",
        )  # fmt: skip


class LossOut(serializers.ModelSerializer[LossApplication]):
    """A request to give a lead up; only what was approved counts as lost."""

    level = serializers.CharField(source="level.code")
    reason_name = serializers.CharField(source="reason.full_name")
    customer = serializers.IntegerField(source="lead.customer_id")
    applied_by = PersonOut()
    decided_by = PersonOut(allow_null=True)

    class Meta:
        model = LossApplication
        fields = (
            "id", "lead", "customer", "kind", "reason", "reason_name", "rival", "rival_series",
            "feedback", "remark", "level", "stage", "is_direct", "revisit_on", "applied_by",
            "applied_at", "state", "decided_by", "decided_at", "decision",
        )  # fmt: skip


class RecallOut(serializers.ModelSerializer[LossRecall]):
    """A sample call by somebody else: is the customer really lost?"""

    caller = PersonOut(allow_null=True)
    lead = serializers.IntegerField(source="application.lead_id")

    class Meta:
        model = LossRecall
        fields = (
            "id", "application", "lead", "caller", "opened_at", "outcome", "remark", "at",
        )  # fmt: skip


def words(most: int) -> Any:
    return serializers.CharField(max_length=most, required=False, allow_blank=True, default="")


class LossIn(serializers.Serializer[Any]):
    lead = serializers.IntegerField(**ID)
    kind = serializers.ChoiceField(
        choices=LossApplication.Kind.choices, default=LossApplication.Kind.LOST
    )
    reason = serializers.IntegerField(**ID)
    rival = words(40)
    rival_series = words(40)
    feedback = serializers.RegexField(TEXT, max_length=1000)
    remark = words(500)
    revisit_on = serializers.DateField(required=False, allow_null=True, default=None)


class LossDecisionIn(serializers.Serializer[Any]):
    approved = serializers.BooleanField()
    remark = words(500)
    next_contact_on = serializers.DateField(required=False, allow_null=True, default=None)


class RevisitIn(serializers.Serializer[Any]):
    way = serializers.ChoiceField(choices=Contact.Way.choices, default=Contact.Way.CALL)
    outcome = serializers.ChoiceField(choices=Contact.Outcome.choices)
    feedback = words(1000)
    wants_car = serializers.BooleanField(default=False)
    revisit_on = serializers.DateField(required=False, allow_null=True, default=None)


class RecallIn(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=LossRecall.Outcome.choices)
    remark = words(500)


class LossReasonApi(mixins.ListModelMixin, House):
    """The store's reasons of loss."""

    rows = LossReason.objects
    serializer_class = LossReasonOut
    perms = {"list": "leads.view_losses"}


class LossApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Applications to give leads up (SOP-2.2)."""

    rows = LossApplication.objects
    serializer_class = LossOut
    perms = {
        "list": "leads.view_losses",
        "retrieve": "leads.view_losses",
        "create": "leads.apply_for_loss",
        "decide": "leads.decide_loss",
        "withdraw": "leads.withdraw_loss",
        "revisit": "leads.revisit_lost",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=LossIn, responses={201: LossOut})
    def create(self, request: Request) -> Response:
        """Apply; a customer who refuses contact is left alone at once."""
        data = self.clean(LossIn)
        leads = Lead.objects.visible_to(request.user)
        lead = get_object_or_404(leads, pk=data.pop("lead"))
        authorize(request.user, "leads.apply_for_loss", lead)
        reasons = LossReason.objects.visible_to(request.user)
        data["reason"] = get_object_or_404(reasons, pk=data["reason"])
        return self.answer_once(
            lambda: actions.apply_for_loss(lead, by=request.user, **data), code=201
        )

    @extend_schema(request=LossDecisionIn, responses=LossOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Approve the loss, or send it back with what is missing."""
        return self._do(actions.decide_loss, **self.clean(LossDecisionIn))

    @extend_schema(request=None, responses=LossOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the application back."""
        return self._do(actions.withdraw_application)

    @extend_schema(request=RevisitIn, responses=LossOut)
    @action(detail=True, methods=["post"])
    def revisit(self, request: Request, pk: str) -> Response:
        """Record a talk with a lost or dormant customer (SOP-2.3)."""
        return self._do(actions.record_revisit, **self.clean(RevisitIn))

    def _do(self, act: Any, **data: Any) -> Response:
        application = self.get_object()
        self.authorize(application)

        def run() -> LossApplication:
            act(application, by=self.request.user, **data)
            return self.get_queryset().get(pk=application.pk)

        return self.answer_once(run)


class RecallApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Sample calls to lost customers, by somebody else than who gave them up."""

    rows = LossRecall.objects
    serializer_class = RecallOut
    perms = {
        "list": "leads.recall_lost",
        "retrieve": "leads.recall_lost",
        "record": "leads.recall_lost",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=RecallIn, responses=RecallOut)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, pk: str) -> Response:
        """Record what the call showed."""
        recall, data = self.get_object(), self.clean(RecallIn)
        self.authorize(recall)
        return self.answer_once(lambda: actions.record_recall(recall, by=request.user, **data))
