"""Owning customers over the API: assigning, the pool, handing a leaver's customers over."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.privacy.masks import mask_name, mask_phone, show_phone
from dealership.staff.api import PersonOut
from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.web.api import ID, SMALL_ID, TEXT, House
from dealership.web.http import authorize
from leads import actions
from leads.api.bulk import WholeNumber
from leads.models import Assignment, HandOver, Lead
from leads.selectors.handovers import estate_of, journal_of, spread, successors_of
from leads.selectors.ownership import decisions_on, recycling_of

OPTIONAL: dict[str, Any] = {"max_length": 200, "required": False, "allow_blank": True}


class AssignIn(serializers.Serializer[Any]):
    """Without a consultant the store's rules decide."""

    consultant = serializers.IntegerField(required=False, allow_null=True, default=None, **ID)
    reason = serializers.CharField(**OPTIONAL, default="")


class PoolReasonIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=200)


class PostponeIn(serializers.Serializer[Any]):
    until = serializers.DateField()
    reason = serializers.RegexField(TEXT, max_length=200)


class PassedOverOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """One decision about who gets a lead, and why nobody else did."""

    consultant = PersonOut(allow_null=True)
    by = PersonOut(allow_null=True)
    rule = serializers.CharField(source="rule.name", default="")
    passed_over = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = ("how", "rule", "consultant", "by", "at", "reason", "passed_over")

    @extend_schema_field(PassedOverOut(many=True))
    def get_passed_over(self, decision: Assignment) -> list[dict[str, str]]:
        return [{"name": name, "reason": why} for name, why in decision.passed_over]


class OwnerOut(serializers.Serializer[Any]):
    """Whose a lead is, until when without a contact, and how that came."""

    consultant = PersonOut(allow_null=True)
    pooled_at = serializers.DateTimeField(allow_null=True)
    to_pool_on = serializers.DateField(allow_null=True)
    decisions = AssignmentOut(many=True)


class OwnershipCalls:
    """Mixin of the leads' view."""

    @extend_schema(responses=OwnerOut)
    @action(detail=True, methods=["get"])
    def owner(self: Any, request: Request, pk: str) -> Response:
        """Whose the lead is and why."""
        lead = self.get_object()
        self.authorize(lead)
        recycling = recycling_of(lead)
        shown = {
            "consultant": lead.consultant,
            "pooled_at": lead.pooled_at,
            "to_pool_on": recycling.on if recycling else None,
            "decisions": decisions_on(lead),
        }
        return Response(OwnerOut(shown).data)

    @extend_schema(request=AssignIn)
    @action(detail=True, methods=["post"])
    def assign(self: Any, request: Request, pk: str) -> Response:
        """Give the lead, its customer and all that is owed to a consultant."""
        lead, data = self.get_object(), self.clean(AssignIn)
        self.authorize(lead)
        if data["consultant"] is None:
            return self.answer_once(lambda: actions.distribute_lead(lead, by=request.user))
        people = User.objects.of_store(lead.store)
        consultant = get_object_or_404(people, pk=data["consultant"])
        return self.answer_once(
            lambda: actions.give_lead(
                lead, consultant=consultant, reason=data["reason"], by=request.user
            )
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def claim(self: Any, request: Request, pk: str) -> Response:
        """Take a customer out of the pool; whoever comes first has them."""
        if not SMALL_ID.fullmatch(pk):
            raise Http404
        lead = get_object_or_404(Lead, pk=pk, store=request.user.active_store)
        self.authorize(lead)
        return self.answer_once(lambda: actions.claim(lead, by=request.user))

    @extend_schema(request=PoolReasonIn)
    @action(detail=True, methods=["post"], url_path="to-pool")
    def to_pool(self: Any, request: Request, pk: str) -> Response:
        """Let go of the lead: any consultant may claim it."""
        lead, data = self.get_object(), self.clean(PoolReasonIn)
        self.authorize(lead)
        return self.answer_once(
            lambda: actions.put_into_pool(lead, reason=data["reason"], by=request.user)
        )

    @extend_schema(request=PostponeIn)
    @action(detail=True, methods=["post"])
    def postpone(self: Any, request: Request, pk: str) -> Response:
        """Let the consultant keep the lead longer without a contact, once."""
        lead, data = self.get_object(), self.clean(PostponeIn)
        self.authorize(lead)

        def put_off() -> Lead:
            actions.postpone_recycling(lead, by=request.user, **data)
            return lead

        return self.answer_once(put_off)


class PoolOut(serializers.ModelSerializer[Lead]):
    """A customer of the pool, masked for whoever only may claim them."""

    name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    level = serializers.CharField(source="level.code")
    pooled_from = serializers.SerializerMethodField()

    class Meta:
        model = Lead
        fields = (
            "id",
            "name",
            "phone",
            "level",
            "series",
            "pooled_at",
            "pool_reason",
            "pooled_from",
        )

    def _sees(self, lead: Lead) -> bool:
        return may(self.context["request"].user, "leads.assign_lead", lead)

    def get_name(self, lead: Lead) -> str:
        return lead.customer.display_name if self._sees(lead) else mask_name(lead.customer.name)

    def get_phone(self, lead: Lead) -> str:
        number = lead.customer.primary_phone
        return show_phone(number) if self._sees(lead) else mask_phone(number)

    @extend_schema_field(PersonOut(allow_null=True))
    def get_pooled_from(self, lead: Lead) -> dict[str, Any] | None:
        previous = lead.pooled_from
        return dict(PersonOut(previous).data) if previous and self._sees(lead) else None


class PoolApi(mixins.ListModelMixin, House):
    """Customers whom nobody looks after, the latest first."""

    rows = Lead.objects
    serializer_class = PoolOut
    perms = {"list": "leads.view_pool"}
    keyset = "pooled_at"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Lead.objects.none()
        return Lead.objects.pooled(self.request.user.active_store).select_related(
            "customer", "level", "pooled_from"
        ).prefetch_related("customer__phones")  # fmt: skip


class SpreadIn(serializers.Serializer[Any]):
    """Whose customers, to whom, and how they are spread."""

    leaver = serializers.IntegerField(**ID)
    to = serializers.ListField(child=WholeNumber(**ID), min_length=1, max_length=50)
    how = serializers.ChoiceField(choices=HandOver.Spread.choices, default=HandOver.Spread.EVEN)


class LeaverHandOverIn(SpreadIn):
    is_texting = serializers.BooleanField(default=False)
    is_freezing = serializers.BooleanField(default=False)


class ReceiptOut(serializers.Serializer[Any]):
    user = PersonOut()
    customers = serializers.IntegerField()
    leads = serializers.IntegerField()
    deadlines = serializers.IntegerField()
    other = serializers.IntegerField()


class HandOverOut(serializers.ModelSerializer[HandOver]):
    """All customers of one consultant given to others."""

    leaver = PersonOut()
    by = PersonOut()
    receipts = serializers.SerializerMethodField()

    class Meta:
        model = HandOver
        fields = (
            "id", "leaver", "spread", "is_texting", "is_freezing", "at", "by", "undone_at",
            "receipts",
        )  # fmt: skip

    @extend_schema_field(ReceiptOut(many=True))
    def get_receipts(self, hand_over: HandOver) -> Any:
        return ReceiptOut(journal_of(hand_over).receipts, many=True).data


class HandOverRowOut(serializers.ModelSerializer[HandOver]):
    """A hand-over in a list."""

    leaver = PersonOut()
    by = PersonOut()

    class Meta:
        model = HandOver
        fields = ("id", "leaver", "spread", "at", "by", "undone_at")


class SuccessorOut(serializers.Serializer[Any]):
    user = PersonOut()
    load = serializers.IntegerField()
    overdue = serializers.IntegerField()
    would_get = serializers.IntegerField()
    is_too_many = serializers.BooleanField()


class PreviewOut(serializers.Serializer[Any]):
    """What would change hands, and who would get how many customers."""

    customers = serializers.IntegerField()
    leads = serializers.IntegerField()
    deadlines = serializers.IntegerField()
    successors = SuccessorOut(many=True)


class HandOverApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Hand-overs of consultants who leave."""

    rows = HandOver.objects
    serializer_class = HandOverOut
    perms = {
        "list": "leads.hand_over",
        "retrieve": "leads.hand_over",
        "create": "leads.hand_over",
        "preview": "leads.hand_over",
        "undo": "leads.hand_over",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    def get_serializer_class(self) -> Any:
        return HandOverRowOut if self.action == "list" else HandOverOut

    def _people(self, data: dict[str, Any]) -> tuple[User, list[User]]:
        """The leaver and the receivers, all of the store; 404 for anybody else."""
        people = User.objects.of_store(self.request.user.active_store)
        leaver = get_object_or_404(people, pk=data["leaver"])
        chosen = people.in_bulk(set(data["to"]))
        if len(chosen) != len(set(data["to"])):
            raise Http404
        return leaver, [chosen[pk] for pk in dict.fromkeys(data["to"])]

    @extend_schema(request=LeaverHandOverIn, responses={201: HandOverOut})
    def create(self, request: Request) -> Response:
        """Hand everything over, in one transaction."""
        data = self.clean(LeaverHandOverIn)
        leaver, to = self._people(data)
        if data["is_freezing"]:
            authorize(request.user, "staff.change_people")
        given = {name: data[name] for name in ("how", "is_texting", "is_freezing")}
        store = request.user.active_store
        return self.answer_once(
            lambda: actions.hand_over_customers(
                leaver, store=store, to=to, by=request.user, **given
            ),
            code=status.HTTP_201_CREATED,
        )

    @extend_schema(request=SpreadIn, responses=PreviewOut)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What would happen; nothing changes."""
        data = self.clean(SpreadIn)
        leaver, to = self._people(data)
        store = request.user.active_store
        estate = estate_of(leaver, store)
        plan = spread(estate.wishes, data["how"], to)
        shown = {
            "customers": estate.customers,
            "leads": estate.leads,
            "deadlines": estate.deadlines,
            "successors": successors_of(leaver, store, plan),
        }
        return Response(PreviewOut(shown).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Give back what has not changed since, within 72 hours."""
        hand_over = self.get_object()
        self.authorize(hand_over)
        if hand_over.is_freezing:
            authorize(request.user, "staff.change_people")
        return self.answer_once(lambda: actions.undo_hand_over(hand_over, by=request.user))
