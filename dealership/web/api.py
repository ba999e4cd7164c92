"""The API's ground: pages, permissions from the policy table, refusals, calls that count once."""

import base64
import json
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404
from rest_framework import exceptions, pagination, permissions, status, views
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from dealership.errors import RuleViolation
from dealership.staff.policy import may
from dealership.web.once import digest_of, once


class KeysetPages(pagination.BasePagination):
    """
    Pages that cost the same at row 10 and at row 1,000,000: `next` carries the last row's key.

    A view names its order in `keyset` (descending field, then pk), default newest id first.
    """

    page_size = 50
    max_page_size = 200

    def paginate_queryset(
        self, queryset: models.QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        self.field = getattr(view, "keyset", "pk")
        size = request.query_params.get("page_size", "")
        self.size = min(int(size), self.max_page_size) if size.isdecimal() and int(size) else 50
        queryset = queryset.order_by(*dict.fromkeys((f"-{self.field}", "-pk")))
        if cursor := request.query_params.get("cursor"):
            value, pk = self.decode(cursor, queryset.model)
            before = Q(**{f"{self.field}__lt": value})
            if self.field != "pk":
                before |= Q(**{self.field: value, "pk__lt": pk})
            queryset = queryset.filter(before)
        rows = list(queryset[: self.size + 1])
        self.more, rows = len(rows) > self.size, rows[: self.size]
        self.last = rows[-1] if rows else None
        return rows

    def decode(self, cursor: str, model: type[models.Model]) -> tuple[Any, int]:
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            column = model._meta.pk if self.field == "pk" else model._meta.get_field(self.field)
            value = column.to_python(value)
            if not isinstance(pk, int) or value is None or abs(pk) >= 2**63:
                raise ValueError
            if isinstance(value, int) and abs(value) >= 2**63:
                raise ValueError
        except (ValueError, TypeError, AttributeError, ValidationError, RecursionError):
            raise exceptions.ValidationError(
                {"cursor": ["This cursor is not one of ours."]}
            ) from None
        return value, pk

    def get_next_link(self) -> str | None:
        if not self.more:
            return None
        value = getattr(self.last, self.field)
        value = value.isoformat() if hasattr(value, "isoformat") else value
        cursor = base64.urlsafe_b64encode(json.dumps([value, self.last.pk]).encode()).decode()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "nullable": True, "format": "uri"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        def parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
            return {
                "name": name,
                "in": "query",
                "required": False,
                "schema": schema,
                "description": text,
            }

        return [
            parameter("cursor", {"type": "string"}, "From `next` of the page before."),
            parameter("page_size", {"type": "integer", "minimum": 1, "maximum": 200}, "Rows."),
        ]


class ByPolicy(permissions.BasePermission):
    """The view's `perms` names the policy for each action; an action without one is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        permission = view.perms.get(getattr(view, "action", None) or request.method.lower())
        return permission is not None and may(request.user, permission)


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a broken rule with 409 `{"code", "detail", "field"}`; the rest as DRF does."""
    if isinstance(error, RuleViolation):
        views.set_rollback()
        body = {"code": error.code, "detail": str(error), "field": error.field}
        return Response(body, status=status.HTTP_409_CONFLICT)
    if isinstance(error, (Http404, PermissionDenied)):
        return views.exception_handler(error, context)
    return views.exception_handler(error, context)


class CreatesOnce:
    """
    Mixin for creating calls: `Idempotency-Key` makes a retry return the first answer.

    The view implements `perform(serializer) -> (instance or data)`.
    """

    once_actions: ClassVar[frozenset[str]] = frozenset({"create"})

    def answer_once(self, request: Request, make: Any, *, code: int = 201) -> Response:
        """Run `make()` -> response data at most once for the request's key."""
        key = request.headers.get("Idempotency-Key", "")
        digest = digest_of(request.data) if key else ""
        door = f"api:{request.resolver_match.view_name}:{request.path}"[:100]
        with once(request, key=key, digest=digest, door=door) as submission:
            if submission.done:
                return Response(
                    submission.answer, status=code, headers={"Idempotent-Replay": "true"}
                )
            data = json.loads(json.dumps(make(), default=str))
            submission.finish("", answer=data) if key else None
        return Response(data, status=code)
