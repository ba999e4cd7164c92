"""Who looked at what, who took rows out of the house, and the files of the private store."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class

if TYPE_CHECKING:
    from dealership.staff.models import User


class Access(models.Model):
    """One look at a masked fact, with its reason (PIPL art. 51; kept 3 years, art. 56)."""

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("at"))

    personal: ClassVar = {"reason": Class.STAFF}

    class Meta:
        verbose_name = _("access to a masked fact")
        verbose_name_plural = _("access log")
        indexes: ClassVar = [
            models.Index(fields=("subject_type", "subject_id", "-at"), name="access_by_subject"),
            models.Index(fields=("user", "-at"), name="access_by_user"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="access_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.field} {self.at}"


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(store=user.active_store)


class Export(models.Model):
    """One file of customers' rows that left the house: who, what, how many, why (PIPL art. 51)."""

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports")
    what = models.CharField(_("what"), max_length=60)
    filters = models.CharField(_("filters"), max_length=500, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    rows = models.PositiveIntegerField(_("rows"))
    format = models.CharField(_("format"), max_length=8)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("at"))

    objects = ExportQuerySet.as_manager()

    personal: ClassVar = {"reason": Class.STAFF}

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes: ClassVar = [models.Index(fields=("store", "-id"), name="export_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="export_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.what} {self.at}"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def in_store(self, store: "models.Model") -> Self:
        return self.filter(store=store)


class StoredFile(models.Model):
    """
    A photo or document in the private store, sealed (图片、文件).

    It has no address of its own: the room whose row points to it shows it to who may see that row.
    """

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+")
    name = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=120, blank=True)
    media = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    added_at = models.DateTimeField(_("added at"))

    objects = StoredFileQuerySet.as_manager()

    personal: ClassVar = {"title": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.title or str(self.name)

    @property
    def is_picture(self) -> bool:
        return self.media.startswith("image/")

    @property
    def path(self) -> str:
        """Where it lies in the private store."""
        return f"files/{self.name.hex[:2]}/{self.name.hex}"
