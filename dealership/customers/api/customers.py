"""Customers over the API: the same actions and rows as the pages."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.customers import actions, selectors
from dealership.customers.api.merges import MergingCalls
from dealership.customers.api.shapes import CustomerOut
from dealership.customers.models import Consent, ContactPerson, Customer, Event
from dealership.staff.api import PersonOut
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.web.api import TEXT, House

LONGEST_QUERY = 60


class CustomerIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=60)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    salutation = serializers.ChoiceField(
        choices=Customer.Salutation.choices, required=False, allow_blank=True, default=""
    )


class PhoneIn(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=40)


class ConsentIn(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    given = serializers.BooleanField()


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.RegexField(TEXT, max_length=200)


class RevealedOut(serializers.Serializer[Any]):
    phone = serializers.CharField()


class LookupOut(serializers.Serializer[Any]):
    """Who a number belongs to; of a sister store's customer only that there is one."""

    number = serializers.CharField()
    customer = CustomerOut(allow_null=True)
    elsewhere = serializers.BooleanField()


class EventOut(serializers.ModelSerializer[Event]):
    """One line of the timeline."""

    text = serializers.SerializerMethodField()
    actor = PersonOut(allow_null=True)

    class Meta:
        model = Event
        fields = ("id", "kind", "text", "actor", "occurred_at", "entered_at", "is_late_entry")

    @extend_schema_field(serializers.CharField())
    def get_text(self, event: Event) -> str:
        return str(event.text)


class PersonIn(serializers.Serializer[Any]):
    """Somebody who speaks for an organisation."""

    name = serializers.RegexField(TEXT, max_length=60)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    salutation = serializers.ChoiceField(
        choices=Customer.Salutation.choices, required=False, allow_blank=True, default=""
    )
    job = serializers.RegexField(TEXT, max_length=60, required=False, allow_blank=True, default="")
    is_decision_maker = serializers.BooleanField(required=False, default=False)


class ContactPersonOut(serializers.ModelSerializer[ContactPerson]):
    name = serializers.CharField(source="person.display_name")

    class Meta:
        model = ContactPerson
        fields = ("id", "organisation", "person", "name", "job", "is_decision_maker")


class CustomerApi(MergingCalls, mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Customers that the caller may see."""

    rows = Customer.objects
    serializer_class = CustomerOut
    perms = {
        "list": "customers.view_customer",
        "retrieve": "customers.view_customer",
        "timeline": "customers.view_customer",
        "create": "customers.change_customer",
        "phones": "customers.change_customer",
        "consents": "customers.change_customer",
        "people": "customers.view_customer",
        "add_person": "customers.change_customer",
        "refuse_contact": "customers.change_customer",
        "lookup": "customers.look_up",
        "reveal": "customers.reveal_phone",
        "duplicates": "customers.merge_customers",
        "merge": "customers.merge_customers",
        "told_apart": "customers.merge_customers",
        "identity": "customers.change_customer",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "maxLength": LONGEST_QUERY},
                description="Phone, its last four digits or more, name, pinyin or plate.",
            )
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; with `q` the best hits on one page."""
        typed = request.query_params.get("q", "").strip()
        if len(request.query_params.get("q", "")) > LONGEST_QUERY:
            raise serializers.ValidationError({"q": [_("At most 60 characters.")]})
        if typed:
            size = self.paginator.wanted_size(request.query_params.get("page_size"))
            found = selectors.find(request.user, typed)[:size]
            data = self.get_serializer(found, many=True).data
            return Response({"next": None, "results": data})
        return super().list(request, *args, **kwargs)

    @extend_schema(request=CustomerIn, responses={201: CustomerOut})
    def create(self, request: Request) -> Response:
        """Open a customer's record; a consultant who opens it looks after them."""
        data = self.clean(CustomerIn)
        user = request.user
        return self.answer_once(
            lambda: actions.register_customer(
                store=user.active_store,
                owner=owner_of(user),
                by=user,
                **data,
            ),
            code=201,
        )

    @extend_schema(request=PhoneIn, responses=CustomerOut)
    @action(detail=True, methods=["post"])
    def phones(self, request: Request, pk: str) -> Response:
        """Add a number."""
        customer, data = self.get_object(), self.clean(PhoneIn)
        self.authorize(customer)

        def add() -> Customer:
            actions.add_phone(customer, data["phone"], by=request.user)
            return customer

        return self.answer_once(add)

    @extend_schema(request=ConsentIn, responses=CustomerOut)
    @action(detail=True, methods=["post"])
    def consents(self, request: Request, pk: str) -> Response:
        """Record or withdraw consent to a purpose."""
        customer, data = self.get_object(), self.clean(ConsentIn)
        self.authorize(customer)

        def record() -> Customer:
            act = actions.give_consent if data["given"] else actions.withdraw_consent
            act(customer, data["purpose"], by=request.user)
            return customer

        return self.answer_once(record)

    @extend_schema(request=ReasonIn, responses=CustomerOut)
    @action(detail=True, methods=["post"], url_path="refuse-contact")
    def refuse_contact(self, request: Request, pk: str) -> Response:
        """Stop all messages to the customer."""
        customer, data = self.get_object(), self.clean(ReasonIn)
        self.authorize(customer)
        return self.answer_once(lambda: actions.refuse_contact(customer, by=request.user, **data))

    @extend_schema(request=ReasonIn, responses=RevealedOut)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        """See the whole number; logged with the reason."""
        customer, data = self.get_object(), self.clean(ReasonIn)
        self.authorize(customer)
        number = actions.reveal_phone(customer, by=request.user, **data)
        return Response({"phone": number})

    @extend_schema(request=PhoneIn, responses=LookupOut)
    @action(detail=False, methods=["post"])
    def lookup(self, request: Request) -> Response:
        """Who has this number? A POST, so that numbers stay out of URLs and logs."""
        data = self.clean(PhoneIn)
        found = selectors.look_up(request.user, data["phone"])
        if found.problem:
            raise serializers.ValidationError({"phone": [found.problem]})
        return Response(LookupOut(found).data)

    @extend_schema(responses=ContactPersonOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def people(self, request: Request, pk: str) -> Response:
        """Who speaks for the organisation."""
        people = ContactPerson.objects.filter(organisation=self.get_object())
        found = people.select_related("person").order_by("pk")
        return Response(ContactPersonOut(found, many=True).data)

    @extend_schema(request=PersonIn, responses={201: ContactPersonOut})
    @people.mapping.post
    def add_person(self, request: Request, pk: str) -> Response:
        """Note who speaks for an organisation."""
        customer, data = self.get_object(), self.clean(PersonIn)
        self.authorize(customer)

        def add() -> dict[str, Any]:
            contact = actions.add_contact_person(customer, by=request.user, **data)
            return dict(ContactPersonOut(contact).data)

        return self.answer_once(add, code=201)

    @extend_schema(responses=EventOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        """The latest 50 events."""
        events = selectors.timeline(self.get_object())
        return Response(EventOut(events, many=True).data)


def owner_of(user: User) -> User | None:
    """A consultant owns whom they register; a receptionist's entry waits for one."""
    return user if user.has_role(Role.CONSULTANT) else None


class PersonApi(House):
    """Who speaks for organisations."""

    rows = ContactPerson.objects
    serializer_class = ContactPersonOut
    perms = {"change": "customers.change_customer", "remove": "customers.change_customer"}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("organisation__store", "person__store")

    @extend_schema(request=PersonIn, responses=ContactPersonOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change what somebody is in the organisation."""
        contact, data = self.get_object(), self.clean(PersonIn)
        self.authorize(contact.organisation)
        return self.answer_once(
            lambda: actions.change_contact_person(contact, by=request.user, **data)
        )

    @extend_schema(request=None, responses=ContactPersonOut)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Somebody speaks for the organisation no more."""
        contact = self.get_object()
        self.authorize(contact.organisation)

        def remove() -> dict[str, Any]:
            shown = dict(ContactPersonOut(contact).data)
            actions.remove_contact_person(contact, by=request.user)
            return shown

        return self.answer_once(remove)
