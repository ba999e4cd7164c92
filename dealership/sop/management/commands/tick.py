"""Run the clock by hand, or for ever without Celery."""

import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from dealership.sop.actions import tick


class Command(BaseCommand):
    help = "Does what the SOP clock has to do now: reminders, own acts, escalations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="tick again and again")
        parser.add_argument("--every", type=float, default=5, help="seconds between ticks")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            result = asdict(tick())
            if not options["forever"] or any(result.values()):
                self.stdout.write(" ".join(f"{name}={count}" for name, count in result.items()))
            if not options["forever"]:
                return
            close_old_connections()
            time.sleep(options["every"])
