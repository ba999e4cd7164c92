"""What differs by database, in one place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

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


def insert_many(
    model: "type[Model]",
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    same: Mapping[str, Any] | None = None,
    using: str = "default",
) -> None:
    """
    Insert plain values, several times as fast as `bulk_create`: it makes no objects.

    `columns` are names of fields (`customer_id`) whose values are numbers and texts as the
    database takes them; those in `same` have one value for all rows, of any type. Fields that
    are not named get their default. Keys and checks of the database hold as ever.
    """
    from django.db import connections  # noqa: PLC0415 – this module is read by the settings

    ready = list(rows)
    if not ready:
        return
    connection, meta = connections[using], model._meta
    fields = {field.attname: field for field in meta.concrete_fields}
    constants = dict(same or {})
    for name, field in fields.items():
        if name not in columns and name not in constants and not field.primary_key:
            constants[name] = field.get_default()
    names = [*columns, *constants]
    fixed = tuple(
        fields[name].get_db_prep_save(value, connection) for name, value in constants.items()
    )
    quote = connection.ops.quote_name
    into = ", ".join(quote(fields[name].column or name) for name in names)
    statement = f"INSERT INTO {quote(meta.db_table)} ({into}) VALUES "  # noqa: S608
    values = [(*row, *fixed) for row in ready]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values  # noqa: PLC0415

            with connection.wrap_database_errors:
                execute_values(cursor.cursor, f"{statement}%s", values, page_size=1_000)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"{statement}({places})", values)


def reserve_ids(model: "type[Model]", count: int, *, using: str = "default") -> list[int]:
    """
    Take `count` ids that nobody else gets, inside the caller's transaction.

    PostgreSQL hands them out of the table's sequence. SQLite has one writer at a time: behind
    the last id that was ever given, as its own AUTOINCREMENT does.
    """
    from django.db import connections  # noqa: PLC0415 – this module is read by the settings

    connection, table = connections[using], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = found[0] if found else 0
    return list(range(last + 1, last + 1 + count))
