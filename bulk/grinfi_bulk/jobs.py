"""Shared parts of jobs: their lane, their counts, and the progress of jobs that read."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

from grinfi_async import Grinfi, Hooks, Lane, RateLimiter, RequestEvent, current_lane, enter_lane, observe

from .progress import Progress, ProgressOption, show
from .report import BulkReport

__all__ = ["DEFAULT_SHARE", "count_requests", "lane_of", "remaining_seconds", "run_shown"]

ResultT = TypeVar("ResultT")
REFUSED: Final = 429
LIMITED: Final = 0.9
"""From this share of the limit on, the limit decides how long a job takes."""
DEFAULT_SHARE: Final = 0.9


def lane_of(share: float | None, max_wait: float | None) -> Lane:
    """The lane of a job; values that are not given come from the job it runs in, if there is one."""
    outer = current_lane()
    if share is None:
        share = outer.share if outer.job else DEFAULT_SHARE
    return Lane(share=share, max_wait=outer.max_wait if max_wait is None else max_wait)


def count_requests(report: BulkReport, limiter: RateLimiter) -> Hooks:
    """Hooks that count requests, retries and waits in a report, which also gets the rate limit."""
    # A limiter of the user's need not have these attributes.
    report.capacity, report.period = getattr(limiter, "capacity", None), getattr(limiter, "period", 60.0)

    def before_attempt(event: RequestEvent) -> None:
        report.waited += event.waited

    def after_attempt(event: RequestEvent) -> None:
        report.requests += 1
        report.refused += event.status == REFUSED

    def on_retry(event: RequestEvent) -> None:
        report.retries += 1

    return Hooks(before_attempt=before_attempt, after_attempt=after_attempt, on_retry=on_retry)


def remaining_seconds(report: BulkReport, total: int | None, elapsed: float, lane: Lane) -> float | None:
    """Seconds that a job that sends its items will still take; None if unknown."""
    if total is None or not report.processed or not elapsed:
        return None
    left = max(0, total - report.done)
    at_this_rate = left * elapsed / report.processed
    if report.capacity is None or report.limit_used is None:
        return at_this_rate
    # The requests of a period may all leave at its beginning, so the rate so far says nothing about later periods:
    #
    #   sent  ████................████................████     300 in the first seconds, then a wait
    #         |--- period 1 -----|--- period 2 -----|
    #
    # So count the whole periods that the remaining requests need beyond what this one still allows.
    capacity = lane.part_of(report.capacity)
    allowed = capacity * (1 + elapsed // report.period) - report.requests
    beyond = left * report.requests / report.processed - allowed
    periods = max(0, math.ceil(beyond / capacity))
    by_limit = max(0.0, periods * report.period - elapsed % report.period)
    return by_limit if report.limit_used > LIMITED * lane.share else max(at_this_rate, by_limit)


async def run_shown(
    grinfi: Grinfi,
    report: BulkReport,
    option: ProgressOption,
    total: Callable[[], int | None],
    work: Callable[[], Awaitable[None]],
    lane: Lane,
) -> None:
    """Do the work, count its requests in the report, and show progress.

    Args:
        grinfi: The client that the work uses.
        report: Gets the counts.
        option: How progress is shown.
        total: Number of rows, if known.
        work: The work. It counts its rows in the report.
        lane: The lane of its requests.
    """
    counting = count_requests(report, grinfi.rate_limiter)
    started, over, waiting = anyio.current_time(), anyio.Event(), 0
    failures: list[BaseException] = []

    def on_wait(event: RequestEvent) -> None:
        nonlocal waiting
        waiting += 1

    def before_attempt(event: RequestEvent) -> None:
        nonlocal waiting
        waiting = max(0, waiting - bool(event.waited))

    def progress() -> Progress:
        elapsed = anyio.current_time() - started
        rows, known = report.succeeded, total()
        left = None if known is None else max(0, known - report.done)
        return Progress(
            name=report.name,
            total=known,
            done=report.done,
            failed=0,
            unknown=0,
            sent=0,
            elapsed=elapsed,
            rate=rows / elapsed if elapsed else 0.0,
            limit_used=report.limit_used,
            waited=report.waited,
            waiting=waiting > 0,
            remaining=left * elapsed / rows if left is not None and rows else None,
        )

    async def show_it() -> None:
        # Shielded, so that the last line still shows when the work is cancelled; `over` ends it.
        with anyio.CancelScope(shield=True):
            try:
                await show(option, progress, over)
            except Exception as error:
                failures.append(error)
                tasks.cancel_scope.cancel()

    waits = Hooks(before_attempt=before_attempt, on_wait=on_wait)
    showing = show_it()
    try:
        async with anyio.create_task_group() as tasks:
            if option:
                tasks.start_soon(lambda: showing)
            try:
                with enter_lane(lane), observe(counting), observe(waits):
                    await work()
            except (Exception, KeyboardInterrupt) as error:
                failures.append(error)  # raised below: the task group would wrap it in an ExceptionGroup
            finally:
                report.elapsed = anyio.current_time() - started
                report.processed = report.succeeded
                over.set()
    finally:
        showing.close()  # a task that is cancelled before its first step leaves its coroutine unawaited
    if failures:
        raise failures[0]
