"""The API's ground: pages, permissions from the policy table, refusals, calls that count once."""

import base64
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, permissions, serializers, status, views, viewsets
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from dealership.errors import RuleViolation
from dealership.staff.policy import may
from dealership.web.once import digest_of, once
from dealership.web.schema import HouseSchema

SMALL_ID = re.compile(r"[1-9]\d{0,17}")
# Text with something in it, and no control characters.
TEXT = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
# The range of an id.
ID = {"min_value": 1, "max_value": 2**53}
JSON_TYPES: dict[type[serializers.Field], tuple[type, ...]] = {
    serializers.CharField: (str,),
    serializers.BooleanField: (bool,),
    serializers.IntegerField: (int,),
}
KEY = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class OnlyJson(BaseContentNegotiation):
    """The API speaks JSON, whatever a caller says it accepts: no call fails for a header."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class KeysetPages(pagination.BasePagination):
    """
    Pages that cost the same at row 10 and at row 1,000,000: `next` carries the last row's key.

    A view names its order in `keyset` (descending field, then pk), default newest id first.
    """

    page_size = 50
    longest = 200

    def paginate_queryset(
        self, queryset: models.QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        self.field = getattr(view, "keyset", "pk")
        self.size = self.wanted_size(request.query_params.get("page_size"))
        queryset = queryset.order_by(*dict.fromkeys((f"-{self.field}", "-pk")))
        if (cursor := request.query_params.get("cursor")) is not None:
            value, pk = self.decode(cursor, queryset.model)
            before = Q(**{f"{self.field}__lt": value})
            if self.field != "pk":
                before |= Q(**{self.field: value, "pk__lt": pk})
            queryset = queryset.filter(before)
        rows = list(queryset[: self.size + 1])
        self.more, rows = len(rows) > self.size, rows[: self.size]
        self.last = rows[-1] if rows else None
        return rows

    def wanted_size(self, text: str | None) -> int:
        if text is None:
            return self.page_size
        if not SMALL_ID.fullmatch(text) or int(text) > self.longest:
            raise exceptions.ValidationError({"page_size": [_("A number from 1 to 200.")]})
        return int(text)

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
            parameter("cursor", {"type": "string"}, "Out of `next` of the page before."),
            parameter("page_size", {"type": "integer", "minimum": 1, "maximum": 200}, "Rows."),
        ]


class ByPolicy(permissions.BasePermission):
    """The view's `perms` names the policy for each action; an action without one is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", None) is None:
            raise exceptions.MethodNotAllowed(request.method)
        permission = view.perms.get(view.action)
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


def refuse_other_types(received: serializers.Serializer[Any], data: Any) -> None:
    """400 for a number given as text and the like: the schema says which type a field has."""
    if not isinstance(data, dict):
        return
    for name, field in received.fields.items():
        for kind, types in JSON_TYPES.items():
            value = data.get(name)
            if isinstance(field, kind) and value is not None and type(value) not in types:
                raise exceptions.ValidationError({name: [field.error_messages["invalid"]]})


class House(viewsets.GenericViewSet):
    """
    The base of the house's views: rows by `visible_to`, permissions by the policy table.

    `perms` names the permission of each action; `rows` is the root queryset; a call that
    makes or changes something goes through `answer_once`.
    """

    perms: ClassVar[dict[str, str]] = {}
    permission_classes = (permissions.IsAuthenticated, ByPolicy)
    pagination_class = KeysetPages
    content_negotiation_class = OnlyJson
    schema = HouseSchema()
    rows: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if key is not None and not KEY.fullmatch(key):
            raise exceptions.ValidationError(
                {"Idempotency-Key": [_("At most 80 letters, digits, _.:-")]}
            )

    def get_queryset(self) -> models.QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.rows.none()
        return self.rows.visible_to(self.request.user)

    def get_object(self) -> Any:
        if not SMALL_ID.fullmatch(str(self.kwargs["pk"])):
            raise Http404
        return super().get_object()

    def chosen(self, name: str, allowed: Iterable[str]) -> str:
        """A filter of the URL, or "" if it is not there; 400 for what is not `allowed`."""
        value = self.request.query_params.get(name)
        if value is not None and value not in allowed:
            raise exceptions.ValidationError({name: [_("This is none of the possible values.")]})
        return value or ""

    def authorize(self, obj: Any) -> None:
        """403 unless the action's permission holds for this row."""
        if not may(self.request.user, self.perms[self.action], obj):
            raise PermissionDenied

    def clean(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The request's data as `serializer` understands them; 400 says what is wrong."""
        received = serializer(data=self.request.data, context=self.get_serializer_context())
        refuse_other_types(received, self.request.data)
        received.is_valid(raise_exception=True)
        return received.validated_data

    def answer_once(self, make: Callable[[], Any], *, code: int = 200) -> Response:
        """
        Answer with what `make()` returns, shown by the view's serializer unless it is a dict.

        With an `Idempotency-Key` it runs once: a retry gets the first answer again.
        """
        request = self.request
        key = request.headers.get("Idempotency-Key", "")
        door = f"{request.method} {request.path}"[:100]
        digest = digest_of(request.data) if key else ""
        with once(request, key=key, digest=digest, door=door) as submission:
            if submission.done:
                headers = {"Idempotent-Replay": "true"}
                return Response(submission.answer, status=code, headers=headers)
            made = make()
            data = made if isinstance(made, (dict, list)) else self.get_serializer(made).data
            data = json.loads(json.dumps(data, cls=JSONEncoder))
            submission.finish("/", answer=data)
        return Response(data, status=code)
