"""What people text back."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.messaging.models.sms import SEES_ALL
from dealership.privacy.classes import Class

if TYPE_CHECKING:
    from dealership.staff.models import User


class InboundSmsQuerySet(models.QuerySet["InboundSms"]):
    def visible_to(self, user: "User") -> Self:
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_ALL):
            return mine
        return mine.filter(customer__in=Customer.objects.visible_to(user))

    def stops(self) -> Self:
        """Replies that end the texts."""
        return self.exclude(meaning=InboundSms.Meaning.TEXT)


class InboundSms(models.Model):
    """What somebody texted back (上行短信): kept as evidence, whoever they are."""

    class Meaning(models.TextChoices):
        TEXT = "text", _("Reply")
        OPT_OUT = "opt_out", _("No more texts")
        REFUSAL = "refusal", _("No contact at all")

    store = models.ForeignKey("staff.Store", models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="replies")
    phone = models.CharField(_("phone"), max_length=20)
    body = models.CharField(_("text"), max_length=1000)
    meaning = models.CharField(_("meaning"), max_length=10, choices=Meaning)
    provider = models.CharField(_("gateway"), max_length=20)
    provider_id = models.CharField(_("number at the gateway"), max_length=64)
    received_at = models.DateTimeField(_("received at"))

    objects = InboundSmsQuerySet.as_manager()
    personal: ClassVar = {"phone": Class.CONTACT, "body": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("provider", "provider_id"), name="one_row_per_inbound_message"
            )
        ]
        indexes: ClassVar = [models.Index(fields=("phone", "-id"), name="inbound_by_phone")]

    def __str__(self) -> str:
        return self.body[:40]
