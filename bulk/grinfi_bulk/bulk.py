"""What `grinfi.bulk` is."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, Unpack

from grinfi_async import Filter, Grinfi

from .engine import BulkJob, JobOptions
from .exports import ExportOptions, ExportReport, export
from .progress import ProgressOption
from .report import BulkReport
from .sources import SOURCES
from .sync import SyncReport, sync

__all__ = ["Bulk"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Bulk:
    """Jobs of many calls through one client."""

    def __init__(self, grinfi: Grinfi) -> None:
        self._grinfi = grinfi

    def map(
        self,
        call: Callable[..., Awaitable[ResultT]],
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        **options: Unpack[JobOptions],
    ) -> BulkJob[ItemT, ResultT]:
        """Call a function for each item, as fast as the rate limit allows; get what becomes of each as it ends.

        ```
        async with grinfi.bulk.map(grinfi.contacts.get, uuids) as outcomes:
            async for outcome in outcomes:
                print(outcome.key, outcome.status, outcome.result)
        ```

        A call that fails is an outcome, and harms no other. What shows a mistake of the program (TypeError,
        AttributeError, NameError and the like), a refused key or a closed client stops the job, and is raised.
        A job that is cancelled takes no further item, and lets what was sent end within `grace` seconds.

        Args:
            call: An async function of one item, or a method of a resource: that gets a mapping as keyword arguments,
                and any other item as its first argument. `functools.partial` fixes further arguments.
            items: Any iterable, or async iterable, of any length; it is read no further than needed.
            key: What identifies an item: the name of a field, or a function of the item. By default its whole content.
                An item with the key of an earlier one is not sent.
            journal: A file that records what became of each item. The same job with the same journal goes on where
                it stopped: what is done is skipped, what failed is tried again. None to keep nothing.
            concurrency: At most so many calls at a time, 100 by default. As many as the rate limit can take are
                started, and no more.
            on_error: "collect" to go on, "stop" to end the job at the first failure, or a function that is told
                each failed or unknown outcome of this run; the job goes on unless it raises.
            max_failures: End the job when more items than this have failed in this run.
            progress: True for a bar (in a terminal, with the extra `cli`) or a line every five seconds; a function
                gets a `Progress` twice a second.
            ordered: True for outcomes in the order of the items.
            retry_class: What may be repeated when an outcome is unknown: "read" and "idempotent" may be, "write" must
                not. By default the operation's, and "write" for functions.
            repeat_unknown: True to send again what may have been applied in an earlier run.
            name: What identifies the job in its journal and display. By default the operation or function, with the
                arguments of `functools.partial`. Name what else makes it another job, such as a list it imports into.
            total: How many items there are, for the progress; needed for what is no list or tuple.
            grace: Seconds for requests on their way when the job ends early.

        Raises:
            ConfigurationError: An argument cannot be used.
            JournalError: When it is entered: the journal belongs to another job, or is in use. Later: the input is
                not the one the journal was begun with, or it cannot be written.
            JobStoppedError: At the end of the outcomes: `on_error="stop"` or `max_failures` ended the job.
        """
        return BulkJob(self._grinfi.rate_limiter, call, items, **options)

    async def run(
        self,
        call: Callable[..., Awaitable[object]],
        items: Iterable[object] | AsyncIterable[object],
        **options: Unpack[JobOptions],
    ) -> BulkReport:
        """Call a function for each item, and tell what became of them in all.

        Args, errors and behaviour are those of `map`.

        Returns:
            The report: `print` it, or `write_failures("failed.csv")`.
        """
        job = self.map(call, items, **options)
        async with job as outcomes:
            async for _ in outcomes:
                pass
        return job.report

    async def export_contacts(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write contacts to a file: every one once, however many there are, and whatever interrupts it.

        The same call goes on where an interrupted one stopped. The file appears under its name when it is complete.

        Args:
            filter: Which, as `contacts.search` takes it; all by default.
            options: `to`, and others; see `ExportOptions`.

        Raises:
            InvalidArgumentError: A field or the filter is not what the API knows. Nothing was read.
            ConfigurationError: The file cannot be written.
            JournalError: Another process writes the same file, or an interrupted export was another one.
            ResultWindowError: More rows than the API reads of one list, and no way to divide them.
            GrinfiError: A request failed for good. What was written stays, to go on with.
        """
        return await export(self._grinfi, SOURCES["contacts"], filter, **options)

    async def export_companies(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write companies to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["companies"], filter, **options)

    async def export_tasks(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write tasks to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["tasks"], filter, **options)

    async def export_messages(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write LinkedIn messages to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["messages"], filter, **options)

    async def export_emails(self, filter: Filter | None = None, **options: Unpack[ExportOptions]) -> ExportReport:
        """Write emails to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["emails"], filter, **options)

    async def export_automation_contacts(
        self, filter: Filter | None = None, **options: Unpack[ExportOptions]
    ) -> ExportReport:
        """Write the contacts of automations to a file, as `export_contacts` does."""
        return await export(self._grinfi, SOURCES["automation_contacts"], filter, **options)

    async def sync(
        self,
        sink: str | os.PathLike[str],
        *,
        since: datetime | timedelta | None = None,
        tables: Sequence[str] = ("contacts", "companies", "tasks", "messages"),
        full: bool = False,
        progress: ProgressOption = False,
    ) -> SyncReport:
        """Copy what has changed into the tables of an SQLite file, which other programs can query meanwhile.

        Each row has its `uuid` as key, a column for each field, lists and objects as JSON, and `deleted_at`.
        What an interrupted run had copied stays, and the next run goes on there.

        Args:
            sink: The file; it is made if it is not there.
            since: Copy what was updated from this time on, or within this time; by default since the latest run.
                Contacts and companies only: other tables are read as a whole each time.
            tables: Of contacts, companies, tasks, messages, emails.
            full: Read everything, which notices deletions: rows that are gone get a `deleted_at`.
            progress: True for a bar or lines, or a function that gets a `Progress` twice a second.

        Raises:
            ConfigurationError: An argument cannot be used.
            SyncError: The file cannot be used, or another run is using it.
            GrinfiError: A request failed for good.
        """
        return await sync(self._grinfi, sink, since=since, tables=tables, full=full, progress=progress)
