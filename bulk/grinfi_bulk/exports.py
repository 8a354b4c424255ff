"""Exports: each row of a list in a file, once, however often the export is interrupted."""

# Each page is written in this order, so that a crash at any point neither loses nor repeats a row:
#
#   1. the rows that the journal does not have -> <to>.part, flushed to disk
#   2. the journal: ids of the rows, length of the file, where reading resumes; committed
#
#   crash before 1 ends   the file may have more bytes than the journal says: they are cut off, and the page is read
#                         again
#   crash before 2 ends   the same
#   crash after 2         the next page is read
#
# Lists change while they are read, so that a row may move to a later page and come twice. The ids in the journal keep
# the second one out. A function in place of a file has no step 1 that can be undone: it may get a page twice after a
# crash, between its return and step 2.

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Required, TypedDict, Unpack, cast

from anyio import to_thread

from grinfi_async import ConfigurationError, Expression, Filter, Grinfi, GrinfiError

from .errors import JournalError, JournalInUseError
from .export_columns import Column, all_columns, check_custom_fields, chosen_columns, record_of
from .export_files import ExportFile
from .jobs import lane_of, run_shown
from .locked_files import LockedFile
from .progress import ProgressOption, check_progress
from .report import BulkReport
from .sources import Batch, Source, id_of, read
from .wording import counted

__all__ = ["ExportOptions", "ExportReport", "RowsWriter", "export"]

RowsWriter = Callable[[list[dict[str, Any]]], object]
"""A function, async or not, that gets the rows of a page."""


class ExportOptions(TypedDict, total=False):
    """Options of an export.

    Attributes:
        to: The file: `.csv`, `.jsonl` (both optionally with `.gz`) or `.parquet` (extra `parquet`); only its owner may
            read it. Or a function, async or not, that gets the rows of each page as a list of mappings.
        fields: Names of columns, in order: fields of the model, and `custom_fields.NAME`. By default everything that
            the API sends.
        journal: The file that records how far the export is; by default `<to>.part-journal`. A function without a
            journal gets all rows again.
        excel: True for a .csv file that a spreadsheet opens safely: it starts with a byte order mark, and text that
            starts with `=`, `+`, `-`, `@`, a tab or a return, which might be a formula, gets an apostrophe before it.
            Imports remove both.
        progress: True for a bar or lines, or a function that gets a `Progress` twice a second.
        share, max_wait: See `Bulk.map`.
    """

    to: Required[str | os.PathLike[str] | RowsWriter]
    fields: Sequence[str] | None
    journal: str | os.PathLike[str] | None
    excel: bool
    progress: ProgressOption
    share: float | None
    max_wait: float | None


@dataclass(slots=True, kw_only=True)
class ExportReport(BulkReport):
    """The report of an export.

    Attributes:
        path: The file; None if a function got the rows.
        succeeded: Rows that this run wrote.
        skipped: Rows that an earlier run wrote, and that this run resumed after.
    """

    path: Path | None = None

    @property
    def rows(self) -> int:
        """Number of rows, including those of an earlier run."""
        return self.succeeded + self.skipped

    def _lines(self) -> list[str]:
        to = "" if self.path is None else f" to {self.path}"
        earlier = f" ({self.skipped:,} of them by an earlier run)" if self.skipped else ""
        used = "no rate limit" if self.limit_used is None else f"{self.limit_used:.0%} of the rate limit"
        cost = f"{counted(self.retries, 'retry')}, {self.refused:,} refused"
        return [
            f"{self.name}: {counted(self.rows, 'row')}{to}{earlier} in {self.elapsed:.1f} s",
            f"  {counted(self.requests, 'request')}, {used}; {cost}",
        ]


@dataclass(slots=True)
class _State:
    """The state of an export after its latest page."""

    job: dict[str, Any]
    place: str | None = None
    position: int = 0
    rows: int = 0
    columns: list[list[str]] | None = None


class _Journal(LockedFile):
    """The state of an export, and the ids of its rows. No other process can open it meanwhile."""

    kind = "the journal of an export"
    application_id = 0x47726E45
    schema = "CREATE TABLE export (state TEXT NOT NULL); CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;"
    error = JournalError
    in_use_error = JournalInUseError

    def load(self, job: dict[str, Any]) -> _State | None:
        """The state of the export, if it was started.

        Raises:
            JournalError: The journal belongs to another export.
        """
        with self._explained():
            found = self._db.execute("SELECT state FROM export").fetchone()
        if found is None:
            return None
        state = _State(**json.loads(found[0]))
        different = [name for name in job if state.job.get(name) != job[name]]
        if different:
            changed = "; ".join(f"{name} was {state.job.get(name)!r}, and is now {job[name]!r}" for name in different)
            raise JournalError(
                f"{self.path} belongs to another export, which was interrupted: {changed}. "
                "Finish that export, or delete the journal to start again."
            )
        return state

    def new_rows(self, rows: Sequence[Any]) -> list[Any]:
        """The rows that were not written before. They count as written with the next `save`."""
        new: list[Any] = []
        with self._explained():
            for row in rows:
                identity = id_of(row)
                if identity is None or self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (identity,)).rowcount:
                    new.append(row)
        return new

    def save(self, state: _State) -> None:
        """Make the state durable."""
        with self._explained():
            self._db.execute("DELETE FROM export")
            self._db.execute("INSERT INTO export VALUES (?)", (json.dumps(asdict(state)),))
        self.commit()

    def forget(self) -> None:
        """Start again."""
        with self._explained():
            self._db.execute("DELETE FROM export")
            self._db.execute("DELETE FROM seen")
        self.commit()

    def remove(self) -> None:
        """Delete the file, after it was closed."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


class _Export:
    def __init__(
        self,
        grinfi: Grinfi,
        source: Source,
        filter: Filter | None,
        to: str | os.PathLike[str] | RowsWriter,
        fields: Sequence[str] | None,
        journal: str | os.PathLike[str] | None,
        excel: bool,
    ) -> None:
        self._grinfi, self._source, self._filter, self._fields = grinfi, source, filter, fields
        self._file: ExportFile | None = None
        self._writer: RowsWriter | None = None
        self._excel = excel
        if callable(to):
            if excel:
                raise ConfigurationError("excel=True needs a .csv file, and to is a function.")
            self._writer = to
        elif isinstance(to, str | os.PathLike):
            self._file = ExportFile(to, excel)
        else:
            raise ConfigurationError(f"to must be a path, or a function of the rows of a page, not {to!r}.")
        self._columns: list[Column] | None = None
        if source.model is not None:
            self._columns = chosen_columns(source, all_columns(source), fields)
        elif fields is not None:
            chosen_columns(source, [Column(name, "json") for name in fields], fields)
        source.rows(grinfi, filter)  # raises for an invalid filter, before anything is opened
        self._journal_path = journal
        if journal is None and self._file is not None:
            self._journal_path = self._file.place.with_name(f"{self._file.place.name}.part-journal")
        self.report = ExportReport(name=source.name, path=None if self._file is None else self._file.path)
        self.total: int | None = None

    async def run(self) -> None:
        """Write every row, or resume where an earlier run stopped."""
        if self._columns is not None:
            await check_custom_fields(self._grinfi, self._source, self._columns)
        journal = _Journal(self._journal_path)
        is_complete = False
        try:
            state = self._begin(journal)
            try:
                await self._read(journal, state)
                if self._file is not None:
                    await to_thread.run_sync(self._file.finish, self._columns or [])
            except (GrinfiError, OSError) as error:
                if self._journal_path is not None and self.report.rows:
                    error.add_note(f"{counted(self.report.rows, 'row')} written; run the same export again to resume.")
                raise
            finally:
                if self._file is not None:
                    self._file.close()
            is_complete = True
        finally:
            journal.close()
            if is_complete:
                journal.remove()

    def _begin(self, journal: _Journal) -> _State:
        job: dict[str, Any] = {
            "of": self._source.name,
            "filter": {} if self._filter is None else Expression(self._filter).to_dict(),
            "fields": None if self._fields is None else list(self._fields),
            "to": None if self._file is None else str(self._file.place),
            "excel": self._excel,
            "server": self._grinfi.base_url,
        }
        job = json.loads(json.dumps(job))
        state = journal.load(job)
        if state is not None and self._file is not None and state.position and not self._file.partial.exists():
            # The file is already in its place (a crash before the journal was deleted), or the user deleted it to
            # start again.
            state = None
        if state is None:
            journal.forget()
            state = _State(job)
        if state.columns is not None:
            self._columns = [Column(name, cast("Any", kind)) for name, kind in state.columns]
        if self._file is not None:
            self._file.open(state.position)
        self.report.skipped = state.rows
        return state

    async def _read(self, journal: _Journal, state: _State) -> None:
        async with aclosing(read(self._grinfi, self._source, self._filter, state.place)) as batches:
            async for batch in batches:
                self.total = batch.total
                if self._columns is None:
                    self._columns = self._columns_of(batch)
                if self._file is not None:
                    await to_thread.run_sync(self._write, self._file, self._columns, journal, state, batch)
                elif self._writer is not None:
                    await self._hand_over(self._writer, self._columns, journal, state, batch)

    def _columns_of(self, batch: Batch) -> list[Column]:
        """The columns of rows without a model."""
        names = list(dict.fromkeys(name for row in batch.rows for name in row))
        return chosen_columns(self._source, [Column(name, "json") for name in names], self._fields)

    def _write(
        self, file: ExportFile, columns: Sequence[Column], journal: _Journal, state: _State, batch: Batch
    ) -> None:
        """Append a page. Its rows are on disk before the journal has them, and are cut off if it never gets them."""
        rows = journal.new_rows(batch.rows)
        state.position = file.write(rows, columns, whole=self._fields is None)
        self._save(journal, state, batch, len(rows))

    async def _hand_over(
        self, writer: RowsWriter, columns: Sequence[Column], journal: _Journal, state: _State, batch: Batch
    ) -> None:
        rows = await to_thread.run_sync(journal.new_rows, batch.rows)
        if self._fields is None:
            records = [record_of(row) for row in rows]
        else:
            records = [{column.name: column.of(row) for column in columns} for row in rows]
        if records:
            pending = writer(records)
            if inspect.isawaitable(pending):
                await cast("Awaitable[object]", pending)
        await to_thread.run_sync(self._save, journal, state, batch, len(rows))

    def _save(self, journal: _Journal, state: _State, batch: Batch, count: int) -> None:
        state.place = batch.place
        state.rows += count
        state.columns = [[column.name, column.kind] for column in self._columns or ()]
        journal.save(state)
        self.report.succeeded += count  # only after they are recorded


async def export(
    grinfi: Grinfi, source: Source, filter: Filter | None, **options: Unpack[ExportOptions]
) -> ExportReport:
    """Write all rows of a source that match a filter."""
    progress = options.get("progress", False)
    check_progress(progress)
    lane = lane_of(options.get("share"), options.get("max_wait"))
    job = _Export(
        grinfi,
        source,
        filter,
        options["to"],
        options.get("fields"),
        options.get("journal"),
        options.get("excel", False),
    )
    await run_shown(grinfi, job.report, progress, lambda: job.total, job.run, lane)
    return job.report
