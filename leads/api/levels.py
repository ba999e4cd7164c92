"""Intent levels over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.web.api import TEXT, House
from leads import actions
from leads.forms.levels import MOST_DAYS
from leads.models import IntentLevel

DAYS: dict[str, Any] = {
    "min_value": 1, "max_value": MOST_DAYS, "required": False, "allow_null": True, "default": None,
}  # fmt: skip


class IntentLevelOut(serializers.ModelSerializer[IntentLevel]):
    """How soon somebody buys, and how often they are spoken to."""

    class Meta:
        model = IntentLevel
        fields = (
            "id", "code", "name", "horizon_days", "interval_days", "cap_days", "recycle_days",
            "is_active",
        )  # fmt: skip


class IntentLevelIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=40)
    horizon_days = serializers.IntegerField(**DAYS)
    interval_days = serializers.IntegerField(**DAYS)
    cap_days = serializers.IntegerField(**DAYS)
    recycle_days = serializers.IntegerField(**DAYS)
    is_active = serializers.BooleanField(required=False, default=True)


class LevelApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The store's intent levels."""

    rows = IntentLevel.objects
    serializer_class = IntentLevelOut
    perms = {
        "list": "leads.view_lead",
        "retrieve": "leads.view_lead",
        "update": "leads.set_levels",
    }

    def get_queryset(self) -> Any:
        return IntentLevel.objects.filter(store=self.request.user.active_store)

    @extend_schema(request=IntentLevelIn, responses=IntentLevelOut)
    def update(self, request: Request, pk: str) -> Response:
        """Set a level's name and days; its code stays."""
        level, data = self.get_object(), self.clean(IntentLevelIn)
        return self.answer_once(lambda: actions.set_level(level, by=request.user, **data))
