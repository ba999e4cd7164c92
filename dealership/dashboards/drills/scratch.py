"""A database and a folder of their own for a drill; nothing of the installation is touched."""

import contextlib
import getpass
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Scratch:
    vendor: str
    folder: Path
    url: str


def postgres_server() -> str:
    """The server part of a PostgreSQL URL that lets us in, or ''."""
    import psycopg2  # noqa: PLC0415

    given = os.environ.get("DATABASE_URL", "")
    servers = [f"postgres://{name}@127.0.0.1:5432" for name in (getpass.getuser(), "postgres")]
    if given.startswith("postgres"):
        servers.insert(0, given.rpartition("/")[0])
    for server in servers:
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(f"{server}/postgres", connect_timeout=3).close()
            return server
    return ""


@contextlib.contextmanager
def scratch(vendor: str) -> Iterator[Scratch]:
    """An empty database of `vendor`, dropped at the end."""
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        if vendor == "sqlite":
            yield Scratch(vendor, folder, f"sqlite:///{folder / 'drill.sqlite3'}")
            return
        server, database = postgres_server(), f"drill_{os.getpid()}"
        _execute(server, f'CREATE DATABASE "{database}"')
        try:
            yield Scratch(vendor, folder, f"{server}/{database}")
        finally:
            _execute(server, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _execute(server: str, statement: str) -> None:
    import psycopg2  # noqa: PLC0415

    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
