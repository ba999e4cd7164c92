"""Base customers, calls to owners and monthly plans over the API (SOP-2.3 to 2.8)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.customers.models import Customer
from dealership.privacy.masks import mask_phone
from dealership.staff.api import PersonOut
from dealership.vehicles.models import Series
from dealership.web.api import ID, House
from dealership.web.http import authorize
from leads import actions
from leads.api.losses import words
from leads.models import Contact, Lead, MonthlyPlan, OwnerContact
from leads.selectors import level_of
from leads.selectors.base import of_kind, with_facts
from leads.selectors.plans import figures_of


class BaseOut(serializers.ModelSerializer[Customer]):
    """A base customer: the kind follows from what happened, nobody types it."""

    owner = PersonOut(allow_null=True)
    display_name = serializers.CharField()
    phone_masked = serializers.SerializerMethodField()
    kind = serializers.CharField(source="base_kind")
    bought_on = serializers.DateField(allow_null=True)
    cars = serializers.SerializerMethodField()
    is_owed = serializers.BooleanField()

    class Meta:
        model = Customer
        fields = (
            "id", "display_name", "phone_masked", "owner", "kind", "cars", "bought_on", "is_owed",
            "do_not_contact_at",
        )  # fmt: skip

    def get_phone_masked(self, customer: Any) -> str:
        return mask_phone(customer.number or "")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_cars(self, customer: Customer) -> list[str]:
        return [str(car) for car in customer.cars.all()]


class OwnerContactOut(serializers.ModelSerializer[OwnerContact]):
    """A call to an owner and what came of it."""

    by = PersonOut(allow_null=True)

    class Meta:
        model = OwnerContact
        fields = ("id", "customer", "kind", "way", "outcome", "remark", "lead", "by", "at")


class OwnerContactIn(serializers.Serializer[Any]):
    customer = serializers.IntegerField(**ID)
    outcome = serializers.ChoiceField(choices=OwnerContact.Outcome.choices)
    way = serializers.ChoiceField(choices=Contact.Way.choices, default=Contact.Way.CALL)
    remark = words(500)
    series = serializers.IntegerField(required=False, allow_null=True, default=None, **ID)
    level = serializers.ChoiceField(
        choices=list("NHABC"), required=False, allow_blank=True, default=""
    )


class PlanCellOut(serializers.Serializer[Any]):
    consultant = serializers.IntegerField()
    segment = serializers.CharField()
    target = serializers.IntegerField()
    done = serializers.IntegerField()


class PlanOut(serializers.ModelSerializer[MonthlyPlan]):
    """A month's plan; a signed one shows its figures as they were signed."""

    evaluated_by = PersonOut(allow_null=True)
    cells = serializers.SerializerMethodField()

    class Meta:
        model = MonthlyPlan
        fields = (
            "id", "kind", "month", "status", "placed_at", "evaluation", "score", "evaluated_at",
            "evaluated_by", "cells",
        )  # fmt: skip

    @extend_schema_field(PlanCellOut(many=True))
    def get_cells(self, plan: MonthlyPlan) -> list[dict[str, Any]]:
        targets, done = figures_of(plan)
        return [
            {
                "consultant": person,
                "segment": segment,
                "target": targets.get((person, segment), 0),
                "done": done.get((person, segment), 0),
            }
            for person, segment in sorted(targets.keys() | done.keys())
        ]


class BaseApi(mixins.ListModelMixin, House):
    """Base customers (SOP-2.3): owners sold here, owners sold elsewhere, lost ones."""

    rows = Customer.objects
    serializer_class = BaseOut
    perms = {"list": "leads.view_base"}

    def get_queryset(self) -> Any:
        kind = self.chosen("kind", Lead.BaseKind.values)
        return with_facts(of_kind(super().get_queryset(), kind))


class OwnerContactApi(mixins.ListModelMixin, House):
    """Calls to owners (SOP-2.5)."""

    rows = OwnerContact.objects
    serializer_class = OwnerContactOut
    perms = {"list": "leads.view_base", "create": "leads.contact_owner"}

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=OwnerContactIn, responses={201: OwnerContactOut})
    def create(self, request: Request) -> Response:
        """Record a call; who wants a car has a lead with that source."""
        data = self.clean(OwnerContactIn)
        customers = Customer.objects.visible_to(request.user)
        customer = get_object_or_404(customers, pk=data.pop("customer"))
        authorize(request.user, "leads.contact_owner", customer)
        if data["series"] is not None:
            data["series"] = get_object_or_404(Series, pk=data["series"])
        code = data.pop("level")
        level = level_of(customer.store, code) if code else None
        return self.answer_once(
            lambda: actions.record_owner_contact(customer, level=level, by=request.user, **data),
            code=201,
        )


class PlanApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The store's monthly plans (SOP-2.4, 2.8)."""

    rows = MonthlyPlan.objects
    serializer_class = PlanOut
    perms = {"list": "leads.make_plans", "retrieve": "leads.make_plans"}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("store", "evaluated_by")
