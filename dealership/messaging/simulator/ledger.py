"""The simulator's memory: every send it accepted, every receipt and reply; SQLite of its own."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, out_id TEXT NOT NULL, provider_id TEXT NOT NULL,
    phone TEXT NOT NULL, signature TEXT NOT NULL, body TEXT NOT NULL,
    status TEXT NOT NULL, code TEXT NOT NULL DEFAULT '', accepted_at REAL NOT NULL,
    delivered_at REAL
);
CREATE INDEX IF NOT EXISTS message_out_id ON message (out_id);
CREATE INDEX IF NOT EXISTS message_phone ON message (phone, id);
CREATE TABLE IF NOT EXISTS refusal (
    id INTEGER PRIMARY KEY, out_id TEXT NOT NULL, phone TEXT NOT NULL, code TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS refusal_out_id ON refusal (out_id);
CREATE TABLE IF NOT EXISTS reply (
    id INTEGER PRIMARY KEY, sequence_id TEXT NOT NULL, phone TEXT NOT NULL, body TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS reply_phone ON reply (phone, id);
"""


class Ledger:
    """One connection behind a lock; it may be a file, so that a restart forgets nothing."""

    def __init__(self, path: str = ":memory:"):
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, values).fetchall()]

    def _do(self, sql: str, values: Sequence[Any]) -> int:
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    def accept(self, message: dict[str, str]) -> dict[str, Any]:
        """Take a message; the same `out_id` again is a second message, as with real providers."""
        provider_id = uuid.uuid4().hex[:20]
        row = self._do(
            "INSERT INTO message (out_id, provider_id, phone, signature, body, status, accepted_at)"
            " VALUES (?, ?, ?, ?, ?, 'accepted', ?)",
            (message["out_id"], provider_id, message["phone"], message["signature"],
             message["body"], time.time()),
        )  # fmt: skip
        return self._rows("SELECT * FROM message WHERE id = ?", (row,))[0]

    def refuse(self, message: dict[str, str], code: str) -> None:
        self._do(
            "INSERT INTO refusal (out_id, phone, code, at) VALUES (?, ?, ?, ?)",
            (message["out_id"], message["phone"], code, time.time()),
        )

    def close(self, row: int, *, status: str, code: str) -> None:
        self._do(
            "UPDATE message SET status = ?, code = ?, delivered_at = ? WHERE id = ?",
            (status, code, time.time(), row),
        )

    def find(self, out_id: str) -> dict[str, Any] | None:
        found = self._rows("SELECT * FROM message WHERE out_id = ? ORDER BY id LIMIT 1", (out_id,))
        return found[0] if found else None

    def refusal_of(self, out_id: str) -> str:
        found = self._rows("SELECT code FROM refusal WHERE out_id = ? ORDER BY id DESC", (out_id,))
        return str(found[0]["code"]) if found else ""

    def messages(
        self, *, phone: str = "", out_id: str = "", after: int = 0
    ) -> list[dict[str, Any]]:
        return self._rows(
            "SELECT * FROM message WHERE id > ? AND (? = '' OR phone = ?)"
            " AND (? = '' OR out_id = ?) ORDER BY id",
            (after, phone, phone, out_id, out_id),
        )

    def counts(self) -> dict[str, int]:
        return self._rows(
            "SELECT COUNT(*) AS accepted, COUNT(DISTINCT out_id) AS distinct_out_ids,"
            " COUNT(*) - COUNT(DISTINCT out_id) AS doubled,"
            " (SELECT COUNT(*) FROM refusal) AS refused, (SELECT COUNT(*) FROM reply) AS replies"
            " FROM message"
        )[0]

    def doubles(self) -> list[dict[str, Any]]:
        return self._rows(
            "SELECT out_id, COUNT(*) AS times FROM message GROUP BY out_id HAVING COUNT(*) > 1"
        )

    def reply(self, phone: str, body: str) -> dict[str, Any]:
        row = self._do(
            "INSERT INTO reply (sequence_id, phone, body, at) VALUES (?, ?, ?, ?)",
            (uuid.uuid4().hex[:16], phone, body, time.time()),
        )
        return self._rows("SELECT * FROM reply WHERE id = ?", (row,))[0]

    def phones(self, limit: int = 60) -> list[dict[str, Any]]:
        """The numbers that have something on their screens, the latest first."""
        return self._rows(
            "SELECT phone, MAX(at) AS latest_at, COUNT(*) AS count FROM ("
            " SELECT phone, accepted_at AS at FROM message UNION ALL SELECT phone, at FROM reply)"
            " GROUP BY phone ORDER BY latest_at DESC LIMIT ?",
            (limit,),
        )

    def screen(self, phone: str, limit: int = 40) -> list[dict[str, Any]]:
        """What one phone shows, oldest first."""
        rows = self._rows(
            "SELECT 'in' AS way, accepted_at AS at, signature, body, status FROM message"
            " WHERE phone = ? UNION ALL"
            " SELECT 'out', at, '', body, '' FROM reply WHERE phone = ? ORDER BY at DESC LIMIT ?",
            (phone, phone, limit),
        )
        return rows[::-1]

    def wipe(self) -> None:
        with self._lock:
            self._db.executescript("DELETE FROM message; DELETE FROM refusal; DELETE FROM reply;")
