"""SOP-2.2: the lead, the spine of a sale."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.models.campaigns import Campaign
from leads.models.levels import IntentLevel
from leads.models.lists import ProspectList
from leads.models.sources import Source, Way


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User) -> Self:
        """
        Consultants see their own and those of customers whom they may see (`Customer`).

        Told by joins: a list of all their customers would be read for each page.
        """
        if user.active_store is None:
            return self.none()
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        whose = Q(customer__owner=user) | Q(customer__attended_by=user)
        return mine.filter(Q(consultant=user) | (whose & Q(customer__merged_into=None)))

    def open(self) -> Self:
        return self.filter(status__in=(Lead.Status.OPEN, Lead.Status.ORDERED))

    def pooled(self, store: Store) -> Self:
        """公海: open wishes of `store` that nobody looks after, for any consultant to claim."""
        return self.filter(store=store, status=Lead.Status.OPEN, pooled_at__isnull=False)

    def for_list(self) -> Self:
        """With no more of the people and things than a line of a list names."""
        return self.select_related(
            "customer", "consultant", "level", "series", "source", "campaign"
        ).only(
            "store_id", "status", "stage", "way", "opened_at", "next_contact_on",
            "last_contacted_at",
            "customer__store_id", "customer__name", "customer__salutation",
            "customer__owner_id", "customer__attended_by_id",
            "consultant__name", "level__code", "level__name", "series__name", "source__name",
            "campaign__name",
        )  # fmt: skip

    def with_people(self) -> Self:
        return self.select_related(
            "customer", "consultant", "level", "series", "source", "store"
        ).prefetch_related("customer__phones")


class Lead(models.Model):
    """One customer's wish for one car, from first contact to delivery (线索)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("lead", "Open")
        ORDERED = "ordered", _("Ordered")
        DELIVERED = "delivered", _("Delivered")
        LOST = "lost", _("Lost")
        DORMANT = "dormant", _("Dormant")
        JOINED = "joined", pgettext_lazy("lead", "Joined with another")

    class Stage(models.TextChoices):
        """How far the sale has come; evidence moves it on, never a judgement."""

        NEW = "new", pgettext_lazy("lead", "New")
        CONTACTED = "contacted", _("Spoken to")
        INVITED = "invited", _("Visit agreed")
        VISITED = "visited", _("Has come in")
        DRIVEN = "driven", _("Has driven")
        QUOTED = "quoted", _("Has a quote")
        ORDERED = "ordered", _("Ordered")
        DELIVERED = "delivered", _("Delivered")

    class BaseKind(models.TextChoices):
        """What the customer was to us when the lead opened (基盘客户, SOP-2.3); empty: new."""

        OWNER = "owner", _("Owner, sold here")
        OUTSIDE_OWNER = "outside", _("Owner, sold elsewhere")
        LOST = "lost", _("Lost before")

    NEXT: ClassVar = {
        Status.OPEN: frozenset({Status.ORDERED, Status.LOST, Status.DORMANT}),
        Status.ORDERED: frozenset({Status.OPEN, Status.DELIVERED}),
        Status.DELIVERED: frozenset(),
        Status.LOST: frozenset({Status.OPEN}),
        Status.DORMANT: frozenset({Status.OPEN, Status.LOST}),
        # No step of a sale: the lead was another one of the same person (customers' merge).
        Status.JOINED: frozenset(),
    }

    store = models.ForeignKey(Store, models.PROTECT, related_name="leads")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="leads")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="leads")
    level = models.ForeignKey(IntentLevel, models.PROTECT, related_name="leads")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="leads")
    opened_at = models.DateTimeField(_("opened at"))
    next_contact_on = models.DateField(_("next contact on"), null=True, blank=True)
    remark = models.CharField(_("what they wish for"), max_length=1000, blank=True)

    # Where it came from: one first source, and what stands behind it (SOP-2.1).
    way = models.CharField(_("how it came"), max_length=10, choices=Way, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    referrer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="referred_leads",
        verbose_name=_("referred by"),
    )  # fmt: skip
    prospect_list = models.ForeignKey(
        ProspectList, models.PROTECT, null=True, blank=True, related_name="leads",
        verbose_name=_("list"),
    )  # fmt: skip
    base_kind = models.CharField(_("base customer"), max_length=8, choices=BaseKind, blank=True)

    # How far it has come.
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.NEW)
    first_contacted_at = models.DateTimeField(_("first spoken to"), null=True, blank=True)
    last_contacted_at = models.DateTimeField(_("last spoken to"), null=True, blank=True)
    # The planned contacts so far; the number is the period of the open one's deadline.
    follow_ups = models.PositiveIntegerField(default=0, editable=False)

    # The same wish of the same person, registered twice: the older lead goes on.
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined_leads"
    )

    # Whose it is: in the pool (公海) since, and who had it before.
    pooled_at = models.DateTimeField(_("in the pool since"), null=True, blank=True)
    pooled_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    pool_reason = models.CharField(_("why it is in the pool"), max_length=200, blank=True)

    # Not stored: what `capture_lead` tells its caller, that the lead was open before.
    was_open = False

    objects = LeadQuerySet.as_manager()

    personal: ClassVar = {
        "next_contact_on": Class.BEHAVIOUR,
        "remark": Class.BEHAVIOUR,
        "pool_reason": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes: ClassVar = [
            models.Index(fields=("store", "-opened_at", "-id"), name="lead_newest"),
            models.Index(fields=("consultant", "status", "-id"), name="lead_of_consultant"),
            models.Index(fields=("store", "level", "-id"), name="lead_by_level"),
            # A closed lead plans no contact: these hold open ones alone. A condition on the status
            # would not do, SQLite sees no values while it plans.
            models.Index(
                fields=("store", "next_contact_on", "id"),
                condition=Q(next_contact_on__isnull=False),
                name="lead_by_next_contact",
            ),
            models.Index(
                fields=("consultant", "next_contact_on", "id"),
                condition=Q(next_contact_on__isnull=False),
                name="lead_of_consultant_by_next",
            ),
            models.Index(
                fields=("store", "status", "last_contacted_at", "id"), name="lead_by_last_contact"
            ),
            models.Index(
                fields=("store", "-pooled_at", "-id"),
                condition=Q(pooled_at__isnull=False),
                name="lead_pool",
            ),
            models.Index(fields=("store", "source", "-id"), name="lead_by_source"),
            models.Index(fields=("store", "stage", "-id"), name="lead_by_stage"),
            models.Index(
                fields=("campaign", "-id"),
                condition=Q(campaign__isnull=False),
                name="lead_of_campaign",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("customer",), condition=Q(status="open"), name="one_open_lead_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(status="joined", joined_into__isnull=False)
                | (~Q(status="joined") & Q(joined_into__isnull=True)),
                name="joined_lead_says_with_which",
            ),
            models.CheckConstraint(
                condition=Q(pooled_at__isnull=True) | Q(status="open", consultant__isnull=True),
                name="pooled_lead_is_open_and_nobodys",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)

    def get_absolute_url(self) -> str:
        return reverse("customers:customer-detail", args=[self.customer_id])

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.OPEN, self.Status.ORDERED)
