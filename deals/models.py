"""SOP-8, in its first form: the order that a negotiation ends with."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series, Trim
from leads.models import Lead


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> Self:
        """Consultants see their own orders and those of customers whom they may see."""
        if user.active_store is None:
            return self.none()
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(Q(consultant=user) | Q(customer__in=Customer.objects.visible_to(user)))

    def open(self) -> Self:
        """Signed, and the car not handed over yet."""
        return self.filter(status=Order.Status.OPEN)

    def with_people(self) -> Self:
        return self.select_related(
            "store", "lead__level", "customer", "consultant", "series", "trim"
        ).prefetch_related("customer__phones")


class Order(models.Model):
    """A car that a customer has ordered (订单): level O until it is delivered or cancelled."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("of an order", "Open")
        DELIVERED = "delivered", pgettext_lazy("of an order", "Delivered")
        CANCELLED = "cancelled", pgettext_lazy("of an order", "Cancelled")

    NEXT: ClassVar = {
        Status.OPEN: frozenset({Status.DELIVERED, Status.CANCELLED}),
        Status.DELIVERED: frozenset(),
        Status.CANCELLED: frozenset(),
    }

    store = models.ForeignKey(Store, models.PROTECT, related_name="orders")
    number = models.CharField(_("order number"), max_length=20)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="orders")
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="orders",
        verbose_name=pgettext_lazy("of a customer", "consultant"),
    )
    series = models.ForeignKey(
        Series, models.PROTECT, related_name="orders", verbose_name=_("series")
    )
    trim = models.ForeignKey(
        Trim, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("trim")
    )
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    ordered_at = models.DateTimeField(_("ordered at"))
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = OrderQuerySet.as_manager()

    personal: ClassVar = {"vin": Class.IDENTITY, "cancel_reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "number"), name="order_number_once_per_store"),
            models.UniqueConstraint(
                fields=("lead",),
                condition=Q(status__in=("open", "delivered")),
                name="one_order_in_force_per_lead",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "delivered", "cancelled")),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason="")
                | ~Q(status="cancelled") & Q(cancelled_at__isnull=True, cancel_reason=""),
                name="cancelled_order_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(cancelled_at__gte=F("ordered_at")),
                name="order_cancelled_after_it_was_placed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "-ordered_at", "-id"), name="order_newest"),
            models.Index(fields=("store", "status", "-ordered_at", "-id"), name="order_by_status"),
            models.Index(fields=("consultant", "-ordered_at", "-id"), name="order_of_consultant"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("deals:order-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def car(self) -> str:
        """The car in words: the trim's whole name if it is known."""
        return str(self.trim or self.series)
