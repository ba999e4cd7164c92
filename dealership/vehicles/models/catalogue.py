"""What the brand builds: series, trims with their facts, colours, guide prices from a day on."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from dealership import clock


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


class Feature(models.TextChoices):
    """What people ask for when they choose a trim; a trim has some of them (配置)."""

    SUNROOF = "sunroof", _("Sunroof")
    PANORAMA = "panorama", _("Panoramic roof")
    LEATHER = "leather", _("Leather seats")
    HEATED_SEATS = "heated_seats", _("Heated seats")
    POWER_SEAT = "power_seat", _("Power driver's seat")
    CAMERA_360 = "camera_360", _("360° camera")
    CRUISE = "cruise", _("Adaptive cruise control")
    LANE = "lane", _("Lane keeping")
    PARKING = "parking", _("Parking assistant")
    SIDE_AIRBAGS = "side_airbags", _("Side and curtain airbags")
    BIG_SCREEN = "big_screen", _("Large screen")
    VOICE = "voice", _("Voice control")
    CONNECTED = "connected", _("Phone as a key, connected services")
    POWER_TAILGATE = "power_tailgate", _("Power tailgate")
    ISOFIX = "isofix", _("ISOFIX")
    SPARE_WHEEL = "spare_wheel", _("Spare wheel")


class TrimQuerySet(models.QuerySet["Trim"]):
    def on_sale(self) -> Self:
        return self.filter(is_active=True, series__is_active=True)

    def priced(self, on: date | None = None) -> Self:
        """With `guide_price`, the amount in force on the day (today in the house's zone)."""
        prices = GuidePrice.objects.in_force(on or clock.day_of(clock.now(), clock.HOUSE_ZONE))
        latest = prices.filter(trim=OuterRef("pk")).order_by("-valid_from")
        return self.annotate(guide_price=Subquery(latest.values("amount")[:1]))


class Trim(models.Model):
    """A version of a series (车型) with the facts by which people choose."""

    class Gearbox(models.TextChoices):
        MANUAL = "manual", _("Manual")
        AUTOMATIC = "automatic", _("Automatic")
        SINGLE_SPEED = "single", _("Single-speed")

    guide_price: Decimal | None  # set by `priced()`

    series = models.ForeignKey(Series, models.CASCADE, related_name="trims")
    name = models.CharField(_("name"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("on sale"), default=True)
    seats = models.PositiveSmallIntegerField(_("seats"), default=5)
    gearbox = models.CharField(
        _("gearbox"), max_length=10, choices=Gearbox, default=Gearbox.AUTOMATIC
    )
    engine = models.CharField(_("engine"), max_length=60, blank=True)
    power_kw = models.PositiveSmallIntegerField(_("power (kW)"), null=True, blank=True)
    consumption = models.DecimalField(
        _("fuel consumption (L/100 km)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    range_km = models.PositiveSmallIntegerField(_("electric range (km)"), null=True, blank=True)
    features = models.JSONField(_("features"), default=list, blank=True)

    objects = TrimQuerySet.as_manager()

    class Meta:
        verbose_name = _("trim")
        verbose_name_plural = _("trims")
        ordering = ("series__order", "series", "order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("series", "name"), name="trim_once_per_series"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.name}"

    @property
    def feature_labels(self) -> list[str]:
        """The names of its features, in the order of the list."""
        return [str(feature.label) for feature in Feature if feature.value in self.features]


class GuidePriceQuerySet(models.QuerySet["GuidePrice"]):
    def in_force(self, on: date) -> Self:
        """Prices that have begun by the day; the latest of a trim counts."""
        return self.filter(valid_from__lte=on)


class GuidePrice(models.Model):
    """The brand's guide price of a trim in yuan, from a day on (全国指导价)."""

    trim = models.ForeignKey(Trim, models.CASCADE, related_name="prices", db_index=False)
    amount = models.DecimalField(
        _("guide price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    valid_from = models.DateField(_("valid from"))

    objects = GuidePriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide price")
        verbose_name_plural = _("guide prices")
        ordering = ("trim", "-valid_from")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("trim", "valid_from"), name="guide_price_once_per_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="guide_price_above_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.trim} {self.amount} ({self.valid_from})"


class ColourQuerySet(models.QuerySet["Colour"]):
    def on_sale(self) -> Self:
        return self.filter(is_active=True)


class Colour(models.Model):
    """A paint that the brand offers (颜色), with the swatch that stands for it."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=30, unique=True)
    swatch = models.CharField(
        _("swatch"),
        max_length=7,
        default="#999999",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
    )
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("on sale"), default=True)

    objects = ColourQuerySet.as_manager()

    class Meta:
        verbose_name = _("colour")
        verbose_name_plural = _("colours")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name
