"""SOP-2.2: giving a lead up (战败): why, who agreed, and the calls that follow."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import SEES_WHOLE_STORE
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from leads.models.leads import Lead
from leads.models.levels import IntentLevel


class LossReasonQuerySet(models.QuerySet["LossReason"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def offered(self, store: Store) -> Self:
        """What an application of `store` chooses from: parts in use, of groups in use."""
        return self.filter(store=store, is_active=True, parent__is_active=True)

    def with_groups(self) -> Self:
        return self.select_related("parent")


class LossReason(models.Model):
    """Why a lead is given up (战败原因), in two levels: a group and its parts."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="loss_reasons")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("group")
    )
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("in use"), default=True)
    asks_rival = models.BooleanField(_("asks which rival was bought"), default=False)
    stops_contact = models.BooleanField(_("stops all contact at once"), default=False)

    objects = LossReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason of loss")
        verbose_name_plural = _("reasons of loss")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "code"), name="loss_reason_once_per_store"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="loss_reason_not_its_own_group",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Group and part: 竞品 · 已购竞品."""
        return f"{self.parent.name} · {self.name}" if self.parent else self.name


class LossApplicationQuerySet(models.QuerySet["LossApplication"]):
    def visible_to(self, user: User) -> Self:
        """Consultants see their own and those about their leads; the other roles the store's."""
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(Q(applied_by=user) | Q(lead__in=Lead.objects.visible_to(user)))

    def pending(self) -> Self:
        return self.filter(state=LossApplication.State.PENDING)

    def approved(self) -> Self:
        return self.filter(state=LossApplication.State.APPROVED)

    def with_people(self) -> Self:
        return self.select_related(
            "store", "lead__store", "lead__customer", "lead__consultant", "lead__series",
            "lead__level", "reason__parent", "level", "applied_by", "decided_by",
        )  # fmt: skip


class LossApplication(models.Model):
    """
    A consultant's request to give a lead up, for good or for a while (战败申请, 休眠申请).

    Only what the manager approved counts as lost; level and stage are those of that moment.
    """

    class Kind(models.TextChoices):
        LOST = "lost", pgettext_lazy("loss", "Lost")
        DORMANT = "dormant", _("Dormant")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("loss", "To decide")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        RETURNED = "returned", _("Sent back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="loss_applications")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    reason = models.ForeignKey(LossReason, models.PROTECT, related_name="applications")
    rival = models.CharField(_("rival brand"), max_length=40, blank=True)
    rival_series = models.CharField(_("rival series"), max_length=40, blank=True)
    feedback = models.CharField(_("what the customer said"), max_length=1000)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    level = models.ForeignKey(IntentLevel, models.PROTECT, related_name="+")
    stage = models.CharField(_("stage"), max_length=10, choices=Lead.Stage)
    is_direct = models.BooleanField(_("given up on its first day"), default=False)
    revisit_on = models.DateField(_("speak again on"), null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("applied at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.CharField(_("manager's remark"), max_length=500, blank=True)
    # The clock after approval: so many talks have been settled.
    revisits = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = LossApplicationQuerySet.as_manager()

    personal: ClassVar = {
        "rival": Class.BEHAVIOUR,
        "rival_series": Class.BEHAVIOUR,
        "feedback": Class.BEHAVIOUR,
        "remark": Class.BEHAVIOUR,
        "decision": Class.STAFF,
        "revisit_on": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = _("loss application")
        verbose_name_plural = _("loss applications")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("lead",), condition=Q(state="pending"), name="one_pending_loss_per_lead"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="loss_decision_complete",
            ),
            models.CheckConstraint(
                condition=Q(kind="lost") | Q(revisit_on__isnull=False),
                name="dormant_has_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("store", "state", "-id"), name="loss_by_state"),
            models.Index(fields=("store", "-decided_at", "-id"), name="loss_by_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.lead} · {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("leads:loss-decide", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def rival_name(self) -> str:
        return " ".join(filter(None, (self.rival, self.rival_series)))


class LossRecallQuerySet(models.QuerySet["LossRecall"]):
    def visible_to(self, user: User) -> Self:
        """Managers see the store's; the others those that they are to call, or may take up."""
        mine = self.filter(store=user.active_store)
        if user.is_manager:
            return mine
        return mine.filter(Q(caller=user) | Q(caller=None))

    def with_people(self) -> Self:
        return self.select_related(
            "store", "caller", "by", "application__lead__customer", "application__lead__level",
            "application__lead__consultant", "application__lead__store",
            "application__reason__parent", "application__applied_by",
        ).prefetch_related("application__lead__customer__phones")  # fmt: skip


class LossRecall(models.Model):
    """A sample call by somebody else: is the customer really lost (战败抽查回访)?"""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Really lost")
        WANTS = "wants", _("Still wants a car")
        UNREACHABLE = "unreachable", _("Not reached")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    application = models.OneToOneField(LossApplication, models.PROTECT, related_name="recall")
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("since"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("called at"), null=True, blank=True)

    objects = LossRecallQuerySet.as_manager()

    personal: ClassVar = {"remark": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("sample call")
        verbose_name_plural = _("sample calls")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", at__isnull=True)
                | (~Q(outcome="") & Q(at__isnull=False, by__isnull=False)),
                name="recall_complete",
            )
        ]
        indexes: ClassVar = [models.Index(fields=("store", "-opened_at"), name="recall_newest")]

    def __str__(self) -> str:
        return str(self.application)

    def get_absolute_url(self) -> str:
        return reverse("leads:loss-recall", args=[self.pk])
