"""Contacts that are the same person: by profile, by email address, by name and company."""

# Two rounds of a union-find over contacts; `core` and `grp` are the roots after each:
#
#   1. Profiles and member IDs, which are certain     -> core
#   2. Emails, then name and company, which people    -> grp
#      may share: linked only if nothing in the cores speaks against it
#
#   n  profile  email        name        core  grp
#   0  ada      info@x.com   Ada Byron    0     0
#   1  ada      -            A. Byron     0     0    certain: the same profile
#   2  -        info@x.com   Ada Byron    2     0    linked: the same name
#   3  bob      info@x.com   Bob Stone    3     3    not linked: another profile; listed in `unlinked`
#
# A group may still hold contacts that differ, if a chain of links joins them; then it is in doubt.

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypedDict, Unpack

from anyio import to_thread

from grinfi_async import Filter, FilterIgnoredError, Grinfi
from grinfi_support.matching import Match

from .items import as_json
from .jobs import lane_of, run_shown
from .people import fit, kept_of, keys_of, name_of, running_flows, texts_of
from .progress import ProgressOption, check_progress
from .report import BulkReport
from .sources import SOURCES, read
from .wording import counted

__all__ = ["Duplicate", "DuplicateGroup", "DuplicateReport", "FindOptions", "find_duplicates"]

SLOTS: Final = ("handle", "ln", "sn")
MAX_SHOWN: Final = 5
SCHEMA: Final = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE contacts (
        n INTEGER PRIMARY KEY, uuid TEXT UNIQUE, core INTEGER, grp INTEGER, name, handle, ln, sn, emails, data
    );
    CREATE TABLE keys (kind, value, n);
    CREATE TABLE links (n INTEGER, reason, PRIMARY KEY (n, reason)) WITHOUT ROWID;
    CREATE TABLE unlinked (reason);
    BEGIN;
"""
SHARED: Final = """
    SELECT value, keys.n, core, name FROM keys JOIN contacts ON contacts.n = keys.n WHERE kind = :kind AND value IN
    (SELECT value FROM keys WHERE kind = :kind GROUP BY value HAVING count(*) > 1) ORDER BY value, keys.n
"""
LABELS: Final = {"profile": "profile", "email": "email", "name": "name and company"}


class FindOptions(TypedDict, total=False):
    """Options of `Bulk.find_duplicates`; see `Bulk.map`."""

    progress: ProgressOption
    share: float | None
    max_wait: float | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A contact of a group of duplicates.

    Attributes:
        row: The compared part of the contact, as the server sent it.
        reasons: What it has in common with others of its group.
    """

    row: Mapping[str, Any]
    reasons: tuple[str, ...]

    @property
    def uuid(self) -> str:
        """UUID of the contact."""
        return str(self.row["uuid"])


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Contacts that are the same person.

    Attributes:
        number: Number of the group, from 1.
        contacts: The contacts. A plan keeps the first: one in a running automation, or else the one with most fields,
            or else the oldest.
        differing: Fields in which they differ.
        doubt: Why they may be different people; None if nothing suggests it. A plan then chooses no contact to keep.
    """

    number: int
    contacts: tuple[Duplicate, ...]
    differing: tuple[str, ...]
    doubt: str | None = None


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class DuplicateReport(BulkReport):
    """The report of `Bulk.find_duplicates`.

    Attributes:
        succeeded: Contacts that were read.
        groups_found: Groups of contacts that are the same person.
        in_doubt: Groups that may be different people.
        surplus: Number of contacts that would be deleted if each group was merged into one contact.
        not_linked: Email addresses, and names with companies, that contacts of different people share.
    """

    groups_found: int = 0
    in_doubt: int = 0
    surplus: int = 0
    not_linked: int = 0
    _db: sqlite3.Connection | None = field(default=None, repr=False, compare=False)

    @property
    def groups(self) -> Iterator[DuplicateGroup]:
        """The groups. They are in a temporary file, as long as the report exists."""
        if self._db is None:
            return
        query = (
            "SELECT grp, data, core, handle, ln, sn, name, n FROM contacts WHERE grp IN "
            "(SELECT grp FROM contacts GROUP BY grp HAVING count(*) > 1) ORDER BY grp, n"
        )
        for number, (_, rows) in enumerate(groupby(self._db.execute(query), itemgetter(0)), 1):
            yield self._group(number, list(rows))

    @property
    def unlinked(self) -> Iterator[str]:
        """What contacts of different people share, such as mailboxes and names, and why they were not linked."""
        if self._db is not None:
            for (reason,) in self._db.execute("SELECT reason FROM unlinked ORDER BY reason"):
                yield reason

    def _group(self, number: int, rows: Sequence[Any]) -> DuplicateGroup:
        found = [Duplicate(json.loads(row[1]), tuple(self._reasons(row[7]))) for row in rows]
        texts = [texts_of(each.row) for each in found]
        names = dict.fromkeys(name for each in texts for name in each)
        differing = tuple(name for name in names if len({each.get(name) for each in texts}) > 1)
        return DuplicateGroup(number, tuple(sorted(found, key=_rank)), differing, _doubt(rows))

    def _reasons(self, n: int) -> Iterator[str]:
        if self._db is not None:
            for (reason,) in self._db.execute("SELECT reason FROM links WHERE n = ? ORDER BY reason", (n,)):
                yield reason

    def write_plan(self, path: str | os.PathLike[str]) -> int:
        """Write a plan that a person can edit, as a CSV file for spreadsheets, for `bulk.merge`.

        Args:
            path: The file; it is replaced when the new one is complete. Only its owner may read it.

        Returns:
            The number of contacts in the plan.

        Raises:
            OSError: The file cannot be written.
        """
        from .merge_plans import write_plan

        return write_plan(path, self.groups)

    def _lines(self) -> list[str]:
        doubt = f" ({self.in_doubt:,} in doubt)" if self.in_doubt else ""
        lines = [
            f"{self.name}: {counted(self.succeeded, 'contact')} in {self.elapsed:.1f} s, "
            f"{counted(self.requests, 'request')}",
            f"  {counted(self.groups_found, 'group')} of the same person{doubt}, "
            f"{counted(self.surplus, 'contact')} more than people",
        ]
        for group, _ in zip(self.groups, range(MAX_SHOWN), strict=False):
            who = group.contacts[0].row.get("name") or group.contacts[0].uuid
            why = ", ".join(dict.fromkeys(reason for each in group.contacts for reason in each.reasons))
            doubt = f" IN DOUBT: {group.doubt}." if group.doubt else ""
            differing = f"; differ in {', '.join(group.differing)}" if group.differing else ""
            lines.append(f"  {group.number}. {who}, {len(group.contacts)} times: {why}{differing}.{doubt}")
        if self.groups_found > MAX_SHOWN:
            lines.append(f"  and {counted(self.groups_found - MAX_SHOWN, 'more group')}")
        lines += [f"  not linked: {reason}" for reason, _ in zip(self.unlinked, range(MAX_SHOWN), strict=False)]
        if self.not_linked > MAX_SHOWN:
            lines.append(f"  not linked: {self.not_linked - MAX_SHOWN:,} more")
        return lines


def _rank(contact: Duplicate) -> tuple[Any, ...]:
    row = contact.row
    return not any(running_flows(row)), -len(row), str(row.get("created_at", "~")), contact.uuid


def _doubt(rows: Sequence[Any]) -> str | None:
    """Why the contacts of a group may be different people, although links join them."""
    handles, ln, sn = ({row[place] for row in rows if row[place]} for place in (3, 4, 5))
    for values in (ln, sn):
        if len(values) > 1:
            return f"different member IDs: {', '.join(sorted(values))}"
    # A profile can be renamed, but a member ID stays.
    of_profiles = [(row[4], row[5]) for row in rows if row[3]]
    is_renamed = any(len(set(ids)) == 1 and ids[0] for ids in zip(*of_profiles, strict=True))
    if len(handles) > 1 and not is_renamed:
        return f"different profiles: {', '.join(sorted(handles))}"
    if len({row[2] for row in rows}) > 1 and not fit([row[6] for row in rows]):
        return f"different names: {', '.join(sorted({row[6] for row in rows if row[6]}))}"
    return None


class _Linker:
    """Finds groups of contacts. It holds four bytes for each in memory; the rest is in a temporary file."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.db.executescript(SCHEMA)
        self._count = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            keys, slots = keys_of(row)
            emails = [value for kind, value in keys if kind == "email"]
            values = [*(slots.get(name) for name in SLOTS), as_json(sorted(emails)), as_json(kept_of(row))]
            new = self.db.execute(
                "INSERT OR IGNORE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self._count, str(row.get("uuid")), self._count, self._count, name_of(row), *values),
            ).rowcount
            if new:
                self.db.executemany("INSERT INTO keys VALUES (?, ?, ?)", [(*key, self._count) for key in keys])
                self._count += 1

    def link(self) -> None:
        """Find the groups: first by profiles, then by keys that people may share, unless profiles or names differ."""
        self.db.execute("CREATE INDEX by_value ON keys (kind, value)")
        self._parents = array("I", range(self._count))
        for value, members in self._shared("profile"):
            self._unite("profile", value, members)
        self._write_roots("UPDATE contacts SET core = ? WHERE n = ?")
        self.db.execute("CREATE INDEX by_core ON contacts (core)")
        for kind in ("email", "name"):
            for value, members in self._shared(kind):
                self._link_weakly(kind, value, members)
        self._write_roots("UPDATE contacts SET grp = ? WHERE n = ?")
        self.db.execute("CREATE INDEX by_group ON contacts (grp)")

    def _shared(self, kind: str) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
        """Values that several contacts share, with these contacts: number, core, name."""
        rows = self.db.execute(SHARED, {"kind": kind})
        for value, members in groupby(rows, itemgetter(0)):
            yield value, [(n, core, name) for _, n, core, name in members]

    def _link_weakly(self, kind: str, value: str, members: Sequence[tuple[int, int, str]]) -> None:
        why_not = self._why_not(kind, {core for _, core, _ in members})
        if why_not is None:
            self._unite(kind, value, members)
            return
        reason = f"{LABELS[kind]} {value}: {len(members):,} contacts with {why_not}"
        self.db.execute("INSERT INTO unlinked VALUES (?)", (reason,))
        if kind == "email":  # among people who share a mailbox, contacts with the same name may be one person
            by_name = sorted((member for member in members if member[2]), key=itemgetter(2, 0))
            for _, group in groupby(by_name, itemgetter(2)):
                same = list(group)
                if len(same) > 1 and self._why_not(kind, {core for _, core, _ in same}) is None:
                    self._unite(kind, value, same)

    def _why_not(self, kind: str, cores: set[int]) -> str | None:
        """Why contacts of several cores may be different people; None if nothing suggests it."""
        if len(cores) == 1:
            return None
        owners: Counter[str] = Counter()
        names: list[str] = []
        mailboxes: list[set[str]] = []
        for core in cores:
            query = "SELECT handle, ln, sn, name, emails FROM contacts WHERE core = ?"
            rows = self.db.execute(query, (core,)).fetchall()
            for place, slot in enumerate(SLOTS):
                owners[slot] += any(row[place] for row in rows)  # two cores never share an identity: these differ
            if max(owners.values()) > 1:
                return "different profiles"
            names += [row[3] for row in rows if row[3]]
            if emails := {email for row in rows for email in json.loads(row[4])}:
                mailboxes.append(emails)
        if kind == "email":
            return None if fit(names) else "different names"
        return "different emails" if len(mailboxes) > 1 and not mailboxes[0].intersection(*mailboxes) else None

    def _unite(self, kind: str, value: str, members: Sequence[tuple[int, int, str]]) -> None:
        for n, _, _ in members:
            one, other = self._root(members[0][0]), self._root(n)
            self._parents[max(one, other)] = min(one, other)
        reason = f"{LABELS[kind]} {value}"
        self.db.executemany("INSERT OR IGNORE INTO links VALUES (?, ?)", [(n, reason) for n, _, _ in members])

    def _root(self, n: int) -> int:
        parents = self._parents
        while parents[n] != n:
            parents[n] = parents[parents[n]]  # path halving
            n = parents[n]
        return n

    def _write_roots(self, query: str) -> None:
        changed = ((root, n) for n in range(self._count) if (root := self._root(n)) != n)
        self.db.executemany(query, changed)


async def find_duplicates(grinfi: Grinfi, filter: Filter | None, **options: Unpack[FindOptions]) -> DuplicateReport:
    """See `Bulk.find_duplicates`."""
    progress = options.get("progress", False)
    check_progress(progress)
    linker, match = _Linker(), Match({} if filter is None else filter)
    report = DuplicateReport(name="Find duplicates", _db=linker.db)
    weakref.finalize(report, linker.db.close)
    total: int | None = None

    async def work() -> None:
        nonlocal total
        async with aclosing(read(grinfi, SOURCES["contacts"], filter, None)) as batches:
            async for batch in batches:
                total, rows = batch.total, [row.to_dict() for row in batch.rows]
                for row in rows:
                    if (broken := match.broken_by(row)) is not None:
                        raise FilterIgnoredError(broken, str(row.get("uuid")))
                await to_thread.run_sync(linker.add, rows)
                report.succeeded += len(batch.rows)
        await to_thread.run_sync(linker.link)

    lane = lane_of(options.get("share"), options.get("max_wait"))
    await run_shown(grinfi, report, progress, lambda: total, work, lane)
    for group in report.groups:
        report.groups_found += 1
        report.in_doubt += group.doubt is not None
        report.surplus += len(group.contacts) - 1
    report.not_linked = linker.db.execute("SELECT count(*) FROM unlinked").fetchone()[0]
    return report
