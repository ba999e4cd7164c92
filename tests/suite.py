"""
All checks and tests in one go: what `make test` runs.

Style, import contracts, types, migrations, then the tests on SQLite, then again on PostgreSQL with
Redis where DATABASE_URL and REDIS_URL, or the usual local ports, lead to some. What is left out
is named with its reason; with REQUIRE_ALL=1 nothing may be left out.
"""

import argparse
import getpass
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import redis

PYTHON = sys.executable
BIN = Path(PYTHON).parent
ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in {"", "0"}

CHECKS = {
    "style": [BIN / "ruff", "check", "."],
    "layout": [BIN / "ruff", "format", "--check", "."],
    "import contracts": [BIN / "lint-imports", "--no-cache"],
    "types": [PYTHON, "-m", "mypy", "."],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "set-up": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
}
# A test that hangs must not hang the whole.
LONGEST = 40 * 60
# Shuffled, but each time in the same way; `pytest` alone shuffles anew.
SAME = ["--randomly-seed=1"]

failed: list[str] = []
skipped: list[str] = []


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--lint", action="store_true", help="only the checks, no tests")
    options.add_argument("--workers", default=os.environ.get("TEST_WORKERS", "2"))
    chosen, rest = options.parse_known_args()
    os.chdir(ROOT)
    for name, command in CHECKS.items():
        step(name, command, sqlite())
    if not chosen.lint:
        pytest = [PYTHON, "-m", "pytest", "-n", chosen.workers, "--dist", "loadgroup", *SAME, *rest]
        step("tests on SQLite", pytest, sqlite())
        if services := find_services():
            step("tests on PostgreSQL and Redis", pytest, services)
        name_skipped_tests()
    close()


def step(name: str, command: list[str | Path], env: dict[str, str]) -> None:
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    try:
        code = subprocess.run(command, env=env, check=False, timeout=LONGEST).returncode
    except subprocess.TimeoutExpired:
        print(f"── {name}: stopped, it took longer than {LONGEST // 60} minutes")
        code = 1
    print(f"── {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
    if code:
        failed.append(name)


def close() -> None:
    for reason in skipped:
        print(f"Skipped: {reason}")
    if skipped and REQUIRE_ALL:
        failed.append("nothing may be skipped here")
    print(f"Failed: {', '.join(failed)}" if failed else "All is well.")
    sys.exit(1 if failed else 0)


def environment(**values: str) -> dict[str, str]:
    """The tests' environment: ours, without what a person's shell says about databases."""
    ours = {key: value for key, value in os.environ.items() if key not in UNSET}
    return {**ours, "DJANGO_SETTINGS_MODULE": "dealership.settings.test", **values}


UNSET = {"DATABASE_URL", "REDIS_URL", "DEBUG"}


def sqlite() -> dict[str, str]:
    return environment(DATABASE_URL="sqlite:///var/db.sqlite3", REDIS_URL="")


def find_services() -> dict[str, str] | None:
    database, broker = find_postgresql(), find_redis()
    if database and broker:
        return environment(DATABASE_URL=database, REDIS_URL=broker)
    return None


def find_postgresql() -> str:
    """Return the first PostgreSQL that lets us in, or say why there is none."""
    given = os.environ.get("DATABASE_URL", "")
    users = dict.fromkeys([getpass.getuser(), "postgres"])
    candidates = [f"postgres://{user}@127.0.0.1:5432/showroom" for user in users]
    if given.startswith("postgres"):
        candidates = [given]
    reason = ""
    for url in candidates:
        try:
            # The test database is made from this one, which need not exist itself.
            psycopg2.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=3).close()
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
        else:
            return url
    skipped.append(f"tests on PostgreSQL: {reason}")
    return ""


def find_redis() -> str:
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/9"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        skipped.append(f"tests on PostgreSQL and Redis, for want of Redis: {error}")
        return ""
    return url


def name_skipped_tests() -> None:
    """pytest itself names the tests it skipped; here is what is known to be missing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if not (os.environ.get("CHROMIUM") or any(map(shutil.which, names))):
        skipped.append("stories in a browser: no Chromium (on Debian: chromium)")


if __name__ == "__main__":
    main()
