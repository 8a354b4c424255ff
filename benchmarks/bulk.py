"""Bulk jobs against `asyncio.gather` with a semaphore and retries: use of the limit in virtual time, CPU time, memory.

python -m benchmarks.bulk
"""

from __future__ import annotations

import asyncio
import random
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import anyio
import httpx
import trio
import trio.testing

from grinfi_async import Grinfi, TokenBucket

from .simulated_server import CAPACITY, LATENCIES, PERIOD, WINDOWS, Latency, Window, best_seconds

REQUESTS = 3_000
ITEMS = 10_000
CALLS_AT_ONCE = 50
ATTEMPTS = 8
MAX_BACKOFF = 30.0
REFUSED = 429
URL = "http://server.test"
HEADERS = {"content-type": "application/json"}

Handler = Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]]
Job = Callable[[Handler], Awaitable[int]]
"""Does its requests; tells how many items were given up."""


class LimitedServer:
    """Refuses what is too much, as the window counts; half of the latency is before that, half after."""

    def __init__(self, window: Window, latency: Latency) -> None:
        self.refused = 0
        self._window = window
        self._latency = latency
        self._source = random.Random(20261123)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        seconds = self._latency(self._source)
        await anyio.sleep(seconds / 2)
        admitted = self._window.admits(anyio.current_time())
        await anyio.sleep(seconds / 2)
        self.refused += not admitted
        return httpx.Response(200 if admitted else REFUSED, content=b"{}", headers=HEADERS)


async def ours(handle: Handler) -> int:
    limiter = TokenBucket(CAPACITY, PERIOD)
    async with Grinfi("key", base_url=URL, transport=httpx.MockTransport(handle), rate_limiter=limiter) as grinfi:
        return (await grinfi.bulk.run(grinfi.tags.delete, (str(number) for number in range(REQUESTS)))).failed


def gathered(at_once: int) -> Job:
    """A task for each item, a semaphore, and a few attempts with exponential backoff and full jitter."""

    async def job(handle: Handler) -> int:
        jitter = random.Random(7)
        semaphore = anyio.Semaphore(at_once)
        given_up = 0

        async def call(client: httpx.AsyncClient, number: int) -> None:
            nonlocal given_up
            async with semaphore:
                for attempt in range(ATTEMPTS):
                    if (await client.delete(f"{URL}/{number}")).status_code != REFUSED:
                        return
                    await anyio.sleep(jitter.uniform(0, min(MAX_BACKOFF, 0.5 * 2**attempt)))
                given_up += 1

        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client,
            anyio.create_task_group() as tasks,
        ):
            for number in range(REQUESTS):
                tasks.start_soon(call, client, number)
        return given_up

    return job


class Outcome(NamedTuple):
    seconds: float
    refused: int
    given_up: int

    def __str__(self) -> str:
        used = best_seconds(REQUESTS - self.given_up, REQUESTS, 0) / self.seconds
        return f"{self.seconds:7.0f} s{used:6.0%}{self.refused:7,}{self.given_up:6,}"


def in_virtual_time(job: Job, window: Window, latency: Latency) -> Outcome:
    async def run() -> Outcome:
        server = LimitedServer(window, latency)
        started = trio.current_time()
        given_up = await job(server.handle)
        return Outcome(trio.current_time() - started, server.refused, given_up)

    return trio.run(run, clock=trio.testing.MockClock(autojump_threshold=0))


def compare_use_of_the_limit() -> None:
    print(f"{REQUESTS:,} items, {CAPACITY} requests allowed per {PERIOD:.0f} s; virtual time, use of the limit, 429s,")
    print(f"items given up after {ATTEMPTS} attempts\n")
    jobs = {"grinfi.bulk": ours, "gather, 10 at once": gathered(10), "gather, 100 at once": gathered(100)}
    print(f"{'':30}" + "".join(f"{name:>30}" for name in jobs))
    for window in ("fixed window", "sliding window"):
        for name, latency in LATENCIES.items():
            columns = "".join(f"{in_virtual_time(job, WINDOWS[window](), latency)!s:>30}" for job in jobs.values())
            print(f"{f'{window}, {name}':30}{columns}", flush=True)


# -- CPU time and memory ---------------------------------------------------------------------------------------------


async def answer_at_once(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(0)
    return httpx.Response(200, content=b"{}", headers=HEADERS)


def items() -> Iterator[str]:
    return (f"item-{number}" for number in range(ITEMS))


async def gather(grinfi: Grinfi) -> None:
    semaphore = asyncio.Semaphore(CALLS_AT_ONCE)

    async def call(item: str) -> None:
        async with semaphore:
            await grinfi.tags.delete(item)

    await asyncio.gather(*map(call, items()))


async def bulk(grinfi: Grinfi) -> None:
    await grinfi.bulk.run(grinfi.tags.delete, items(), concurrency=CALLS_AT_ONCE)


async def bulk_with_journal(grinfi: Grinfi) -> None:
    with TemporaryDirectory() as directory:
        journal = Path(directory, "journal")
        await grinfi.bulk.run(grinfi.tags.delete, items(), concurrency=CALLS_AT_ONCE, journal=journal)


async def unlimited(job: Callable[[Grinfi], Awaitable[None]]) -> tuple[float, float]:
    """Seconds of CPU and seconds in all."""
    async with Grinfi("key", base_url=URL, transport=httpx.MockTransport(answer_at_once), rate_limiter=None) as grinfi:
        started, busy = time.perf_counter(), time.process_time()
        await job(grinfi)
        return time.process_time() - busy, time.perf_counter() - started


def compare_cost() -> None:
    print(f"\n{ITEMS:,} items without a limit, {CALLS_AT_ONCE} at once, answered in the process at once\n")
    print(f"{'':30}{'CPU':>10}{'in all':>10}{'peak of memory':>18}")
    for name, job in {"gather": gather, "grinfi.bulk": bulk, "grinfi.bulk, journal": bulk_with_journal}.items():
        asyncio.run(unlimited(job))
        busy, seconds = asyncio.run(unlimited(job))
        tracemalloc.start()
        asyncio.run(unlimited(job))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"{name:30}{busy:8.2f} s{seconds:8.2f} s{peak / 1e6:15.1f} MB", flush=True)


def main() -> None:
    compare_use_of_the_limit()
    compare_cost()


if __name__ == "__main__":
    main()
