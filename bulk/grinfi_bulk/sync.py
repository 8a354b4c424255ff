"""A copy of the API's data in an SQLite file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from anyio import to_thread

from grinfi_async import ConfigurationError, F, Filter, Grinfi, InvalidArgumentError

from .errors import SyncError
from .export_columns import Column, all_columns, json_text
from .jobs import lane_of, run_shown
from .locked_files import LockedFile
from .progress import ProgressOption, check_progress
from .report import BulkReport
from .sources import SOURCES, Batch, ReadingPosition, Source, id_of, read

__all__ = ["SyncReport", "TableReport", "sync"]

OVERLAP: Final = timedelta(minutes=10)
"""What was updated so shortly before the latest run is read again: clocks differ, and updates take time to show."""
TYPES: Final = {"integer": "INTEGER", "real": "REAL", "boolean": "INTEGER"}
LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(slots=True, kw_only=True)
class TableReport:
    """What became of one table.

    Attributes:
        rows: Rows that were read and written.
        deleted: Rows that were found deleted.
        full: Whether everything was read.
    """

    rows: int = 0
    deleted: int = 0
    full: bool = False


@dataclass(slots=True, kw_only=True)
class SyncReport(BulkReport):
    """What was copied.

    Attributes:
        tables: Name of a table -> what became of it.
        succeeded: Rows that were written.
    """

    tables: dict[str, TableReport] = field(default_factory=dict[str, TableReport])

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.succeeded:,} rows in {self.elapsed:.1f} s, {self.requests:,} requests"]
        for name, table in self.tables.items():
            extent = f"all read, {table.deleted:,} deleted" if table.full else "updated ones read"
            lines.append(f"  {name:<10} {table.rows:>9,} rows, {extent}")
        return "\n".join(lines)


@dataclass(slots=True)
class _Pass:
    """One reading of a table, which may take several runs."""

    number: int
    started: str
    """When it began."""
    filter_from: str | None
    """Reads what was updated since; everything if it is None."""
    place: str | None = None


class _Sink(LockedFile):
    """The SQLite file. Others can read it at any time, and see the state after a page."""

    kind = "a copy that sync made"
    application_id = 0x47726E53
    schema = """
        CREATE TABLE _sync (
            name TEXT PRIMARY KEY, mark TEXT, pass INTEGER NOT NULL DEFAULT 0, finished_at TEXT,
            running_since TEXT, running_filter_from TEXT, running_place TEXT
        );
    """
    is_private = False
    error = SyncError
    in_use_error = SyncError

    def prepare(self, name: str, columns: Sequence[Column]) -> None:
        """Make the table, or give it the columns that are new; and a view of what is not deleted."""
        with self._explained():
            db = self._db
            db.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (uuid TEXT PRIMARY KEY NOT NULL, deleted_at TEXT, _pass INTEGER)"
            )
            there = {row[1] for row in db.execute(f"PRAGMA table_info({name})")}
            new = [column for column in columns if column.name not in there]
            for column in new:
                kind = TYPES.get(column.kind, "TEXT")
                db.execute(f'ALTER TABLE {name} ADD COLUMN "{column.name}" {kind}')
            if new:
                names = ", ".join(f'"{column.name}"' for column in columns)
                db.execute(f"DROP VIEW IF EXISTS current_{name}")
                db.execute(f"CREATE VIEW current_{name} AS SELECT {names} FROM {name} WHERE deleted_at IS NULL")  # noqa: S608
            db.execute("INSERT OR IGNORE INTO _sync (name) VALUES (?)", (name,))
            self.commit()

    def mark(self, name: str) -> str | None:
        """Up to when a table is complete."""
        with self._explained():
            mark: str | None = self._value("SELECT mark FROM _sync WHERE name = ?", name)
        return mark

    def interrupted(self, name: str) -> _Pass | None:
        """The reading that the latest run did not end."""
        with self._explained():
            number, started, filter_from, place = self._db.execute(
                "SELECT pass, running_since, running_filter_from, running_place FROM _sync WHERE name = ?", (name,)
            ).fetchone()
        return None if place is None else _Pass(number, started, filter_from, place)

    def begin(self, name: str, started: str, filter_from: str | None) -> _Pass:
        """Begin a reading."""
        with self._explained():
            self._db.execute(
                "UPDATE _sync SET pass = pass + 1, running_since = ?, running_filter_from = ?, running_place = NULL "
                "WHERE name = ?",
                (started, filter_from, name),
            )
            number = self._value("SELECT pass FROM _sync WHERE name = ?", name)
            self.commit()
        return _Pass(number, started, filter_from)

    def write(self, name: str, columns: Sequence[Column], reading: _Pass, batch: Batch) -> int:
        """Write a page, and where reading goes on after it; how many rows."""
        names = [*(column.name for column in columns), "deleted_at", "_pass"]
        quoted = ", ".join(f'"{each}"' for each in names)
        changes = ", ".join(f'"{each}" = excluded."{each}"' for each in names if each != "uuid")
        statement = (
            f"INSERT INTO {name} ({quoted}) "  # noqa: S608
            f"VALUES ({', '.join('?' * len(names))}) ON CONFLICT (uuid) DO UPDATE SET {changes}"
        )
        rows = [row for row in batch.rows if id_of(row) is not None]
        with self._explained():
            self._check_team(rows)
            self._db.executemany(
                statement, ([*(_cell(column.of(row)) for column in columns), None, reading.number] for row in rows)
            )
            self._db.execute("UPDATE _sync SET running_place = ? WHERE name = ?", (batch.place, name))
            self.commit()
        return len(rows)

    def _check_team(self, rows: Sequence[Any]) -> None:
        """Refuse another team's rows: all that the file has would seem to be deleted."""
        known: int = self._value("PRAGMA user_version")
        teams: set[Any] = {getattr(row, "team_id", None) for row in rows}
        for team in teams - {None}:
            if known and team != known:
                raise SyncError(
                    f"{self.path} has the data of team {known}, and this API key is one of team {team}; name another "
                    "file."
                )
            known = team
            self._db.execute(f"PRAGMA user_version = {known:d}")

    def end(self, name: str, reading: _Pass, *, is_marked: bool) -> int:
        """End a reading; how many rows are gone, which only one of everything can tell."""
        deleted = 0
        now = _text(datetime.now(UTC))
        with self._explained():
            if reading.filter_from is None:
                deleted = self._db.execute(
                    f"UPDATE {name} SET deleted_at = ? WHERE _pass < ? AND deleted_at IS NULL",  # noqa: S608
                    (now, reading.number),
                ).rowcount
            if is_marked:
                # The server's clock counts where it is behind ours.
                latest: str | None = self._value(f"SELECT max(updated_at) FROM {name}")  # noqa: S608
                mark = min(reading.started, latest or reading.started)
                self._db.execute("UPDATE _sync SET mark = ? WHERE name = ?", (mark, name))
            self._db.execute(
                "UPDATE _sync SET finished_at = ?, running_since = NULL, running_filter_from = NULL, "
                "running_place = NULL WHERE name = ?",
                (now, name),
            )
            self.commit()
        return deleted


def _cell(value: Any) -> Any:
    if isinstance(value, str):  # half a character cannot be stored
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return str(value)
    return value if value is None or isinstance(value, int | float) else json_text(value)


def _text(moment: datetime) -> str:
    """A time in the form that the API has, which sorts as the times do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Sync:
    def __init__(self, grinfi: Grinfi, sink: _Sink, report: SyncReport, since: datetime | None, full: bool) -> None:
        self._grinfi, self._sink, self._report, self._since, self._full = grinfi, sink, report, since, full
        self.total: int | None = None

    async def run(self, sources: Sequence[Source]) -> None:
        """Copy all tables, one after the other."""
        for source in sources:
            columns = all_columns(source.model) if source.model is not None else []
            self._report.tables[source.name] = TableReport()
            await to_thread.run_sync(self._sink.prepare, source.name, columns)
            interrupted = await to_thread.run_sync(self._interrupted, source)
            if interrupted is not None:
                await self._copy(source, columns, interrupted)
            # What an interrupted reading of everything had read may have changed long since.
            if interrupted is None or (interrupted.filter_from is None and source.has_updates):
                await self._copy(source, columns, await to_thread.run_sync(self._begin, source, interrupted))

    def _interrupted(self, source: Source) -> _Pass | None:
        """The reading to go on with: one of everything serves whatever is wanted."""
        reading = self._sink.interrupted(source.name)
        if reading is None or (reading.filter_from is not None and (self._full or self._since is not None)):
            return None
        try:
            # A newer version of the SDK may refuse its cursor.
            place = ReadingPosition.from_json(reading.place or "")
            source.rows(self._grinfi, place.parts[place.part] if place.parts else None, cursor=place.cursor)
        except (InvalidArgumentError, ValueError, TypeError, IndexError):
            return None
        return reading

    def _begin(self, source: Source, interrupted: _Pass | None) -> _Pass:
        mark, filter_from = self._sink.mark(source.name), None
        if source.has_updates and (interrupted is not None or not self._full):
            if self._since is not None:
                filter_from = _text(self._since)
            elif mark is not None:
                filter_from = _text(datetime.fromisoformat(mark) - OVERLAP)
        return self._sink.begin(source.name, _text(datetime.now(UTC)), filter_from)

    async def _copy(self, source: Source, columns: Sequence[Column], reading: _Pass) -> None:
        table = self._report.tables[source.name]
        filter: Filter | None = None if reading.filter_from is None else F.updated_at >= reading.filter_from
        before, known = self._report.succeeded, self.total or 0
        async with aclosing(read(self._grinfi, source, filter, reading.place)) as batches:
            async for batch in batches:
                written = await to_thread.run_sync(self._sink.write, source.name, columns, reading, batch)
                table.rows += written
                self._report.succeeded += written
                self.total = max(known, before) + (batch.total or 0)
        mark = await to_thread.run_sync(self._sink.mark, source.name)
        # Between the latest run and a later `since` there is a gap, which the next run has to close.
        is_marked = reading.filter_from is None or mark is None or reading.filter_from <= mark
        table.deleted += await to_thread.run_sync(lambda: self._sink.end(source.name, reading, is_marked=is_marked))
        table.full |= reading.filter_from is None


async def sync(
    grinfi: Grinfi,
    sink: str | os.PathLike[str],
    *,
    since: datetime | timedelta | None,
    tables: Sequence[str],
    full: bool,
    progress: ProgressOption,
    share: float | None,
    max_wait: float | None,
) -> SyncReport:
    """Copy what has changed into an SQLite file."""
    check_progress(progress)
    lane = lane_of(share, max_wait)
    if full and since is not None:
        raise ConfigurationError("full=True reads everything; leave out since.")
    if isinstance(since, timedelta):
        since = datetime.now(UTC) - since
    elif since is not None and not isinstance(since, datetime):
        raise ConfigurationError(f"since must be a datetime, a timedelta or None, not {since!r}.")
    if since is not None and since.utcoffset() is None:
        raise ConfigurationError(
            f"since={since!r} has no time zone; add one, as in since.replace(tzinfo=timezone.utc)."
        )
    known = {name: source for name, source in SOURCES.items() if source.model_name is not None}
    if isinstance(tables, str) or not tables or not set(tables) <= known.keys():
        raise ConfigurationError(f"tables must be a list of some of {', '.join(known)}, not {tables!r}.")
    report = SyncReport(name="sync")
    target = _Sink(sink)  # not in a thread: cancelled meanwhile, it would stay open
    try:
        job = _Sync(grinfi, target, report, since, full)
        work = partial(job.run, [known[name] for name in tables])
        await run_shown(grinfi, report, progress, lambda: job.total, work, lane)
    finally:
        target.close()
    return report
