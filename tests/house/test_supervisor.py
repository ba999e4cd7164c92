"""The supervisor of `manage.py run`, with trivial children."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from django.core.management import CommandError

from dealership.web.management.commands.run import household, refuse_busy_ports

PATIENCE = 15.0

KEEPER = """
import sys
from pathlib import Path
from dealership.web.supervisor import Child, Supervisor

folder = Path(sys.argv[1])
children = [Child(name, [sys.executable, "-c", script]) for name, script in {children}.items()]
Supervisor(
    children, logs=folder, say=lambda text: print(text, flush=True),
    first_pause=0.1, patience={patience},
).run(when_up=lambda: print("up", flush=True))
print("stopped", flush=True)
"""
SLEEPER = """
import os, pathlib, time
with open(pathlib.Path({folder!r}) / "{name}.pids", "a") as pids:
    pids.write(str(os.getpid()) + chr(10))
time.sleep(60)
"""
MARK = """
def mark():
    pathlib.Path({folder!r}, "{name}.tidied").touch()
    sys.exit(0)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER


@pytest.fixture
def keep(tmp_path):
    """Run a supervisor over the named scripts; kill what a failed test leaves behind."""
    started: list[subprocess.Popen[str]] = []

    def start(patience: float = 10.0, **scripts: str) -> subprocess.Popen[str]:
        children = {
            name: script.format(folder=str(tmp_path), name=name) for name, script in scripts.items()
        }
        code = textwrap.dedent(KEEPER.format(children=children, patience=patience))
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def pids(folder: Path, name: str, *, count: int) -> list[int]:
    """Wait until the child `name` was started `count` times."""
    path = folder / f"{name}.pids"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = [int(line) for line in path.read_text().split()] if path.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    pytest.fail(f"{name} was not started {count} times")


def is_gone(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_killed_child_starts_again_and_its_sister_is_left_alone(keep, tmp_path):
    keep(web=SLEEPER, worker=SLEEPER)
    [worker] = pids(tmp_path, "worker", count=1)
    [web] = pids(tmp_path, "web", count=1)

    os.kill(worker, signal.SIGKILL)

    assert pids(tmp_path, "worker", count=2)[1] != worker
    assert pids(tmp_path, "web", count=1) == [web]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(keep, tmp_path, number):
    supervisor = keep(web=SLEEPER, worker=SLEEPER)
    children = pids(tmp_path, "web", count=1) + pids(tmp_path, "worker", count=1)

    supervisor.send_signal(number)
    said, _ = supervisor.communicate(timeout=PATIENCE)

    assert said.splitlines()[-1] == "stopped"
    assert all(is_gone(pid) for pid in children)


def test_a_child_that_will_not_stop_is_killed(keep, tmp_path):
    supervisor = keep(patience=0.5, broker=SLEEPER, worker=STUBBORN)
    [worker] = pids(tmp_path, "worker", count=1)

    supervisor.send_signal(signal.SIGINT)

    assert supervisor.wait(timeout=PATIENCE) == 0
    assert is_gone(worker)


def test_one_press_that_arrives_twice_leaves_the_children_their_time(keep, tmp_path):
    """make and the terminal may both pass Ctrl-C on."""
    tidy = "import signal, sys; signal.signal(signal.SIGTERM, lambda *a: (time.sleep(0.5), mark()))"
    supervisor = keep(worker=f"{tidy}\n{MARK}\n{SLEEPER}")
    pids(tmp_path, "worker", count=1)

    supervisor.send_signal(signal.SIGINT)
    supervisor.send_signal(signal.SIGINT)

    assert supervisor.wait(timeout=PATIENCE) == 0
    assert (tmp_path / "worker.tidied").exists()


def test_asked_again_it_waits_no_longer(keep, tmp_path):
    supervisor = keep(patience=60.0, worker=STUBBORN)
    [worker] = pids(tmp_path, "worker", count=1)

    supervisor.send_signal(signal.SIGINT)
    time.sleep(1.5)
    supervisor.send_signal(signal.SIGINT)

    assert supervisor.wait(timeout=PATIENCE) == 0
    assert is_gone(worker)


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(keep, tmp_path):
    supervisor = keep(worker=SLEEPER.replace("time.sleep(60)", "raise SystemExit(3)"))
    pids(tmp_path, "worker", count=4)

    supervisor.send_signal(signal.SIGINT)
    said, _ = supervisor.communicate(timeout=PATIENCE)

    assert said.count("worker ended (3)") >= 3
    assert len((tmp_path / "worker.pids").read_text().split()) < 8


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_a_killed_supervisor_takes_its_children_along(keep, tmp_path):
    supervisor = keep(web=SLEEPER)
    [web] = pids(tmp_path, "web", count=1)

    supervisor.kill()

    assert is_gone(web)


def test_a_busy_port_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is busy.*PORT={port + 1}"):
            refuse_busy_ports({"port": port, "sms_port": 1, "broker_port": 1})


OPTIONS = {
    "host": "127.0.0.1",
    "port": 8001,
    "sms_port": 8002,
    "broker_port": 8003,
    "reload": False,
}


def test_the_house_brings_a_broker_of_its_own_unless_it_is_given_one(settings, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "dealership.settings.dev")
    settings.REDIS_URL = ""
    alone = household(OPTIONS)
    settings.REDIS_URL = "redis://elsewhere:6379/0"
    given = household(OPTIONS)

    assert [child.name for child in alone] == ["broker", "sms-simulator", "worker", "beat", "web"]
    assert [child.name for child in given] == ["sms-simulator", "worker", "beat", "web"]
    assert {child.env["REDIS_URL"] for child in alone[1:]} == {"redis://127.0.0.1:8003/0"}
    assert {child.env["REDIS_URL"] for child in given} == {"redis://elsewhere:6379/0"}
