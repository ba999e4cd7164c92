"""The house's processes under fire: killed with -9 or frozen at random, and started again."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import requests
from django.conf import settings

from dealership.web.management.commands.run import household
from dealership.web.supervisor import Child, answers

# What can happen, and how often beside each other.
FAULTS = (
    ("kill worker", 5),
    ("kill worker process", 5),
    ("kill beat", 2),
    ("kill web", 3),
    ("freeze worker", 3),
    ("freeze beat", 1),
    ("kill broker", 1),
)
LONGEST_FREEZE = 6.0
START = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Chaos:
    """Runs web, worker, beat, broker and the gateway, and hurts all but the gateway."""

    def __init__(self, folder: Path, *, seed: int):
        self.chance = random.Random(seed)  # noqa: S311
        self.counts: Counter[str] = Counter()
        self.folder = folder
        self.frozen: list[tuple[float, int]] = []
        ports = {"port": free_port(), "sms_port": free_port(), "broker_port": free_port()}
        self.url = f"http://127.0.0.1:{ports['port']}"
        self.gateway = f"http://127.0.0.1:{ports['sms_port']}"
        settings.REDIS_URL = ""
        options = {"host": "127.0.0.1", "reload": False, **ports}
        self.children = {child.name: child for child in household(options)}

    def __enter__(self) -> "Chaos":
        for child in self.children.values():
            self.start(child)
        until = time.monotonic() + START
        while not all(answers(child.port) for child in self.children.values() if child.port):
            if time.monotonic() > until:
                raise RuntimeError("the house does not come up")
            time.sleep(0.1)
        return self

    def __exit__(self, *failure: object) -> None:
        self.thaw(everything=True)
        for child in self.children.values():
            if child.process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()

    def start(self, child: Child) -> None:
        with (self.folder / f"{child.name}.log").open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603
                child.command,
                env={**os.environ, **child.env, "VAR_DIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def revive(self) -> None:
        """Start what has died, as a supervisor does."""
        self.thaw()
        for child in self.children.values():
            if not child.is_running:
                if child.process:
                    # What a killed main process has left behind goes with it.
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(child.process.pid, signal.SIGKILL)
                self.start(child)

    def thaw(self, *, everything: bool = False) -> None:
        now = time.monotonic()
        for until, pid in list(self.frozen):
            if everything or now >= until:
                self.frozen.remove((until, pid))
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGCONT)

    def strike(self) -> None:
        """Let one thing go wrong."""
        names, weights = zip(*FAULTS, strict=True)
        fault = self.chance.choices(names, weights)[0]
        what, _space, whom = fault.partition(" ")
        child = self.children[whom.split()[0]]
        if not child.is_running:
            return
        pid = child.process.pid  # type: ignore[union-attr]
        if fault == "kill worker process":
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            pid = int(self.chance.choice(children)) if children else pid
        with contextlib.suppress(ProcessLookupError):
            if what == "freeze":
                os.killpg(pid, signal.SIGSTOP)
                self.frozen.append((time.monotonic() + self.chance.uniform(1, LONGEST_FREEZE), pid))
            else:
                os.kill(pid, signal.SIGKILL)
            self.counts[fault] += 1

    def gateway_faults(self, rate: float) -> None:
        """Make a share of the gateway's answers wrong: taken and dropped, reset, 5xx, slow."""
        plan = {
            "rate": rate,
            "seconds": 4,
            "seed": self.chance.randrange(10**6),
            "kinds": [
                "drop_accepted", "reset_accepted", "error_accepted", "slow_accepted", "drop",
                "reset", "error", "busy", "receipt_double", "receipt_late", "receipt_missing",
                "query_error",
            ],
        }  # fmt: skip
        requests.post(f"{self.gateway}/faults", json=plan, timeout=10).raise_for_status()

    def rage(
        self,
        *,
        faults: int,
        seconds: float,
        say: Callable[[str], object],
        settled: Callable[[], bool],
    ) -> None:
        """Spread `faults` over `seconds`, then heal, and wait until `settled`."""
        began = time.monotonic()
        moments = sorted(self.chance.uniform(0, seconds) for _number in range(faults))
        for moment in moments:
            while time.monotonic() - began < moment:
                self.revive()
                time.sleep(0.05)
            self.strike()
        while time.monotonic() - began < seconds:
            self.revive()
            time.sleep(0.1)
        self.gateway_faults(0)
        self.thaw(everything=True)
        say(f"  {sum(self.counts.values())} faults: {dict(self.counts)}; healing")
        until = time.monotonic() + 240
        while time.monotonic() < until and not settled():
            self.revive()
            time.sleep(0.5)
