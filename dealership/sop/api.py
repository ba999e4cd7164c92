"""Promises over the API: what is owed, answers to breaches, waivers."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership import clock
from dealership.sop import actions
from dealership.sop.lists import STATES
from dealership.sop.models import Deadline
from dealership.staff.api import PersonOut
from dealership.web.api import TEXT, House


class DeadlineOut(serializers.ModelSerializer[Deadline]):
    """One promise: who owes what by when; `state` is as of now."""

    title = serializers.CharField()
    state = serializers.SerializerMethodField()
    owner = PersonOut(allow_null=True)

    class Meta:
        model = Deadline
        fields = (
            "id", "step", "title", "state", "subject_type", "subject_id", "customer", "owner",
            "role", "opened_at", "actionable_at", "due_at", "outcome", "closed_at", "is_automatic",
            "reason", "problem", "reply", "reply_accepted",
        )  # fmt: skip

    @extend_schema_field(serializers.CharField())
    def get_state(self, deadline: Deadline) -> str:
        return deadline.state(clock.now())


class ReplyIn(serializers.Serializer[Any]):
    text = serializers.RegexField(TEXT, max_length=1000)


class WaiveIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=500)


class DecisionIn(serializers.Serializer[Any]):
    accepted = serializers.BooleanField()
    remark = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DeadlineApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """What is owed: managers see the store's, others their own."""

    rows = Deadline.objects
    keyset = "due_at"
    serializer_class = DeadlineOut
    perms = {
        "list": "sop.view_deadlines",
        "retrieve": "sop.view_deadlines",
        "reply": "sop.reply",
        "decide": "sop.decide_reply",
        "waive": "sop.waive",
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset().with_people()
        state = self.chosen("state", STATES) if self.action == "list" else ""
        return STATES[state].narrow(rows, clock.now()) if state else rows

    @extend_schema(
        parameters=[OpenApiParameter("state", {"type": "string", "enum": sorted(STATES)})]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Latest due first; `state` narrows."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ReplyIn, responses=DeadlineOut)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """Explain a breach; a manager accepts it or not."""
        deadline, data = self.get_object(), self.clean(ReplyIn)
        self.authorize(deadline)
        return self.answer_once(lambda: actions.reply(deadline, by=request.user, **data))

    @extend_schema(request=DecisionIn, responses=DeadlineOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Accept an explanation or not."""
        deadline, data = self.get_object(), self.clean(DecisionIn)
        self.authorize(deadline)
        return self.answer_once(lambda: actions.decide_reply(deadline, by=request.user, **data))

    @extend_schema(request=WaiveIn, responses=DeadlineOut)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: str) -> Response:
        """End a promise, with the reason."""
        deadline, data = self.get_object(), self.clean(WaiveIn)
        self.authorize(deadline)
        return self.answer_once(lambda: actions.waive(deadline, by=request.user, **data))
