"""The one timeline."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealership.customers.kinds import KINDS, EventKind
from dealership.customers.models.customers import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store

LATE_ENTRY_SECONDS = 1800


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **values: Any) -> int:
        raise TypeError("The timeline is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The timeline is append-only.")

    def latest_first(self) -> Self:
        return self.order_by("-occurred_at", "-pk")


class Event(models.Model):
    """One thing that happened with a customer: when it happened and when it was entered."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="events")
    lead_ref = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField(_("happened at"))
    entered_at = models.DateTimeField(_("entered at"))
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    personal: ClassVar = {"data": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        indexes: ClassVar = [
            models.Index(fields=("customer", "-occurred_at", "-id"), name="timeline"),
            models.Index(fields=("subject_type", "subject_id"), name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def kind_of(self) -> EventKind:
        return KINDS.get(self.kind) or EventKind(self.kind, self.kind, "point", "customer")

    @property
    def text(self) -> str:
        """The event as a sentence in the reader's language."""
        return self.kind_of.text(self.data)

    @property
    def is_late_entry(self) -> bool:
        """Entered more than 30 minutes after it happened: possible, and shown as such."""
        return (self.entered_at - self.occurred_at).total_seconds() > LATE_ENTRY_SECONDS
