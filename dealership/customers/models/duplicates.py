"""Who may be kept twice, as the sweep over the whole base finds them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.customers import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User) -> Self:
        """Pairs of the store; consultants see those of two of their own."""
        both = Customer.objects.visible_to(user).values("pk")
        mine = self.filter(store=user.active_store)
        return mine.filter(first__in=both, second__in=both)

    def open(self) -> Self:
        """Still to be looked at, both records in use."""
        return self.filter(
            state=DuplicatePair.State.OPEN, first__merged_into=None, second__merged_into=None
        )

    def of(self, one: Customer, another: Customer) -> Self:
        first, second = sorted((one.pk, another.pk))
        return self.filter(first=first, second=second)

    def with_people(self) -> Self:
        return self.select_related("first__owner", "second__owner", "decided_by").prefetch_related(
            "first__phones", "second__phones"
        )


class DuplicatePair(models.Model):
    """Two records that may be one person (疑似重复), with what speaks for it."""

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Not the same")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("likeness"))
    reasons = models.JSONField(_("what speaks for it"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    seen_at = models.DateTimeField(_("last found at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    # Not stored: `reasons` in the reader's language.
    words: "list[str]"

    objects = DuplicatePairQuerySet.as_manager()

    personal: ClassVar = {"reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("first", "second"), name="pair_found_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="decided_pair_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("store", "-score", "-id"),
                condition=Q(state="open"),
                name="pair_likeliest",
            ),
            models.Index(
                fields=("store", "-decided_at", "-id"),
                condition=Q(state="different"),
                name="pair_told_apart",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} = {self.second}?"

    @property
    def both(self) -> tuple[Customer, Customer]:
        return self.first, self.second


class Sweep(models.Model):
    """How far the search for duplicates has come in a store; one worker at a time holds it."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="+")
    position = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    looked_at = models.PositiveIntegerField(_("records looked at"), default=0)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")

    def __str__(self) -> str:
        return f"{self.store_id} {self.position}"
