"""`manage.py demo`: an invented store with ninety days of work, for a first look."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import translation

from dealership.dashboards.demo import DemoExists, cast, sign_ins, write_demo
from dealership.dashboards.demo.people import ELSEWHERE
from dealership.staff.models import Store

SAFE_GATEWAY = "simulator"


class Command(BaseCommand):
    help = "Fills an empty database with invented stores, people, customers and history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same story")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument(
            "--consultants", type=int, default=12, choices=range(4, len(cast.CONSULTANTS) + 1)
        )
        parser.add_argument("--sign-ins", action="store_true", help="only print the sign-ins")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if there is a store already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            if options["if_empty"] and Store.objects.exists():
                return
            self.write(options)
        self.print_sign_ins()

    def write(self, options: dict[str, Any]) -> None:
        if getattr(settings, "REFUSES_DEMO", False):
            raise CommandError("The demo is not for production: its password is known.")
        if settings.SMS_GATEWAY != SAFE_GATEWAY:
            raise CommandError("The demo's numbers are invented: set SMS_GATEWAY=simulator first.")
        try:
            write_demo(
                seed=options["seed"], days=options["days"], consultants=options["consultants"]
            )
        except DemoExists:
            raise CommandError("This database holds a store already: use an empty one.") from None

    def print_sign_ins(self) -> None:
        """Print who can sign in, by role, and the one password of all."""
        with translation.override(settings.LANGUAGE_CODE):
            rows = list(sign_ins())
            if not rows:
                self.stdout.write("There is no demo in this database.")
                return
            self.stdout.write(f"\n{rows[0].store}")
            for row in rows:
                self.stdout.write(f"  {row.username:<14} {row.name}  {row.role.label}")
        self.stdout.write(f"Password of all: {cast.PASSWORD}")
        self.stdout.write(f"Known in the sister store only: {ELSEWHERE}")
