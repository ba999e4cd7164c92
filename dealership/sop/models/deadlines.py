"""The ledger of promises (时限台账): every list of work, reminder and figure reads this table."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.privacy.classes import Class
from dealership.sop.models.subjects import about, subject_of
from dealership.sop.steps import STEPS, Step, step_for, watches
from dealership.sop.wording import due_text, limit_text
from dealership.staff.models import User
from dealership.staff.roles import Role

MAX_ATTEMPTS = 3

OPEN = Q(closed_at__isnull=True)
READY = OPEN & Q(quarantined_at__isnull=True)


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Words for deadlines. Every word that depends on the time takes it: nothing is flipped."""

    def visible_to(self, user: User) -> Self:
        """Managers see the store's; others their own and what their role owes as a whole."""
        mine = self.filter(store=user.active_store)
        if user.is_manager:
            return mine
        return mine.filter(Q(owner=user) | Q(owner__isnull=True, role__in=user.roles))

    def owned_by(self, user: User) -> Self:
        """What the person owes in the store they work in: their own, and their role's."""
        own = Q(owner=user) | Q(owner__isnull=True, role__in=user.roles)
        return self.filter(own, store=user.active_store).tasks()

    def tasks(self) -> Self:
        """What somebody has to do: not what the software alone watches."""
        return self.exclude(step__in=watches())

    def in_store(self, store: Any) -> Self:
        return self.filter(store=store)

    def about(self, subject: models.Model) -> Self:
        return self.filter(**about(subject))

    def of_step(self, step: Step | str) -> Self:
        return self.filter(step=step if isinstance(step, str) else step.code)

    def with_people(self) -> Self:
        return self.select_related("store", "customer", "owner")

    def with_story(self) -> Self:
        """With everybody whom the deadline's story names."""
        return self.with_people().select_related("closed_by", "reply_by", "reply_decided_by")

    def open(self) -> Self:
        return self.filter(OPEN)

    def closed(self) -> Self:
        return self.exclude(OPEN)

    def kept(self) -> Self:
        """All that count in figures: what was cancelled was never owed."""
        return self.exclude(outcome="cancelled").tasks()

    def overdue(self, at: datetime) -> Self:
        """Open and past due."""
        return self.open().filter(due_at__lt=at)

    def in_time(self, at: datetime) -> Self:
        """Open and not yet due."""
        return self.open().filter(due_at__gte=at)

    def on_time(self) -> Self:
        return self.filter(outcome="done", closed_at__lte=F("due_at"))

    def done_late(self) -> Self:
        return self.filter(outcome="done", closed_at__gt=F("due_at"))

    def late(self, at: datetime | None = None) -> Self:
        """Breaches: open past due, or done after it."""
        at = at or clock.now()
        return self.filter((OPEN & Q(due_at__lt=at)) | Q(outcome="done", closed_at__gt=F("due_at")))

    def excused(self, at: datetime | None = None) -> Self:
        """Breaches whose answer the manager accepted: still late."""
        return self.late(at).filter(reply_at__isnull=False, reply_accepted=True)

    def waived(self) -> Self:
        return self.filter(outcome="waived")

    def cancelled(self) -> Self:
        return self.filter(outcome="cancelled")

    def awaiting_decision(self) -> Self:
        """Answered, and the manager has not decided."""
        return self.filter(reply_at__isnull=False, reply_decided_at__isnull=True)

    def quarantined(self) -> Self:
        return self.open().filter(quarantined_at__isnull=False)

    def due_between(self, start: datetime, end: datetime) -> Self:
        """Due after `start` and not after `end`: 24:00 belongs to the day that it ends."""
        return self.filter(due_at__gt=start, due_at__lte=end)

    def due_on(self, first: Any, last: Any, tz: Any) -> Self:
        """Due on a day from `first` to `last` of the zone."""
        return self.due_between(clock.start_of_day(first, tz), clock.end_of_day(last, tz))

    def ready(self, at: datetime) -> Self:
        """What the clock has to handle now: the partial index holds exactly these."""
        return self.filter(READY, next_at__lte=at).filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        )


class Deadline(models.Model):
    """
    A promise with an owner and a due time (时限).

    Times are computed once, with the limit of that day, and frozen. Late is computed, never
    stored. `next_at` is the next instant at which the clock has something to do.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("No longer owed")
        WAIVED = "waived", _("Waived")

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(_("step"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    period = models.CharField(_("period"), max_length=10, blank=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    owner = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    opened_at = models.DateTimeField(_("since"))
    actionable_at = models.DateTimeField(_("can be done from"))
    due_at = models.DateTimeField(_("due"))
    limit_kind = models.CharField(max_length=12)
    limit_amount = models.PositiveIntegerField()
    entered_at = models.DateTimeField(_("entered at"))

    remind_at = models.DateTimeField(null=True, blank=True)
    act_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    acted_at = models.DateTimeField(_("acted at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_automatic = models.BooleanField(_("by the software"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    reply = models.CharField(_("answer"), max_length=1000, blank=True)
    reply_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reply_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    reply_accepted = models.BooleanField(_("answer accepted"), null=True, blank=True)
    reply_remark = models.CharField(_("manager's remark"), max_length=500, blank=True)
    reply_decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reply_decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    quarantined_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    quarantine_reason = models.CharField(_("why it was set aside"), max_length=500, blank=True)

    objects = DeadlineQuerySet.as_manager()

    personal: ClassVar = {
        "reason": Class.BEHAVIOUR,
        "problem": Class.BEHAVIOUR,
        "reply": Class.STAFF,
        "reply_remark": Class.STAFF,
    }

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("subject_type", "subject_id", "step", "period"),
                name="deadline_once_per_subject",
            ),
            models.CheckConstraint(
                name="deadline_outcome_known",
                condition=Q(outcome__in=["", "done", "cancelled", "waived"]),
            ),
            models.CheckConstraint(
                name="deadline_closed_has_outcome",
                condition=Q(outcome="", closed_at__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="deadline_closed_rests",
                condition=OPEN | Q(next_at__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_done_by_somebody",
                condition=~Q(outcome="done") | Q(closed_by__isnull=False) | Q(is_automatic=True),
            ),
            models.CheckConstraint(
                name="deadline_waived_by_somebody",
                condition=~Q(outcome="waived") | (Q(closed_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="deadline_cancelled_has_reason",
                condition=~Q(outcome="cancelled") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="deadline_times_in_order",
                condition=Q(actionable_at__gte=F("opened_at"), due_at__gt=F("actionable_at")),
            ),
            models.CheckConstraint(
                name="deadline_closes_after_opening",
                condition=OPEN | Q(closed_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="deadline_reply_complete",
                condition=Q(reply="", reply_at__isnull=True, reply_by__isnull=True)
                | (~Q(reply="") & Q(reply_at__isnull=False, reply_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="deadline_decision_complete",
                condition=Q(
                    reply_accepted__isnull=True,
                    reply_decided_at__isnull=True,
                    reply_decided_by__isnull=True,
                )
                | (
                    Q(
                        reply_accepted__isnull=False,
                        reply_decided_at__isnull=False,
                        reply_decided_by__isnull=False,
                    )
                    & ~Q(reply="")
                ),
            ),
            models.CheckConstraint(
                name="deadline_quarantine_has_reason",
                condition=Q(quarantined_at__isnull=True) | ~Q(quarantine_reason=""),
            ),
        ]
        indexes: ClassVar = [
            # tick(): its cost follows the rows due, not the size of the table.
            models.Index(fields=("next_at",), name="deadline_ready", condition=READY),
            # Today: what one person owes.
            models.Index(fields=("owner", "due_at"), name="deadline_owed", condition=OPEN),
            # Boards: what a store owes now.
            models.Index(fields=("store", "due_at"), name="deadline_open", condition=OPEN),
            # Lists and compliance figures of a range of days.
            models.Index(fields=("store", "due_at", "id"), name="deadline_by_day"),
            models.Index(fields=("store", "step", "due_at", "id"), name="deadline_by_step"),
            models.Index(fields=("store", "outcome", "due_at", "id"), name="deadline_by_outcome"),
            # Explanations to decide on, and accepted ones.
            models.Index(
                fields=("store", "due_at", "id"),
                name="deadline_answered",
                condition=Q(reply_at__isnull=False),
            ),
            models.Index(
                fields=("store", "quarantined_at"),
                name="deadline_quarantined",
                condition=Q(quarantined_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("sop:deadline-detail", args=[self.pk])

    @property
    def declared(self) -> Step:
        """The declared step, or UnknownStep."""
        return step_for(self.step)

    @property
    def known(self) -> Step | None:
        """The declared step, or None if a later version no longer declares it."""
        return STEPS.get(self.step)

    @property
    def title(self) -> str:
        return str(self.known.title) if self.known else self.step

    @property
    def icon(self) -> str:
        return self.known.icon if self.known else "clock"

    @property
    def sop_id(self) -> str:
        return self.known.sop if self.known else ""

    @property
    def due_text(self) -> str:
        """When it is due, in the store's time: the end of a day is its 24:00."""
        return due_text(self.due_at, self.store.tz, clock.now())

    @property
    def limit_text(self) -> str:
        """The limit that made this deadline, in words."""
        return limit_text(self.limit_kind, self.limit_amount)

    @property
    def subject(self) -> models.Model | None:
        return subject_of(self)

    @property
    def action_label(self) -> str:
        return str(self.known.action_label) if self.known else ""

    @property
    def action_url(self) -> str:
        """The page where the step is done, or the deadline's own."""
        return self._url(self.known.page if self.known else "") or self.get_absolute_url()

    @property
    def quick_url(self) -> str:
        """Where a bare POST finishes the step, or ''."""
        return self._url(self.known.quick if self.known else "")

    def _url(self, name: str) -> str:
        try:
            return reverse(name, args=[self.subject_id]) if name else ""
        except NoReverseMatch:
            return ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_late(self) -> bool:
        """Closed after it was due, or open past it; a waived or cancelled one is not."""
        return self.is_late_at(clock.now())

    def is_late_at(self, at: datetime) -> bool:
        if self.closed_at is None:
            return at > self.due_at
        return self.outcome == self.Outcome.DONE and self.closed_at > self.due_at

    def state(self, at: datetime | None = None) -> str:
        """`future`, `open`, `soon` or `late` while open; then `done`, `done_late`, the outcome."""
        at = at or clock.now()
        if self.outcome == self.Outcome.DONE:
            return "done_late" if self.is_late_at(at) else "done"
        if self.outcome:
            return self.outcome
        if at > self.due_at:
            return "late"
        if at < self.actionable_at:
            return "future"
        half = self.actionable_at + (self.due_at - self.actionable_at) / 2
        return "soon" if at >= (self.remind_at or half) else "open"

    @property
    def state_now(self) -> str:
        return self.state()

    def next_stage(self) -> datetime | None:
        """The next instant at which the clock has something to do for this row."""
        pending = [
            due
            for due, handled in (
                (self.remind_at, self.reminded_at),
                (self.act_at, self.acted_at),
                (self.escalate_at, self.escalated_at),
            )
            if due and not handled
        ]
        return min(pending, default=None)
