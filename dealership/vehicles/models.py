"""What the brand builds: series and trims; and how a VIN is checked."""

from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SeriesQuerySet(models.QuerySet["Series"]):
    def on_sale(self) -> Self:
        return self.filter(is_active=True)


class Series(models.Model):
    """A line of cars (车系), such as 奕炫MAX."""

    class Body(models.TextChoices):
        SEDAN = "sedan", _("Sedan")
        SUV = "suv", _("SUV")
        MPV = "mpv", _("MPV")

    class Energy(models.TextChoices):
        PETROL = "petrol", _("Petrol")
        HYBRID = "hybrid", _("Hybrid")
        PLUG_IN = "plug_in", _("Plug-in hybrid")
        ELECTRIC = "electric", _("Electric")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    body = models.CharField(_("body"), max_length=8, choices=Body)
    energy = models.CharField(_("energy"), max_length=10, choices=Energy)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("on sale"), default=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name


class Trim(models.Model):
    """A version of a series with its guide price in yuan (指导价)."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="trims")
    name = models.CharField(_("name"), max_length=60)
    guide_price_amount = models.DecimalField(
        _("guide price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("trim")
        verbose_name_plural = _("trims")
        ordering = ("guide_price_amount", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("series", "name"), name="trim_once_per_series"),
            models.CheckConstraint(
                condition=Q(guide_price_amount__gte=0), name="guide_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.name}"
