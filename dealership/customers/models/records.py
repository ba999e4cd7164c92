"""What is kept with a customer: numbers, consent and cars."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.customers import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store


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
    # Which wording the customer said yes to, where it was shown to them.
    wording = models.CharField(_("wording"), max_length=300, blank=True)
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
        indexes: ClassVar = [
            models.Index(fields=("plate",), name="plate_across_stores"),
            models.Index(fields=("store", "vin"), condition=~Q(vin=""), name="car_by_vin"),
            models.Index(
                fields=("store", "bought_on"),
                condition=Q(bought_on__isnull=False),
                name="car_by_age",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.plate, self.series_text)))
