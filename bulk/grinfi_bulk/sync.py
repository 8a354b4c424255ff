"""A copy of the API's data in an SQLite file."""

# Two ways of reading a table:
#
#   updates      newest first, down to the mark of the latest run (`Updates`). Cheap, but does not see deletions.
#   everything   in pages, which may take several runs (`_Pass`). Rows that it does not find are deleted.
#
# Deletions are found by numbers. A reading of everything has a number, which each row that it writes gets:
#
#   pass 7 begins     row a: 6   row b: 6
#   page 1 has a      row a: 7   row b: 6
#   crash             the place after page 1 was committed together with it: the next run resumes pass 7 there
#   end               b has a number below 7: it gets a `deleted_at`
#
# A row that is created or updated meanwhile is written with the current number, so that it is never taken for deleted.

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from anyio import to_thread

from grinfi_async import ConfigurationError, Grinfi, InvalidArgumentError

from .choices import Table
from .errors import SyncError
from .export_columns import Column, all_columns, json_text
from .jobs import lane_of, run_shown
from .locked_files import LockedFile
from .progress import ProgressOption, check_progress
from .report import BulkReport
from .sources import SOURCES, ReadingPosition, Source, field_of, id_of, read
from .sync_schema import LINKS, VIEWS, ddl
from .updates import Known, Updates, time_text
from .wording import counted

__all__ = ["SyncReport", "TableReport", "sync"]

LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(slots=True, kw_only=True)
class TableReport:
    """The report of one table.

    Attributes:
        rows: Rows that were read and written.
        deleted: Rows that were found to be deleted.
        full: Whether everything was read.
        reason: Why everything was read although only updates were asked for; or what reading updates did not cover.
    """

    rows: int = 0
    deleted: int = 0
    full: bool = False
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class SyncReport(BulkReport):
    """The report of a copy.

    Attributes:
        tables: Name of a table -> its report.
        succeeded: Rows that were written.
    """

    tables: dict[str, TableReport] = field(default_factory=dict[str, TableReport])

    def _lines(self) -> list[str]:
        cost = f"in {self.elapsed:.1f} s, {counted(self.requests, 'request')}"
        lines = [f"{self.name}: {counted(self.succeeded, 'row')} {cost}"]
        for name, table in self.tables.items():
            because = f" ({table.reason})" if table.reason else ""
            extent = f"all read{because}, {table.deleted:,} deleted" if table.full else f"updates read{because}"
            lines.append(f"  {name:<19} {counted(table.rows, 'row'):>14}, {extent}")
        return lines


class _Pass(NamedTuple):
    """One reading of everything, which may take several runs."""

    number: int
    place: str | None = None


class _Sink(LockedFile):
    """The SQLite file. Other programs can read it at any time, and see the state after a complete page."""

    kind = "a copy that sync made"
    application_id = 0x47726E53
    schema = """
        CREATE TABLE _sync (
            name TEXT PRIMARY KEY, known TEXT NOT NULL DEFAULT '{}', pass INTEGER NOT NULL DEFAULT 0, finished_at TEXT,
            running_known TEXT, running_place TEXT
        );
    """
    is_private = False
    error = SyncError
    in_use_error = SyncError

    def prepare(self, columns: Mapping[str, Sequence[Column]]) -> None:
        """Create or extend every table, the links, and the views."""
        with self._explained():
            db = self._db
            for name, each in columns.items():
                there = {row[1] for row in db.execute(f"PRAGMA table_info({name})")}
                for statement in ddl(name, each, there):
                    db.execute(statement)
                db.execute("INSERT OR IGNORE INTO _sync (name) VALUES (?)", (name,))
            made: dict[str, str] = dict(db.execute("SELECT name, sql FROM sqlite_master"))
            for name, statement in LINKS.items():
                if name not in made:
                    db.execute(statement)
            for name, statement in VIEWS.items():
                if made.get(name) != statement.strip():
                    db.execute(f"DROP VIEW IF EXISTS {name}")
                    db.execute(statement)
            self.commit()

    def known(self, name: str) -> Known:
        """What earlier runs found out about a table."""
        with self._explained():
            return Known(**json.loads(self._value("SELECT known FROM _sync WHERE name = ?", name)))

    def interrupted(self, name: str) -> tuple[_Pass, Known] | None:
        """The reading of everything that the latest run did not finish, and what will be known at its end."""
        with self._explained():
            number, known, place = self._db.execute(
                "SELECT pass, running_known, running_place FROM _sync WHERE name = ?", (name,)
            ).fetchone()
        return None if place is None else (_Pass(number, place), Known(**json.loads(known)))

    def begin(self, name: str, known: Known) -> _Pass:
        """Begin reading everything."""
        with self._explained():
            self._db.execute(
                "UPDATE _sync SET pass = pass + 1, running_known = ?, running_place = NULL WHERE name = ?",
                (json_text(asdict(known)), name),
            )
            number = self._value("SELECT pass FROM _sync WHERE name = ?", name)
            self.commit()
        return _Pass(number)

    def write(self, name: str, columns: Sequence[Column], found: Sequence[Any], place: str | None = None) -> int:
        """Write rows, and the place where reading everything resumes after them. Return the number of rows."""
        names = [*(column.name for column in columns), "deleted_at", "_pass"]
        quoted = ", ".join(f'"{each}"' for each in names)
        changes = ", ".join(f'"{each}" = excluded."{each}"' for each in names if each != "uuid")
        statement = (
            f"INSERT INTO {name} ({quoted}) "  # noqa: S608
            f"VALUES ({', '.join('?' * len(names))}) ON CONFLICT (uuid) DO UPDATE SET {changes}"
        )
        rows = [row for row in found if id_of(row) is not None]
        with self._explained():
            self._check_team(rows)
            number = self._value("SELECT pass FROM _sync WHERE name = ?", name)
            self._db.executemany(
                statement, ([*(_cell(column.of(row)) for column in columns), None, number] for row in rows)
            )
            self._db.execute("UPDATE _sync SET running_place = ? WHERE name = ?", (place, name))
            self.commit()
        return len(rows)

    def _check_team(self, rows: Sequence[Any]) -> None:
        """Refuse rows of another team: all rows of the file would seem to be deleted."""
        known: int = self._value("PRAGMA user_version")
        teams: set[Any] = {field_of(row, "team_id") for row in rows}
        for team in teams - {None}:
            if known and team != known:
                raise SyncError(
                    f"{self.path} has the data of team {known}, but the API key belongs to team {team}; use another "
                    "file."
                )
            known = team
            self._db.execute(f"PRAGMA user_version = {known:d}")

    def end(self, name: str, known: Known, reading: _Pass | None = None) -> int:
        """End a reading. Return the number of deleted rows, which only a reading of everything finds."""
        deleted = 0
        now = time_text(datetime.now(UTC))
        with self._explained():
            if reading is not None:
                deleted = self._db.execute(
                    f"UPDATE {name} SET deleted_at = ? WHERE _pass < ? AND deleted_at IS NULL",  # noqa: S608
                    (now, reading.number),
                ).rowcount
            self._db.execute(
                "UPDATE _sync SET known = ?, finished_at = ?, running_known = NULL, running_place = NULL "
                "WHERE name = ?",
                (json_text(asdict(known)), now, name),
            )
            self.commit()
        return deleted


def _cell(value: Any) -> Any:
    if isinstance(value, str):  # SQLite refuses lone surrogates
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return str(value)
    return value if value is None or isinstance(value, int | float) else json_text(value)


class _Sync:
    def __init__(self, grinfi: Grinfi, sink: _Sink, report: SyncReport, since: datetime | None, full: bool) -> None:
        self._grinfi, self._sink, self._report, self._since, self._full = grinfi, sink, report, since, full
        self.total: int | None = None

    async def run(self, names: Sequence[str]) -> None:
        """Copy tables, one after the other."""
        columns = {name: all_columns(source) for name, source in SOURCES.items()}
        await to_thread.run_sync(self._sink.prepare, columns)
        for name in names:
            source = SOURCES[name]
            self._report.tables[name] = TableReport()
            interrupted = await to_thread.run_sync(self._interrupted, source)
            if interrupted is not None:
                await self._copy(source, columns[name], *interrupted)
                if not source.orders:
                    continue  # rows read before the interruption may be outdated, but this table cannot show updates
            await self._refresh(source, columns[name], is_full=self._full and interrupted is None)

    def _interrupted(self, source: Source) -> tuple[_Pass, Known] | None:
        """The reading of everything to resume. It is finished first, whether updates or everything was asked for."""
        found = self._sink.interrupted(source.name)
        try:
            if found is not None:
                source.check(self._grinfi, ReadingPosition.from_json(found[0].place or ""))
        except (InvalidArgumentError, ValueError, TypeError):
            return None  # a newer version of the SDK may refuse its cursor
        return found

    async def _refresh(self, source: Source, columns: Sequence[Column], *, is_full: bool) -> None:
        """Copy updates; or everything, if asked for, or if updates cannot be read."""
        known = await to_thread.run_sync(self._sink.known, source.name)
        updates = Updates(self._grinfi, source, known, since=self._since, full=is_full)
        async with aclosing(updates.pages()) as pages:
            async for rows in pages:
                await self._write(source, columns, rows)
        self._report.tables[source.name].reason = updates.reason
        if updates.is_done:
            await to_thread.run_sync(self._sink.end, source.name, updates.known)
        else:
            reading = await to_thread.run_sync(self._sink.begin, source.name, updates.known)
            await self._copy(source, columns, reading, updates.known)

    async def _write(
        self, source: Source, columns: Sequence[Column], rows: list[Any], place: str | None = None
    ) -> None:
        written = await to_thread.run_sync(self._sink.write, source.name, columns, rows, place)
        self._report.tables[source.name].rows += written
        self._report.succeeded += written

    async def _copy(self, source: Source, columns: Sequence[Column], reading: _Pass, known: Known) -> None:
        """Copy everything."""
        table = self._report.tables[source.name]
        before, counted = self._report.succeeded, self.total or 0
        async with aclosing(read(self._grinfi, source, None, reading.place)) as batches:
            async for batch in batches:
                await self._write(source, columns, batch.rows, batch.place)
                self.total = max(counted, before) + (batch.total or 0)
        table.deleted += await to_thread.run_sync(self._sink.end, source.name, known, reading)
        table.full = True


async def sync(
    grinfi: Grinfi,
    sink: str | os.PathLike[str],
    *,
    since: datetime | timedelta | None,
    tables: Sequence[Table],
    full: bool,
    progress: ProgressOption,
    share: float | None,
    max_wait: float | None,
) -> SyncReport:
    """See `Bulk.sync`."""
    check_progress(progress)
    lane = lane_of(share, max_wait)
    if full and since is not None:
        raise ConfigurationError("full=True reads everything; remove since.")
    if isinstance(since, timedelta):
        since = datetime.now(UTC) - since
    elif since is not None and not isinstance(since, datetime):
        raise ConfigurationError(f"since must be a datetime, a timedelta or None, not {since!r}.")
    if since is not None and since.utcoffset() is None:
        raise ConfigurationError(
            f"since={since!r} has no time zone; add one, for example since.replace(tzinfo=timezone.utc)."
        )
    if isinstance(tables, str) or not tables or not set(tables) <= SOURCES.keys():
        raise ConfigurationError(f"tables must be a list of some of {', '.join(SOURCES)}, not {tables!r}.")
    report = SyncReport(name="sync")
    target = _Sink(sink)  # not in a thread: if it was cancelled there, the file would stay open
    try:
        job = _Sync(grinfi, target, report, since, full)
        work = partial(job.run, tables)
        await run_shown(grinfi, report, progress, lambda: job.total, work, lane)
    finally:
        target.close()
    return report
