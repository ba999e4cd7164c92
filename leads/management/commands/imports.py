"""Work on the lists that are on their way in, by hand or where no Celery runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leads.actions.importing import work_on_imports
from leads.models import ImportRun


class Command(BaseCommand):
    help = "Imports what waits, and goes on with what a worker that died left behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=45, help="stop after so long")
        parser.add_argument("--all", action="store_true", help="go on until nothing is left")

    def handle(self, *args: Any, **options: Any) -> None:
        done = work_on_imports(seconds=options["seconds"])
        while options["all"] and ImportRun.objects.at_work().exists():
            portion = work_on_imports(seconds=options["seconds"])
            if not portion:
                break
            done += portion
        self.stdout.write(f"rows={done}")
