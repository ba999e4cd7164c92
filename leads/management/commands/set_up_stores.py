"""`manage.py set_up_stores`: what every store begins with; may be run again at any time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from dealership.staff.models import Store
from leads.actions import (
    set_up_levels,
    set_up_loss_reasons,
    set_up_ownership,
    set_up_sources,
)


class Command(BaseCommand):
    help = "Gives each store its levels, sources, reasons of loss and rules; what it has stays."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for store in Store.objects.order_by("pk"):
            set_up_levels(store)
            set_up_sources(store)
            set_up_loss_reasons(store)
            set_up_ownership(store)
            self.stdout.write(f"{store.code}: {store.name}")
