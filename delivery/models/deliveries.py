"""The hand-over itself."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership import clock
from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from deals.models import Order
from delivery.windows import as_said
from leads.models import Lead


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        """Consultants see their own, their customers', and those with a task handed to them."""
        if user.active_store is None:
            return self.none()
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(
            Q(consultant=user)
            | Q(customer__in=Customer.objects.visible_to(user))
            | Q(pk__in=owed_by(user, Delivery))
        )

    def with_people(self) -> Self:
        return self.select_related(
            "store", "order__series", "order__trim", "lead", "customer", "consultant"
        ).prefetch_related("customer__phones")

    def not_in_dms(self) -> Self:
        return self.filter(dms_entry__isnull=True)

    def in_dms(self) -> Self:
        return self.filter(dms_entry__isnull=False)


def owed_by(user: User, model: type[models.Model]) -> Any:
    """Ids of the `model` rows about which `user` owes something now."""
    owed = Deadline.objects.open().filter(owner=user, subject_type=model._meta.label_lower)
    return owed.values("subject_id")


class Delivery(models.Model):
    """
    A car handed over to the customer who ordered it (交车).

    `dms_window_ends_at` is frozen when the car is handed over: 24:00 of the second day after
    the invoice day, in the store's zone (SOP-9.8).
    """

    class Use(models.TextChoices):
        HOUSEHOLD = "household", _("Household")
        COMMERCIAL = "commercial", _("Commercial")

    class Nature(models.TextChoices):
        PRIVATE = "private", _("Private customer")
        COMPANY = "company", _("Company")
        GOVERNMENT = "government", _("Government body")

    store = models.ForeignKey(Store, models.PROTECT, related_name="deliveries")
    order = models.OneToOneField(Order, models.PROTECT, related_name="delivery")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="deliveries")
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="deliveries", verbose_name=_("customer")
    )
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deliveries",
        verbose_name=pgettext_lazy("of a customer", "consultant"),
    )
    vin = models.CharField(_("VIN"), max_length=17)
    delivered_at = models.DateTimeField(_("handed over at"))
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))
    invoice_on = models.DateField(_("invoice date"))
    vehicle_use = models.CharField(_("vehicle use"), max_length=12, choices=Use)
    customer_nature = models.CharField(_("customer nature"), max_length=12, choices=Nature)
    dms_window_ends_at = models.DateTimeField(_("DMS window ends"))
    filed_at = models.DateTimeField(_("file complete at"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DeliveryQuerySet.as_manager()

    personal: ClassVar = {"vin": Class.IDENTITY}

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "vin"), name="car_delivered_once_per_store"),
            models.CheckConstraint(condition=~Q(vin=""), name="delivery_has_vin"),
            models.CheckConstraint(
                condition=Q(vehicle_use__in=("household", "commercial")),
                name="delivery_use_known",
            ),
            models.CheckConstraint(
                condition=Q(customer_nature__in=("private", "company", "government")),
                name="delivery_customer_nature_known",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__lte=F("entered_at")),
                name="delivery_entered_after_it_happened",
            ),
            models.CheckConstraint(
                condition=Q(filed_at__isnull=True) | Q(filed_at__gte=F("delivered_at")),
                name="delivery_filed_after_hand_over",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "-delivered_at", "-id"), name="delivery_newest"),
            models.Index(fields=("consultant", "-delivered_at"), name="delivery_of_consultant"),
            models.Index(fields=("store", "dms_window_ends_at", "id"), name="delivery_by_window"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.order.car}"

    def get_absolute_url(self) -> str:
        return reverse("delivery:delivery-detail", args=[self.pk])

    @property
    def window_text(self) -> str:
        return as_said(self.dms_window_ends_at, self.store.tz)

    @property
    def window_is_over(self) -> bool:
        """Whether the DMS takes this sale only with an approved late-entry application."""
        return clock.now() >= self.dms_window_ends_at
