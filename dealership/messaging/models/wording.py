"""A store's own wording for what it sends."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from dealership.staff.models import User


class SmsTemplateQuerySet(models.QuerySet["SmsTemplate"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(store=user.active_store)

    def active(self) -> Self:
        return self.filter(is_active=True)


class SmsTemplate(models.Model):
    """A store's own wording for a purpose (短信模板); without one the declared text is used."""

    store = models.ForeignKey("staff.Store", models.CASCADE, related_name="sms_templates")
    purpose = models.CharField(_("purpose"), max_length=60)
    name = models.CharField(_("template name"), max_length=60)
    body = models.CharField(_("text"), max_length=500)
    is_active = models.BooleanField(_("in use"), default=True)
    external_id = models.CharField(_("template number at the gateway"), max_length=40, blank=True)
    updated_at = models.DateTimeField(_("changed at"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = SmsTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("text template")
        verbose_name_plural = _("text templates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("store", "purpose"),
                condition=Q(is_active=True),
                name="one_active_template_per_purpose",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("messaging:template-edit", args=[self.purpose])
