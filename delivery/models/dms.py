"""SOP-9.8: the sale in the brand's DMS, and the application that a late entry needs."""

from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from delivery.models.deliveries import Delivery


class LateApplicationQuerySet(models.QuerySet["LateApplication"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(delivery__in=Delivery.objects.visible_to(user))

    def waiting(self) -> Self:
        """Sent, and the brand's office has not decided."""
        return self.filter(status=LateApplication.Status.WAITING)

    def usable(self) -> Self:
        """Approved and not yet used for an entry."""
        return self.filter(status=LateApplication.Status.APPROVED, dms_entry__isnull=True)

    def with_people(self) -> Self:
        return self.select_related(
            "store",
            "applied_by",
            "decided_by",
            "delivery__store",
            "delivery__customer",
            "delivery__order__series",
            "delivery__order__trim",
        ).prefetch_related("delivery__customer__phones")


class LateApplication(models.Model):
    """
    The store's request to the brand's vehicle office to enter a sale late (补录申请).

    The office decides outside this house; the clerk records what it decided, on which day and
    under which reference.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for the brand")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        REFUSED = "refused", pgettext_lazy("application", "Refused")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="late_applications")
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.CharField(_("evidence"), max_length=500)
    sent_on = models.DateField(_("sent on"))
    applied_at = models.DateTimeField(_("entered at"))
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    reference = models.CharField(_("reference of the decision"), max_length=60, blank=True)
    decided_at = models.DateTimeField(_("decision entered at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LateApplicationQuerySet.as_manager()

    personal: ClassVar = {"reason": Class.BEHAVIOUR, "evidence": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("late-entry application")
        verbose_name_plural = _("late-entry applications")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("delivery",),
                condition=Q(status__in=("waiting", "approved")),
                name="one_late_application_in_force",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(evidence=""),
                name="late_application_has_reason_and_evidence",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="waiting",
                    decided_on__isnull=True,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    reference="",
                )
                | Q(
                    status__in=("approved", "refused"),
                    decided_on__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                & ~Q(reference=""),
                name="late_decision_complete",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("sent_on")),
                name="late_decision_after_application",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "status", "-id"), name="late_application_by_status")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status}"

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING


class DmsEntryQuerySet(models.QuerySet["DmsEntry"]):
    """What was told to the brand is never changed nor taken back here, by no way of the ORM."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("A DMS entry is immutable.")

    def _update(self, values: Any) -> NoReturn:  # what `save()` of a stored row ends in
        raise TypeError("A DMS entry is immutable.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A DMS entry is immutable.")

    def delete(self) -> NoReturn:
        raise TypeError("A DMS entry is immutable.")


class DmsEntry(models.Model):
    """
    A sale as entered into the brand's DMS: invoice date, use and customer nature as told to it.

    After the window the database takes a row only with a late application, and each
    application once.
    """

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="dms_entry")
    dms_number = models.CharField(_("DMS number"), max_length=40)
    invoice_on = models.DateField(_("invoice date"))
    vehicle_use = models.CharField(_("vehicle use"), max_length=12, choices=Delivery.Use)
    customer_nature = models.CharField(_("customer nature"), max_length=12, choices=Delivery.Nature)
    window_ends_at = models.DateTimeField(_("window ends"))
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    late_application = models.OneToOneField(
        LateApplication, models.PROTECT, null=True, blank=True, related_name="dms_entry"
    )

    objects = DmsEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("DMS entry")
        verbose_name_plural = _("DMS entries")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(entered_at__lt=F("window_ends_at")) | Q(late_application__isnull=False),
                name="dms_entry_in_its_window",
            ),
            models.CheckConstraint(condition=~Q(dms_number=""), name="dms_entry_has_number"),
        ]

    def __str__(self) -> str:
        return self.dms_number

    @property
    def store(self) -> Store:
        return self.delivery.store

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A DMS entry is immutable.")
