"""SQLite files that jobs keep their state in. One process at a time writes to each."""

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
    """An SQLite file that this process writes to, and no other, until it is closed or the process is gone.

    Only its owner may read a file that it makes. SQLite gives the files beside it (`-wal`, `-shm`) the same mode.

    Args:
        path: The file; it is made if it is not there. None for one that is forgotten when it is closed.

    Attributes:
        kind: What it is, for messages.
        application_id: What SQLite keeps in the file to tell it from others.
        schema: What a new file gets.
        is_private: Whether no other process may even read it.
        error: What is raised if it cannot be used.
        in_use_error: What is raised if another process writes to it.
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
        # A task that is cancelled closes the file while its worker thread may still be writing.
        self._lock = threading.RLock()
        # SQLite keeps a database without a name in memory while it is small, and then in a temporary file.
        self._place = "" if path is None else self._find_place(os.fspath(path))
        with self._explained():
            # Threads take turns: a job's own thread, and workers that it waits for.
            self._db = sqlite3.connect(self._place, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._explained():
                self._claim()
                self._db.execute("BEGIN IMMEDIATE")  # held between commits too, so that no other process comes in
            self._check_place()
        except BaseException:
            self._db.close()
            raise

    def _find_place(self, path: str) -> str:
        """Where the file is; it is made if it is not there."""
        # ":memory:" and "file:..." are names of files to everyone but SQLite, and nobody means such a file.
        if not path or path == ":memory:" or path.startswith("file:"):
            raise self.error(f"{path!r} cannot be used as {self.kind}: it does not name a file; name one.")
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
            # FULL: what is committed survives a power cut too.
            db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        if not tables:
            db.executescript(f"BEGIN EXCLUSIVE; {self.schema} PRAGMA application_id = {self.application_id}; COMMIT;")

    def commit(self) -> None:
        """Make what was written last, whatever happens.

        Raises:
            GrinfiError: It cannot be written, or would not last: the file is not the one that was opened any more.
        """
        with self._explained():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
        self._check_place()

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        with self._lock:
            self._db.close()

    def _check_place(self) -> None:
        """Refuse to go on with a file that the next run would not find. SQLite does not notice."""
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
                    f"{self.path}{suffix} was deleted, moved or replaced while the job was using it; what the job did "
                    "is recorded no further. Do not run it again before you know what was done."
                )
                raise self._failure

    def _value(self, query: str, *values: str) -> Any:
        return self._db.execute(query, values).fetchone()[0]

    def _foreign(self) -> GrinfiError:
        return self.error(f"{self.path} is not {self.kind}; name another file.")

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Say what SQLite's errors mean. After one the file is used no more: nobody knows what a commit would write."""
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
