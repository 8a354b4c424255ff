"""What became of each item, on disk: so that an interrupted job goes on where it stopped, and nothing is done twice."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from .errors import JournalError, JournalInUseError

__all__ = ["Journal", "Record", "State"]

State = Literal["pending", "started", "done", "failed", "unknown"]
"""`started` without an end, and `unknown`: it may have been applied. `pending`: it was not sent."""

APPLICATION_ID: Final = 0x47726E66
FORMAT: Final = 1
SCHEMA: Final = f"""
BEGIN EXCLUSIVE;
CREATE TABLE items (
    row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, result TEXT, error TEXT, at TEXT
);
CREATE TABLE job (name TEXT NOT NULL);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
"""


class Record(NamedTuple):
    """What the journal knows of an item."""

    row: int
    state: State
    result: Any
    error: str | None


class Journal:
    """A journal, open for one job.

    Args:
        path: The file; it is made if it is not there. None for one that is forgotten when it is closed.
        job: What identifies the job; a journal of another is refused.

    Raises:
        JournalError: It cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str] | None, job: str) -> None:
        self.path = None if path is None else Path(path)
        # SQLite keeps a database without a name in memory while it is small, and then in a temporary file.
        with self._explained():
            self._db = sqlite3.connect(self.path or "", timeout=0, isolation_level=None)
        try:
            with self._explained():
                self._open(job)
        except BaseException:
            self._db.close()
            raise

    def _open(self, job: str) -> None:
        db = self._db
        # Held from the first access until it is closed or the process is gone.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        known, tables = self._value("PRAGMA application_id"), self._value("SELECT count(*) FROM sqlite_master")
        if tables and known != APPLICATION_ID:
            raise JournalError(f"{self.path} is a database, but no journal; name another file.")
        if self.path is None:
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        else:
            # FULL: what is committed survives a power cut too.
            db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        if not tables:
            db.executescript(SCHEMA)
            db.execute("INSERT INTO job VALUES (?)", (job,))
            db.execute("COMMIT")
        version = self._value("PRAGMA user_version")
        if version != FORMAT:
            raise JournalError(f"{self.path} has format {version}, this version reads {FORMAT}; name another file.")
        recorded = self._value("SELECT name FROM job")
        if recorded != job:
            raise JournalError(
                f"{self.path} is the journal of another job: of {recorded}, not of {job}. "
                "Name another file, or run the job it belongs to."
            )
        db.execute("BEGIN IMMEDIATE")

    def find(self, row: int, key: str) -> Record | None:
        """What is known of an item; of another row if that had the same key.

        Raises:
            JournalError: The row had another key: the input is not the one that the journal was begun with.
        """
        with self._explained():
            found = self._db.execute(
                "SELECT row, key, state, result, error FROM items WHERE row = ? OR key = ? ORDER BY row", (row, key)
            ).fetchall()
        for other_row, other_key, state, result, error in found:
            if (other_row == row and other_key != key) or other_row > row:
                raise JournalError(
                    f"{self.path} was begun with another input: row {row} is {key!r} now, but "
                    f"{f'was {other_key!r}' if other_row == row else f'that was row {other_row}'}. Give it the same "
                    "rows in the same order, name another file, or pass key= if only other fields of the rows changed."
                )
            return Record(other_row, state, None if result is None else json.loads(result), error)
        return None

    def start(self, row: int, key: str) -> None:
        """The item is about to be sent. To be committed before it is."""
        with self._explained():
            self._db.execute(
                "INSERT INTO items (row, key, state, at) VALUES (?, ?, 'started', datetime('now')) "
                "ON CONFLICT (row) DO UPDATE SET state = 'started', error = NULL, at = datetime('now')",
                (row, key),
            )

    def end(self, row: int, state: State, *, result: Any = None, error: str | None = None) -> None:
        """What became of an item. Results are kept if they are text, a number or a truth value."""
        kept = json.dumps(result) if isinstance(result, str | int | float) else None
        with self._explained():
            self._db.execute(
                "UPDATE items SET state = ?, result = ?, error = ?, at = datetime('now') WHERE row = ?",
                (state, kept, error, row),
            )

    def commit(self) -> None:
        """Make what was recorded last, whatever happens."""
        with self._explained():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Commit, and let go of the file."""
        try:
            with self._explained():
                self._db.execute("COMMIT")
        finally:
            self._db.close()

    def _value(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            where = self.path or "The temporary journal"
            if "locked" in str(error):
                raise JournalInUseError(f"{where} is in use by another process; wait for that, or stop it.") from error
            if "not a database" in str(error):
                raise JournalError(f"{where} is no journal; name another file.") from error
            raise JournalError(f"{where} cannot be used as a journal: {error}.") from error
