"""Which rows the server makes one contact: foreseen for a whole file, and seen by the UUIDs that it answers with."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, NamedTuple

__all__ = ["Mark", "Same", "WhoIsWho", "Written", "is_same", "temporary"]

MOST_SHOWN: Final = 100


class Mark(NamedTuple):
    """Something by which the server recognises a contact."""

    what: str
    """In words, such as "email"."""
    value: str


class Same(NamedTuple):
    """Why a row is no contact of its own."""

    row: int
    """The first row of the contact."""
    what: str
    """What they have in common."""
    is_duplicate: bool
    """Whether it has the profile by which the other row is known: it is not sent then."""


def is_same(same: Same) -> str:
    """Why a row is no contact of its own, in words."""
    return f"it has the {same.what} of row {same.row}, so that the server makes them one contact"


class WhoIsWho:
    """Which rows of a file the server would make one contact, in a temporary file, as there can be any number.

    Attributes:
        merged: How many rows would go into the contact of an earlier one.
        duplicates: How many have the profile of an earlier one.
        first: The first of those that would be merged.
    """

    def __init__(self) -> None:
        self._db = temporary(
            self,
            "CREATE TABLE marks (mark BLOB PRIMARY KEY, row INTEGER, is_key INTEGER) WITHOUT ROWID;"
            "CREATE TABLE same (row INTEGER PRIMARY KEY, first INTEGER, what TEXT, is_duplicate INTEGER);"
            "CREATE INDEX same_first ON same (first);",
        )
        self.merged = self.duplicates = 0
        self.first: list[tuple[int, Same]] = []

    def add(self, row: int, marks: Iterable[Mark], *, is_sent: bool = True) -> Same | None:
        """Note a row; which earlier row has the same contact, by the first of the marks that is known.

        Args:
            row: Its number.
            marks: Its marks, in the order in which the server looks at them. The first is its key.
            is_sent: Whether it is sent although it would be merged, so that the server learns all of its marks.
        """
        digests = {blake2b(f"{what}\0{value}".encode(), digest_size=16).digest(): what for what, value in marks}
        query = f"SELECT mark, row, is_key FROM marks WHERE mark IN ({','.join('?' * len(digests))})"  # noqa: S608
        known = {mark: (first, is_key) for mark, first, is_key in self._db.execute(query, tuple(digests))}
        same = None
        for place, (digest, what) in enumerate(digests.items()) if known else ():
            if digest in known:
                first, is_key = known[digest]
                same = Same(first, what, not place and bool(is_key))
                break
        if same is not None:
            self._db.execute("INSERT INTO same VALUES (?, ?, ?, ?)", (row, *same))
            self.duplicates += same.is_duplicate
            self.merged += not same.is_duplicate
            if not same.is_duplicate and len(self.first) < MOST_SHOWN:
                self.first.append((row, same))
        if same is None or (is_sent and not same.is_duplicate):
            first = row if same is None else same.row
            self._db.executemany(
                "INSERT OR IGNORE INTO marks VALUES (?, ?, ?)",
                [(digest, first, not place) for place, digest in enumerate(digests)],
            )
        return same

    def find(self, row: int) -> Same | None:
        """Which earlier row has the contact of this one."""
        if not self.merged + self.duplicates:
            return None
        found = self._db.execute("SELECT first, what, is_duplicate FROM same WHERE row = ?", (row,)).fetchone()
        return None if found is None else Same(found[0], found[1], bool(found[2]))

    def is_overwritten(self, row: int) -> bool:
        """Whether a later row is merged into the contact of this one."""
        query = "SELECT 1 FROM same WHERE first = ? AND NOT is_duplicate"
        return bool(self.merged) and self._db.execute(query, (row,)).fetchone() is not None

    def person(self, row: int) -> int | None:
        """The first row of a contact that several rows have; None for a row that has one of its own."""
        if (same := self.find(row)) is not None:
            return same.row
        has_others = self.merged and self._db.execute("SELECT 1 FROM same WHERE first = ?", (row,)).fetchone()
        return row if has_others else None


class Written:
    """Which row a contact shows when all are written."""

    def __init__(self, *, first_wins: bool) -> None:
        self._db = temporary(self, "CREATE TABLE contacts (uuid TEXT PRIMARY KEY, row INTEGER, is_new INTEGER);")
        self._first_wins = first_wins

    def add(self, uuid: str, row: int, *, is_new: bool) -> None:
        """Note who was written, in the order of the answers; what an earlier run wrote is older than what this did."""
        others = "1" if self._first_wins else "excluded.is_new < contacts.is_new"
        keep = f"CASE WHEN {others} THEN contacts.row ELSE excluded.row END"
        self._db.execute(
            "INSERT INTO contacts VALUES (?, ?, ?) ON CONFLICT (uuid) DO UPDATE "  # noqa: S608 - no value is in it
            f"SET row = {keep}, is_new = max(is_new, excluded.is_new)",
            (uuid, row, is_new),
        )

    def row_of(self, uuid: str) -> int | None:
        """The row that the contact shows; None if it shows none."""
        found = self._db.execute("SELECT row FROM contacts WHERE uuid = ?", (uuid,)).fetchone()
        return None if found is None else int(found[0])


def temporary(owner: object, schema: str) -> sqlite3.Connection:
    """A database in a temporary file, which goes with its owner."""
    db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    weakref.finalize(owner, db.close)
    db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema} BEGIN;")
    return db
