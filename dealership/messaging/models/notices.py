"""Words to colleagues inside the app."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class

if TYPE_CHECKING:
    from dealership.staff.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """A word to a colleague inside the app (提醒); `key` makes it come once."""

    store = models.ForeignKey("staff.Store", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=60)
    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NoticeQuerySet.as_manager()
    personal: ClassVar = {"text": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("user", "key"), condition=~Q(key=""), name="notice_comes_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=("user", "-id"), name="notice_by_user"),
            # The bell asks for this on every page.
            models.Index(fields=("user",), condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text
