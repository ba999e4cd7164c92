"""Fill one database if it is empty, serve it with one gunicorn worker, measure."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import django
import requests

PORT = 8799
HOST = f"http://127.0.0.1:{PORT}"
WARM_UP = 5
RESULTS = Path(__file__).resolve().parent.parent / "var" / "bench" / "results.json"


@dataclass
class Page:
    """A page to measure, as whom, and how often the trivial view's time it may take."""

    name: str
    path: str
    user: str
    bar: float
    data: dict[str, str] | None = None
    times: list[float] = field(default_factory=list)
    queries: int = 0

    @property
    def key(self) -> str:
        return f"{self.name} ({self.user})"

    @property
    def median(self) -> float:
        return statistics.median(self.times) * 1000

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20)[-1] * 1000


def main(size: int, rounds: int) -> None:
    django.setup()
    from bench.generate import PASSWORD, fill, pages  # noqa: PLC0415

    took = fill(size)
    if took:
        print(f"filled {size} customers in {took:.0f} s", flush=True)
    shown = [Page(*row) for row in pages()]
    count_queries(shown)
    server = serve()
    try:
        sign_ins = {page.user: sign_in(page.user, PASSWORD) for page in shown}
        measure(shown, sign_ins, rounds)
        memory = worker_memory(server.pid)
    finally:
        server.terminate()
        server.wait(10)
    table(size, shown, memory)
    keep(size, shown)


def keep(size: int, shown: list[Page]) -> None:
    """Leave what was measured for the comparison of the sizes."""
    results = {page.key: [page.queries, page.median / shown[0].median] for page in shown}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(before | {str(size): results}))


def count_queries(shown: list[Page]) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from dealership.staff.models import User  # noqa: PLC0415

    for page in shown:
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(User.objects.get(username=page.user))
        send: Callable[[], object] = lambda page=page, client=client: (  # noqa: E731
            client.post(page.path, page.data) if page.data else client.get(page.path)
        )
        send()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = send()
        if response.status_code != 200:
            sys.exit(f"{page.path} answered {response.status_code}")
        page.queries = len(captured)


def serve() -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "gunicorn", "dealership.wsgi", "-w", "1", "-k", "gthread",
        "--threads", "1", "--keep-alive", "60", "-b", f"127.0.0.1:{PORT}", "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=os.environ)  # noqa: S603
    for _attempt in range(300):
        time.sleep(0.2)
        if server.poll() is not None:
            sys.exit(f"the server does not start: is port {PORT} in use?")
        try:
            requests.get(f"{HOST}/login/", timeout=60)
        except requests.ConnectionError:
            continue
        return server
    server.terminate()
    sys.exit("the server does not answer")


def sign_in(username: str, password: str) -> requests.Session:
    browser = requests.Session()
    browser.get(f"{HOST}/login/")
    browser.post(
        f"{HOST}/login/",
        {
            "username": username,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        },
    )
    if "sessionid" not in browser.cookies:
        sys.exit(f"{username} could not sign in")
    return browser


def measure(shown: list[Page], browsers: dict[str, requests.Session], rounds: int) -> None:
    """Take the pages in turn, so that a slow moment of the machine hits all of them."""
    for number in range(rounds + WARM_UP):
        for page in shown:
            browser = browsers[page.user]
            token = {"X-CSRFToken": browser.cookies["csrftoken"]}
            began = time.perf_counter()
            if page.data:
                response = browser.post(HOST + page.path, page.data, headers=token)
            else:
                response = browser.get(HOST + page.path)
            took = time.perf_counter() - began
            if response.status_code != 200:
                sys.exit(f"{page.path} answered {response.status_code}")
            if number >= WARM_UP:
                page.times.append(took)


def worker_memory(master: int) -> float:
    """The worker's resident memory in MB."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def table(size: int, shown: list[Page], memory: float) -> None:
    trivial = shown[0].median
    from django.db import connection  # noqa: PLC0415

    print(f"\n{size:,} customers, {connection.vendor}, worker {memory:.0f} MB")
    print("| page | queries | median ms | p95 ms | × trivial | bar |")
    print("|---|--:|--:|--:|--:|--:|")
    for page in shown:
        ratio = page.median / trivial
        print(
            f"| {page.key} | {page.queries} | {page.median:.1f} | {page.p95:.1f} "
            f"| {ratio:.1f} | {page.bar:g} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
