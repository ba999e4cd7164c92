"""`manage.py drill kill`: break the house on purpose and count what got lost."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealership.dashboards.drills import kill
from dealership.dashboards.drills.scratch import Scratch, postgres_server, scratch


class Command(BaseCommand):
    help = "Kills processes while promises fall due; nothing may be lost or done twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=["kill"])
        parser.add_argument("--short", action="store_true", help="a minute instead of half an hour")
        parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
        parser.add_argument("--deadlines", type=int)
        parser.add_argument("--faults", type=int)
        parser.add_argument("--seconds", type=float)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--inside", default="", help="the drill's own folder; not for people")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self.drill(options)
            return
        vendors = (
            ["sqlite", "postgresql"] if options["database"] == "both" else [options["database"]]
        )
        failed = []
        for vendor in vendors:
            if vendor == "postgresql" and not postgres_server():
                self.stdout.write("postgresql: left out, no server lets us in")
                if options["database"] != "both":
                    raise CommandError("no PostgreSQL")
                continue
            with scratch(vendor) as place:
                if self.again(place, options):
                    failed.append(vendor)
        if failed:
            raise CommandError(f"The house did not hold on {', '.join(failed)}.")

    def again(self, place: Scratch, options: dict[str, Any]) -> int:
        """Run this command once more, connected to the scratch database."""
        self.stdout.write(f"{place.vendor}:")
        self.stdout.flush()
        command = [sys.executable, "manage.py", "drill", "kill", "--inside", str(place.folder)]
        for name in ("deadlines", "faults", "seconds", "seed"):
            if options[name] is not None:
                command += [f"--{name}", str(options[name])]
        if options["short"]:
            command.append("--short")
        env = {
            **os.environ,
            "DATABASE_URL": place.url,
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "dealership.settings.dev",
            "VAR_DIR": str(place.folder),
            # The gateway settles its mind sooner than a real one, so that the drill need not wait.
            "SMS_LEASE_SECONDS": "5",
            "SMS_SIMULATOR_WINDOW": "3",
        }
        return subprocess.run(command, env=env, check=False).returncode  # noqa: S603

    def drill(self, options: dict[str, Any]) -> None:
        size = kill.SHORT if options["short"] else kill.FULL
        chosen = {name: options[name] for name in ("deadlines", "faults", "seconds")}
        size = replace(size, **{name: value for name, value in chosen.items() if value is not None})
        outcome = kill.run(
            size, Path(options["inside"]), seed=options["seed"], say=self.stdout.write
        )
        for name, figure in outcome.figures.items():
            self.stdout.write(f"  {name}: {figure}")
        if outcome.misses:
            raise CommandError("; ".join(outcome.misses))
        self.stdout.write("  held: nothing lost, nothing twice")
