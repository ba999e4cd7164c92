"""SOP-2.2: leads that portals and the store's own site send by key, none of them lost."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from leads.models.campaigns import Campaign
from leads.models.leads import Lead
from leads.models.sources import Source


class IntakeKeyQuerySet(models.QuerySet["IntakeKey"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def valid(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class IntakeKey(models.Model):
    """The key by which a portal sends leads (线索接口密钥); only its digest is kept."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="intake_keys")
    name = models.CharField(_("who sends"), max_length=60)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="+", verbose_name=_("source of its leads")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = IntakeKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key for sending leads")
        verbose_name_plural = _("keys for sending leads")

    def __str__(self) -> str:
        return self.name


class IntakeEntryQuerySet(models.QuerySet["IntakeEntry"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def unsettled(self) -> Self:
        """What could not be taken and nobody has dealt with."""
        return self.filter(state=IntakeEntry.State.REFUSED)

    def with_people(self) -> Self:
        return self.select_related("key", "campaign", "lead__customer", "settled_by")


class IntakeEntry(models.Model):
    """One lead as it was sent (来源报文): what became of it, and why it could not be taken."""

    class State(models.TextChoices):
        TAKEN = "taken", _("New lead")
        DUPLICATE = "duplicate", _("Already a lead")
        REFUSED = "refused", _("Not taken")
        SETTLED = "settled", _("Dealt with")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    # Sent by key, or typed into the form of a campaign.
    key = models.ForeignKey(
        IntakeKey, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    external_id = models.CharField(_("their id"), max_length=80, blank=True)
    received_at = models.DateTimeField(_("received at"))
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = IntakeEntryQuerySet.as_manager()

    personal: ClassVar = {"payload": Class.IDENTITY}

    class Meta:
        verbose_name = _("lead as it was sent")
        verbose_name_plural = _("leads as they were sent")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("key", "external_id"),
                condition=~Q(external_id=""),
                name="intake_once_per_id",
            ),
            models.CheckConstraint(
                condition=Q(key__isnull=False) | Q(campaign__isnull=False),
                name="intake_came_from_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="intake_refusal_has_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "-id"), name="intake_newest"),
            models.Index(
                fields=("store", "-id"), condition=Q(state="refused"), name="intake_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key or self.campaign} {self.external_id}"
