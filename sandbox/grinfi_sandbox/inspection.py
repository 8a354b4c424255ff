"""The store as a whole: what it counts, and copies of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from .store import Store

WRITES_AHEAD = slice(18, 20)  # where the image of a database says that it has a write-ahead log


class InspectedStore(Store):
    """A store that can be counted by kind, copied, and set back to a copy."""

    def counts(self) -> dict[str, int]:
        """Return how many records there are of each kind."""
        with self.transaction():
            rows = self._connection.execute("SELECT kind, count(*) FROM records GROUP BY kind ORDER BY kind")
            return {str(kind): int(total) for kind, total in rows}

    def copy(self) -> bytes:
        """Return a copy of the database."""
        with closing(sqlite3.connect(":memory:")) as memory:
            with self._lock:
                self._connection.backup(memory)
            image = bytearray(memory.serialize())
        image[WRITES_AHEAD] = b"\x01\x01"  # otherwise it could not be opened in memory
        return bytes(image)

    def restore(self, copied: bytes) -> None:
        """Go back to a copy."""
        with closing(sqlite3.connect(":memory:")) as memory:
            memory.deserialize(copied)
            with self._lock:
                memory.backup(self._connection)
                self._totals.clear()
