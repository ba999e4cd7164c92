"""`manage.py sms_simulator`: a provider of text messages whose phones are a page."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from dealership.messaging.keys import shared_key
from dealership.messaging.simulator.ledger import Ledger
from dealership.messaging.simulator.push import Push
from dealership.messaging.simulator.server import Simulator, serve

# The hooks of `messaging.urls`, spelled out: looking them up would load the whole house.
RECEIPT_PATH, INBOUND_PATH = "/messages/hooks/receipt/", "/messages/hooks/inbound/"


class Command(BaseCommand):
    help = "Run a provider of text messages that delivers to a page instead of phones."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8090, help="0 picks a free one")
        parser.add_argument("--db", default=":memory:", help="file of its journal; default: memory")
        parser.add_argument(
            "--crm",
            default="http://127.0.0.1:8000",
            help="where receipts and replies go; '' = nowhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key, crm = shared_key(), options["crm"]
        push = Push(
            key=key,
            receipt_url=urljoin(crm, RECEIPT_PATH) if crm else "",
            inbound_url=urljoin(crm, INBOUND_PATH) if crm else "",
        )
        server = Simulator(
            (options["host"], options["port"]),
            key=key,
            ledger=Ledger(options["db"]),
            push=push,
            window=settings.SMS_SIMULATOR_WINDOW,
        )
        self.stdout.write(f"SMS simulator: http://{options['host']}:{server.server_port}/")
        self.stdout.flush()
        try:
            serve(server)
        except KeyboardInterrupt:
            server.server_close()
