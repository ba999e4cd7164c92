"""The OpenAPI schema says what every call may answer, refusals included."""

from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 80, "pattern": r"^[A-Za-z0-9_.:-]+$"},
    OpenApiParameter.HEADER,
    description="A key of your own, such as a UUID: a retry with it gets the first answer.",
)


@cache
def refusal() -> Any:
    """409: a rule of the house; `detail` says in the user's language what to do."""
    return inline_serializer(
        "Refusal",
        {
            "code": serializers.CharField(),
            "detail": serializers.CharField(),
            "field": serializers.CharField(allow_null=True),
        },
    )


@cache
def problem() -> Any:
    """401, 403, 404: why the call is not answered."""
    return inline_serializer("Problem", {"detail": serializers.CharField()})


ANY = {"type": "object", "additionalProperties": {}}


class HouseSchema(AutoSchema):
    """Adds the answers that every call of the house may give."""

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        serializer = {"400": ANY, "401": problem(), "403": problem(), "404": problem()}
        if self.method != "GET":
            serializer["409"] = refusal()
            serializer["413"] = problem()
        for code, answer in serializer.items():
            bodies.setdefault(code, self._get_response_for_code(answer, code))
        return bodies


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes a personal token."""

    target_class = "dealership.staff.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
