"""The texts that find a customer."""

from typing import ClassVar, Self

from django.db import connections, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.privacy.classes import Class
from dealership.staff.models import Store


class SearchKeyQuerySet(models.QuerySet["SearchKey"]):
    def beginning_with(self, store: Store, prefixes: list[str]) -> Self:
        """Keys of `store` that begin with one of `prefixes`, by the index on both databases."""
        meant = Q()
        for prefix in prefixes:
            if connections[self.db].vendor == "postgresql":
                meant |= Q(key__startswith=prefix)
            else:
                # SQLite compares text by code point: a range is a prefix, and uses the index.
                meant |= Q(key__gte=prefix, key__lt=prefix + "\U0010ffff")
        return self.filter(meant, store=store)


class SearchKey(models.Model):
    """A text that finds a customer by prefix; see `dealership.customers.search`."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="search_keys")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)

    objects = SearchKeyQuerySet.as_manager()

    personal: ClassVar = {"key": Class.IDENTITY}

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        indexes: ClassVar = [
            models.Index(
                fields=("store", "key", "customer"),
                name="search_by_prefix",
                opclasses=("int8_ops", "varchar_pattern_ops", "int8_ops"),
            )
        ]

    def __str__(self) -> str:
        return self.key
