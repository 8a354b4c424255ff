"""The state of each item on disk, so that an interrupted job resumes where it stopped and does nothing twice."""

from __future__ import annotations

import json
import os
from typing import Any, Final, Literal, NamedTuple

from .errors import JournalError, JournalInUseError
from .items import digest_of
from .locked_files import LockedFile

__all__ = ["Journal", "Record", "State"]

# The states of an item. `*`: committed to disk before the request leaves.
#
#   no record --start*--> started --end--> done      an answer or a later read showed it
#                            |             sent      accepted, but nothing has shown it yet
#                            |             failed    refused, or harmless to repeat
#                            |             unknown   a write whose answer was lost
#                            |             pending   nothing was sent: cancelled while waiting, or left alone
#                            +-- no end -> started   a crash (the request may have left: as if unknown), or a
#                                                    cancelled call that is harmless to repeat
#
# What the next run does with an item in each state:
#
#   no record, pending, failed    sends it
#   done                          skips it
#   started, sent, unknown        a read or an idempotent write: sends it again
#                                 another write: looks whether it was applied, if the job can look; sends it again
#                                 only with repeat_unknown=True; otherwise reports it as `sent` or `unknown`
#
# A crash before the commit of `start` loses nothing, as nothing was sent. A crash between the answer and the commit of
# its end leaves `started` on disk: the next run takes it as unknown, which is the safe side.
State = Literal["pending", "started", "done", "sent", "failed", "unknown"]
"""`started` without an end, and `unknown`: it may have been applied. `sent`: accepted, but not seen to be applied.
`pending`: it was not sent."""

FORMAT: Final = 1


class Record(NamedTuple):
    """What the journal knows about an item."""

    row: int
    state: State
    result: Any
    error: str | None


class Journal(LockedFile):
    """A journal, open for one job.

    It holds the row of each item, its key or a digest of that, its state, the time, a short result, and the text of
    the error.

    Args:
        path: The file; it is created if it does not exist. None for a temporary one, deleted when it is closed.
        job: Identifies the job; the journal of another job is refused.
        readable: Whether keys are kept as they are; otherwise their digests, as keys are often personal data.
        by_key: Whether an item is identified by its key alone, in any row.

    Raises:
        JournalError: The journal cannot be used.
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
            raise JournalError(f"{self.path} has format {version}, this version reads {FORMAT}; use another file.")
        if not self._value("SELECT count(*) FROM job"):
            self._db.execute("INSERT INTO job VALUES (?)", (job,))
            self._is_changed = True
            self.commit()
        recorded = self._value("SELECT name FROM job")
        if recorded != job:
            raise JournalError(
                f"{self.path} is the journal of another job: {recorded}, not {job}. "
                "Use another file, or run the job it belongs to."
            )

    def find(self, row: int, key: str) -> Record | None:
        """The record of an item, or of an earlier row with the same key.

        Raises:
            JournalError: The row had another key: the journal was started with another input.
        """
        # Row and key are both looked for, as either may give the input away:
        #
        #   recorded      now           found
        #   3 = ada       3 = ada       the record of the item
        #   3 = ada       7 = ada       row 7 is a duplicate of row 3
        #   3 = ada       3 = bob       another input: rows were edited
        #   7 = ada       3 = ada       another input: rows were removed or reordered
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
                    f"{self.path} was started with another input: {difference}. Pass the same rows in the same order, "
                    "or use another file. If only other fields have changed, use bulk.map with key= from the first run."
                )
            return Record(other_row, state, None if result is None else json.loads(result), error)
        return None

    def start(self, row: int, key: str) -> None:
        """Record that the item is about to be sent. Commit before sending it."""
        with self._explained():
            self._db.execute(
                "INSERT INTO items (row, key, state, at) VALUES (?, ?, 'started', datetime('now')) "
                "ON CONFLICT (row) DO UPDATE SET state = 'started', error = NULL, at = datetime('now')",
                (self._row_of(row, key), self._kept(key)),
            )
            self._is_changed = True

    def end(self, row: int, key: str, state: State, *, result: Any = None, error: str | None = None) -> None:
        """Record the end of an item. Results are kept if they are text, a number or a boolean."""
        kept = json.dumps(result) if isinstance(result, str | int | float) else None
        with self._explained():
            self._db.execute(
                "UPDATE items SET state = ?, result = ?, error = ?, at = datetime('now') WHERE row = ?",
                (state, kept, error, self._row_of(row, key)),
            )
            self._is_changed = True

    def commit(self) -> None:
        """Make the changes durable, if there are any; see `LockedFile.commit`."""
        if self._is_changed:
            super().commit()
            self._is_changed = False

    def close(self) -> None:
        """Commit, and close the file. The second call does nothing."""
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
        # By key, the row number is made from the key, so that a contact keeps its record when rows move.
        # 15 hex digits are 60 bits, which fit into the signed 64-bit integers of SQLite.
        return int(digest_of(key)[:15], 16) if self._by_key else row

    def _kept(self, key: str) -> str:
        return key if self._readable else digest_of(key)
