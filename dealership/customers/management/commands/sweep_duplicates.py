"""Search for duplicates by hand, to the end."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from dealership.customers.actions import sweep_duplicates
from dealership.staff.models import Store


class Command(BaseCommand):
    help = "Searches the records of every store, or of one, for people who are kept twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", help="code of one store")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = Store.objects.order_by("pk")
        if options["store"]:
            stores = stores.filter(code=options["store"])
        for store in stores:
            swept = sweep_duplicates(store, is_forced=True)
            if swept is None:
                self.stdout.write(f"{store.code}: somebody is at it")
            else:
                self.stdout.write(f"{store.code}: looked_at={swept.looked_at} found={swept.found}")
