"""People and organisations (客户), and who speaks for an organisation."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.keys import SearchKey
from dealership.names import is_surname
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.staff.roles import EVERYONE, Role

# What somebody is called, with the last digits of the number, until a name is known.
NAMELESS = "*"
SEES_WHOLE_STORE = EVERYONE - {Role.CONSULTANT, Role.DRIVE_SPECIALIST}


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """
        Consultants see their own and those they attend now; the other roles the store's.

        A record that was merged into another is seen no more.
        """
        store = user.active_store
        if store is None:
            return self.none()
        mine = self.filter(store=store, merged_into=None)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(Q(owner=user) | Q(attended_by=user))

    def with_people(self) -> Self:
        return self.select_related("owner", "attended_by", "store").prefetch_related("phones")

    def found_by(self, store: Store, prefixes: list[str]) -> Self:
        """Customers of `store` with a search key that begins with one of `prefixes`."""
        if not prefixes:
            return self.none()
        keys = SearchKey.objects.beginning_with(store, prefixes)
        return self.filter(pk__in=keys.values("customer"))


class Customer(models.Model):
    """A person or organisation that the store knows (客户)."""

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("customer", "Person")
        ORGANISATION = "organisation", _("Organisation")

    class Salutation(models.TextChoices):
        MR = "mr", _("Mr")
        MS = "ms", _("Ms")

    store = models.ForeignKey(Store, models.PROTECT, related_name="customers")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(_("sort key"), max_length=120, editable=False)
    salutation = models.CharField(_("salutation"), max_length=2, choices=Salutation, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=pgettext_lazy("of a customer", "consultant"),
    )
    attended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    do_not_contact_at = models.DateTimeField(_("not to be contacted since"), null=True, blank=True)
    do_not_contact_reason = models.CharField(_("reason"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_records"
    )
    # A keyed hash of the ID number: it recognises somebody and tells nothing (PIPL art. 28).
    identity_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo data"), default=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CustomerQuerySet.as_manager()

    personal: ClassVar = {
        "name": Class.IDENTITY,
        "name_key": Class.IDENTITY,
        "salutation": Class.IDENTITY,
        "do_not_contact_reason": Class.BEHAVIOUR,
        "identity_digest": Class.SENSITIVE,
    }

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
            models.CheckConstraint(
                condition=Q(do_not_contact_at__isnull=True) | ~Q(do_not_contact_reason=""),
                name="refused_contact_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="customer_not_merged_into_itself",
            ),
            models.UniqueConstraint(
                fields=("store", "identity_digest"),
                condition=~Q(identity_digest="") & Q(merged_into__isnull=True),
                name="identity_once_per_store",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "-id"), name="customer_newest"),
            models.Index(fields=("owner", "-id"), name="customer_of_owner"),
            models.Index(fields=("attended_by",), name="customer_attended_by"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("customers:customer-detail", args=[self.pk])

    @property
    def display_name(self) -> str:
        """How the floor speaks of them: 王先生 as long as only the surname is known."""
        if self.salutation and is_surname(self.name):
            title = self.get_salutation_display()
            return gettext("%(title)s %(surname)s") % {"title": title, "surname": self.name}
        return self.name

    @property
    def is_named(self) -> bool:
        """Whether more is known than the digits of a number."""
        return not self.name.startswith(NAMELESS)

    @cached_property
    def primary_phone(self) -> str:
        numbers = sorted(self.phones.all(), key=lambda phone: (not phone.is_primary, phone.pk or 0))
        return numbers[0].number if numbers else ""

    @property
    def may_be_contacted(self) -> bool:
        return self.do_not_contact_at is None


class ContactPersonQuerySet(models.QuerySet["ContactPerson"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=Customer.objects.visible_to(user))


class ContactPerson(models.Model):
    """Somebody who speaks for an organisation (联系人), and whether they decide (决策者)."""

    organisation = models.ForeignKey(Customer, models.CASCADE, related_name="people")
    person = models.ForeignKey(Customer, models.CASCADE, related_name="organisations")
    job = models.CharField(_("job"), max_length=60, blank=True)
    is_decision_maker = models.BooleanField(_("decides"), default=False)

    objects = ContactPersonQuerySet.as_manager()

    personal: ClassVar = {"job": Class.IDENTITY}

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organisation", "person"), name="contact_person_once"),
            models.CheckConstraint(
                condition=~Q(organisation=F("person")), name="nobody_is_their_own_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.job}" if self.job else str(self.person)
