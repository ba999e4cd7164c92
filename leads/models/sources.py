"""SOP-2.1: where prospects come from, and the campaigns and lists behind it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.staff.models import Store, User


class Way(models.TextChoices):
    """How a lead came to the store (集客方式), apart from where the customer heard of it."""

    WALK_IN = "walk_in", _("Walk-in")
    CALL = "call", _("Phone call")
    MESSAGE = "message", pgettext_lazy("way in", "Message")
    ONLINE = "online", _("Online")
    EVENT = "event", _("Event")
    LIST = "list", _("From a list")
    REFERRAL = "referral", _("Referral")
    OUTREACH = "outreach", _("Visited by us")
    OTHER = "other", _("Other")


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def offered(self, store: Store) -> Self:
        """What a form of `store` offers: in use, without groups that have parts."""
        parts = Source.objects.filter(parent=models.OuterRef("pk"), is_active=True)
        return self.filter(store=store, is_active=True).exclude(models.Exists(parts))

    def with_groups(self) -> Self:
        return self.select_related("parent")


class Source(models.Model):
    """
    Where a store's prospects come from (客户来源), in two levels: a group and its parts.

    A retired one stays on old leads and is offered no more.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="sources")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("group")
    )
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "code"), name="source_once_per_store"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="source_not_its_own_group",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where it stands in the store's list: by group, then within the group."""
        group = self.parent or self
        return group.order, group.pk, self.order if self.parent_id else 0, self.pk

    @property
    def full_name(self) -> str:
        """Group and part: 网络 · 懂车帝."""
        return f"{self.parent.name} · {self.name}" if self.parent else self.name
