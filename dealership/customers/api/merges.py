"""Duplicates and merges over the API: the same actions and rows as the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.customers import actions, selectors
from dealership.customers.api.shapes import CustomerOut
from dealership.customers.duplicates import candidates
from dealership.customers.identity import Document
from dealership.customers.models import Customer, Merge
from dealership.staff.api import PersonOut
from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.web.api import ID, TEXT, House


class CandidateOut(serializers.Serializer[Any]):
    """Somebody who may be the same person, with what speaks for it."""

    customer = CustomerOut()
    score = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class OtherIn(serializers.Serializer[Any]):
    other = serializers.IntegerField(**ID)
    reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", trim_whitespace=True
    )


class MergeIn(serializers.Serializer[Any]):
    """The other record, and which facts go on where the two differ; else those of this one."""

    other = serializers.IntegerField(**ID)
    name = serializers.CharField(max_length=60, required=False)
    salutation = serializers.ChoiceField(choices=Customer.Salutation.choices, required=False)
    owner = serializers.IntegerField(**ID, required=False)


class MergeOut(serializers.ModelSerializer[Merge]):
    """A merge: `other` lives on in `keep`; until `undo_until` it can be taken back."""

    by = PersonOut(allow_null=True)
    undo_until = serializers.DateTimeField()

    class Meta:
        model = Merge
        fields = ("id", "keep", "other", "at", "by", "undo_until", "undone_at")


class IdentityIn(serializers.Serializer[Any]):
    document = serializers.ChoiceField(choices=Document.choices, default=Document.ID_CARD)
    number = serializers.RegexField(TEXT, max_length=40)


class MergingCalls(House):
    """What the customers' view offers about a person who is kept twice."""

    @extend_schema(responses=CandidateOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def duplicates(self, request: Request, pk: str) -> Response:
        """Who may be the same person, likeliest first."""
        customer = self.get_object()
        self.authorize(customer)
        found = selectors.visible_candidates(request.user, candidates(customer))
        return Response(CandidateOut(found, many=True).data)

    @extend_schema(request=MergeIn, responses=MergeOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Let another record of the same person live on in this one."""
        data = self.clean(MergeIn)
        keep, other = self.both(data.pop("other"))
        if "owner" in data:
            data["owner"] = owner_among(keep, other, data["owner"])

        def merge() -> dict[str, Any]:
            done = actions.merge_customers(keep, other, by=request.user, **data)
            return MergeOut(done).data

        return self.answer_once(merge)

    @extend_schema(request=OtherIn, responses=CustomerOut)
    @action(detail=True, methods=["post"], url_path="told-apart")
    def told_apart(self, request: Request, pk: str) -> Response:
        """Say that this customer and another are two people."""
        data = self.clean(OtherIn)
        one, another = self.both(data["other"])

        def tell() -> Customer:
            actions.tell_apart(one, another, reason=data["reason"], by=request.user)
            return one

        return self.answer_once(tell)

    def both(self, other_pk: int) -> tuple[Customer, Customer]:
        """The two records, each of which the caller may merge."""
        one = self.get_object()
        another = get_object_or_404(self.get_queryset(), pk=other_pk)
        for customer in (one, another):
            self.authorize(customer)
        return one, another

    @extend_schema(request=IdentityIn, responses=CustomerOut)
    @action(detail=True, methods=["post"])
    def identity(self, request: Request, pk: str) -> Response:
        """
        Recognise the customer by an ID number, of which only a keyed digest is kept.

        Saying it twice changes nothing, so it takes no `Idempotency-Key`: not even a digest of
        the call is stored.
        """
        customer, data = self.get_object(), self.clean(IdentityIn)
        self.authorize(customer)
        actions.set_identity(customer, data["number"], document=data["document"], by=request.user)
        return Response(self.get_serializer(customer).data)


class MergeApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Records that were merged, newest first."""

    rows = Merge.objects
    serializer_class = MergeOut
    perms = {
        "list": "customers.view_merges",
        "retrieve": "customers.merge_customers",
        "undo": "customers.merge_customers",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=None, responses=MergeOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take a merge back, within 72 hours."""
        merge = self.get_object()
        if not may(request.user, self.perms["undo"], merge.keep):
            raise PermissionDenied
        return self.answer_once(lambda: actions.undo_merge(merge, by=request.user))


def owner_among(keep: Customer, other: Customer, pk: int) -> User:
    """The consultant of one of the two; anybody else is refused."""
    for customer in (keep, other):
        if customer.owner is not None and customer.owner_id == pk:
            return customer.owner
    raise serializers.ValidationError({"owner": [_("Choose one of the two consultants.")]})
