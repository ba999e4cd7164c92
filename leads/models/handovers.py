"""Handing everything of a consultant over to others, and taking it back within 72 hours."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.staff.models import Store, User

UNDO_WITHIN = timedelta(hours=72)


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def with_people(self) -> Self:
        return self.select_related("store", "leaver", "by", "undone_by")


class HandOver(models.Model):
    """All customers of one consultant given to others (离职交接), with everything owed to them."""

    class Spread(models.TextChoices):
        ONE = "one", _("All to one person")
        EVEN = "even", _("Evenly")
        LEVEL = "level", _("Evenly within each intent level")
        SERIES = "series", _("Each series to one person")

    store = models.ForeignKey(Store, models.PROTECT, related_name="hand_overs", db_index=False)
    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="hand_overs",
        verbose_name=_("consultant who leaves"),
    )  # fmt: skip
    spread = models.CharField(_("how it is spread"), max_length=6, choices=Spread)
    is_texting = models.BooleanField(_("customers are told by SMS"), default=False)
    is_freezing = models.BooleanField(_("the account was closed with it"), default=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_by__isnull=False),
                name="hand_over_undone_by_somebody",
            )
        ]
        indexes: ClassVar = [models.Index(fields=("store", "-id"), name="hand_over_newest")]

    def __str__(self) -> str:
        return str(self.leaver)

    def get_absolute_url(self) -> str:
        return reverse("leads:hand-over-detail", args=[self.pk])

    def can_be_undone(self, at: datetime) -> bool:
        return self.undone_at is None and at <= self.at + UNDO_WITHIN


class HandOverRow(models.Model):
    """One thing that changed hands: undoing gives it back if `to` still has it."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        LEAD = "lead", _("Lead")
        DEADLINE = "deadline", _("Deadline")
        OTHER = "other", _("Other")

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="rows", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    # The row's table where it is none of ours: an appointment, an order.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("handed-over row")
        verbose_name_plural = _("handed-over rows")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("hand_over", "kind", "subject_type", "subject_id"),
                name="handed_over_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id} → {self.to}"
