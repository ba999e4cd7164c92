"""One change to many leads, kept line by line: what was done, what was refused and why."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from leads.models.leads import Lead


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def visible_to(self, user: User) -> Self:
        """One's own: nobody looks over another's shoulder."""
        return self.filter(store=user.active_store, by=user)


class BulkRun(models.Model):
    """
    One change to many leads (批量操作), with a line for each.

    The lines are written first and then worked off, so that whatever stops the work in the
    middle can be carried on from the next line.
    """

    class Action(models.TextChoices):
        ASSIGN = "assign", _("Assign")
        LEVEL = "level", _("Change level")
        DAY = "day", _("Set next contact")
        MESSAGE = "message", _("Send SMS")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=8, choices=Action)
    # What the action is given; ids and days as they stand in JSON.
    given = models.JSONField(default=dict)
    unknown = models.PositiveIntegerField(_("not found"), default=0)
    at = models.DateTimeField(_("at"))

    objects = BulkRunQuerySet.as_manager()

    personal: ClassVar = {"given": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        indexes: ClassVar = [models.Index(fields=("store", "-id"), name="bulk_run_latest")]

    def __str__(self) -> str:
        return self.get_action_display()

    def get_absolute_url(self) -> str:
        return reverse("leads:bulk-detail", args=[self.pk])


class BulkLine(models.Model):
    """What became of one lead of a bulk change."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk", "Waiting")
        DONE = "done", pgettext_lazy("bulk", "Done")
        REFUSED = "refused", pgettext_lazy("bulk", "Refused")

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="lines", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="bulk_lines")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    personal: ClassVar = {"reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("line of a bulk change")
        verbose_name_plural = _("lines of bulk changes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("run", "lead"), name="lead_once_per_bulk_run")
        ]
        indexes: ClassVar = [models.Index(fields=("run", "state", "id"), name="bulk_lines_to_do")]

    def __str__(self) -> str:
        return f"{self.lead} · {self.get_state_display()}"
