"""Follow-up over the API: the contacts of a lead."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.api import PersonOut
from dealership.web.api import House
from leads import actions
from leads.models import Appointment, Contact
from leads.selectors import level_of

JUDGED = list("NHABC")


class ContactOut(serializers.ModelSerializer[Contact]):
    """One attempt to speak with the customer: attempted is not reached."""

    by = PersonOut(allow_null=True)
    level_before = serializers.CharField(source="level_before.code")
    level_after = serializers.CharField(source="level_after.code")
    is_reached = serializers.BooleanField()

    class Meta:
        model = Contact
        fields = (
            "id", "lead", "customer", "by", "at", "entered_at", "way", "purpose", "outcome",
            "is_reached", "answer", "feedback", "measure", "level_before", "level_after",
            "next_contact_on",
        )  # fmt: skip


class ContactIn(serializers.Serializer[Any]):
    way = serializers.ChoiceField(choices=Contact.Way.choices)
    outcome = serializers.ChoiceField(choices=Contact.Outcome.choices)
    purpose = serializers.ChoiceField(
        choices=Contact.Purpose.choices, required=False, default=Contact.Purpose.CARE
    )
    answer = serializers.ChoiceField(
        choices=Contact.Answer.choices, required=False, allow_blank=True, default=""
    )
    feedback = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    measure = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=JUDGED, required=False, allow_null=True, default=None)
    next_contact_on = serializers.DateField(required=False, allow_null=True, default=None)
    visit_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    visit_purpose = serializers.ChoiceField(
        choices=Appointment.Purpose.choices, required=False, default=Appointment.Purpose.SEE_CAR
    )
    happened_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class LeadContacts(House):
    """The part of the leads' API that follows up."""

    @extend_schema(responses=ContactOut(many=True))
    @action(detail=True, methods=["get"])
    def contacts(self, request: Request, pk: str) -> Response:
        """Every attempt to speak with the customer about this lead, the newest first."""
        rows = Contact.objects.filter(lead=self.get_object()).with_people()
        found = self.paginate_queryset(rows)
        return self.get_paginated_response(ContactOut(found, many=True).data)

    @extend_schema(request=ContactIn, responses={201: ContactOut})
    @contacts.mapping.post
    def record_contact(self, request: Request, pk: str) -> Response:
        """Record a contact (SOP-2.2); an accepted invitation names day and time of the visit."""
        lead, data = self.get_object(), self.clean(ContactIn)
        self.authorize(lead)
        code = data.pop("level")
        level = level_of(lead.store, code) if code else None
        return self.answer_once(
            lambda: (
                ContactOut(actions.record_contact(lead, level=level, by=request.user, **data)).data
            ),
            code=201,
        )
