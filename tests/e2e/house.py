"""The whole house as real processes: web, worker, beat, SMS simulator, broker."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
START = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """`make run`'s command on ports and a database of its own; `kill` ends one of its processes."""

    def __init__(self, folder: Path, vendor: str):
        self.folder = folder
        self.port, self.sms_port, self.broker_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.phones = f"http://127.0.0.1:{self.sms_port}"
        self.database = (
            fresh_postgres(f"story_{os.getpid()}")
            if vendor == "postgresql"
            else f"sqlite:///{folder / 'story.sqlite3'}"
        )
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dealership.settings.dev",
            "DATABASE_URL": self.database,
            "REDIS_URL": "",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SMS_SIMULATOR_PORT": str(self.sms_port),
            "BROKER_PORT": str(self.broker_port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str, text: str = "") -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, input=text, text=True, check=True, capture_output=True
        ).stdout

    def python(self, code: str) -> str:
        """Run `code` inside the house's Django."""
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()

    def open(self) -> None:
        log = (self.folder / "house.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--no-demo"],
            cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        wait_for(lambda: answers(f"{self.url}/login/"), START, "the web process answers")
        wait_for(lambda: answers(f"{self.url}/healthz"), START, "the clock has ticked")

    def close(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def kill(self, what: str) -> int:
        """`kill -9` every process of the house whose command holds `what`; how many."""
        killed = 0
        for pid in self.descendants(self.process.pid if self.process else 0):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            if what in command:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        return killed

    def descendants(self, pid: int) -> list[int]:
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return []
        children = [int(child) for child in text.split()]
        return children + [deep for child in children for deep in self.descendants(child)]

    def messages(self, phone: str) -> list[dict[str, Any]]:
        """What has arrived on a phone."""
        sent = requests.get(f"{self.phones}/messages", timeout=5).json()
        rows = sent["messages"] if isinstance(sent, dict) else sent
        return [row for row in rows if row["phone"].endswith(phone[-11:])]


def fresh_postgres(name: str) -> str:
    """An empty database beside the one that the tests use."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    return f"{server}/{name}"


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        return False


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first truthy answer within `seconds`."""
    until = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.3)
