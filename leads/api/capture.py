"""Entering and completing leads, and the list of sources, over the API (SOP-2.1, 2.2)."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership import clock
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.vehicles.models import Series
from dealership.web.api import ID, TEXT, House
from leads import actions
from leads.api.rows import LeadOut
from leads.models import Campaign, Lead, Source, Way
from leads.selectors.sources import Line, Period, period_of, source_report

if TYPE_CHECKING:
    Calls = House
else:
    Calls = object

SALUTATIONS = Customer.Salutation.choices


def text(longest: int) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.RegexField(
        TEXT, max_length=longest, required=False, allow_blank=True, default=""
    )


def an_id() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, allow_null=True, default=None, **ID)


class WishIn(serializers.Serializer[Any]):
    """What is known of somebody who wants a car; a number is enough."""

    phone = serializers.CharField(max_length=40)
    name = text(60)
    salutation = serializers.ChoiceField(
        choices=SALUTATIONS, required=False, allow_blank=True, default=""
    )
    way = serializers.ChoiceField(choices=Way.choices, required=False, default=Way.OTHER)
    source = an_id()
    campaign = an_id()
    series = an_id()
    remark = text(1000)
    consultant = an_id()


class OrganisationIn(serializers.Serializer[Any]):
    """An organisation with whoever speaks for it."""

    phone = serializers.CharField(max_length=40)
    name = serializers.RegexField(TEXT, max_length=60)
    contact_name = text(60)
    job = text(60)
    is_decision_maker = serializers.BooleanField(required=False, default=False)
    way = serializers.ChoiceField(choices=Way.choices, required=False, default=Way.OTHER)
    source = an_id()
    series = an_id()
    remark = text(1000)


class LeadCompleteIn(serializers.Serializer[Any]):
    """What a quick add left open."""

    name = text(60)
    salutation = serializers.ChoiceField(
        choices=SALUTATIONS, required=False, allow_blank=True, default=""
    )
    source = an_id()
    series = an_id()
    is_undecided = serializers.BooleanField(required=False, default=False)
    remark = text(1000)


def resolved(user: User, data: dict[str, Any]) -> dict[str, Any]:
    """Turn ids into the store's rows; a foreign one is refused like one that is not there."""
    store, found = user.active_store, dict(data)
    for name, rows in (
        ("series", Series.objects.on_sale()),
        ("source", Source.objects.offered(store)),
        ("campaign", Campaign.objects.visible_to(user)),
        ("consultant", User.objects.in_store(store, Role.CONSULTANT)),
        ("group", Source.objects.filter(store=store)),
    ):
        if found.get(name) is not None:
            row = rows.filter(pk=found[name]).first()
            if row is None:
                raise RuleViolation(
                    _("There is no such %(field)s in your store.") % {"field": name},
                    code="not_found",
                    field=name,
                )
            found[name] = row
    return found


class CaptureCalls(Calls):
    """What enters a lead; mixed into the API of leads."""

    @extend_schema(request=WishIn, responses={201: LeadOut})
    def create(self, request: Request) -> Response:
        """Enter a lead: a number is enough; somebody who is a lead already stays that one."""
        data, user = self.clean(WishIn), request.user
        if user.roles_in(user.active_store) == {Role.CONSULTANT}:
            data["consultant"] = None  # a consultant gives leads to nobody else

        def make() -> Lead:
            return actions.add_lead(store=user.active_store, by=user, **resolved(user, data))

        return self.answer_once(make, code=201)

    @extend_schema(request=LeadCompleteIn, responses=LeadOut)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """Fill in what a quick add left open."""
        lead, data = self.get_object(), self.clean(LeadCompleteIn)
        self.authorize(lead)
        return self.answer_once(
            lambda: actions.complete_lead(lead, by=request.user, **resolved(request.user, data))
        )

    @extend_schema(request=OrganisationIn, responses={201: LeadOut})
    @action(detail=False, methods=["post"])
    def organisations(self, request: Request) -> Response:
        """Enter the lead of an organisation, with whoever speaks for it."""
        data, user = self.clean(OrganisationIn), request.user
        return self.answer_once(
            lambda: actions.add_organisation(
                store=user.active_store, by=user, **resolved(user, data)
            ),
            code=201,
        )


class SourceOut(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ("id", "code", "name", "parent", "is_active")


class SourceIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=40)
    group = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A source of the first level.",
        **ID,
    )


class ReportOut(serializers.Serializer[Any]):
    """What came of the leads of one source; a group's line counts its parts too."""

    source = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    leads = serializers.IntegerField()
    spoken = serializers.IntegerField()
    visited = serializers.IntegerField()
    ordered = serializers.IntegerField()
    delivered = serializers.IntegerField()
    lost = serializers.IntegerField()


def _told(line: Line) -> dict[str, Any]:
    figures = {name: figure.value for name, figure in line.figures.items()}
    return ReportOut({"source": line.source_id, "name": line.name} | figures).data


class SourceApi(mixins.ListModelMixin, House):
    """The store's sources, in two levels."""

    rows = Source.objects
    serializer_class = SourceOut
    perms = {
        "list": "leads.view_lead",
        "create": "leads.change_source",
        "report": "leads.view_source_report",
        "change": "leads.change_source",
        "retire": "leads.change_source",
        "revive": "leads.change_source",
    }

    @extend_schema(request=SourceIn, responses={201: SourceOut})
    def create(self, request: Request) -> Response:
        """Add a source, alone or as part of a group; its code is made from the name."""
        data, user = self.clean(SourceIn), request.user
        return self.answer_once(
            lambda: actions.add_source(user.active_store, **resolved(user, data)), code=201
        )

    @extend_schema(
        parameters=[
            OpenApiParameter(name, {"type": "string", "format": "date"}) for name in ("from", "to")
        ],
        responses=ReportOut(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def report(self, request: Request) -> Response:
        """What each source is worth: leads opened `from` … `to`, and how far they have come."""
        store = request.user.active_store
        found = source_report(store, self._period())
        lines = [line for group in found["groups"] for line in (group.total, *group.parts)]
        if found["unknown"]:
            lines.append(found["unknown"])
        return Response([_told(line) for line in lines])

    def _period(self) -> Period:
        asked, today = (
            self.request.query_params,
            clock.day_of(clock.now(), self.request.user.active_store.tz),
        )
        period = period_of(asked, today)
        for name, meant in period.query.items():
            if name in asked and asked[name] != meant:
                raise serializers.ValidationError({name: ["Give both days, the first first."]})
        return period

    @extend_schema(request=SourceIn, responses=SourceOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Call a source otherwise, or put it into another group."""
        source, data = self.get_object(), self.clean(SourceIn)
        self.authorize(source)
        return self.answer_once(
            lambda: actions.change_source(source, **resolved(request.user, data))
        )

    @extend_schema(request=None, responses=SourceOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Offer a source no more; old leads keep it."""
        source = self.get_object()
        self.authorize(source)
        return self.answer_once(lambda: actions.retire_source(source))

    @extend_schema(request=None, responses=SourceOut)
    @action(detail=True, methods=["post"])
    def revive(self, request: Request, pk: str) -> Response:
        """Offer a retired source again."""
        source = self.get_object()
        self.authorize(source)
        return self.answer_once(lambda: actions.revive_source(source))
