"""A checklist at work: who ticked what, when (检查表)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.privacy.classes import Class
from dealership.sop.checklists import Checklist, Grade, Item, checklist_for
from dealership.sop.models.subjects import about, subject_of
from dealership.sop.steps import Text
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
    # Frozen by the signature: the share of judged items in order, per cent.
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    objects = ChecklistRunQuerySet.as_manager()

    personal: ClassVar = {"remark": Class.STAFF}

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
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(closed_at__isnull=False, score__lte=100),
                name="checklist_scored_when_signed",
            ),
        ]
        indexes: ClassVar = [
            # The runs of one list in a store, by day: trends, what is missing.
            models.Index(fields=("store", "checklist", "-opened_at"), name="checklist_by_day"),
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
        declared = self.declared
        ticks = {tick.item: tick for tick in self.ticks.select_related("by", "photo")}
        return [
            Line(number, item, ticks.get(item.code), declared, ticks.get(item.since))
            for number, item in enumerate(declared.items, start=1)
        ]

    @property
    def local_day(self) -> date:
        """The store's day on which it was opened."""
        return clock.day_of(self.opened_at, self.store.tz)


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
    grade = models.CharField(_("how it went"), max_length=12, blank=True)
    photo = models.ForeignKey(
        "privacy.StoredFile", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("photo"), db_index=False,
    )  # fmt: skip

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
    """An item of a run as a page shows it; `since` is the tick its time counts from."""

    number: int
    item: Item
    tick: Tick | None
    checklist: Checklist
    since: Tick | None = None

    @property
    def is_done(self) -> bool:
        return self.tick is not None

    @property
    def state(self) -> str:
        """One of owed, done, fault."""
        if self.tick is None:
            return "owed"
        return "fault" if self.tick.fault else "done"

    @property
    def grade(self) -> Grade | None:
        return self.checklist.grade(self.tick.grade) if self.tick else None

    @property
    def took(self) -> timedelta | None:
        """How long it took since the item before, where that is timed."""
        if self.tick is None or self.since is None:
            return None
        return max(timedelta(0), self.tick.at - self.since.at)

    @property
    def is_too_long(self) -> bool:
        return bool(self.item.within and self.took and self.took > self.item.within)

    @property
    def is_by_hand(self) -> bool:
        return self.item.is_by_hand

    def can_undo(self, user: User, at: datetime) -> bool:
        """One's own tick, within a minute."""
        tick = self.tick
        if tick is None or tick.is_automatic or tick.by_id != user.pk:
            return False
        return at <= tick.entered_at + UNDO


@dataclass(frozen=True)
class Group:
    """The lines of one part of a checklist."""

    head: Text
    lines: list[Line]

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)

    @property
    def faults(self) -> int:
        return sum(line.state == "fault" for line in self.lines)


def grouped(lines: list[Line]) -> list[Group]:
    """The lines under the heads of their groups, in the order of the work."""
    found = groupby(lines, lambda line: line.item.group)
    return [Group(head, list(of_group)) for head, of_group in found]
