"""Make the fonts of printed pages; `make setup` and the image call this."""

from typing import Any

from django.core.management.base import BaseCommand

from dealership.web.fonts import WEIGHTS, make_font


class Command(BaseCommand):
    help = (
        "Makes the fonts of the PDFs from the installed browser packages, where they are missing."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for weight in WEIGHTS:
            if make_font(weight):
                self.stdout.write(f"font of weight {weight} made")
