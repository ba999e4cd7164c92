"""The door for portals and the store's own site: leads by key (SOP-2.2)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import (
    authentication,
    exceptions,
    mixins,
    permissions,
    serializers,
    throttling,
)
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealership import clock
from dealership.customers import phones
from dealership.errors import RuleViolation
from dealership.web.api import TEXT, House, OnlyJson, refuse_other_types
from dealership.web.http import public
from dealership.web.rates import address_of, is_within, seconds_left
from leads import actions
from leads.actions.intake import digest
from leads.models import IntakeEntry, IntakeKey
from leads.selectors.campaigns import campaign_named

WINDOW = 60
SEEN_EVERY = timedelta(minutes=5)
LONGEST_BODY = 32_768


class KeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Key lk_…`: the key says which store and source the lead is for."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, IntakeKey] | None:
        word, _space, secret = request.headers.get("Authorization", "").partition(" ")
        keys = IntakeKey.objects.valid().select_related("store", "source")
        key = keys.filter(digest=digest(secret.strip())).first() if word.lower() == "key" else None
        if key is None:
            bucket = f"intake-refused:{address_of(request)}"
            if not is_within(bucket, limit=settings.INTAKE_GUESSES_PER_MINUTE, seconds=WINDOW):
                raise exceptions.Throttled(seconds_left(WINDOW))
            raise exceptions.AuthenticationFailed(_("The key is not valid."))
        now = clock.now()
        if key.last_used_at is None or now - key.last_used_at > SEEN_EVERY:
            IntakeKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return "Key"


class ByKey(permissions.BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, IntakeKey)


class PerKey(throttling.BaseThrottle):
    """So many leads a minute from each key."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.INTAKE_PER_MINUTE
        return is_within(f"intake:{request.auth.pk}", limit=limit, seconds=WINDOW)

    def wait(self) -> float:
        return seconds_left(WINDOW)


class IntakeIn(serializers.Serializer[Any]):
    """A lead as a portal sends it."""

    external_id = serializers.RegexField(TEXT, max_length=80)
    name = serializers.RegexField(TEXT, max_length=60, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40)
    series = serializers.RegexField(TEXT, max_length=60, required=False, allow_blank=True)
    message = serializers.CharField(max_length=800, required=False, allow_blank=True)
    city = serializers.CharField(max_length=40, required=False, allow_blank=True)
    campaign = serializers.CharField(max_length=24, required=False, allow_blank=True)
    consent = serializers.BooleanField()
    consent_text = serializers.RegexField(TEXT, max_length=300)
    created_at = serializers.DateTimeField(required=False)

    def validate_phone(self, value: str) -> str:
        try:
            return phones.normalise(value)
        except RuleViolation as refusal:
            raise serializers.ValidationError(str(refusal)) from None

    def validate_consent(self, value: Any) -> Any:
        if not value:
            raise serializers.ValidationError(_("Send only people who agreed to be called."))
        return value

    def validate_campaign(self, value: str) -> str:
        key: IntakeKey = self.context["key"]
        if value and campaign_named(key.store, value) is None:
            raise serializers.ValidationError(_("This store has no such campaign."))
        return value


class IntakeOut(serializers.Serializer[Any]):
    """What was received; of the customer it tells nothing."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    received_at = serializers.DateTimeField()


class IntakeApi(APIView):
    """Leads from outside."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (ByKey,)
    throttle_classes = (PerKey,)
    content_negotiation_class = OnlyJson

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """Take a lead: 201, and 200 for an id that came before; 400 names the fields."""
        if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
            raise exceptions.ValidationError({"detail": [_("At most 32 KB for a lead.")]})
        key, sent = request.auth, request.data
        received = IntakeIn(data=sent, context={"key": key})
        try:
            refuse_other_types(received, sent)
            received.is_valid(raise_exception=True)
        except exceptions.ValidationError as error:
            if isinstance(sent, dict):
                _keep(key, sent, error)
            raise
        data = {name: value for name, value in received.validated_data.items() if value}
        if "created_at" in data:
            data["created_at"] = data["created_at"].isoformat()
        entry, is_new = actions.take_in(
            key, external_id=data["external_id"], payload=data | {"consent": True}
        )
        return Response(IntakeOut(entry).data, status=201 if is_new else 200)


def _keep(key: IntakeKey, sent: dict[str, Any], error: exceptions.ValidationError) -> None:
    """Keep what could be read of a refused lead; of people who did not agree nothing (PIPL 13)."""
    fields = set(IntakeIn().fields)
    texts = {
        name: str(value)[:800].replace("\x00", "")
        for name, value in sent.items()
        if name in fields and isinstance(value, (str, int, float)) and not isinstance(value, bool)
    }
    agreed = sent.get("consent") is True
    detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    reason = " ".join(f"{name}: {' '.join(map(str, said))}" for name, said in detail.items())
    actions.refuse_in(
        key,
        external_id=texts.get("external_id", "").strip()[:80],
        payload=texts if agreed else {},
        reason=reason,
    )


take_lead = public("Portals hold a key of the store's; it says who sends.")(IntakeApi.as_view())


class IntakeEntryOut(serializers.ModelSerializer[IntakeEntry]):
    class Meta:
        model = IntakeEntry
        fields = ("id", "external_id", "received_at", "state", "reason", "lead", "campaign")


class IntakeEntryApi(mixins.ListModelMixin, House):
    """What portals and forms sent, and what became of it."""

    rows = IntakeEntry.objects
    serializer_class = IntakeEntryOut
    perms = {
        "list": "leads.change_intake",
        "retry": "leads.change_intake",
        "settle": "leads.change_intake",
    }

    @extend_schema(
        parameters=[OpenApiParameter("state", {"type": "string", "enum": IntakeEntry.State.values})]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; `state` narrows them."""
        rows = self.get_queryset()
        if state := self.chosen("state", IntakeEntry.State.values):
            rows = rows.filter(state=state)
        shown = self.get_serializer(self.paginate_queryset(rows), many=True)
        return self.get_paginated_response(shown.data)

    @extend_schema(request=None, responses=IntakeEntryOut)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Try once more to take what was refused."""
        entry = self.get_object()
        self.authorize(entry)
        return self.answer_once(lambda: actions.retry_entry(entry, by=request.user))

    @extend_schema(request=None, responses=IntakeEntryOut)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """Note that somebody has dealt with it."""
        entry = self.get_object()
        self.authorize(entry)
        return self.answer_once(lambda: actions.settle_entry(entry, by=request.user))
