"""Which rows the server merges into one contact: predicted for a file, and seen by the UUIDs in answers."""

# The server looks for a contact by the marks of a row, in this order: profiles, email, name and company. So does this:
#
#   row   profiles       email      name, company
#   2     ada, ACwAAA1   a@x.com    Ada, X          first row of its contact; `ada` is its key
#   3     ada            -          Ada, Y          duplicate of row 2, as the keys are the same: not sent
#   4     bob            a@x.com    Bob, X          merged with row 2 by email; sent, so that the server knows `bob`
#   5     ACwAAA1        -          -               merged with row 2 by a profile that is not its key
#
# A duplicate is the same contact for certain. A merge is a prediction; the UUIDs in the answers decide (`Written`).

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
    """Kind of mark, such as "email"."""
    value: str


class Same(NamedTuple):
    """An earlier row that has the same contact, and why."""

    row: int
    """The first row of the contact."""
    what: str
    """The kind of mark that both rows have."""
    is_duplicate: bool
    """Whether both rows have the same key, their first profile: this one is not sent then."""


def is_same(same: Same) -> str:
    """Why a row has the same contact as another one, in words."""
    return f"it has the same {same.what} as row {same.row}, so the server merges them into one contact"


class WhoIsWho:
    """Which rows of a file the server would merge, in a temporary database, as there can be any number.

    Attributes:
        merged: Number of rows that would be merged into the contact of an earlier row.
        duplicates: Number of rows that have the profile of an earlier row.
        first: The first rows that would be merged.
    """

    def __init__(self) -> None:
        self._db = temporary(
            self,
            "CREATE TABLE marks (mark BLOB PRIMARY KEY, row INTEGER, is_key INTEGER) WITHOUT ROWID;"
            "CREATE TABLE same (row INTEGER PRIMARY KEY, first INTEGER, what TEXT, is_duplicate INTEGER);"
            "CREATE INDEX same_first ON same (first);"
            "CREATE TABLE met (row INTEGER PRIMARY KEY);",
        )
        self.merged = self.duplicates = 0
        self.first: list[tuple[int, Same]] = []

    def add(self, row: int, marks: Iterable[Mark], *, is_sent: bool = True) -> Same | None:
        """Add a row, and return the earlier row that has the same contact, by the first mark that is known.

        Args:
            row: Number of the row.
            marks: Marks of the row, in the order in which the server looks for them. The first is its key.
            is_sent: Whether the row is sent even if it would be merged, so that the server learns all its marks.
        """
        digests = {_digest(mark): mark.what for mark in marks}
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

    def meet(self, marks: Iterable[Mark]) -> None:
        """Record the rows that have a mark of an existing contact."""
        digests = [_digest(mark) for mark in marks]
        known = f"SELECT row FROM marks WHERE mark IN ({','.join('?' * len(digests))})"  # noqa: S608
        self._db.execute(f"INSERT OR IGNORE INTO met {known}", digests)

    @property
    def met(self) -> int:
        """Number of rows, without merged ones, whose contact exists."""
        return int(self._db.execute("SELECT count(*) FROM met").fetchone()[0])

    def find(self, row: int) -> Same | None:
        """The earlier row that has the same contact."""
        if not self.merged + self.duplicates:
            return None
        found = self._db.execute("SELECT first, what, is_duplicate FROM same WHERE row = ?", (row,)).fetchone()
        return None if found is None else Same(found[0], found[1], bool(found[2]))

    def is_overwritten(self, row: int) -> bool:
        """Whether a later row is merged into the contact of this row."""
        query = "SELECT 1 FROM same WHERE first = ? AND NOT is_duplicate"
        return bool(self.merged) and self._db.execute(query, (row,)).fetchone() is not None

    def person(self, row: int) -> int | None:
        """The first row of the contact if it has several rows; None if this is its only row."""
        if (same := self.find(row)) is not None:
            return same.row
        has_others = self.merged and self._db.execute("SELECT 1 FROM same WHERE first = ?", (row,)).fetchone()
        return row if has_others else None


def _digest(mark: Mark) -> bytes:
    return blake2b(f"{mark.what}\0{mark.value}".encode(), digest_size=16).digest()


class Written:
    """The row that each contact shows after all rows were written."""

    def __init__(self, *, first_wins: bool) -> None:
        self._db = temporary(self, "CREATE TABLE contacts (uuid TEXT PRIMARY KEY, row INTEGER, is_new INTEGER);")
        self._first_wins = first_wins

    def add(self, uuid: str, row: int, *, is_new: bool) -> None:
        """Record a written row, in the order of the answers; rows of an earlier run are older than rows of this run."""
        others = "1" if self._first_wins else "excluded.is_new < contacts.is_new"
        keep = f"CASE WHEN {others} THEN contacts.row ELSE excluded.row END"
        self._db.execute(
            "INSERT INTO contacts VALUES (?, ?, ?) ON CONFLICT (uuid) DO UPDATE "  # noqa: S608 - no value is in it
            f"SET row = {keep}, is_new = max(is_new, excluded.is_new)",
            (uuid, row, is_new),
        )

    def row_of(self, uuid: str) -> int | None:
        """The row that the contact shows; None if it shows no row."""
        found = self._db.execute("SELECT row FROM contacts WHERE uuid = ?", (uuid,)).fetchone()
        return None if found is None else int(found[0])


def temporary(owner: object, schema: str) -> sqlite3.Connection:
    """A database in a temporary file, deleted together with its owner."""
    db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    weakref.finalize(owner, db.close)
    db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema} BEGIN;")
    return db
