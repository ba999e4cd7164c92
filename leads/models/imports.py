"""SOP-2.7: the import of a file into a list, row by row, so that it can stop, go on, go back."""

import uuid
from datetime import datetime
from pathlib import PurePath
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.privacy.classes import Class
from dealership.privacy.files import PrivateFiles
from dealership.staff.models import Store, User
from leads.models.leads import Lead
from leads.models.lists import ProspectList


def place_of(run: "ImportRun", name: str) -> str:
    """Under a name that nobody can guess; what the file is called stands in the row."""
    return f"imports/{run.store_id}/{uuid.uuid4().hex}{PurePath(name).suffix.lower()[:8]}"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def with_people(self) -> Self:
        return self.select_related("store", "prospect_list__source", "consultant", "by")

    def at_work(self) -> Self:
        return self.filter(state__in=ImportRun.AT_WORK)

    def abandoned(self, at: datetime) -> Self:
        """To be worked on, and nobody does: no worker holds them, or the one who did is dead."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        return self.at_work().filter(free)


class ImportRun(models.Model):
    """
    One file on its way into a list (名单导入).

    `position` is the number of the last row that is done; it moves in the transaction that
    writes the rows before it, so that a run which dies goes on where it stopped.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("import", "Columns to be matched")
        MAPPED = "mapped", pgettext_lazy("import", "Ready to start")
        RUNNING = "running", pgettext_lazy("import", "Running")
        STOPPED = "stopped", pgettext_lazy("import", "Stopped")
        DONE = "done", pgettext_lazy("import", "Done")
        REVERTING = "reverting", pgettext_lazy("import", "Being taken back")
        REVERTED = "reverted", pgettext_lazy("import", "Taken back")
        FAILED = "failed", pgettext_lazy("import", "Failed")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    class Known(models.TextChoices):
        """What becomes of a row whose person the store already knows."""

        MATCH = "match", _("Add the lead to the known customer")
        MERGE = "merge", _("Also fill in what is missing")
        SKIP = "skip", _("Skip the row")

    class Owner(models.TextChoices):
        """Who gets the leads that the file opens."""

        POOL = "pool", _("Nobody yet: into the pool")
        RULES = "rules", _("By the assignment rules")
        PERSON = "person", _("One consultant")

    AT_WORK: ClassVar = ("running", "reverting")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    prospect_list = models.ForeignKey(
        ProspectList, models.PROTECT, related_name="runs", verbose_name=_("list")
    )
    kind = models.SlugField(_("what the file holds"), max_length=20)
    file = models.FileField(_("file"), upload_to=place_of, storage=PrivateFiles(), max_length=120)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size"))
    format = models.CharField(_("format"), max_length=4, choices=Format)
    encoding = models.CharField(_("encoding"), max_length=12, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheets = models.JSONField(default=list)
    sheet = models.CharField(_("sheet"), max_length=60, blank=True)
    # 0: the file has no header.
    header_row = models.PositiveSmallIntegerField(_("header row"), default=1)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("rows"))

    known = models.CharField(_("people we know"), max_length=5, choices=Known, default=Known.MATCH)
    opens_leads = models.BooleanField(_("open leads"), default=True)
    owner = models.CharField(_("consultant"), max_length=6, choices=Owner, default=Owner.POOL)
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.UPLOADED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    matched = models.PositiveIntegerField(_("known"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    undone = models.PositiveIntegerField(_("taken back"), default=0)
    kept = models.PositiveIntegerField(_("kept"), default=0)

    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    worked_at = models.DateTimeField(_("last worked on"), null=True, blank=True)
    worked_seconds = models.FloatField(default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ImportRunQuerySet.as_manager()

    personal: ClassVar = {"headers": Class.IDENTITY}

    class Meta:
        verbose_name = pgettext_lazy("file", "import")
        verbose_name_plural = pgettext_lazy("file", "imports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="failed_import_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(owner="person", consultant__isnull=False)
                | (~Q(owner="person") & Q(consultant__isnull=True)),
                name="import_names_its_consultant",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("leased_until",),
                name="import_at_work",
                condition=Q(state__in=("running", "reverting")),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("leads:import-detail", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def can_start(self) -> bool:
        return self.state in (self.State.MAPPED, self.State.STOPPED, self.State.FAILED)

    @property
    def can_be_mapped(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.MAPPED)

    @property
    def can_revert(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED, self.State.FAILED)

    @property
    def is_begun(self) -> bool:
        return self.started_at is not None

    @property
    def done(self) -> int:
        """How many rows are done, forwards or backwards."""
        if self.state in (self.State.REVERTING, self.State.REVERTED):
            return self.undone + self.kept
        return self.created + self.matched + self.skipped + self.failed


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def of(self, outcome: str) -> Self:
        return self.filter(outcome=outcome)

    def with_people(self) -> Self:
        return self.select_related("customer", "lead", "run")


class ImportRow(models.Model):
    """What became of one row of a file; who it was is kept only by the customer's own record."""

    class Outcome(models.TextChoices):
        CREATED = "created", pgettext_lazy("row", "New")
        MATCHED = "matched", pgettext_lazy("row", "Known")
        MERGED = "merged", pgettext_lazy("row", "Known, completed")
        SKIPPED = "skipped", pgettext_lazy("row", "Skipped")
        FAILED = "failed", pgettext_lazy("row", "Failed")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    lead = models.ForeignKey(
        Lead, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    # What a later room's kind of import made (a past visit).
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The cells of a failed row, for the file to correct.
    raw = models.JSONField(null=True, blank=True)
    # What was filled in on a known customer, and how to take it back.
    changes = models.JSONField(null=True, blank=True)
    at = models.DateTimeField(_("at"))
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    kept_reason = models.CharField(_("why it was kept"), max_length=200, blank=True)

    objects = ImportRowQuerySet.as_manager()

    personal: ClassVar = {
        "raw": Class.IDENTITY,
        "changes": Class.IDENTITY,
        "reason": Class.IDENTITY,
        "kept_reason": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("run", "number"), name="import_row_once"),
            models.CheckConstraint(
                condition=~Q(outcome__in=("skipped", "failed")) | ~Q(reason=""),
                name="row_left_out_has_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("run", "outcome", "number"), name="import_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"
