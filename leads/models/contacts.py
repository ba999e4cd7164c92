"""SOP-2.2: every attempt to speak with a customer, and the visits agreed on."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store
from leads.models.campaigns import Campaign
from leads.models.leads import Lead
from leads.models.levels import IntentLevel


class ContactQuerySet(models.QuerySet["Contact"]):
    def reached(self) -> Self:
        """Those in which the customer was spoken to; an attempt is not one."""
        return self.filter(Contact.REACHED)

    def with_people(self) -> Self:
        return self.select_related("lead", "customer", "by", "level_before", "level_after")


class Contact(models.Model):
    """One attempt to speak with a customer (跟进记录): how, and whether they were reached."""

    class Way(models.TextChoices):
        CALL = "call", pgettext_lazy("contact", "Phone call")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        VISIT = "visit", _("Visit at theirs")
        IN_STORE = "in_store", _("In the showroom")
        EMAIL = "email", _("E-mail")
        OTHER = "other", _("Other")

    class Purpose(models.TextChoices):
        CARE = "care", _("Keeping in touch")
        INVITE = "invite", _("Invitation to the showroom")
        INVITE_EVENT = "event", _("Invitation to an event")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Spoke with the customer")
        REPLIED = "replied", _("The customer answered in writing")
        NO_ANSWER = "no_answer", _("Nobody answered")
        BUSY = "busy", _("Busy or rejected")
        OFF = "off", _("Switched off")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        SENT = "sent", _("Sent, no answer yet")

    class Answer(models.TextChoices):
        """What an invitation came to (邀约结果)."""

        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        OPEN = "open", pgettext_lazy("invitation", "Undecided")
        DECLINED = "declined", pgettext_lazy("invitation", "Declined")

    SPOKEN: ClassVar = ("reached", "replied")
    REACHED: ClassVar = Q(outcome__in=SPOKEN)

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="contacts", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("at"))
    entered_at = models.DateTimeField(_("entered at"))
    way = models.CharField(_("way"), max_length=8, choices=Way)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.CARE)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    answer = models.CharField(_("invitation"), max_length=8, choices=Answer, blank=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    feedback = models.CharField(_("what the customer said"), max_length=1000, blank=True)
    measure = models.CharField(_("what we do about it"), max_length=500, blank=True)
    level_before = models.ForeignKey(IntentLevel, models.PROTECT, related_name="+")
    level_after = models.ForeignKey(IntentLevel, models.PROTECT, related_name="+")
    next_contact_on = models.DateField(_("next contact on"), null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    personal: ClassVar = {
        "feedback": Class.BEHAVIOUR,
        "measure": Class.BEHAVIOUR,
        "next_contact_on": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = pgettext_lazy("follow-up", "contact")
        verbose_name_plural = pgettext_lazy("follow-up", "contacts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(outcome__in=("reached", "replied")),
                name="only_the_reached_answer_invitations",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=("lead", "-at"), name="contact_of_lead"),
            models.Index(fields=("customer", "-at"), name="contact_of_customer"),
            models.Index(fields=("store", "-at"), name="contact_of_store"),
            models.Index(fields=("by", "-at"), name="contact_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} · {self.get_outcome_display()}"

    @property
    def is_reached(self) -> bool:
        return self.outcome in self.SPOKEN
