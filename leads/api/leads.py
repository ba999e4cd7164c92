"""Leads, levels and series over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.vehicles.models import Series
from dealership.web.api import House
from leads import actions
from leads.api.bulk import BulkCalls
from leads.api.capture import CaptureCalls
from leads.api.contacts import LeadContacts
from leads.api.listings import filtered, parameters
from leads.api.ownership import OwnershipCalls
from leads.api.rows import LeadOut
from leads.models import IntentLevel, Lead
from leads.selectors import level_of


class LevelOut(serializers.ModelSerializer[IntentLevel]):
    class Meta:
        model = IntentLevel
        fields = ("code", "name", "horizon_days", "interval_days")


class SeriesOut(serializers.ModelSerializer[Series]):
    class Meta:
        model = Series
        fields = ("id", "code", "name", "body", "energy", "is_active")


class LevelIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=list("NHABCODFS"))
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class LeadApi(
    CaptureCalls,
    BulkCalls,
    OwnershipCalls,
    LeadContacts,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    House,
):
    """Leads that the caller may see."""

    rows = Lead.objects
    serializer_class = LeadOut
    perms = {
        "list": "leads.view_lead",
        "retrieve": "leads.view_lead",
        "level": "leads.change_lead",
        "create": "leads.add_lead",
        "organisations": "leads.add_lead",
        "complete": "leads.change_lead",
        "contacts": "leads.view_lead",
        "record_contact": "leads.contact_lead",
        "bulk": "leads.change_lead",
        "owner": "leads.view_lead",
        "assign": "leads.assign_lead",
        "claim": "leads.claim_lead",
        "to_pool": "leads.pool_lead",
        "postpone": "leads.assign_lead",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(parameters=parameters())
    def list(self, request: Request) -> Response:
        """Leads newest first, narrowed by the same filters as on the page."""
        rows = self.paginate_queryset(filtered(request).with_people())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=LevelIn, responses=LeadOut)
    @action(detail=True, methods=["post"])
    def level(self, request: Request, pk: str) -> Response:
        """Change the intent level; the history keeps who, when and why."""
        lead, data = self.get_object(), self.clean(LevelIn)
        self.authorize(lead)
        level = level_of(lead.store, data["level"])
        reason = data["reason"]
        return self.answer_once(
            lambda: actions.change_level(lead, level=level, reason=reason, by=request.user)
        )


class SeriesApi(mixins.ListModelMixin, House):
    """The brand's series."""

    rows = Series.objects
    serializer_class = SeriesOut
    perms = {"list": "leads.view_lead"}

    def get_queryset(self) -> Any:
        return Series.objects.all()
