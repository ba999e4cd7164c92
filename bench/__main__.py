"""
`python -m bench`: fill databases, serve them, measure each hot page, print ratios.

Ratios against the trivial view of the same run are what counts: seconds are this machine's.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"
RESULTS = FOLDER / "results.json"


def database_for(size: int | str, server: str) -> str:
    """The URL of the database that holds `size` customers; PostgreSQL's is created if missing."""
    if not server:
        FOLDER.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{FOLDER / f'{size}.sqlite3'}"
    import psycopg2  # noqa: PLC0415

    base, _slash, _name = server.rpartition("/")
    name = f"bench_{size}"
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    return f"{base}/{name}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--customers", default="10000,100000", help="sizes, comma-separated")
    parser.add_argument("--rounds", type=int, default=60, help="requests for each page")
    parser.add_argument(
        "--postgres", default="", help="a PostgreSQL URL; without it SQLite files under var/bench"
    )
    options = parser.parse_args()
    sizes = [int(text) for text in options.customers.split(",")]
    RESULTS.unlink(missing_ok=True)
    for size in sizes:
        database = database_for(size, options.postgres)
        child = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": database,
            "REDIS_URL": "",
        }
        run = [sys.executable, "-m", "bench.measure", str(size), str(options.rounds)]
        code = subprocess.run(run, env=child, check=False).returncode  # noqa: S603
        if code:
            sys.exit(code)
    growth([str(size) for size in sizes])


def growth(sizes: list[str]) -> None:
    """How each page grows with the rows: the same number of queries, and times the time."""
    found = json.loads(RESULTS.read_text())
    if len(sizes) < 2:
        return
    few, many = found[sizes[0]], found[sizes[-1]]
    print(f"\n| page | queries at {sizes[0]} | at {sizes[-1]} | × the time |")
    print("|---|--:|--:|--:|")
    for key, (queries, ratio) in few.items():
        then, grown = many[key]
        mark = " **more**" if then > queries else ""
        print(f"| {key} | {queries} | {then}{mark} | {grown / ratio:.1f} |")


if __name__ == "__main__":
    main()
