"""SOP-2.2, 4.2: the visits that customers have agreed to."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership import clock
from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from leads.models.leads import Lead

STILL_AGREED = Q(state__in=("planned", "confirmed"))


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> Self:
        """Consultants see those of their own customers and those they wait for."""
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(
            Q(consultant=user) | Q(customer__owner=user) | Q(customer__attended_by=user)
        )

    def open(self) -> Self:
        """Agreed, and neither kept nor missed yet."""
        return self.filter(STILL_AGREED)

    def on(self, day: date, store: Store) -> Self:
        """Agreed for a day of the store's zone."""
        return self.filter(
            store=store,
            starts_at__gte=clock.start_of_day(day, store.tz),
            starts_at__lt=clock.end_of_day(day, store.tz),
        )

    def standing(self) -> Self:
        """Those that the day had: not what was moved away or called off."""
        return self.exclude(state__in=("moved", "cancelled"))

    def with_people(self) -> Self:
        people = self.select_related(
            "store", "customer", "consultant", "lead__level", "lead__series", "moved_from"
        )
        return people.prefetch_related("customer__phones")


class Appointment(models.Model):
    """A visit that a customer has agreed to, with day and time (到店预约)."""

    class Purpose(models.TextChoices):
        SEE_CAR = "see_car", _("See cars")
        DRIVE = "drive", _("Test drive")
        ORDER = "order", _("Talk about the order")
        PICK_UP = "pick_up", _("Pick up a car")
        EVENT = "event", _("Event")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("appointment", "Agreed")
        CONFIRMED = "confirmed", pgettext_lazy("appointment", "Confirmed")
        SHOWN = "shown", pgettext_lazy("appointment", "Came")
        NO_SHOW = "no_show", pgettext_lazy("appointment", "Did not come")
        MOVED = "moved", pgettext_lazy("appointment", "Moved")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "Called off")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="appointments", db_index=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="appointments", db_index=False
    )
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField(_("starts at"))
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.SEE_CAR)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    remark = models.CharField(_("note"), max_length=200, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"))
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    moved_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_to"
    )
    # The visit of the register that kept it: a later room's row, so its number alone.
    visit_ref = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    personal: ClassVar = {
        "purpose": Class.BEHAVIOUR,
        "state": Class.BEHAVIOUR,
        "remark": Class.BEHAVIOUR,
        "reason": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("lead",), condition=STILL_AGREED, name="one_open_appointment_per_lead"
            ),
            models.CheckConstraint(
                condition=STILL_AGREED & Q(closed_at__isnull=True)
                | ~STILL_AGREED & Q(closed_at__isnull=False),
                name="appointment_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("moved", "cancelled")) | ~Q(reason=""),
                name="appointment_given_up_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="shown", visit_ref__isnull=False)
                | ~Q(state="shown") & Q(visit_ref__isnull=True),
                name="appointment_kept_by_a_visit",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "starts_at"), name="appointment_by_day"),
            models.Index(fields=("lead", "-starts_at"), name="appointment_of_lead"),
            models.Index(fields=("customer", "-starts_at"), name="appointment_of_customer"),
            models.Index(fields=("visit_ref",), name="appointment_of_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("leads:appointment-confirm", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.CONFIRMED)

    @property
    def local(self) -> datetime:
        """When it starts, in the store's time."""
        return self.starts_at.astimezone(self.store.tz)

    @property
    def day(self) -> date:
        return self.local.date()

    @property
    def visit_url(self) -> str:
        """The visit that kept it, by the URL name of a later room."""
        try:
            return reverse("showroom:visit-detail", args=[self.visit_ref]) if self.visit_ref else ""
        except NoReverseMatch:
            return ""
