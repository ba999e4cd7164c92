"""Leads, levels, sources and series over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.api import PersonOut
from dealership.vehicles.models import Series
from dealership.web.api import House
from leads import actions
from leads.models import IntentLevel, Lead, Source
from leads.selectors import level_of


class LevelOut(serializers.ModelSerializer[IntentLevel]):
    class Meta:
        model = IntentLevel
        fields = ("code", "name", "horizon_days", "interval_days")


class SourceOut(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ("id", "code", "name", "is_active")


class SeriesOut(serializers.ModelSerializer[Series]):
    class Meta:
        model = Series
        fields = ("id", "code", "name", "body", "energy", "is_active")


class LeadOut(serializers.ModelSerializer[Lead]):
    """One customer's wish for one car."""

    level = serializers.CharField(source="level.code")
    consultant = PersonOut(allow_null=True)
    customer_name = serializers.CharField(source="customer.display_name")

    class Meta:
        model = Lead
        fields = (
            "id", "customer", "customer_name", "consultant", "level", "status", "series",
            "source", "opened_at", "next_contact_on",
        )  # fmt: skip


class LevelIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=list("NHABCODFS"))
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class LeadApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Leads that the caller may see."""

    rows = Lead.objects
    serializer_class = LeadOut
    perms = {
        "list": "leads.view_lead",
        "retrieve": "leads.view_lead",
        "level": "leads.change_lead",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

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


class SourceApi(mixins.ListModelMixin, House):
    """The store's sources."""

    rows = Source.objects
    serializer_class = SourceOut
    perms = {"list": "leads.view_lead"}

    def get_queryset(self) -> Any:
        return Source.objects.filter(store=self.request.user.active_store)


class SeriesApi(mixins.ListModelMixin, House):
    """The brand's series."""

    rows = Series.objects
    serializer_class = SeriesOut
    perms = {"list": "leads.view_lead"}

    def get_queryset(self) -> Any:
        return Series.objects.all()
