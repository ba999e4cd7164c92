"""SOP-2: how soon somebody will buy, and each step of that judgement."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.staff.models import Store

# Ordered, delivered, lost, dormant: what happened sets these, nobody's judgement.
SET_BY_PROCESS = frozenset({"O", "D", "F", "S"})


class IntentLevelQuerySet(models.QuerySet["IntentLevel"]):
    def judged(self, store: Store) -> Self:
        """The levels of `store` that a consultant chooses."""
        return self.filter(store=store, is_active=True).exclude(code__in=SET_BY_PROCESS)


class IntentLevel(models.Model):
    """How soon somebody will buy (意向级别): N H A B C O D F S, with each store's own days."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="levels")
    code = models.CharField(_("code"), max_length=2)
    name = models.CharField(_("name"), max_length=40)
    horizon_days = models.PositiveSmallIntegerField(_("buys within days"), null=True, blank=True)
    interval_days = models.PositiveSmallIntegerField(_("contact every days"), null=True, blank=True)
    cap_days = models.PositiveSmallIntegerField(
        _("next contact within days"), null=True, blank=True
    )
    recycle_days = models.PositiveSmallIntegerField(
        _("to the pool after days without contact"), null=True, blank=True
    )
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = IntentLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("intent level")
        verbose_name_plural = _("intent levels")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "code"), name="level_once_per_store"),
            models.CheckConstraint(
                condition=Q(interval_days__isnull=True)
                | Q(cap_days__isnull=True)
                | Q(cap_days__gte=models.F("interval_days")),
                name="level_cap_not_under_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_judged(self) -> bool:
        """Chosen by a consultant and saying how soon: not N, which nobody has judged yet."""
        return self.horizon_days is not None and self.code not in SET_BY_PROCESS

    def is_warmer_than(self, other: "IntentLevel") -> bool:
        """Promises a purchase sooner; only judged levels compare."""
        return (
            self.is_judged
            and other.is_judged
            and (self.horizon_days or 0) < (other.horizon_days or 0)
        )


class LevelChange(models.Model):
    """One step of a lead's intent level, kept with who, when and why."""

    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="level_changes")
    old = models.ForeignKey(IntentLevel, models.PROTECT, null=True, related_name="+")
    new = models.ForeignKey(IntentLevel, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    personal: ClassVar = {"reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("level change")
        verbose_name_plural = _("level changes")
        ordering = ("-at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="level_really_changes")
        ]

    def __str__(self) -> str:
        return f"{self.old or '–'} → {self.new}"
