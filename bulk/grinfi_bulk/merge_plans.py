"""Plans of merges: a table with a row for each contact, which a person can edit."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from anyio import to_thread

from grinfi_overrides.runtime.suggestions import did_you_mean
from grinfi_support.private_files import replacing

from .duplicates import DuplicateGroup, DuplicateReport
from .items import as_json, digest_of
from .people import WRITABLE, atoms_of, texts_of
from .problems import ImportProblems, Problem
from .reading import ReadingOptions, RowSource, RowTable, open_source
from .spreadsheets import write_csv

__all__ = ["Member", "MergePlan", "PlannedGroup", "digests_of", "opened_plan", "plan_rows", "write_plan"]

COLUMNS: Final = (
    *("group", "keep", "reason", "uuid", "name", "company", "email", "profile", "take", "differs", "lost", "seen"),
)  # fmt: skip
NEEDED: Final = ("group", "keep", "uuid", "take", "seen")
KEEP: Final = {"yes": True, "no": False, "": None}
MAX_PROBLEMS: Final = 10_000
AGAIN: Final = "make a new plan with bulk.find_duplicates(...), or `grinfi dedupe --plan`"
DIGITS: Final = 8


@dataclass(slots=True)
class Member:
    """A contact of a plan.

    Attributes:
        row: Its row in the plan.
        uuid: UUID of the contact.
        take: Fields that the survivor takes from it, replacing its own.
        seen: Digests of its values when the plan was made.
        row_now: The contact as it was read last; None if it does not exist.
        left: Why it is left alone, if it is.
    """

    row: int
    uuid: str
    take: tuple[str, ...]
    seen: Mapping[str, str]
    row_now: Mapping[str, Any] | None = field(default=None, repr=False)
    left: str | None = None


@dataclass(slots=True)
class PlannedGroup:
    """Contacts to merge into one."""

    number: str
    survivor: Member
    others: list[Member]

    @property
    def key(self) -> str:
        """The change that is planned, as text: a changed plan is another item for the journal."""
        others = [[other.uuid, list(other.take)] for other in self.others]
        return as_json([self.survivor.uuid, others])

    @property
    def members(self) -> list[Member]:
        """All contacts, the survivor first."""
        return [self.survivor, *self.others]


def digests_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Digests of the values of a contact: enough to notice a change, without copying personal data."""
    atoms = {name: digest_of(value)[:DIGITS] for name, value in atoms_of(row).items()}
    return {"of": digest_of(str(row.get("uuid")).casefold())[:DIGITS], "at": str(row.get("updated_at") or ""), **atoms}


def plan_rows(groups: Iterable[DuplicateGroup]) -> Iterator[dict[str, Any]]:
    """A row for each contact, the survivor first. In a group that is in doubt, none is chosen to be kept."""
    for group in groups:
        survivor = texts_of(group.contacts[0].row)
        for place, contact in enumerate(group.contacts):
            row, texts = contact.row, texts_of(contact.row)
            differs = [name for name in texts if name in survivor and texts[name] != survivor[name]]
            reasons = [*([f"IN DOUBT: {group.doubt}"] if group.doubt else []), *contact.reasons]
            yield {
                "group": group.number,
                "keep": "" if group.doubt else "no" if place else "yes",
                "reason": "; ".join(reasons),
                "uuid": contact.uuid,
                "name": row.get("name") or "",
                "company": row.get("company_name") or "",
                "email": row.get("work_email") or row.get("personal_email") or "",
                "profile": row.get("linkedin") or row.get("sn_id") or row.get("ln_id") or "",
                "take": "",
                "differs": ", ".join(differs),
                "lost": ", ".join(name for name in texts if name not in survivor and name not in WRITABLE),
                "seen": as_json(digests_of(row)),
            }


def write_plan(path: str | os.PathLike[str], groups: Iterable[DuplicateGroup]) -> int:
    """Write a plan, and return its number of contacts."""
    count = 0

    def cells() -> Iterator[list[Any]]:
        nonlocal count
        for row in plan_rows(groups):
            count += 1
            yield [row[name] for name in COLUMNS]

    with replacing(path) as binary:
        file = TextIOWrapper(binary, "utf-8", "backslashreplace", newline="")
        write_csv(file, COLUMNS, cells(), excel=True)
        file.detach()  # which flushes it
    return count


@asynccontextmanager
async def opened_plan(plan: RowSource | DuplicateReport) -> AsyncGenerator[MergePlan]:
    """A checked plan.

    Raises:
        ImportProblems: The plan has problems.
    """
    source = plan_rows(plan.groups) if isinstance(plan, DuplicateReport) else plan
    async with open_source(source, ReadingOptions(), COLUMNS.__contains__) as opened:
        checked = await to_thread.run_sync(MergePlan, opened)
        with closing(checked):
            yield checked


class MergePlan:
    """A plan, in a temporary database, as a spreadsheet may have sorted its rows."""

    def __init__(self, opened: RowTable) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(
            "CREATE TABLE members (row INTEGER PRIMARY KEY, grp, keep, uuid, take, seen, first);"
            "CREATE TABLE uuids (uuid TEXT PRIMARY KEY, row) WITHOUT ROWID;"
            "CREATE TABLE written (grp PRIMARY KEY) WITHOUT ROWID; BEGIN;"
        )
        try:
            problems = self._check_columns(opened) or [*self._read(opened)]
            problems = problems or [*self._check_groups()]
            if problems:
                raise ImportProblems(
                    sorted(problems[:MAX_PROBLEMS], key=itemgetter(0)), complete=len(problems) <= MAX_PROBLEMS
                )
            self._db.executescript(
                "CREATE INDEX by_group ON members (grp);"
                "UPDATE members SET first = (SELECT min(row) FROM members other WHERE other.grp = members.grp);"
            )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Delete the temporary database."""
        self._db.close()

    def groups(self, *, written: bool = False) -> Iterator[PlannedGroup]:
        """The groups with a survivor, in the order of the plan; with `written`, those whose survivor is written."""
        query = (
            "SELECT grp, row, keep, uuid, take, seen FROM members WHERE keep IS NOT NULL "
            "AND (NOT ? OR grp IN (SELECT grp FROM written)) ORDER BY first, row"
        )
        for number, rows in groupby(self._db.execute(query, (written,)), itemgetter(0)):
            survivor, others = None, list[Member]()
            for _, row, keep, uuid, take, seen in rows:
                member = Member(row, uuid, tuple(take.split()), json.loads(seen))
                if keep:
                    survivor = member
                else:
                    others.append(member)
            if survivor is not None:  # always, as the plan was checked
                yield PlannedGroup(number, survivor, others)

    def mark_written(self, group: PlannedGroup) -> None:
        """Record that the survivor of a group shows all values that it gets."""
        self._db.execute("INSERT OR IGNORE INTO written VALUES (?)", (group.number,))

    def undecided(self) -> Iterator[tuple[int, str]]:
        """Rows and UUIDs of contacts with an empty `keep`."""
        yield from self._db.execute("SELECT row, uuid FROM members WHERE keep IS NULL ORDER BY row")

    def _check_columns(self, opened: RowTable) -> list[Problem]:
        missing = [name for name in NEEDED if opened.columns is not None and name not in opened.columns]
        return [Problem(opened.header_row, name, f"this column is missing; {AGAIN}") for name in missing]

    def _read(self, opened: RowTable) -> Iterator[Problem]:
        for row in opened.read():
            if isinstance(row, Problem):
                yield row
                continue
            cells = {name: str(row.get(name) or "").strip() for name in NEEDED}
            keep, number, uuid = cells["keep"].casefold(), re.sub(r"\.0$", "", cells["group"]), cells["uuid"].casefold()
            if keep not in KEEP:
                wrong = f"is {cells['keep']!r}; write yes or no, or leave it empty to leave the contact alone"
                yield Problem(row.number, "keep", wrong)
            if not number:
                yield Problem(row.number, "group", "is empty; write the number of the group it belongs to")
            take = re.findall(r"[^\s,;]+", cells["take"])
            for name in take:
                if name not in WRITABLE:
                    near = did_you_mean(name, WRITABLE, otherwise=f"choose from {', '.join(WRITABLE)}")
                    yield Problem(row.number, "take", f"{name!r} cannot be taken; {near}")
            yield from self._check_identity(row.number, uuid, cells["seen"])
            self._db.execute(
                "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (row.number, number, KEEP.get(keep), uuid, " ".join(take), cells["seen"]),
            )

    def _check_identity(self, number: int, uuid: str, seen: str) -> Iterator[Problem]:
        try:
            known: Any = json.loads(seen)
            is_known = known["of"] == digest_of(uuid)[:DIGITS]
        except (ValueError, TypeError, KeyError):
            yield Problem(number, "seen", f"was changed; restore the cell, or {AGAIN}")
            return
        if not is_known:
            yield Problem(number, "uuid", f"{uuid!r} is not the contact that was planned here; restore it, or {AGAIN}")
        earlier = self._db.execute("SELECT row FROM uuids WHERE uuid = ?", (uuid,)).fetchone()
        if earlier is not None:
            yield Problem(number, "uuid", f"this contact is already in row {earlier[0]}; delete one of the two rows")
        self._db.execute("INSERT OR IGNORE INTO uuids VALUES (?, ?)", (uuid, number))

    def _check_groups(self) -> Iterator[Problem]:
        query = "SELECT grp, row, keep, take FROM members WHERE keep IS NOT NULL ORDER BY grp, row"
        for number, found in groupby(self._db.execute(query), itemgetter(0)):
            rows = list(found)
            survivors = [row for _, row, keep, _ in rows if keep]
            if not survivors:
                wrong = f"group {number} has no contact to keep; write yes for one of its contacts, or empty all"
                yield Problem(rows[0][1], "keep", wrong)
            for row in survivors[1:]:
                wrong = f"group {number} already keeps row {survivors[0]}; write yes for one contact, no for the others"
                yield Problem(row, "keep", wrong)
            taken: dict[str, int] = {}
            for _, row, keep, take in rows:
                for name in () if keep else take.split():
                    if name in taken:
                        yield Problem(row, "take", f"{name} is already taken from row {taken[name]}; keep one of them")
                    taken.setdefault(name, row)
