"""SOP-2.9: campaigns that collect leads (活动), with what they cost."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.staff.models import Store, User
from leads.models.sources import Source


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def on(self, day: object) -> Self:
        """Running on `day`."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, cancelled_at__isnull=True)


class Campaign(models.Model):
    """An event or advertising that brings leads (活动): its days, channel, budget and form."""

    class Channel(models.TextChoices):
        IN_STORE = "in_store", _("Event in the showroom")
        AUTO_SHOW = "auto_show", _("Auto show")
        OUTDOOR = "outdoor", _("Outdoor drive or display")
        LAUNCH = "launch", _("Launch")
        ONLINE = "online", _("Online advertising")
        SOCIAL = "social", _("Social media")
        PRESS = "press", _("Press")
        BROADCAST = "broadcast", _("Radio or TV")
        DIRECT_MAIL = "direct_mail", _("SMS or direct mail")
        GIFT = "gift", _("Gifts")
        OTHER = "other", _("Other")

    store = models.ForeignKey(Store, models.PROTECT, related_name="campaigns")
    name = models.CharField(_("name"), max_length=60)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="campaigns", verbose_name=_("source of its leads")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    place = models.CharField(_("place"), max_length=100, blank=True)
    description = models.CharField(_("what it is about"), max_length=1000, blank=True)
    budget_amount = models.DecimalField(
        _("budget"), max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    # The public form: its address holds this word, which nobody can guess.
    form_key = models.SlugField(_("form"), max_length=24, unique=True, editable=False)
    is_form_open = models.BooleanField(_("the form is open"), default=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("marketing", "campaign")
        verbose_name_plural = pgettext_lazy("marketing", "campaigns")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(budget_amount__gte=0), name="campaign_budget_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "-starts_on", "-id"), name="campaign_latest")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("leads:campaign-detail", args=[self.pk])
