"""Campaigns and who answers them, over the API (SOP-2.9)."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership import clock
from dealership.web.api import ID, SMALL_ID, TEXT, House
from leads import actions
from leads.api.capture import an_id, resolved, text
from leads.forms.campaigns import MOST_PEOPLE
from leads.models import Campaign, CampaignCost, SignUp
from leads.selectors.campaigns import TABS, campaign_figures

MOST_YUAN = 99_999_999


class CampaignOut(serializers.ModelSerializer[Campaign]):
    """A campaign; its form stands at `/f/<form_key>/`."""

    class Meta:
        model = Campaign
        fields = (
            "id", "name", "channel", "source", "starts_on", "ends_on", "place", "description",
            "budget_amount", "capacity", "form_key", "is_form_open", "cancelled_at",
        )  # fmt: skip


class CampaignIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=60)
    channel = serializers.ChoiceField(choices=Campaign.Channel.choices)
    source = serializers.IntegerField(**ID)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    place = text(100)
    description = text(1000)
    budget_amount = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_YUAN, default=0
    )
    capacity = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=100_000, default=None
    )
    is_form_open = serializers.BooleanField(required=False, default=True)


class CostIn(serializers.Serializer[Any]):
    what = serializers.RegexField(TEXT, max_length=60)
    amount = serializers.IntegerField(min_value=1, max_value=MOST_YUAN)
    on = serializers.DateField()


class CostOut(serializers.ModelSerializer[CampaignCost]):
    class Meta:
        model = CampaignCost
        fields = ("id", "what", "amount", "on")


class FiguresOut(serializers.Serializer[Any]):
    """What a campaign has brought, and what was paid for it in yuan."""

    leads = serializers.IntegerField()
    spoken = serializers.IntegerField()
    visited = serializers.IntegerField()
    driven = serializers.IntegerField()
    ordered = serializers.IntegerField()
    delivered = serializers.IntegerField()
    paid = serializers.DecimalField(max_digits=12, decimal_places=2)


class SignUpIn(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=40)
    name = text(60)
    series = an_id()
    party_size = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_PEOPLE, default=1
    )
    remark = text(1000)


class SignUpOut(serializers.ModelSerializer[SignUp]):
    customer_name = serializers.SerializerMethodField()

    class Meta:
        model = SignUp
        fields = (
            "id",
            "campaign",
            "customer",
            "customer_name",
            "lead",
            "party_size",
            "state",
            "at",
        )

    @extend_schema_field(serializers.CharField())
    def get_customer_name(self, sign_up: SignUp) -> str:
        return sign_up.customer.display_name


class StateIn(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=SignUp.State.choices)


class CampaignApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The store's campaigns."""

    rows = Campaign.objects
    serializer_class = CampaignOut
    keyset = "starts_on"
    perms = {
        "list": "leads.view_campaign",
        "retrieve": "leads.view_campaign",
        "create": "leads.change_campaign",
        "change": "leads.change_campaign",
        "call_off": "leads.change_campaign",
        "costs": "leads.view_campaign_figures",
        "add_cost": "leads.change_campaign",
        "figures": "leads.view_campaign_figures",
        "sign_ups": "leads.sign_up",
    }

    @extend_schema(parameters=[OpenApiParameter("state", {"type": "string", "enum": list(TABS)})])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Latest first; `state` narrows them."""
        rows, today = self.get_queryset(), clock.day_of(clock.now(), request.user.active_store.tz)
        if state := self.chosen("state", TABS):
            rows = {"running": rows.on, "planned": rows.planned, "over": rows.over}[state](today)
        shown = self.get_serializer(self.paginate_queryset(rows), many=True)
        return self.get_paginated_response(shown.data)

    @extend_schema(request=CampaignIn, responses={201: CampaignOut})
    def create(self, request: Request) -> Response:
        """Plan a campaign."""
        data, user = self.clean(CampaignIn), request.user
        return self.answer_once(
            lambda: actions.add_campaign(user.active_store, by=user, **resolved(user, data)),
            code=201,
        )

    @extend_schema(request=CampaignIn, responses=CampaignOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change what is planned."""
        campaign, data = self.get_object(), self.clean(CampaignIn)
        self.authorize(campaign)
        return self.answer_once(
            lambda: actions.change_campaign(campaign, **resolved(request.user, data))
        )

    @extend_schema(request=None, responses=CampaignOut)
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Call a campaign off; its form closes."""
        campaign = self.get_object()
        self.authorize(campaign)
        return self.answer_once(lambda: actions.call_off_campaign(campaign, by=request.user))

    @extend_schema(responses=CostOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def costs(self, request: Request, pk: str) -> Response:
        """What was paid."""
        campaign = self.get_object()
        self.authorize(campaign)
        return Response(CostOut(campaign.costs.order_by("-on", "-pk"), many=True).data)

    @extend_schema(request=CostIn, responses={201: CostOut})
    @costs.mapping.post
    def add_cost(self, request: Request, pk: str) -> Response:
        """Note what was paid."""
        campaign, data = self.get_object(), self.clean(CostIn)
        self.authorize(campaign)

        def add() -> dict[str, Any]:
            return dict(CostOut(actions.add_cost(campaign, by=request.user, **data)).data)

        return self.answer_once(add, code=201)

    @extend_schema(responses=FiguresOut)
    @action(detail=True)
    def figures(self, request: Request, pk: str) -> Response:
        """What it has brought and cost."""
        campaign = self.get_object()
        self.authorize(campaign)
        found = campaign_figures(campaign)
        counted = {one.name: one.figure.value for one in found["measured"]}
        return Response(FiguresOut(counted | {"paid": found["paid"]}).data)

    @extend_schema(request=SignUpIn, responses={201: SignUpOut})
    @action(detail=True, methods=["post"], url_path="sign-ups")
    def sign_ups(self, request: Request, pk: str) -> Response:
        """Sign somebody up; a number once, however often."""
        campaign, data = self.get_object(), self.clean(SignUpIn)
        self.authorize(campaign)

        def add() -> dict[str, Any]:
            wish = resolved(request.user, data)
            return dict(SignUpOut(actions.sign_up(campaign, by=request.user, **wish)).data)

        return self.answer_once(add, code=201)


class CostApi(House):
    """What was paid for campaigns."""

    rows = CampaignCost.objects
    serializer_class = CostOut
    perms = {"drop": "leads.change_campaign"}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign")

    @extend_schema(request=None, responses=CostOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Take a cost back that was entered in error."""
        cost = self.get_object()
        self.authorize(cost.campaign)

        def drop() -> dict[str, Any]:
            shown = dict(CostOut(cost).data)
            actions.drop_cost(cost)
            return shown

        return self.answer_once(drop)


class SignUpApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Who answered campaigns, as far as the caller may see the customers."""

    rows = SignUp.objects
    serializer_class = SignUpOut
    perms = {
        "list": "leads.view_campaign",
        "retrieve": "leads.view_campaign",
        "settle": "leads.sign_up",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(
        parameters=[
            OpenApiParameter("campaign", {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"})
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; `campaign` narrows them."""
        rows = self.get_queryset()
        if (campaign := request.query_params.get("campaign")) is not None:
            if not SMALL_ID.fullmatch(campaign):
                raise serializers.ValidationError({"campaign": ["This is no id."]})
            rows = rows.filter(campaign=int(campaign))
        shown = self.get_serializer(self.paginate_queryset(rows), many=True)
        return self.get_paginated_response(shown.data)

    @extend_schema(request=StateIn, responses=SignUpOut)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """Note whether somebody came."""
        sign_up, data = self.get_object(), self.clean(StateIn)
        self.authorize(sign_up.campaign)
        return self.answer_once(lambda: actions.settle_sign_up(sign_up, by=request.user, **data))
