"""Who looked at what, and who took rows out of the house: the logs of reveals and exports."""

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
