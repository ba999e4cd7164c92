"""SOP-2.7: lists of prospects, with where they come from and the legal basis of keeping them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store, User
from leads.models.sources import Source


class ProspectListQuerySet(models.QuerySet["ProspectList"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)


class ProspectList(models.Model):
    """A list of people or organisations (名单): who gave it, and why we may keep it (PIPL 13)."""

    class Kind(models.TextChoices):
        CLUB = "club", _("Association or club")
        OWNERS = "owners", _("Car owners")
        ORGANISATIONS = "organisations", _("Organisations")
        NOTABLES = "notables", _("Local notables")
        EVENT = "event", _("Guests of an event")
        HISTORY = "history", _("Our own earlier records")
        OTHER = "other", _("Other")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent of each person")
        CONTRACT = "contract", _("A contract with each person")
        OWN_CUSTOMERS = "own", _("Our own customers")
        PUBLIC = "public", _("Published by the persons themselves")

    store = models.ForeignKey(Store, models.PROTECT, related_name="prospect_lists")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="lists", verbose_name=_("source of its leads")
    )
    origin = models.CharField(_("who gave us the list"), max_length=200)
    basis = models.CharField(_("legal basis"), max_length=10, choices=Basis)
    basis_note = models.CharField(_("proof of the legal basis"), max_length=300)
    # Which column means what, as it was matched last: {header: field}.
    columns = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ProspectListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of prospects")
        verbose_name_plural = _("lists of prospects")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(origin="") & ~Q(basis="") & ~Q(basis_note=""),
                name="list_says_where_from_and_why",
            )
        ]
        indexes: ClassVar = [models.Index(fields=("store", "-id"), name="list_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("leads:list-detail", args=[self.pk])
