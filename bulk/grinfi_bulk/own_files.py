"""SQLite files that jobs keep their state in. One process at a time writes to each."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from grinfi_async import GrinfiError

__all__ = ["OwnFile"]


class OwnFile:
    """An SQLite file that this process writes to, and no other, until it is closed or the process is gone.

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

    def __init__(self, path: Path | None) -> None:
        self.path = path
        with self._explained():
            # SQLite keeps a database without a name in memory while it is small, and then in a temporary file.
            # Threads take turns: a job's own thread, and workers that it waits for.
            self._db = sqlite3.connect(path or "", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._explained():
                self._claim()
                self._db.execute("BEGIN IMMEDIATE")  # held between commits too, so that no other process comes in
        except BaseException:
            self._db.close()
            raise

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
        """Make what was written last, whatever happens."""
        with self._explained():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._db.close()

    def _value(self, query: str, *values: str) -> Any:
        return self._db.execute(query, values).fetchone()[0]

    def _foreign(self) -> GrinfiError:
        return self.error(f"{self.path} is not {self.kind}; name another file.")

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            where = self.path or f"The temporary file for {self.kind}"
            if "locked" in str(error):
                told = f"{where} is in use by another process; wait for that, or stop it."
                raise self.in_use_error(told) from error
            if "not a database" in str(error):
                raise self._foreign() from error
            raise self.error(f"{where} cannot be used as {self.kind}: {error}.") from error
