"""SOP-9.6.22 and 9.6.23: the calls after the hand-over."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from delivery.models.deliveries import Delivery, owed_by


class CallbackQuerySet(models.QuerySet["Callback"]):
    def visible_to(self, user: User) -> Self:
        """Calls about the deliveries that one sees, and those that one owes."""
        seen = Q(delivery__in=Delivery.objects.visible_to(user))
        owed = Q(store=user.active_store, pk__in=owed_by(user, Callback))
        return self.filter(seen | owed)

    def with_people(self) -> Self:
        return self.select_related(
            "store",
            "delivery__order__series",
            "delivery__order__trim",
            "delivery__customer",
            "delivery__consultant",
        ).prefetch_related("delivery__customer__phones")


class Callback(models.Model):
    """A call that the house owes the customer after the hand-over (回访); a deadline times it."""

    class Kind(models.TextChoices):
        SAME_DAY = "same_day", _("Same-day callback")
        THIRD_DAY = "third_day", _("Third-day callback")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="callbacks")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("delivery", "kind"), name="callback_of_a_kind_once_per_delivery"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("same_day", "third_day")), name="callback_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.delivery.customer}"

    def get_absolute_url(self) -> str:
        return reverse("delivery:callback", args=[self.pk])

    @property
    def consultant_id(self) -> int:
        return self.delivery.consultant_id

    @property
    def is_third_day(self) -> bool:
        return self.kind == self.Kind.THIRD_DAY


class CallbackAttempt(models.Model):
    """One try to reach the customer: attempted is not reached."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        BUSY = "busy", _("Call again later")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        REFUSED = "refused", _("Does not want calls")

    # What closes the call: it took place, or the customer does not want it.
    FINAL: ClassVar = frozenset({Outcome.REACHED, Outcome.REFUSED})

    callback = models.ForeignKey(Callback, models.PROTECT, related_name="attempts")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    at = models.DateTimeField(_("phoned at"))
    entered_at = models.DateTimeField(_("entered at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    survey_told = models.BooleanField(_("survey explained"), null=True, blank=True)
    convenient_time = models.CharField(_("convenient time"), max_length=60, blank=True)

    personal: ClassVar = {"remark": Class.BEHAVIOUR, "convenient_time": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("try to call")
        verbose_name_plural = _("tries to call")
        ordering = ("at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=("reached", "no_answer", "busy", "wrong_number", "refused")
                ),
                name="call_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(at__lte=F("entered_at")), name="call_entered_after_it_happened"
            ),
            models.UniqueConstraint(
                fields=("callback",),
                condition=Q(outcome__in=("reached", "refused")),
                name="callback_finished_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_final(self) -> bool:
        return self.outcome in self.FINAL
