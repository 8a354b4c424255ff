"""What became of each item, on disk: so that an interrupted job goes on where it stopped, and nothing is done twice."""

from __future__ import annotations

import json
import os
from typing import Any, Final, Literal, NamedTuple

from .errors import JournalError, JournalInUseError
from .items import digest_of
from .locked_files import LockedFile

__all__ = ["Journal", "Record", "State"]

State = Literal["pending", "started", "done", "sent", "failed", "unknown"]
"""`started` without an end, and `unknown`: it may have been applied. `sent`: accepted, but not seen to be applied.
`pending`: it was not sent."""

FORMAT: Final = 1


class Record(NamedTuple):
    """What the journal knows of an item."""

    row: int
    state: State
    result: Any
    error: str | None


class Journal(LockedFile):
    """A journal, open for one job.

    It holds the row of each item, its key or a digest of that, its state, the time, a short result, and the text of
    the error.

    Args:
        path: The file; it is made if it is not there. None for one that is forgotten when it is closed.
        job: What identifies the job; a journal of another is refused.
        readable: Whether keys are kept as they are, which whoever chose them has to want; otherwise digests of them.
        by_key: Whether an item is known by its key alone, whatever row it is in.

    Raises:
        JournalError: It cannot be used.
    """

    kind = "the journal of a job"
    application_id = 0x47726E66
    schema = f"""
        CREATE TABLE items (
            row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, result TEXT, error TEXT, at TEXT
        );
        CREATE TABLE job (name TEXT NOT NULL);
        PRAGMA user_version = {FORMAT};
    """
    error = JournalError
    in_use_error = JournalInUseError

    def __init__(
        self, path: str | os.PathLike[str] | None, job: str, readable: bool = False, *, by_key: bool = False
    ) -> None:
        super().__init__(path)
        self._readable = readable
        self._by_key = by_key
        self._is_changed = False
        self._is_closed = False
        try:
            with self._explained():
                self._check(job)
        except BaseException:
            self._db.close()
            raise

    def _check(self, job: str) -> None:
        version = self._value("PRAGMA user_version")
        if version != FORMAT:
            raise JournalError(f"{self.path} has format {version}, this version reads {FORMAT}; name another file.")
        if not self._value("SELECT count(*) FROM job"):
            self._db.execute("INSERT INTO job VALUES (?)", (job,))
            self._is_changed = True
            self.commit()
        recorded = self._value("SELECT name FROM job")
        if recorded != job:
            raise JournalError(
                f"{self.path} is the journal of another job: of {recorded}, not of {job}. "
                "Name another file, or run the job it belongs to."
            )

    def find(self, row: int, key: str) -> Record | None:
        """What is known of an item; of another row if that had the same key.

        Raises:
            JournalError: The row had another key: the input is not the one that the journal was begun with.
        """
        kept, place = self._kept(key), self._row_of(row, key)
        with self._explained():
            found = self._db.execute(
                "SELECT row, key, state, result, error FROM items WHERE row = ? OR key = ? ORDER BY row", (place, kept)
            ).fetchall()
        for other_row, other_key, state, result, error in found:
            if self._by_key:
                other_row = row
            if (other_row == row and other_key != kept) or other_row > row:
                before = f"was {other_key!r}" if self._readable else "was another item"
                difference = (
                    f"row {row} is {key!r} now, but {before if other_row == row else f'that was row {other_row}'}"
                )
                raise JournalError(
                    f"{self.path} was begun with another input: {difference}. Give it the same rows in the same order, "
                    "name another file, or pass key= from the first run on if fields change that do not identify a row."
                )
            return Record(other_row, state, None if result is None else json.loads(result), error)
        return None

    def start(self, row: int, key: str) -> None:
        """The item is about to be sent. To be committed before it is."""
        with self._explained():
            self._db.execute(
                "INSERT INTO items (row, key, state, at) VALUES (?, ?, 'started', datetime('now')) "
                "ON CONFLICT (row) DO UPDATE SET state = 'started', error = NULL, at = datetime('now')",
                (self._row_of(row, key), self._kept(key)),
            )
            self._is_changed = True

    def end(self, row: int, key: str, state: State, *, result: Any = None, error: str | None = None) -> None:
        """What became of an item. Results are kept if they are text, a number or a truth value."""
        kept = json.dumps(result) if isinstance(result, str | int | float) else None
        with self._explained():
            self._db.execute(
                "UPDATE items SET state = ?, result = ?, error = ?, at = datetime('now') WHERE row = ?",
                (state, kept, error, self._row_of(row, key)),
            )
            self._is_changed = True

    def commit(self) -> None:
        """Make what was written last; see `LockedFile.commit`. There is nothing to do if nothing was written."""
        if self._is_changed:
            super().commit()
            self._is_changed = False

    def close(self) -> None:
        """Commit, and let go of the file. Nothing happens the second time."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._failure is None:
                with self._explained():
                    self._db.execute("COMMIT")
        finally:
            self._db.close()

    def _row_of(self, row: int, key: str) -> int:
        return int(digest_of(key)[:15], 16) if self._by_key else row

    def _kept(self, key: str) -> str:
        return key if self._readable else digest_of(key)
