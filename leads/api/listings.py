"""The filters of the list over the API, and saved views."""

from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.web.api import TEXT, House
from leads import actions
from leads.models import Lead, LeadQuerySet, SavedView, Way
from leads.selectors.filters import BASE_KINDS, FILTERS, SINGLE, VIEWS, Planned, read
from leads.selectors.listings import COLUMNS, bare

AN_ID = {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}
SHAPES: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "minLength": 1, "maxLength": 60},
    "status": {"type": "string", "enum": Lead.Status.values},
    "level": {"type": "string", "enum": list("NHABCODFS")},
    "stage": {"type": "string", "enum": Lead.Stage.values},
    "way": {"type": "string", "enum": Way.values},
    "base_kind": {"type": "string", "enum": [str(code) for code, _label in BASE_KINDS]},
    "planned": {"type": "string", "enum": [code for code, _label in Planned.choices]},
    "consultant": {"type": "string", "pattern": "^(none|[1-9][0-9]{0,17})$"},
    "from": {"type": "string", "format": "date"},
    "to": {"type": "string", "format": "date"},
}


def parameters() -> list[OpenApiParameter]:
    """The filters of the list, as the schema tells them."""
    views = {"type": "string", "enum": list(VIEWS)}
    told = [OpenApiParameter("view", views, description="As the tabs of the page; default all.")]
    for name in FILTERS:
        shape = SHAPES.get(name, AN_ID)
        if name not in SINGLE:
            shape = {"type": "array", "items": shape, "minItems": 1, "maxItems": 20}
        told.append(OpenApiParameter(name, shape))
    return told


def filtered(request: Request) -> LeadQuerySet:
    """The leads that the call's filters mean; 400 for what the page would leave out."""
    query: QueryDict = request.query_params.copy()
    query.setdefault("view", "all")
    reading = read(request.user, query)
    for name in FILTERS:
        if (given := query.getlist(name)) and given != reading.values.get(name):
            raise exceptions.ValidationError({name: ["This is none of the possible values."]})
    if query.getlist("view") != [reading.view.code]:
        raise exceptions.ValidationError({"view": ["This is none of the possible values."]})
    return reading.rows


class SavedViewOut(serializers.ModelSerializer[SavedView]):
    """Filters of the list under a name."""

    is_own = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = ("id", "name", "query", "columns", "is_shared", "is_own")

    def get_is_own(self, view: SavedView) -> bool:
        return view.owner_id == self.context["request"].user.pk


class SavedViewIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=30)
    query = serializers.CharField(
        max_length=500, allow_blank=True, help_text="As in the address of the list."
    )
    columns = serializers.ListField(
        child=serializers.ChoiceField(choices=list(COLUMNS)), max_length=len(COLUMNS),
        required=False, default=list,
    )  # fmt: skip
    is_shared = serializers.BooleanField(required=False, default=False)


class SavedViewApi(mixins.ListModelMixin, mixins.DestroyModelMixin, House):
    """The caller's saved views, and those shared with the store."""

    rows = SavedView.objects
    serializer_class = SavedViewOut
    perms = {
        "list": "leads.view_lead",
        "create": "leads.view_lead",
        "destroy": "leads.view_lead",
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.filter(owner=self.request.user) if self.action == "destroy" else rows

    @extend_schema(request=SavedViewIn, responses={201: SavedViewOut})
    def create(self, request: Request) -> Response:
        """Keep filters under a name; sharing is the managers'."""
        data = self.clean(SavedViewIn)
        reading = read(request.user, QueryDict(data["query"]))
        given = data | {"query": bare(reading.words())}
        return self.answer_once(
            lambda: actions.save_view(request.user.active_store, **given, by=request.user),
            code=201,
        )

    def perform_destroy(self, view: SavedView) -> None:
        actions.drop_view(view, by=self.request.user)
