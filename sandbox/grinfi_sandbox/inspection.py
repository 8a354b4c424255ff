"""The store as a whole: counts, copies, and the copies that are kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import ApiError
from .store import Store

SNAPSHOTS = 20
WRITES_AHEAD = slice(18, 20)  # positions in a database file that say that it has a write-ahead log


@dataclass(frozen=True)
class Copy:
    """A copy of a store: the database, and its clock."""

    database: bytes
    last_time: datetime
    ahead: timedelta


class InspectedStore(Store):
    """A store that can be counted by kind, copied, and restored from a copy."""

    def counts(self) -> dict[str, int]:
        """Return how many records there are of each kind."""
        with self.transaction():
            rows = self._connection.execute("SELECT kind, count(*) FROM records GROUP BY kind ORDER BY kind")
            return {str(kind): int(total) for kind, total in rows}

    def copy(self) -> Copy:
        with closing(sqlite3.connect(":memory:")) as memory:
            with self._lock:
                self._connection.backup(memory)
                last_time, ahead = self._last_time, self._ahead
            image = bytearray(memory.serialize())
        image[WRITES_AHEAD] = b"\x01\x01"  # otherwise it could not be opened in memory
        return Copy(bytes(image), last_time, ahead)

    def restore(self, copied: Copy) -> None:
        """Restore a copy."""
        with closing(sqlite3.connect(":memory:")) as memory:
            memory.deserialize(copied.database)
            with self._lock:
                memory.backup(self._connection)
                self._last_time, self._ahead = copied.last_time, copied.ahead
                self._forget()


class SnapshotError(ApiError, ValueError):
    """A snapshot that does not exist, or one too many."""


class Snapshots:
    """Copies of the state, by id."""

    def __init__(self, store: InspectedStore) -> None:
        self._store = store
        self._copies: dict[str, Copy] = {}
        self._taken = 0

    def take(self) -> str:
        """Keep a copy of the state; return its id."""
        if len(self._copies) >= SNAPSHOTS:
            raise SnapshotError(409, f"There are {SNAPSHOTS} snapshots, and no more can be kept: delete one first.")
        self._taken += 1
        self._copies[str(self._taken)] = self._store.copy()
        return str(self._taken)

    def restore(self, identifier: str) -> None:
        """Restore a copy of the state."""
        self._store.restore(self._get(identifier))

    def delete(self, identifier: str) -> None:
        """Delete a copy of the state."""
        self._get(identifier)
        del self._copies[identifier]

    def _get(self, identifier: str) -> Copy:
        if identifier not in self._copies:
            kept = f"there are {', '.join(self._copies)}" if self._copies else "none is kept"
            raise SnapshotError(404, f"There is no snapshot {identifier}: {kept}.")
        return self._copies[identifier]
