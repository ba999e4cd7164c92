"""The visit and call register over the API: the same actions as the pages."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.staff.api import PersonOut
from dealership.staff.models import User
from dealership.vehicles.models import Series
from dealership.web.api import ID, TEXT, House
from leads.models import IntentLevel, Source
from leads.selectors import level_of
from showroom import actions
from showroom.models import Thanked, Visit

LEVELS = ("N", "H", "A", "B", "C", "S")


class VisitOut(serializers.ModelSerializer[Visit]):
    """One way in of one party: walk-in, call or message."""

    guest = serializers.CharField(source="display_name")
    consultant = PersonOut(allow_null=True)
    known_consultant = PersonOut(allow_null=True)
    is_present = serializers.BooleanField()
    is_stand_in = serializers.BooleanField()
    is_late_entry = serializers.BooleanField()

    class Meta:
        model = Visit
        fields = (
            "id", "way", "guest", "customer", "lead", "consultant", "known_consultant",
            "arrived_at", "departed_at", "entered_at", "party_size", "purpose", "is_first",
            "has_contact", "left_no_contact", "series", "source", "remark", "rings", "channel",
            "direction", "invitation", "next_contact_on", "registered_at", "voided_at",
            "void_reason", "is_present", "is_stand_in", "is_late_entry", "version",
        )  # fmt: skip


class GuestIn(serializers.Serializer[Any]):
    """Who it was: all may be left out, a nameless guest counts too."""

    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    salutation = serializers.ChoiceField(
        choices=Customer.Salutation.choices, required=False, allow_blank=True, default=""
    )
    consents = serializers.BooleanField(required=False, default=False)


class EntryIn(GuestIn):
    """What every entry of the register has."""

    purpose = serializers.ChoiceField(
        choices=Visit.Purpose.choices, required=False, default=Visit.Purpose.SEE_CAR
    )
    series = serializers.IntegerField(required=False, allow_null=True, **ID)
    source = serializers.IntegerField(required=False, allow_null=True, **ID)
    consultant = serializers.IntegerField(required=False, allow_null=True, **ID)
    arrived_at = serializers.DateTimeField(required=False, allow_null=True)


class VisitIn(EntryIn):
    plate = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    party_size = serializers.IntegerField(min_value=1, max_value=50, required=False, default=1)
    transport = serializers.ChoiceField(
        choices=Visit.Transport.choices, required=False, allow_blank=True, default=""
    )
    remark = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    departed_at = serializers.DateTimeField(required=False, allow_null=True)


class CallIn(EntryIn):
    rings = serializers.IntegerField(min_value=0, max_value=30, required=False, allow_null=True)
    remark = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    invitation = serializers.ChoiceField(
        choices=Visit.Invitation.choices, required=False, allow_blank=True, default=""
    )
    visit_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    left_no_contact = serializers.BooleanField(required=False, default=False)


class MessageIn(EntryIn):
    channel = serializers.ChoiceField(choices=Visit.Channel.choices)
    direction = serializers.ChoiceField(
        choices=Visit.Direction.choices, required=False, default=Visit.Direction.INBOUND
    )
    text = serializers.RegexField(TEXT, max_length=2000)
    left_no_contact = serializers.BooleanField(required=False, default=False)


class TakeIn(serializers.Serializer[Any]):
    consultant = serializers.IntegerField(required=False, allow_null=True, **ID)


class HandOverIn(serializers.Serializer[Any]):
    consultant = serializers.IntegerField(**ID)


class OutcomeIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=LEVELS, required=False, allow_null=True)
    next_contact_on = serializers.DateField(required=False, allow_null=True)


class DepartIn(OutcomeIn):
    departed_at = serializers.DateTimeField(required=False, allow_null=True)
    thank_text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    send_now = serializers.BooleanField(required=False, default=False)


class CompleteIn(GuestIn, OutcomeIn):
    left_no_contact = serializers.BooleanField(required=False, default=False)
    purpose = serializers.ChoiceField(
        choices=Visit.Purpose.choices, required=False, allow_blank=True, default=""
    )
    party_size = serializers.IntegerField(
        min_value=1, max_value=50, required=False, allow_null=True
    )
    series = serializers.IntegerField(required=False, allow_null=True, **ID)
    source = serializers.IntegerField(required=False, allow_null=True, **ID)
    remark = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, **ID)


class IdentifyIn(GuestIn):
    version = serializers.IntegerField(required=False, allow_null=True, **ID)


class ThankIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SettleIn(serializers.Serializer[Any]):
    how = serializers.ChoiceField(choices=Thanked.choices)
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class VoidIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=200)


class VisitApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The register: walk-ins, calls and messages that the caller may see."""

    rows = Visit.objects
    keyset = "arrived_at"
    serializer_class = VisitOut
    perms = {
        "list": "showroom.view_visit",
        "retrieve": "showroom.view_visit",
        "create": "showroom.receive_visit",
        "calls": "showroom.log_call",
        "messages": "showroom.log_call",
        "take": "showroom.attend_visit",
        "hand_over": "showroom.attend_visit",
        "depart": "showroom.attend_visit",
        "undo_departure": "showroom.attend_visit",
        "tidy": "showroom.attend_visit",
        "reset": "showroom.attend_visit",
        "thank": "showroom.attend_visit",
        "settle_thanks": "showroom.attend_visit",
        "identify": "showroom.complete_visit",
        "complete": "showroom.complete_visit",
        "void": "showroom.void_visit",
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset().with_people()
        if self.action == "list" and self.chosen("present", ("true", "false")) == "true":
            return rows.present()
        return rows

    @extend_schema(
        parameters=[OpenApiParameter("present", {"type": "string", "enum": ["true", "false"]})]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Latest arrival first; `present=true` for who is in now."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=VisitIn, responses={201: VisitOut})
    def create(self, request: Request) -> Response:
        """Log a walk-in (SOP-4.1, 4.6)."""
        return self._enter(actions.receive_visit, VisitIn)

    @extend_schema(request=CallIn, responses={201: VisitOut})
    @action(detail=False, methods=["post"])
    def calls(self, request: Request) -> Response:
        """Log a call (SOP-4.2)."""
        return self._enter(actions.log_call, CallIn)

    @extend_schema(request=MessageIn, responses={201: VisitOut})
    @action(detail=False, methods=["post"])
    def messages(self, request: Request) -> Response:
        """Log an SMS, letter or chat exchange (SOP-4.3)."""
        return self._enter(actions.log_message, MessageIn)

    @extend_schema(request=TakeIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Attend a waiting guest, or give them a consultant."""
        data = self._resolved(self.clean(TakeIn))
        consultant = data.get("consultant") or request.user
        return self._do(actions.take_visit, consultant=consultant)

    @extend_schema(request=HandOverIn, responses=VisitOut)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: str) -> Response:
        """Give the guest and all that the visit owes to a colleague."""
        data = self._resolved(self.clean(HandOverIn))
        return self._do(actions.hand_over_visit, to=data["consultant"])

    @extend_schema(request=DepartIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def depart(self, request: Request, pk: str) -> Response:
        """Log the departure, which starts SOP-4.4.11 to 4.4.14."""
        return self._do(actions.depart, **self._resolved(self.clean(DepartIn)))

    @extend_schema(request=None, responses=VisitOut)
    @action(detail=True, methods=["post"], url_path="undo-departure")
    def undo_departure(self, request: Request, pk: str) -> Response:
        """Take a departure back, for one minute."""
        return self._do(actions.undo_departure)

    @extend_schema(request=None, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def tidy(self, request: Request, pk: str) -> Response:
        """The table is tidy (SOP-4.4.11)."""
        return self._do(actions.tidy_table)

    @extend_schema(request=None, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def reset(self, request: Request, pk: str) -> Response:
        """The display car stands as it should (SOP-4.4.12)."""
        return self._do(actions.reset_car)

    @extend_schema(request=CompleteIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """Complete the register (SOP-4.4.13)."""
        return self._do(actions.complete_register, **self._resolved(self.clean(CompleteIn)))

    @extend_schema(request=IdentifyIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def identify(self, request: Request, pk: str) -> Response:
        """Say who a nameless guest was."""
        return self._do(actions.identify_visit, **self.clean(IdentifyIn))

    @extend_schema(request=ThankIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def thank(self, request: Request, pk: str) -> Response:
        """Send the thank-you SMS by hand (SOP-4.4.14)."""
        return self._do(actions.send_thank_you, **self.clean(ThankIn))

    @extend_schema(request=SettleIn, responses=VisitOut)
    @action(detail=True, methods=["post"], url_path="settle-thanks")
    def settle_thanks(self, request: Request, pk: str) -> Response:
        """Record that the guest was thanked in another way, or why they can't be."""
        return self._do(actions.settle_thanks, **self.clean(SettleIn))

    @extend_schema(request=VoidIn, responses=VisitOut)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """Void an entry that never was."""
        return self._do(actions.void_visit, **self.clean(VoidIn))

    def _enter(self, act: Any, serializer: Any) -> Response:
        data = self._resolved(self.clean(serializer))
        user = self.request.user
        return self.answer_once(lambda: act(store=user.active_store, by=user, **data), code=201)

    def _do(self, act: Any, **data: Any) -> Response:
        visit = self.get_object()
        self.authorize(visit)

        def run() -> Visit:
            act(visit, by=self.request.user, **data)
            return Visit.objects.with_people().get(pk=visit.pk)

        return self.answer_once(run)

    def _resolved(self, data: dict[str, Any]) -> dict[str, Any]:
        """Turn ids into the store's rows; a foreign one is refused like one that is not there."""
        store = self.request.user.active_store
        found = dict(data)
        for name, rows in (
            ("series", Series.objects.on_sale()),
            ("source", Source.objects.offered(store)),
            ("consultant", User.objects.in_store(store)),
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
        if found.get("level"):
            found["level"] = self._level(found["level"])
        return found

    def _level(self, code: str) -> IntentLevel:
        try:
            return level_of(self.request.user.active_store, code)
        except IntentLevel.DoesNotExist:
            raise Http404 from None
