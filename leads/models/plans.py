"""SOP-2.4 and 2.8: the month's plans for base customers and for prospecting."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.staff.roles import Role

# Who sees the plans of all; the others see their own.
SEES_ALL_PLANS = (Role.SALES_MANAGER, Role.GENERAL_MANAGER, Role.GROUP_ADMIN, Role.CLERK)


class MonthlyPlanQuerySet(models.QuerySet["MonthlyPlan"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)


class MonthlyPlan(models.Model):
    """
    What the store means to do in a month: base customers (基盘计划) or prospecting (开发计划).

    The manager's signature under the evaluation freezes the figures.
    """

    class Kind(models.TextChoices):
        BASE = "base", _("Base customers")
        PROSPECTING = "prospecting", _("Prospecting")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "Draft")
        IN_PLACE = "in_place", pgettext_lazy("plan", "In place")
        EVALUATED = "evaluated", pgettext_lazy("plan", "Evaluated")

    store = models.ForeignKey(Store, models.PROTECT, related_name="plans")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    month = models.DateField(_("month"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    placed_at = models.DateTimeField(_("in place since"), null=True, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    evaluation = models.CharField(_("evaluation"), max_length=2000, blank=True)
    score = models.PositiveSmallIntegerField(
        _("score"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    evaluated_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    evaluated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    figures = models.JSONField(_("figures"), default=dict, blank=True)

    objects = MonthlyPlanQuerySet.as_manager()

    personal: ClassVar = {"evaluation": Class.STAFF, "figures": Class.STAFF}

    class Meta:
        verbose_name = _("monthly plan")
        verbose_name_plural = _("monthly plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("store", "kind", "month"), name="one_plan_a_month_and_kind"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="plan_begins_on_the_first"),
            models.CheckConstraint(
                condition=~Q(status="evaluated")
                | (Q(evaluated_at__isnull=False, evaluated_by__isnull=False, score__isnull=False)
                   & ~Q(evaluation="")),
                name="evaluation_is_signed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("leads:plan-month", args=[self.kind, f"{self.month:%Y-%m}"])

    @property
    def is_frozen(self) -> bool:
        return self.status == self.Status.EVALUATED


class Segment(models.TextChoices):
    """What a plan sets targets for; each kind of plan has its own."""

    OWNER = "owner", _("Owners, sold here")
    OUTSIDE = "outside", _("Owners, sold elsewhere")
    LOST = "lost", _("Lost and dormant")
    DOOR_TO_DOOR = "door_to_door", _("Door-to-door visits")
    LIST = "list", _("List visits")
    LEADS = "leads", _("Leads to win")


SEGMENTS: dict[str, tuple[Segment, ...]] = {
    MonthlyPlan.Kind.BASE: (Segment.OWNER, Segment.OUTSIDE, Segment.LOST, Segment.LEADS),
    MonthlyPlan.Kind.PROSPECTING: (Segment.DOOR_TO_DOOR, Segment.LIST, Segment.LEADS),
}


class PlanTarget(models.Model):
    """A consultant's target for a segment of the month's plan."""

    plan = models.ForeignKey(MonthlyPlan, models.CASCADE, related_name="targets")
    consultant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    segment = models.CharField(_("segment"), max_length=12, choices=Segment)
    amount = models.PositiveSmallIntegerField(_("target"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("plan", "consultant", "segment"), name="target_once_per_plan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultant} {self.get_segment_display()} {self.amount}"


class PlannedVisitQuerySet(models.QuerySet["PlannedVisit"]):
    def visible_to(self, user: User) -> Self:
        mine = self.filter(store=user.active_store)
        return mine if user.has_role(*SEES_ALL_PLANS) else mine.filter(consultant=user)

    def planned_in(self, first: date, last: date) -> Self:
        return self.filter(planned_on__range=(first, last))

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def ahead(self) -> Self:
        """Neither done nor dropped."""
        return self.filter(done_at__isnull=True, dropped_at__isnull=True)


class PlannedVisit(models.Model):
    """A visit of ours to prospects (外拓拜访): door to door (地毯式) or by a list (名单)."""

    class Way(models.TextChoices):
        DOOR_TO_DOOR = "door_to_door", _("Door to door")
        LIST = "list", _("By list")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="planned_visits", db_index=False
    )
    way = models.CharField(_("way"), max_length=12, choices=Way)
    place = models.CharField(_("organisation or place"), max_length=100)
    planned_on = models.DateField(_("planned for"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=500, blank=True)
    leads_won = models.PositiveSmallIntegerField(_("leads won"), default=0)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    objects = PlannedVisitQuerySet.as_manager()

    personal: ClassVar = {"place": Class.IDENTITY, "result": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("planned visit")
        verbose_name_plural = _("planned visits")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True),
                name="visit_is_done_or_dropped",
            ),
            models.CheckConstraint(
                condition=Q(leads_won=0) | Q(done_at__isnull=False),
                name="only_a_done_visit_wins_leads",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "planned_on", "id"), name="outing_of_store"),
            models.Index(fields=("consultant", "planned_on", "id"), name="outing_of_consultant"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.planned_on}"

    @property
    def is_ahead(self) -> bool:
        return self.done_at is None and self.dropped_at is None
