"""What differs by database, in one place."""

from typing import Any

SQLITE_OPTIONS = {
    # Django's defaults fail with "database is locked" under concurrent writers.
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL, not NORMAL: the SMS ledger lives here, and a row that says "calling" must survive a
    # power cut, or the message would be sent twice.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
POSTGRESQL_OPTIONS = {"connect_timeout": 10, "application_name": "showroom"}


def configure(database: dict[str, Any]) -> dict[str, Any]:
    """Return `database` with the options that its engine needs here."""
    if database["ENGINE"].endswith("sqlite3"):
        return {**database, "OPTIONS": {**SQLITE_OPTIONS, **database.get("OPTIONS", {})}}
    return {
        **database,
        # A connection for each request costs most of the throughput.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**POSTGRESQL_OPTIONS, **database.get("OPTIONS", {})},
    }
