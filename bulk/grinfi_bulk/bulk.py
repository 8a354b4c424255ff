"""What `grinfi.bulk` is."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import TypeVar

from grinfi_async import Grinfi, RetryClass

from .engine import DEFAULT_GRACE, BulkJob, JobOptions, OnError
from .items import Key
from .progress import ProgressOption
from .report import BulkReport

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
        *,
        key: Key = None,
        journal: str | os.PathLike[str] | None = None,
        concurrency: int | None = None,
        on_error: OnError = "collect",
        max_failures: int | None = None,
        progress: ProgressOption = False,
        ordered: bool = False,
        retry_class: RetryClass | None = None,
        repeat_unknown: bool = False,
        name: str | None = None,
        total: int | None = None,
        grace: float = DEFAULT_GRACE,
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
        options = JobOptions(
            key=key,
            journal=journal,
            concurrency=concurrency,
            on_error=on_error,
            max_failures=max_failures,
            progress=progress,
            ordered=ordered,
            retry_class=retry_class,
            repeat_unknown=repeat_unknown,
            name=name,
            total=total,
            grace=grace,
        )
        return BulkJob(self._grinfi.rate_limiter, call, items, options)

    async def run(
        self,
        call: Callable[..., Awaitable[object]],
        items: Iterable[object] | AsyncIterable[object],
        *,
        key: Key = None,
        journal: str | os.PathLike[str] | None = None,
        concurrency: int | None = None,
        on_error: OnError = "collect",
        max_failures: int | None = None,
        progress: ProgressOption = False,
        retry_class: RetryClass | None = None,
        repeat_unknown: bool = False,
        name: str | None = None,
        total: int | None = None,
        grace: float = DEFAULT_GRACE,
    ) -> BulkReport:
        """Call a function for each item, and tell what became of them in all.

        Args, errors and behaviour are those of `map`.

        Returns:
            The report: `print` it, or `write_failures("failed.csv")`.
        """
        job = self.map(
            call,
            items,
            key=key,
            journal=journal,
            concurrency=concurrency,
            on_error=on_error,
            max_failures=max_failures,
            progress=progress,
            retry_class=retry_class,
            repeat_unknown=repeat_unknown,
            name=name,
            total=total,
            grace=grace,
        )
        async with job as outcomes:
            async for _ in outcomes:
                pass
        return job.report
