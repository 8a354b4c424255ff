"""SQLite files in which jobs keep their state. Only one process writes to each."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from grinfi_async import GrinfiError
from grinfi_support.private_files import create_new, place_of

__all__ = ["LockedFile"]


class LockedFile:
    """An SQLite file that only this process writes to, until it is closed or the process ends.

    Only its owner may read a new file. SQLite gives the files beside it (`-wal`, `-shm`) the same mode.

    Args:
        path: The file; it is created if it does not exist. None for a temporary one, deleted when it is closed.

    Attributes:
        kind: The kind of file, for messages.
        application_id: The number by which SQLite recognises this kind of file.
        schema: The tables of a new file.
        is_private: Whether other processes may not even read it.
        error: Raised if the file cannot be used.
        in_use_error: Raised if another process writes to it.
    """

    kind: ClassVar[str]
    application_id: ClassVar[int]
    schema: ClassVar[str]
    is_private: ClassVar[bool] = True
    error: ClassVar[type[GrinfiError]]
    in_use_error: ClassVar[type[GrinfiError]]

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.path = None if path is None else Path(path)
        self._failure: GrinfiError | None = None
        self._seen: dict[str, os.stat_result] = {}
        # A cancelled task closes the file while its worker thread may still be writing.
        self._lock = threading.RLock()
        # SQLite keeps a database without a name in memory while it is small, and then in a temporary file.
        self._place = "" if path is None else self._find_place(os.fspath(path))
        with self._explained():
            # Two threads use the connection in turn: the thread of the job, and a worker that it waits for.
            self._db = sqlite3.connect(self._place, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._explained():
                self._claim()
                # The write lock is taken now, and again right after each commit: as long as the file is open, another
                # process gets "database is locked" at once (timeout=0), and the lock dies with this process.
                self._db.execute("BEGIN IMMEDIATE")
            self._check_place()
        except BaseException:
            self._db.close()
            raise

    def _find_place(self, path: str) -> str:
        """The resolved path of the file, which is created if it does not exist."""
        # SQLite would take ":memory:" and "file:..." for a database in memory and a URI.
        if not path or path == ":memory:" or path.startswith("file:"):
            raise self.error(f"{path!r} cannot be used as {self.kind}: it is not a file name; pass one.")
        try:
            place = place_of(path)
            with suppress(FileExistsError):
                create_new(place).close()
            self._seen[""] = place.stat()
        except OSError as error:
            raise self.error(f"{path} cannot be used as {self.kind}: {error.strerror}.") from error
        return str(place)

    def _claim(self) -> None:
        db = self._db
        if self.is_private:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
        known, tables = self._value("PRAGMA application_id"), self._value("SELECT count(*) FROM sqlite_master")
        if tables and known != self.application_id:
            raise self._foreign()
        if self.path is None:
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        else:
            # FULL: commits survive even a power cut.
            db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        if not tables:
            db.executescript(f"BEGIN EXCLUSIVE; {self.schema} PRAGMA application_id = {self.application_id}; COMMIT;")

    def commit(self) -> None:
        """Make the changes durable, even through a crash or a power cut.

        Raises:
            GrinfiError: The file cannot be written, or the next run would not find it: it was moved or replaced.
        """
        with self._explained():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
        self._check_place()

    def close(self) -> None:
        """Close the file; changes that were not committed are lost."""
        with self._lock:
            self._db.close()

    def _check_place(self) -> None:
        """Stop if the next run would not find this file: SQLite writes on to a deleted file without an error."""
        # The file and its `-wal` are compared by inode with those seen first. The `-wal` appears with the first write.
        for suffix in ("", "-wal") if self._place else ():
            try:
                found = os.stat(f"{self._place}{suffix}")
            except FileNotFoundError:
                found = None
            seen = self._seen.get(suffix)
            if seen is None and found is not None:
                self._seen[suffix] = found
            elif seen is not None and (found is None or not os.path.samestat(seen, found)):
                self._failure = self.error(
                    f"{self.path}{suffix} was deleted, moved or replaced while the job was using it; the job stopped, "
                    "and its last steps are not recorded. Check what was done before you run it again."
                )
                raise self._failure

    def _value(self, query: str, *values: str) -> Any:
        return self._db.execute(query, values).fetchone()[0]

    def _foreign(self) -> GrinfiError:
        return self.error(f"{self.path} is not {self.kind}; use another file.")

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Explain errors of SQLite. After one the file is not used again: what a commit would write is unknown."""
        if self._failure is not None:
            raise self._failure
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            where = self.path or f"The temporary file for {self.kind}"
            if "locked" in str(error):
                self._failure = self.in_use_error(f"{where} is in use by another process; wait for that, or stop it.")
            elif "not a database" in str(error):
                self._failure = self._foreign()
            else:
                self._failure = self.error(f"{where} cannot be used as {self.kind}: {error}.")
            raise self._failure from error
