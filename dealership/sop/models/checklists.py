"""A checklist at work: who ticked what, when (检查表)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.sop.checklists import Checklist, Item, checklist_for
from dealership.sop.models.subjects import about, subject_of
from dealership.staff.models import User


class ChecklistRunQuerySet(models.QuerySet["ChecklistRun"]):
    def visible_to(self, user: User) -> Self:
        """Runs of the store that the person works in now."""
        return self.filter(store=user.active_store)

    def about(self, subject: models.Model) -> Self:
        return self.filter(**about(subject))


class ChecklistRun(models.Model):
    """One use of a version of a checklist, for one subject (and period)."""

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+")
    checklist = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=10, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ChecklistRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist in use")
        verbose_name_plural = _("checklists in use")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("checklist", "subject_type", "subject_id", "period"),
                name="checklist_once_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=models.F("opened_at")),
                name="checklist_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("sop:checklist-run", args=[self.pk])

    @property
    def declared(self) -> Checklist:
        return checklist_for(self.checklist, self.version)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def subject(self) -> models.Model | None:
        return subject_of(self)

    def lines(self) -> list["Line"]:
        """Every item with its tick; one query."""
        ticks = {tick.item: tick for tick in self.ticks.select_related("by")}
        return [
            Line(number, item, ticks.get(item.code))
            for number, item in enumerate(self.declared.items, start=1)
        ]


class Tick(models.Model):
    """One item done (or found faulty), by a person or by the evidence of another action."""

    run = models.ForeignKey(ChecklistRun, models.CASCADE, related_name="ticks", db_index=False)
    item = models.CharField(max_length=40)
    by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("done at"))
    entered_at = models.DateTimeField(_("entered at"))
    is_automatic = models.BooleanField(_("by the software"), default=False)
    fault = models.CharField(_("fault"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    personal: ClassVar = {"fault": Class.BEHAVIOUR, "remark": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("run", "item"), name="item_ticked_once"),
            models.CheckConstraint(
                condition=Q(is_automatic=True) | Q(by__isnull=False), name="tick_has_an_author"
            ),
        ]

    def __str__(self) -> str:
        return self.item


UNDO = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """An item of a run as a page shows it."""

    number: int
    item: Item
    tick: Tick | None

    @property
    def is_done(self) -> bool:
        return self.tick is not None

    def can_undo(self, user: User, at: datetime) -> bool:
        """One's own tick, within a minute."""
        tick = self.tick
        if tick is None or tick.is_automatic or tick.by_id != user.pk:
            return False
        return at <= tick.entered_at + UNDO
