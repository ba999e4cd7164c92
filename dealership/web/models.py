"""What a person has already submitted: a form or an API call counts once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """One creating form or API call, by its idempotency key: a repeat gets the first answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    door = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=200, blank=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user", "key"), name="submitted_once")
        ]

    def __str__(self) -> str:
        return self.key
