"""SOP-2.9: campaigns that collect leads (活动), with what they cost."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.staff.models import Store, User
from leads.models.sources import Source, Way


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def on(self, day: date) -> Self:
        """Running on `day`."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, cancelled_at__isnull=True)

    def planned(self, day: date) -> Self:
        return self.filter(starts_on__gt=day, cancelled_at__isnull=True)

    def over(self, day: date) -> Self:
        """Past, or called off."""
        return self.filter(Q(ends_on__lt=day) | Q(cancelled_at__isnull=False))


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

    # Those that people come to: the form asks how many come, and there may be only so many places.
    EVENTS: ClassVar = frozenset({"in_store", "auto_show", "outdoor", "launch"})

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

    @property
    def is_event(self) -> bool:
        return self.channel in self.EVENTS

    @property
    def way(self) -> Way:
        """How its leads come."""
        return Way.EVENT if self.is_event else Way.ONLINE

    def state_on(self, day: date) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if day < self.starts_on:
            return "planned"
        return "over" if day > self.ends_on else "running"


class CampaignCostQuerySet(models.QuerySet["CampaignCost"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(campaign__store=user.active_store)


class CampaignCost(models.Model):
    """Money that a campaign has cost (活动费用): what for, how much, when."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="costs", db_index=False)
    what = models.CharField(_("what for"), max_length=60)
    amount = models.DecimalField(
        _("yuan"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    on = models.DateField(_("on"))
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = CampaignCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost of a campaign")
        verbose_name_plural = _("costs of campaigns")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="campaign_cost_is_money")
        ]
        indexes: ClassVar = [models.Index(fields=("campaign", "-on"), name="cost_of_campaign")]

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def visible_to(self, user: User) -> Self:
        """Of the store's campaigns, and customers whom the person may see."""
        mine = self.filter(campaign__store=user.active_store)
        return mine.filter(customer__in=Customer.objects.visible_to(user))

    def with_people(self) -> Self:
        return self.select_related("campaign", "customer", "lead__level", "lead__consultant")


class SignUp(models.Model):
    """Somebody who answered a campaign (报名): once each, and whether they came to the event."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("Signed up")
        CAME = "came", _("Came")
        ABSENT = "absent", _("Stayed away")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sign_ups", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sign_ups")
    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="sign_ups", null=True)
    party_size = models.PositiveSmallIntegerField(
        _("party"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REGISTERED)
    at = models.DateTimeField(_("signed up at"))
    settled_at = models.DateTimeField(_("came or stayed away, noted at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("campaign", "customer"), name="one_sign_up_per_customer"
            ),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="somebody_signs_up"),
        ]
        indexes: ClassVar = [models.Index(fields=("campaign", "-id"), name="sign_ups_newest")]

    def __str__(self) -> str:
        return str(self.customer)
