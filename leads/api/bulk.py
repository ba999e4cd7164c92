"""Changing many leads with one call."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.web.api import ID, TEXT
from leads import actions
from leads.actions.bulk import BY_RULES, MOST_LEADS
from leads.models import BulkRun
from leads.selectors import bulk_result

NEEDED = {
    BulkRun.Action.ASSIGN: ("reason",),
    BulkRun.Action.LEVEL: ("level", "reason"),
    BulkRun.Action.DAY: ("day",),
    BulkRun.Action.MESSAGE: ("body",),
}


class WholeNumber(serializers.IntegerField):
    """A number that is one in JSON too."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class BulkIn(serializers.Serializer[Any]):
    """What is to be done, and to which leads; each action reads its own fields."""

    action = serializers.ChoiceField(choices=BulkRun.Action.choices)
    ids = serializers.ListField(child=WholeNumber(**ID), min_length=1, max_length=MOST_LEADS)
    consultant = serializers.IntegerField(
        required=False, **ID, help_text="To whom; without it by the store's rules."
    )
    level = serializers.ChoiceField(choices=list("NHABC"), required=False)
    day = serializers.DateField(required=False)
    body = serializers.RegexField(TEXT, max_length=400, required=False)
    reason = serializers.RegexField(TEXT, max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = NEEDED[BulkRun.Action(attrs["action"])]
        if missing := [name for name in wanted if name not in attrs]:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return attrs


class RefusedOut(serializers.Serializer[Any]):
    lead = serializers.IntegerField()
    reason = serializers.CharField()


class BulkOut(serializers.Serializer[Any]):
    """What became of each lead; those that the caller may not see are only counted."""

    done = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedOut(many=True)
    not_found = serializers.IntegerField()


class BulkCalls:
    """Mixin of the leads' view."""

    @extend_schema(request=BulkIn, responses=BulkOut)
    @action(detail=False, methods=["post"])
    def bulk(self: Any, request: Request) -> Response:
        """Assign, judge, plan or text up to 500 leads; each is done or refused by itself."""
        data = self.clean(BulkIn)
        given = {
            "consultant": data.get("consultant", BY_RULES),
            "level": data.get("level", ""),
            "day": data["day"].isoformat() if "day" in data else "",
            "reason": data.get("reason", ""),
        }
        if "body" in data:
            given["body"] = data["body"]

        def work() -> dict[str, Any]:
            run = actions.begin_bulk(
                request.user.active_store,
                change=data["action"],
                leads=data["ids"],
                given=given,
                by=request.user,
            )
            result = bulk_result(actions.carry_on(run))
            return {
                "done": [line.lead_id for line in result["done"]],
                "refused": [
                    {"lead": line.lead_id, "reason": line.reason} for line in result["refused"]
                ],
                "not_found": run.unknown,
            }

        return self.answer_once(work)
