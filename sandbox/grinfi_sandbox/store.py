"""Records in SQLite: a kind, a UUID and a JSON document each."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from .values import JsonObject

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    uuid TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL
)
"""
# Fields that records are looked up by, one index each.
INDEXED = ("linkedin", "ln_id", "sn_id", "work_email", "personal_email", "name", "object_uuid", "lead_uuid")
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Condition:
    """A piece of SQL that is true or false for a record, and the values bound in it."""

    sql: str
    values: tuple[Any, ...] = ()


def equals(field: str, value: Any) -> Condition:
    """Return the condition that a document's field, named in the code, has this value."""
    return Condition(f"json_extract(records.document, '$.{field}') = ?", (value,))


class Store:
    """The state of a sandbox. Every access happens within `transaction`."""

    def __init__(self, database: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._last_time = datetime.fromtimestamp(0, UTC)
        self._ahead = timedelta()
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._connection.create_function("fold", 1, _fold, deterministic=True)
        if database != ":memory:":
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(SCHEMA)
        self._connection.execute("CREATE INDEX IF NOT EXISTS records_kind ON records (kind)")
        for field in INDEXED:
            index = f"records_{field} ON records (kind, json_extract(document, '$.{field}'))"
            self._connection.execute(f"CREATE INDEX IF NOT EXISTS {index}")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Run one request's work: all of it is kept, or nothing after an error."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def reset(self) -> None:
        """Delete all records."""
        self._connection.execute("DELETE FROM records")
        self._last_time = datetime.fromtimestamp(0, UTC)
        self._ahead = timedelta()

    def now(self) -> str:
        """Return the time, later than any time returned before."""
        self._last_time = max(datetime.now(UTC) + self._ahead, self._last_time + timedelta(microseconds=1))
        return self._last_time.strftime(TIME_FORMAT)

    def insert(self, kind: str, document: JsonObject) -> JsonObject:
        """Store a new record under a new UUID, and return its document."""
        now = self.now()
        stored = {**document, "uuid": str(uuid4()), "created_at": now, "updated_at": now}
        self._connection.execute(
            "INSERT INTO records (kind, uuid, document) VALUES (?, ?, ?)", (kind, stored["uuid"], json.dumps(stored))
        )
        return stored

    def update(self, document: JsonObject, changes: JsonObject) -> JsonObject:
        """Store changes of a record, and return its new document."""
        stored = {**document, **changes, "updated_at": self.now()}
        self._connection.execute(
            "UPDATE records SET document = ? WHERE uuid = ?", (json.dumps(stored), document["uuid"])
        )
        return stored

    def delete(self, document: JsonObject) -> None:
        self._connection.execute("DELETE FROM records WHERE uuid = ?", (document["uuid"],))

    def get(self, kind: str, uuid: str) -> JsonObject | None:
        rows = self._connection.execute("SELECT document FROM records WHERE uuid = ? AND kind = ?", (uuid, kind))
        return next(_documents(rows), None)

    def first(self, kind: str, conditions: Iterable[Condition]) -> JsonObject | None:
        """Return the oldest record that meets all conditions."""
        return next(iter(self.find(kind, conditions, limit=1)), None)

    def find(
        self,
        kind: str,
        conditions: Iterable[Condition] = (),
        order_field: str | None = None,
        descending: bool = False,
        limit: int = -1,
        offset: int = 0,
    ) -> list[JsonObject]:
        """Return the records that meet all conditions; those with equal order fields in the order of creation."""
        where, values = _where(kind, conditions)
        direction = "DESC" if descending else "ASC"
        order = [f"id {direction}"]
        if order_field is not None:
            order.insert(0, f"json_extract(document, ?) {direction}")
            values.append(json_path(order_field))
        query = " ".join(("SELECT document FROM records", where, "ORDER BY", ", ".join(order), "LIMIT ? OFFSET ?"))
        return list(_documents(self._connection.execute(query, [*values, limit, offset])))

    def count(self, kind: str, conditions: Iterable[Condition] = ()) -> int:
        """Count the records that meet all conditions."""
        where, values = _where(kind, conditions)
        return int(self._connection.execute(" ".join(("SELECT count(*) FROM records", where)), values).fetchone()[0])

    def group_counts(self, kind: str, field: str, conditions: Iterable[Condition] = ()) -> list[tuple[Any, int]]:
        """Count the records that meet all conditions by the values of a field."""
        where, values = _where(kind, conditions)
        query = " ".join(("SELECT json_extract(document, ?), count(*) FROM records", where, "GROUP BY 1"))
        return list(self._connection.execute(query, [json_path(field), *values]))

    def turn_clock(self, moment: datetime) -> None:
        """Turn the clock ahead to a moment, from which it goes on; it never goes back."""
        self._ahead = max(self._ahead, moment - datetime.now(UTC))


def json_path(field: str) -> str:
    """Return the SQLite path of a document's field."""
    return f'$."{field}"'


def _where(kind: str, conditions: Iterable[Condition]) -> tuple[str, list[Any]]:
    all_conditions = [Condition("kind = ?", (kind,)), *conditions]
    values = [value for condition in all_conditions for value in condition.values]
    return f"WHERE {' AND '.join(condition.sql for condition in all_conditions)}", values


def _documents(rows: Iterable[Sequence[Any]]) -> Iterator[JsonObject]:
    return (json.loads(row[0]) for row in rows)


def _fold(text: object) -> str:
    return "" if text is None else str(text).casefold()
