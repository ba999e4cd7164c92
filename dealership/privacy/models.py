"""Who looked at what: the log of reveals."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class


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
