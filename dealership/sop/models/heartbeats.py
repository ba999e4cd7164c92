"""The proof that the clock runs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a tick was last executed (心跳); older than two minutes means the clock stands still."""

    TICK = "tick"

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(_("last tick"))
    rows = models.PositiveIntegerField(_("rows handled"), default=0)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
