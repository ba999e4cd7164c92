"""Keeps a handful of processes alive: starts them, restarts what dies, stops all of them."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0
# A child that lived this long has recovered: its next death is its first again.
RECOVERED_AFTER = 60.0
# One Ctrl-C may arrive twice, from the terminal and from make.
ONE_PRESS = 1.0
LARGEST_LOG = 10_000_000
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive: its name, command and environment, and what became of it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = 0.0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs `children` in their order until SIGINT or SIGTERM, then stops them in reverse."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        logs: Path,
        say: Callable[[str], object] = log.info,
        patience: float = 20.0,
        first_pause: float = 1.0,
    ):
        self.children = children
        self.logs = logs
        self.say = say
        self.patience = patience
        self.first_pause = first_pause
        self.is_stopping = False
        self.stopped_at = 0.0

    def run(self, when_up: Callable[[], None] | None = None) -> None:
        """Start everything, call `when_up` once each port answers, and keep it up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            for child in self.children:
                self._start(child)
                if child.port and child is self.children[0]:
                    self._wait_for(child)
            for child in self.children:
                self._wait_for(child)
            if when_up and not self.is_stopping:
                when_up()
            while not self.is_stopping:
                self._revive()
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _stop(self, number: int, frame: Any) -> None:
        if not self.is_stopping:
            self.is_stopping, self.stopped_at = True, time.monotonic()
        elif time.monotonic() - self.stopped_at > ONE_PRESS:
            # Asked again: no more patience.
            self.patience = 0.0

    def _start(self, child: Child) -> None:
        path = self.logs / f"{child.name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            child.process = subprocess.Popen(  # noqa: S603
                child.command,
                env={**os.environ, **child.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C in the terminal reaches us alone, and we signal only
                # the main process, so that Celery can shut down warmly.
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        child.started_at = time.monotonic()
        child.restart_at = 0.0

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.is_running or child.process is None:
                continue
            if not child.restart_at:
                if now - child.started_at > RECOVERED_AFTER:
                    child.deaths = 0
                pause = min(self.first_pause * 2**child.deaths, LONGEST_PAUSE)
                child.deaths += 1
                child.restart_at = now + pause
                self.say(
                    f"{child.name} ended ({child.process.returncode}); "
                    f"it starts again in {pause:.0f} s. Its log: {self.logs / child.name}.log"
                )
            elif now >= child.restart_at:
                self._start(child)

    def _wait_for(self, child: Child, seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while child.port and not self.is_stopping and not answers(child.port):
            if time.monotonic() > until:
                self.say(f"{child.name} does not answer yet. Its log: {self.logs / child.name}.log")
                return
            self._revive()
            time.sleep(0.1)

    def _stop_all(self) -> None:
        """Stop in reverse order of the start: the first child (the broker) outlives the others."""
        if not self.children:
            return
        self._stop_these(self.children[1:])
        self._stop_these(self.children[:1])

    def _stop_these(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.is_running:
                child.process.send_signal(signal.SIGTERM)  # type: ignore[union-attr]
        asked_at = time.monotonic()
        while any(child.is_running for child in children):
            if time.monotonic() - asked_at > self.patience:
                break
            time.sleep(0.05)
        for child in children:
            if child.process is None:
                continue
            # What is left of its session, helpers of a killed process included.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens at `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _die_with_parent() -> None:
    """Have Linux stop this child when the supervisor itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
