"""People and organisations, their phones, consent and cars, and the one timeline."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import connections, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dealership.customers.kinds import KINDS, EventKind
from dealership.names import is_surname
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.staff.roles import EVERYONE, Role

LATE_ENTRY_SECONDS = 1800
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

    @cached_property
    def primary_phone(self) -> str:
        numbers = sorted(self.phones.all(), key=lambda phone: (not phone.is_primary, phone.pk or 0))
        return numbers[0].number if numbers else ""

    @property
    def may_be_contacted(self) -> bool:
        return self.do_not_contact_at is None


class ContactPerson(models.Model):
    """Somebody who speaks for an organisation (联系人), and whether they decide (决策者)."""

    organisation = models.ForeignKey(Customer, models.CASCADE, related_name="people")
    person = models.ForeignKey(Customer, models.CASCADE, related_name="organisations")
    job = models.CharField(_("job"), max_length=60, blank=True)
    is_decision_maker = models.BooleanField(_("decides"), default=False)

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


class Phone(models.Model):
    """A number that reaches a customer, E.164, once in a store."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="phones")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    number = models.CharField(_("phone"), max_length=20)
    is_primary = models.BooleanField(_("primary"), default=False)

    personal: ClassVar = {"number": Class.CONTACT}

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "number"), name="phone_once_per_store"),
            models.UniqueConstraint(
                fields=("customer",), condition=Q(is_primary=True), name="one_primary_phone"
            ),
            models.CheckConstraint(condition=Q(number__startswith="+"), name="phone_is_e164"),
        ]
        indexes: ClassVar = [models.Index(fields=("number",), name="phone_across_stores")]

    def __str__(self) -> str:
        return self.number


class Consent(models.Model):
    """A customer's consent to one purpose, until it is withdrawn (PIPL arts. 13-15)."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("Service messages")
        MARKETING = "marketing", _("Advertising")

    class Method(models.TextChoices):
        SPOKEN = "spoken", _("Spoken")
        WRITTEN = "written", _("On paper")
        ONLINE = "online", _("Online")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    method = models.CharField(_("method"), max_length=10, choices=Method)
    granted_at = models.DateTimeField(_("given at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("customer", "purpose"),
                condition=Q(withdrawn_at__isnull=True),
                name="one_consent_in_force",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("granted_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class OwnedCar(models.Model):
    """A car that a customer owns (保有车辆), sold here or not."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cars")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    plate = models.CharField(_("plate"), max_length=10, blank=True)
    series_text = models.CharField(_("series"), max_length=40, blank=True)
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    bought_on = models.DateField(_("bought on"), null=True, blank=True)

    personal: ClassVar = {"plate": Class.IDENTITY, "vin": Class.IDENTITY}

    class Meta:
        verbose_name = _("owned car")
        verbose_name_plural = _("owned cars")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("store", "plate"), condition=~Q(plate=""), name="plate_once_per_store"
            )
        ]
        indexes: ClassVar = [models.Index(fields=("plate",), name="plate_across_stores")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.plate, self.series_text)))


class SearchKeyQuerySet(models.QuerySet["SearchKey"]):
    def beginning_with(self, store: Store, prefixes: list[str]) -> Self:
        """Keys of `store` that begin with one of `prefixes`, by the index on both databases."""
        meant = Q()
        for prefix in prefixes:
            if connections[self.db].vendor == "postgresql":
                meant |= Q(key__startswith=prefix)
            else:
                # SQLite compares text by code point: a range is a prefix, and uses the index.
                meant |= Q(key__gte=prefix, key__lt=prefix + "\U0010ffff")
        return self.filter(meant, store=store)


class SearchKey(models.Model):
    """A text that finds a customer by prefix; see `dealership.customers.search`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="search_keys")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)

    objects = SearchKeyQuerySet.as_manager()

    personal: ClassVar = {"key": Class.IDENTITY}

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        indexes: ClassVar = [
            models.Index(
                fields=("store", "key", "customer"),
                name="search_by_prefix",
                opclasses=("int8_ops", "varchar_pattern_ops", "int8_ops"),
            )
        ]

    def __str__(self) -> str:
        return self.key


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **values: Any) -> int:
        raise TypeError("The timeline is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The timeline is append-only.")

    def latest_first(self) -> Self:
        return self.order_by("-occurred_at", "-pk")


class Event(models.Model):
    """One thing that happened with a customer: when it happened and when it was entered."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="events")
    lead_ref = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField(_("happened at"))
    entered_at = models.DateTimeField(_("entered at"))
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    personal: ClassVar = {"data": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        indexes: ClassVar = [
            models.Index(fields=("customer", "-occurred_at", "-id"), name="timeline"),
            models.Index(fields=("subject_type", "subject_id"), name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def kind_of(self) -> EventKind:
        return KINDS.get(self.kind) or EventKind(self.kind, self.kind, "point", "customer")

    @property
    def text(self) -> str:
        """The event as a sentence in the reader's language."""
        return self.kind_of.text(self.data)

    @property
    def is_late_entry(self) -> bool:
        """Entered more than 30 minutes after it happened: possible, and shown as such."""
        return (self.entered_at - self.occurred_at).total_seconds() > LATE_ENTRY_SECONDS
