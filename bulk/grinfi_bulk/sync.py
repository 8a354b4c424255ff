"""A copy of the API's data in an SQLite file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from anyio import to_thread

from grinfi_async import (
    APIStatusError,
    ConfigurationError,
    Grinfi,
    InvalidArgumentError,
    Page,
    ResultWindowError,
)
from grinfi_overrides.runtime.times import DATE_TIME

from .errors import SyncError
from .export_columns import Column, all_columns, json_text
from .jobs import lane_of, run_shown
from .locked_files import LockedFile
from .progress import ProgressOption, check_progress
from .report import BulkReport
from .sources import SOURCES, ReadingPosition, Source, id_of, read
from .wording import counted

__all__ = ["SyncReport", "TableReport", "sync"]

OVERLAP: Final = timedelta(minutes=10)
"""What was updated so shortly before the latest run is read again: clocks differ, and updates take time to show."""
NEWEST_FIRST: Final = {"order_field": "updated_at", "order_type": "desc"}
REFUSALS: Final = frozenset({400, 422, 500, 504})
"""What a server may answer to an order that it does not have."""
PROBE: Final = 100
"""Rows that show whether a server sorts."""
TYPES: Final = {"integer": "INTEGER", "real": "REAL", "boolean": "INTEGER"}
PAST: Final = datetime.min.replace(tzinfo=UTC)
FUTURE: Final = datetime.max.replace(tzinfo=UTC)
LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(slots=True, kw_only=True)
class TableReport:
    """What became of one table.

    Attributes:
        rows: Rows that were read and written.
        deleted: Rows that were found deleted.
        full: Whether everything was read.
        reason: Why everything was read, where reading what was updated was not enough.
    """

    rows: int = 0
    deleted: int = 0
    full: bool = False
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class SyncReport(BulkReport):
    """What was copied.

    Attributes:
        tables: Name of a table -> what became of it.
        succeeded: Rows that were written.
    """

    tables: dict[str, TableReport] = field(default_factory=dict[str, TableReport])

    def _lines(self) -> list[str]:
        cost = f"in {self.elapsed:.1f} s, {counted(self.requests, 'request')}"
        lines = [f"{self.name}: {counted(self.succeeded, 'row')} {cost}"]
        for name, table in self.tables.items():
            because = f" ({table.reason})" if table.reason else ""
            extent = f"all read{because}, {table.deleted:,} deleted" if table.full else "updated ones read"
            lines.append(f"  {name:<10} {counted(table.rows, 'row'):>14}, {extent}")
        return lines


@dataclass(slots=True)
class _Pass:
    """One reading of everything, which may take several runs."""

    number: int
    mark: str | None
    """The newest update when it began: up to then, the table is complete at its end."""
    place: str | None = None


class _Look(NamedTuple):
    """What a page of rows, newest update first, shows."""

    times: list[datetime | None]
    is_sorted: bool
    """Whether no row was updated after the one before it."""
    is_shown: bool
    """Whether the order can be no other, such as that of their creation."""

    @property
    def newest(self) -> datetime | None:
        return max((time for time in self.times if time is not None), default=None)


class _Sink(LockedFile):
    """The SQLite file. Others can read it at any time, and see the state after a page."""

    kind = "a copy that sync made"
    application_id = 0x47726E53
    schema = """
        CREATE TABLE _sync (
            name TEXT PRIMARY KEY, mark TEXT, is_sorted INTEGER NOT NULL DEFAULT 0, pass INTEGER NOT NULL DEFAULT 0,
            finished_at TEXT, running_mark TEXT, running_place TEXT
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

    def is_sorted(self, name: str) -> bool:
        """Whether the server has shown that it sorts these rows by their updates."""
        with self._explained():
            return bool(self._value("SELECT is_sorted FROM _sync WHERE name = ?", name))

    def interrupted(self, name: str) -> _Pass | None:
        """The reading of everything that the latest run did not end."""
        with self._explained():
            number, mark, place = self._db.execute(
                "SELECT pass, running_mark, running_place FROM _sync WHERE name = ?", (name,)
            ).fetchone()
        return None if place is None else _Pass(number, mark, place)

    def begin(self, name: str, mark: str | None) -> _Pass:
        """Begin a reading of everything."""
        with self._explained():
            self._db.execute(
                "UPDATE _sync SET pass = pass + 1, running_mark = ?, running_place = NULL WHERE name = ?", (mark, name)
            )
            number = self._value("SELECT pass FROM _sync WHERE name = ?", name)
            self.commit()
        return _Pass(number, mark)

    def learn(self, name: str, is_sorted: bool) -> None:
        """Keep whether the server sorts."""
        with self._explained():
            self._db.execute("UPDATE _sync SET is_sorted = ? WHERE name = ?", (is_sorted, name))
            self.commit()

    def write(self, name: str, columns: Sequence[Column], found: Sequence[Any], place: str | None = None) -> int:
        """Write rows, and where reading everything goes on after them; how many rows."""
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

    def end(self, name: str, mark: str | None, reading: _Pass | None = None) -> int:
        """End a reading, up to a mark; how many rows are gone, which only one of everything can tell."""
        deleted = 0
        now = _text(datetime.now(UTC))
        with self._explained():
            if reading is not None:
                deleted = self._db.execute(
                    f"UPDATE {name} SET deleted_at = ? WHERE _pass < ? AND deleted_at IS NULL",  # noqa: S608
                    (now, reading.number),
                ).rowcount
            self._db.execute(
                "UPDATE _sync SET mark = ?, finished_at = ?, running_mark = NULL, running_place = NULL WHERE name = ?",
                (mark, now, name),
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
                if not source.has_updates:
                    continue  # what had been read may have changed long since, but only some tables show that
            await self._refresh(source, columns, is_full=self._full and interrupted is None)

    def _interrupted(self, source: Source) -> _Pass | None:
        """The reading of everything to go on with: it serves whatever is wanted."""
        reading = self._sink.interrupted(source.name)
        if reading is None:
            return None
        try:
            # A newer version of the SDK may refuse its cursor.
            place = ReadingPosition.from_json(reading.place or "")
            source.rows(self._grinfi, place.parts[place.part] if place.parts else None, cursor=place.cursor)
        except (InvalidArgumentError, ValueError, TypeError, IndexError):
            return None
        return reading

    async def _refresh(self, source: Source, columns: Sequence[Column], *, is_full: bool) -> None:
        """Copy what was updated; everything if that is wanted, or if what was updated cannot be told."""
        mark, now = None, datetime.now(UTC)
        if source.has_updates:
            known = await to_thread.run_sync(self._sink.mark, source.name)
            begin = datetime.fromisoformat(known) - OVERLAP if known is not None else None
            begin = self._since if self._since is not None else begin
            newest: datetime | None = None
            try:
                if begin is not None and not is_full:
                    newest, is_done = await self._update(source, columns, begin, known, now)
                    if is_done:
                        return
                else:
                    newest = (
                        await self._look(source, await source.rows(self._grinfi, None, limit=PROBE, **NEWEST_FIRST))
                    ).newest
            except APIStatusError as error:
                if error.status not in REFUSALS:
                    raise
                await self._distrust(source, f"the server answers {error.status} to an order by updated_at")
            except ResultWindowError:
                self._report.tables[source.name].reason = "more were updated than the API reads in an order"
            mark = _mark(newest, now)
        await self._copy(source, columns, await to_thread.run_sync(self._sink.begin, source.name, mark))

    async def _look(self, source: Source, page: Page[Any]) -> _Look:
        """What a page shows; the file keeps whether the server sorts."""
        rows = [row.to_dict() for row in page]
        times = [DATE_TIME.decode(row.get("updated_at")) for row in rows]
        created = [str(row.get("created_at")) for row in rows]
        last, is_sorted = FUTURE, True
        for time in times:  # what has no time is older than anything
            is_sorted &= (time or PAST) <= last
            last = time or PAST
        is_shown = is_sorted and created not in (sorted(created), sorted(created, reverse=True))
        if is_shown:
            await to_thread.run_sync(self._sink.learn, source.name, True)
        elif not is_sorted:
            await self._distrust(source, "the server ignores an order by updated_at")
        return _Look(times, is_sorted, is_shown)

    async def _distrust(self, source: Source, reason: str) -> None:
        self._report.tables[source.name].reason = reason
        await to_thread.run_sync(self._sink.learn, source.name, False)
        warnings.warn(f"bulk.sync reads all {source.name} each time: {reason}", stacklevel=2)

    async def _update(
        self, source: Source, columns: Sequence[Column], begin: datetime, known: str | None, now: datetime
    ) -> tuple[datetime | None, bool]:
        """Copy what was updated since a time, newest first: no filter does that on the live server.

        What is updated meanwhile moves to the front, and is newer than the mark: the next run reads it.

        Returns:
            The newest update at the beginning, and whether all were read: not if the server does not sort, or has not
            shown that it does.
        """
        table, newest = self._report.tables[source.name], None
        is_first = True
        async for page in source.rows(self._grinfi, None, **NEWEST_FIRST).pages():
            look = await self._look(source, page)
            if is_first:
                newest, is_first = look.newest, False
                is_believed = look.is_shown or await to_thread.run_sync(self._sink.is_sorted, source.name)
                if not is_believed:
                    return newest, False
            if not look.is_sorted:
                return newest, False
            rows = [row for row, time in zip(page, look.times, strict=True) if time is not None and time >= begin]
            written = await to_thread.run_sync(self._sink.write, source.name, columns, rows)
            table.rows += written
            self._report.succeeded += written
            if len(rows) < len(page):
                break
        # Between the latest run and a later `since` there is a gap, which the next run has to close.
        has_gap = known is not None and begin > datetime.fromisoformat(known)
        mark = known if has_gap or newest is None else _mark(newest, now)
        await to_thread.run_sync(self._sink.end, source.name, mark)
        return newest, True

    async def _copy(self, source: Source, columns: Sequence[Column], reading: _Pass) -> None:
        """Copy everything."""
        table = self._report.tables[source.name]
        before, known = self._report.succeeded, self.total or 0
        async with aclosing(read(self._grinfi, source, None, reading.place)) as batches:
            async for batch in batches:
                written = await to_thread.run_sync(self._sink.write, source.name, columns, batch.rows, batch.place)
                table.rows += written
                self._report.succeeded += written
                self.total = max(known, before) + (batch.total or 0)
        table.deleted += await to_thread.run_sync(self._sink.end, source.name, reading.mark, reading)
        table.full = True


def _mark(newest: datetime | None, now: datetime) -> str | None:
    """Up to when a copy is complete. A row from the future would hide all updates until then."""
    return None if newest is None else _text(min(newest, now))


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
