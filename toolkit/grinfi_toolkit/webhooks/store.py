"""Queued events, and the keys of received ones, in an SQLite file or in memory."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from typing import Final

from grinfi_async import ConfigurationError
from grinfi_support.private_files import create_new, place_of

__all__ = ["EventStore"]

# One row for each event, from its arrival until its key is forgotten:
#
#   put     body, running = 0     waits
#   take    body, running = 1     a worker handles it; after a crash, the next start resets it to 0
#   finish  no body               only the key is left, so that a repeat is recognised
#           deleted               `until` is over, or 100,000 newer events have come
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, until REAL, body TEXT, running INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS waiting ON events (running, id) WHERE body IS NOT NULL;
"""
REMEMBERED: Final = 100_000
"""Most keys that are remembered."""
EVERY: Final = 1_000
"""Old keys are deleted each time this many events have come."""


class EventStore:
    """A queue that recognises events that it already had.

    Args:
        path: SQLite file, which only one process may use; None keeps everything in memory.

    Raises:
        ConfigurationError: The file cannot be used, or another process uses it.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        try:
            if path is not None:
                with suppress(FileExistsError):
                    create_new(place_of(path)).close()  # readable by its owner only: it has messages of people
            self._connection = sqlite3.connect(path or ":memory:", timeout=0, isolation_level=None)
            try:
                self._connection.executescript(
                    f"PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}"
                )
                self._connection.execute("UPDATE events SET running = 0 WHERE running")
            except sqlite3.Error:
                self._connection.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"store={os.fspath(path or '')!r} cannot be used: {error}. Use a different file for each process."
            ) from error
        (self.waiting,) = self._connection.execute("SELECT count(*) FROM events WHERE body IS NOT NULL").fetchone()

    def knows(self, key: str) -> bool:
        """Whether an event with this key was received and is still remembered."""
        query = "SELECT 1 FROM events WHERE key = ? AND (body IS NOT NULL OR until IS NULL OR until > ?)"
        return self._connection.execute(query, (key, time.time())).fetchone() is not None

    def put(self, key: str, body: str, seconds: float | None) -> None:
        """Store an event until it is finished, and its key for this many seconds; None for as long as there is room."""
        until = None if seconds is None else time.time() + seconds
        added = "INSERT OR REPLACE INTO events (key, body, until) VALUES (?, ?, ?)"
        number = self._connection.execute(added, (key, body, until)).lastrowid or 0
        self.waiting += 1
        if number % EVERY == 0:
            forgotten = "DELETE FROM events WHERE body IS NULL AND (until < ? OR id <= ?)"
            self._connection.execute(forgotten, (time.time(), number - REMEMBERED))

    def take(self) -> tuple[str, str]:
        """Key and body of the oldest event that waits; there must be one."""
        number, key, body = self._connection.execute(
            "SELECT id, key, body FROM events WHERE body IS NOT NULL AND running = 0 ORDER BY id LIMIT 1"
        ).fetchone()
        self._connection.execute("UPDATE events SET running = 1 WHERE id = ?", (number,))
        return key, body

    def finish(self, key: str) -> None:
        """Delete the event, and remember its key."""
        self._connection.execute("UPDATE events SET body = NULL, running = 0 WHERE key = ?", (key,))
        self.waiting -= 1

    def unfinished(self) -> list[tuple[str, str]]:
        """Key and body of each event that waits or is being handled."""
        return self._connection.execute("SELECT key, body FROM events WHERE body IS NOT NULL ORDER BY id").fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
