"""How a lead looks over the API."""

from rest_framework import serializers

from dealership.staff.api import PersonOut
from leads.models import Lead


class LeadOut(serializers.ModelSerializer[Lead]):
    """One customer's wish for one car."""

    level = serializers.CharField(source="level.code")
    consultant = PersonOut(allow_null=True)
    customer_name = serializers.CharField(source="customer.display_name")

    class Meta:
        model = Lead
        fields = (
            "id", "customer", "customer_name", "consultant", "level", "status", "series",
            "source", "opened_at", "next_contact_on", "stage", "way", "campaign",
            "prospect_list", "base_kind", "last_contacted_at",
        )  # fmt: skip
