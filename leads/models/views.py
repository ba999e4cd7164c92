"""How somebody looks at the list of leads: saved views and their columns."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.staff.models import Store, User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those shared with the store."""
        return self.filter(Q(owner=user) | Q(is_shared=True), store=user.active_store)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user, store=user.active_store)

    def in_order(self) -> Self:
        return self.order_by("order", "pk")


class SavedView(models.Model):
    """Filters of the list of leads under a name (常用视图): a tab, private or the whole store's."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(_("filters"), max_length=500, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    is_shared = models.BooleanField(_("shared with the store"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SavedViewQuerySet.as_manager()

    personal: ClassVar = {"query": Class.IDENTITY}

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("store", "owner", "name"), name="saved_view_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewColumns(models.Model):
    """The columns that a person wants to see in a view, their own or anybody's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    view = models.CharField(_("view"), max_length=20)
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("columns of a view")
        verbose_name_plural = _("columns of views")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("owner", "view"), name="view_columns_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.owner} · {self.view}"
