"""What a store may set by itself: limits of declared steps, and days that differ."""

from datetime import timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.sop.steps import STEPS, EndOfDay, Limit, Step, Within, step_for

LARGEST_AMOUNT = 400 * 24 * 60


def declared(code: str) -> None:
    """Refuse a step that no room has declared."""
    if code not in STEPS:
        raise ValidationError(_("“%(code)s” is no declared step."), params={"code": code})
    if not STEPS[code].has_own_limits:
        raise ValidationError(
            _("The time of “%(step)s” is fixed: no store changes it."),
            params={"step": STEPS[code].title},
        )


class StepLimit(models.Model):
    """
    A store's own limit for a declared step, from a day on (时限).

    The latest row whose day is not after the start counts. Deadlines keep the limit that made
    them: a change today never rewrites what is open.
    """

    store = models.ForeignKey(
        "staff.Store", models.CASCADE, related_name="step_limits", verbose_name=_("store")
    )
    step = models.CharField(_("step"), max_length=60, validators=[declared])
    amount = models.PositiveIntegerField(
        _("amount"),
        validators=[MaxValueValidator(LARGEST_AMOUNT)],
        help_text=_("Minutes for a span, days for the end of a day."),
    )
    remind_before = models.DurationField(_("remind before"), null=True, blank=True)
    escalate_after = models.DurationField(_("escalate after"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    created_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        ordering = ("step", "-valid_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("store", "step", "valid_from"), name="limit_once_per_day"
            ),
            models.CheckConstraint(
                condition=Q(remind_before__isnull=True) | Q(remind_before__gte=timedelta(0)),
                name="limit_reminds_before_the_end",
            ),
            models.CheckConstraint(
                condition=Q(escalate_after__isnull=True) | Q(escalate_after__gte=timedelta(0)),
                name="limit_escalates_after_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.amount} ({self.valid_from})"

    def clean(self) -> None:
        super().clean()
        if self.step in STEPS:
            try:
                limit_of(step_for(self.step), self.amount)
            except ValueError:
                raise ValidationError({"amount": _("This limit is too short.")}) from None


def limit_of(step: Step, amount: int) -> Limit:
    """Return the step's limit with a store's amount: minutes of a span, or days."""
    if isinstance(step.limit, Within):
        return Within(minutes=amount)
    return EndOfDay(amount, opens=step.limit.opens, counting=step.limit.counting)


def amount_of(limit: Limit) -> int:
    """Return the minutes of a span, or the days of a day's end."""
    if isinstance(limit, Within):
        return round(limit.span.total_seconds() / 60)
    return limit.days


class Holiday(models.Model):
    """A day that differs from the calendar (节假日), for one store or for all."""

    store = models.ForeignKey(
        "staff.Store",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="holidays",
        verbose_name=_("store"),
        help_text=_("Empty: every store."),
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=60)
    is_open = models.BooleanField(_("store is open"), default=False)
    is_workday = models.BooleanField(_("workday"), default=False)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ("day",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "day"), name="special_day_once_per_store"),
            models.UniqueConstraint(
                fields=("day",), condition=Q(store__isnull=True), name="special_day_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
