"""Every car by its VIN: what it is, where it stands, what it is used for (SOP-3.3, 3.4)."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership import clock
from dealership.staff.models import Store
from dealership.vehicles.models.catalogue import Colour, Trim

if TYPE_CHECKING:
    from dealership.staff.models import User


class CarQuerySet(models.QuerySet["Car"]):
    def visible_to(self, user: "User") -> Self:
        """The cars of the store that the person works in now."""
        return self.filter(store=user.active_store)

    def with_model(self) -> Self:
        return self.select_related("trim__series", "colour", "store")

    def here(self) -> Self:
        """In the store's hands."""
        return self.filter(state=Car.State.IN_STOCK)

    def coming(self) -> Self:
        """Ordered from the brand, or on the road."""
        return self.filter(state__in=(Car.State.ORDERED, Car.State.IN_TRANSIT))

    def on_display(self) -> Self:
        return self.here().filter(use=Car.Use.DISPLAY)

    def for_sale(self) -> Self:
        """In stock and not lent, driven by testers or given away."""
        return self.here().filter(use__in=(Car.Use.SALE, Car.Use.DISPLAY))


class Car(models.Model):
    """One car, from the order at the brand to the day it leaves (车辆)."""

    class State(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("car", "Ordered")
        IN_TRANSIT = "in_transit", _("In transit")
        IN_STOCK = "in_stock", _("In stock")
        DELIVERED = "delivered", pgettext_lazy("car", "Delivered")
        GONE = "gone", _("Given to another store")

    class Use(models.TextChoices):
        SALE = "sale", _("For sale")
        DISPLAY = "display", _("Display car")
        TEST_DRIVE = "test_drive", _("Test-drive car")
        LENT = "lent", _("Lent")

    class Place(models.TextChoices):
        SHOWROOM = "showroom", pgettext_lazy("place", "Showroom")
        YARD = "yard", _("Yard")
        WAREHOUSE = "warehouse", _("Warehouse")
        WORKSHOP = "workshop", _("Workshop")
        ELSEWHERE = "elsewhere", _("Elsewhere")

    store = models.ForeignKey(Store, models.PROTECT, related_name="cars", db_index=False)
    vin = models.CharField(_("VIN"), max_length=17, unique=True, null=True, blank=True)
    trim = models.ForeignKey(Trim, models.PROTECT, related_name="cars", verbose_name=_("trim"))
    colour = models.ForeignKey(
        Colour, models.PROTECT, related_name="cars", verbose_name=_("colour")
    )
    interior = models.CharField(_("interior"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ORDERED)
    use = models.CharField(_("used as"), max_length=12, choices=Use, default=Use.SALE)
    place = models.CharField(_("place"), max_length=12, choices=Place, blank=True)
    spot = models.CharField(_("spot"), max_length=30, blank=True)
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    eta_on = models.DateField(_("expected on"), null=True, blank=True)
    arrived_on = models.DateField(_("in stock since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    # 合格证: many a car's certificate lies with the bank until it is paid.
    is_pledged = models.BooleanField(_("certificate at the bank"), default=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = CarQuerySet.as_manager()

    class Meta:
        verbose_name = _("car")
        verbose_name_plural = _("cars")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="in_stock")
                | Q(vin__isnull=False, arrived_on__isnull=False, left_on__isnull=True),
                name="car_in_stock_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("delivered", "gone")) | Q(left_on__isnull=False),
                name="car_that_left_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(use="sale") | Q(state="in_stock"), name="only_cars_here_are_used"
            ),
        ]
        indexes: ClassVar = [
            # The stock board: what is here and what comes, by store.
            models.Index(fields=("store", "state", "trim"), name="car_stock"),
        ]

    def __str__(self) -> str:
        return f"{self.trim} {self.colour} {self.vin or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("vehicles:car-detail", args=[self.pk])

    @property
    def is_here(self) -> bool:
        return self.state == self.State.IN_STOCK

    def days_in_stock(self, today: date | None = None) -> int | None:
        """Days since it arrived, in the store's zone; None while it is not here."""
        if self.arrived_on is None or not self.is_here:
            return None
        return ((today or clock.day_of(clock.now(), self.store.tz)) - self.arrived_on).days


class CarMove(models.Model):
    """What happened to a car (车辆流水): it came, moved, was put to a use, left."""

    car = models.ForeignKey(Car, models.CASCADE, related_name="moves", db_index=False)
    what = models.CharField(max_length=12)
    data = models.JSONField(default=dict)
    by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("movement of a car")
        verbose_name_plural = _("movements of cars")
        indexes: ClassVar = [models.Index(fields=("car", "-at"), name="move_of_car")]

    def __str__(self) -> str:
        return f"{self.car_id} {self.what}"

    def get(self, name: str) -> Any:
        return self.data.get(name)
