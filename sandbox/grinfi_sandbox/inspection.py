"""The store as a whole: what it counts, and copies of it."""

from __future__ import annotations

import sqlite3

from .store import Store


class InspectedStore(Store):
    """A store that can be counted by kind, copied, and set back to a copy."""

    def counts(self) -> dict[str, int]:
        """Return how many records there are of each kind."""
        with self.transaction():
            rows = self._connection.execute("SELECT kind, count(*) FROM records GROUP BY kind ORDER BY kind")
            return {str(kind): int(total) for kind, total in rows}

    def copy(self) -> sqlite3.Connection:
        """Return a copy of the database, held in memory."""
        copied = sqlite3.connect(":memory:", check_same_thread=False)
        with self._lock:
            self._connection.backup(copied)
        return copied

    def restore(self, copied: sqlite3.Connection) -> None:
        """Go back to a copy."""
        with self._lock:
            copied.backup(self._connection)
