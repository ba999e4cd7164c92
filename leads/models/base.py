"""SOP-2.3 and 2.5: keeping in touch with base customers (基盘客户)."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from leads.models.contacts import Contact
from leads.models.leads import Lead


class BasePolicy(models.Model):
    """How a store keeps in touch with owners and checks its losses; one row a store."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="base_policy")
    owner_years = models.PositiveSmallIntegerField(
        _("owners are called from this age of the car (years)"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    owner_interval_days = models.PositiveSmallIntegerField(
        _("days between two calls to an owner"),
        default=90,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    owners_a_day = models.PositiveSmallIntegerField(
        _("new owner calls a day at most"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    recall_every = models.PositiveSmallIntegerField(
        _("every so many approved losses one is called by somebody else"),
        default=5,
        validators=[MaxValueValidator(100)],
        help_text=_("0: none."),
    )

    class Meta:
        verbose_name = _("rules for base customers")
        verbose_name_plural = _("rules for base customers")

    def __str__(self) -> str:
        return str(self.store)


class OwnerContactQuerySet(models.QuerySet["OwnerContact"]):
    def visible_to(self, user: User) -> Self:
        mine = self.filter(store=user.active_store)
        return mine.filter(customer__in=Customer.objects.visible_to(user))

    def reached(self) -> Self:
        return self.exclude(outcome=OwnerContact.Outcome.NOT_REACHED)

    def with_people(self) -> Self:
        return self.select_related("customer", "by", "lead")


class OwnerContact(models.Model):
    """A call to somebody who drives an older car: what they think of next (保客回访)."""

    class Outcome(models.TextChoices):
        ADD_ON = "add_on", _("Wants another car")
        REPLACE = "replace", _("Wants to replace the car")
        REFER = "refer", _("Refers somebody")
        NONE = "none", _("Nothing at present")
        NOT_REACHED = "not_reached", pgettext_lazy("owner call", "Not reached")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="owner_contacts", db_index=False
    )
    kind = models.CharField(_("base customer"), max_length=8, choices=Lead.BaseKind, blank=True)
    way = models.CharField(_("way"), max_length=8, choices=Contact.Way, default=Contact.Way.CALL)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="owner_contacts"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("at"))
    entered_at = models.DateTimeField(_("entered at"))

    objects = OwnerContactQuerySet.as_manager()

    personal: ClassVar = {"remark": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("owner contact")
        verbose_name_plural = _("owner contacts")
        indexes: ClassVar = [
            models.Index(fields=("customer", "-at"), name="owner_contact_of_customer"),
            models.Index(fields=("store", "-at", "-id"), name="owner_contact_of_store"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.get_outcome_display()}"

    @property
    def is_reached(self) -> bool:
        return self.outcome != self.Outcome.NOT_REACHED
