"""SOP-2, lead development: sources, intent levels, and the lead that a sale hangs on."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series


class Source(models.Model):
    """Where a store's prospects come from (客户来源); a retired one stays on old leads."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="sources")
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "code"), name="source_once_per_store")
        ]

    def __str__(self) -> str:
        return self.name


# Ordered, delivered, lost: what happened sets these, nobody's judgement.
SET_BY_PROCESS = frozenset({"O", "D", "F"})


class IntentLevelQuerySet(models.QuerySet["IntentLevel"]):
    def judged(self, store: Store) -> Self:
        """The levels of `store` that a consultant chooses."""
        return self.filter(store=store, is_active=True).exclude(code__in=SET_BY_PROCESS)


class IntentLevel(models.Model):
    """How soon somebody will buy (意向级别): N H A B C O D F S, with each store's own days."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="levels")
    code = models.CharField(_("code"), max_length=2)
    name = models.CharField(_("name"), max_length=40)
    horizon_days = models.PositiveSmallIntegerField(_("buys within days"), null=True, blank=True)
    interval_days = models.PositiveSmallIntegerField(_("contact every days"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = IntentLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("intent level")
        verbose_name_plural = _("intent levels")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "code"), name="level_once_per_store")
        ]

    def __str__(self) -> str:
        return self.code


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User) -> Self:
        """Consultants see the leads of customers whom they may see; narrowed by store first."""
        if user.active_store is None:
            return self.none()
        mine = self.filter(store=user.active_store)
        whole = Customer.objects.visible_to(user)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(Q(consultant=user) | Q(customer__in=whole))

    def open(self) -> Self:
        return self.filter(status__in=(Lead.Status.OPEN, Lead.Status.ORDERED))

    def for_list(self) -> Self:
        """With no more of the people and things than a line of a list names."""
        return self.select_related("customer", "consultant", "level", "series", "source").only(
            "store_id", "status", "opened_at", "next_contact_on",
            "customer__store_id", "customer__name", "customer__salutation",
            "customer__owner_id", "customer__attended_by_id",
            "consultant__name", "level__code", "level__name", "series__name", "source__name",
        )  # fmt: skip

    def with_people(self) -> Self:
        return self.select_related(
            "customer", "consultant", "level", "series", "source", "store"
        ).prefetch_related("customer__phones")


class Lead(models.Model):
    """One customer's wish for one car, from first contact to delivery (线索)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("lead", "Open")
        ORDERED = "ordered", _("Ordered")
        DELIVERED = "delivered", _("Delivered")
        LOST = "lost", _("Lost")

    NEXT: ClassVar = {
        Status.OPEN: frozenset({Status.ORDERED, Status.LOST}),
        Status.ORDERED: frozenset({Status.OPEN, Status.DELIVERED}),
        Status.DELIVERED: frozenset(),
        Status.LOST: frozenset({Status.OPEN}),
    }

    store = models.ForeignKey(Store, models.PROTECT, related_name="leads")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="leads")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="leads")
    level = models.ForeignKey(IntentLevel, models.PROTECT, related_name="leads")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="leads")
    opened_at = models.DateTimeField(_("opened at"))
    next_contact_on = models.DateField(_("next contact on"), null=True, blank=True)

    objects = LeadQuerySet.as_manager()

    personal: ClassVar = {"next_contact_on": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes: ClassVar = [
            models.Index(fields=("store", "-opened_at", "-id"), name="lead_newest"),
            models.Index(fields=("consultant", "status", "-id"), name="lead_of_consultant"),
            models.Index(fields=("store", "level", "-id"), name="lead_by_level"),
            models.Index(
                fields=("store", "next_contact_on"),
                condition=Q(status__in=("open", "ordered")),
                name="lead_by_next_contact",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("customer",), condition=Q(status="open"), name="one_open_lead_per_customer"
            )
        ]

    def __str__(self) -> str:
        return str(self.customer)

    def get_absolute_url(self) -> str:
        return reverse("customers:customer-detail", args=[self.customer_id])

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.OPEN, self.Status.ORDERED)


class LevelChange(models.Model):
    """One step of a lead's intent level, kept with who, when and why."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="level_changes")
    old = models.ForeignKey(IntentLevel, models.PROTECT, null=True, related_name="+")
    new = models.ForeignKey(IntentLevel, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    personal: ClassVar = {"reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("level change")
        verbose_name_plural = _("level changes")
        ordering = ("-at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="level_really_changes")
        ]

    def __str__(self) -> str:
        return f"{self.old or '–'} → {self.new}"
