"""Who am I, where do I work, who else does."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.models import User
from dealership.staff.policy import POLICY, may
from dealership.web.api import House


class PersonOut(serializers.ModelSerializer[User]):
    """A person as others see them."""

    class Meta:
        model = User
        fields = ("id", "name")


class StoreOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    timezone = serializers.CharField()


class MeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    store = StoreOut(source="active_store", allow_null=True)
    stores = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    permissions = serializers.SerializerMethodField()

    @extend_schema(responses=StoreOut(many=True))
    def get_stores(self, user: User) -> list[dict[str, Any]]:
        return StoreOut(user.stores(), many=True).data  # type: ignore[return-value]

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)

    def get_permissions(self, user: User) -> list[str]:
        return sorted(permission for permission in POLICY if may(user, permission))


class PeopleApi(House):
    """The people of the store; `me` is the caller."""

    rows = User.objects
    serializer_class = PersonOut
    perms = {"list": "staff.use", "me": "staff.use"}

    def get_queryset(self) -> Any:
        store = self.request.user.active_store
        return User.objects.in_store(store) if store else User.objects.none()

    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(responses=MeOut)
    @action(detail=False)
    def me(self, request: Request) -> Response:
        return Response(MeOut(request.user).data)
