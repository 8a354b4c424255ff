"""What jobs that read have in common: their counts, and their progress."""

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
"""Share of the limit from which on it is what decides how long a job takes."""
DEFAULT_SHARE: Final = 0.9


def lane_of(share: float | None, max_wait: float | None) -> Lane:
    """The lane of a job; what is not given is that of the job it runs in, if it runs in one."""
    outer = current_lane()
    if share is None:
        share = outer.share if outer.job else DEFAULT_SHARE
    return Lane(share=share, max_wait=outer.max_wait if max_wait is None else max_wait)


def count_requests(report: BulkReport, limiter: RateLimiter) -> Hooks:
    """Hooks that count requests, retries and waits in a report, beside what the limit is."""
    # Of a limiter that is not ours, nothing is known.
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
    """How long a job that sends its items will still take; None if that cannot be known."""
    if total is None or not report.processed or not elapsed:
        return None
    left = max(0, total - report.done)
    at_this_rate = left * elapsed / report.processed
    if report.capacity is None or report.limit_used is None:
        return at_this_rate
    # A period's requests may all leave at its beginning, so that the rate shows nothing of the periods to come.
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
    """Do the work; count its requests in the report, and show how far it is.

    Args:
        grinfi: The client it is done through.
        report: Gets the counts.
        option: How progress is shown.
        total: How many rows there are, as far as is known.
        work: What is done. It counts its rows in the report.
        lane: Who does it.
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
                failures.append(error)  # the task group would wrap it in a group
            finally:
                report.elapsed = anyio.current_time() - started
                report.processed = report.succeeded
                over.set()
    finally:
        showing.close()  # if it was cancelled before its first step
    if failures:
        raise failures[0]
