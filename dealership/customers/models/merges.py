"""Two records that became one, and the journal that can take them apart again."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.customers.models.customers import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User

UNDO_WITHIN = timedelta(hours=72)


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User) -> Self:
        """Merges whose surviving record one may see, and one's own."""
        mine = self.filter(store=user.active_store)
        seen = Q(keep__in=Customer.objects.visible_to(user))
        if user.is_manager:
            return mine
        return mine.filter(Q(by=user) | seen)

    def in_force(self) -> Self:
        return self.filter(undone_at__isnull=True)

    def with_people(self) -> Self:
        return self.select_related("store", "keep", "other", "by", "undone_by")


class Merge(models.Model):
    """One joining of two records of one person (合并): `other` lives on in `keep`."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    keep = models.ForeignKey(Customer, models.PROTECT, related_name="merges")
    other = models.ForeignKey(Customer, models.PROTECT, related_name="merges_away")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # What was decided on the way, as codes with their data: see `merging.SENTENCES`.
    said = models.JSONField(default=list)
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    # Not stored: the rows of a merge that was only tried, and how many an undo left as they are.
    preview: "list[MergedRow]"
    kept_since = 0

    objects = MergeQuerySet.as_manager()

    personal: ClassVar = {"said": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("merge of records")
        verbose_name_plural = _("merges of records")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(keep=F("other")), name="merge_of_two_records"),
            models.UniqueConstraint(
                fields=("other",),
                condition=Q(undone_at__isnull=True),
                name="record_is_merged_away_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("store", "-id"), name="merge_newest")]

    def __str__(self) -> str:
        return f"{self.other} → {self.keep}"

    def get_absolute_url(self) -> str:
        return reverse("customers:merge-detail", args=[self.pk])

    @property
    def undo_until(self) -> datetime:
        return self.at + UNDO_WITHIN

    @property
    def can_undo(self) -> bool:
        return self.undone_at is None and clock.now() <= self.undo_until


class MergedRow(models.Model):
    """
    One step of a merge on one row: which fields had which values, and have now.

    Undoing goes through the steps backwards. A row that was added has no `old`, one that was
    taken away no `new`.
    """

    class What(models.TextChoices):
        MOVED = "moved", _("moved")
        CHANGED = "changed", _("changed")
        ADDED = "added", _("added")
        REMOVED = "removed", _("removed")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows")
    what = models.CharField(max_length=8, choices=What)
    model = models.CharField(max_length=60)
    row = models.BigIntegerField()
    old: Any = models.JSONField(default=dict)
    new: Any = models.JSONField(default=dict)

    personal: ClassVar = {"old": Class.IDENTITY, "new": Class.IDENTITY}

    class Meta:
        verbose_name = _("step of a merge")
        verbose_name_plural = _("steps of merges")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.what} {self.model} {self.row}"
