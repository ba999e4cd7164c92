"""How a customer looks over the API."""

from rest_framework import serializers

from dealership.customers.models import Customer
from dealership.privacy.masks import mask_phone
from dealership.staff.api import PersonOut


class CustomerOut(serializers.ModelSerializer[Customer]):
    """A customer; the number is masked, `reveal` shows it and is logged."""

    owner = PersonOut(allow_null=True)
    phone_masked = serializers.SerializerMethodField()
    display_name = serializers.CharField()

    class Meta:
        model = Customer
        fields = (
            "id", "kind", "name", "display_name", "salutation", "owner", "phone_masked",
            "do_not_contact_at", "created_at", "is_demo",
        )  # fmt: skip

    def get_phone_masked(self, customer: Customer) -> str:
        return mask_phone(customer.primary_phone)
