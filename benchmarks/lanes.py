"""A job of 3,000 calls beside the calls of an application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from statistics import median

from grinfi_async import Grinfi, TokenBucket

from .limit import URL, Call, LimitedServer, aiolimiter, httpx_with, no_limiter, pyrate_limiter
from .simulated_server import CAPACITY, PERIOD, SlidingWindow
from .tables import Benchmark, Measure, Row, Table, count, duration
from .virtual_loop import run_virtually

ITEMS = 3_000
AT_ONCE = 50
LATENCY = 0.3
EVERY = 2.1
"""Seconds from one call of the application to the next: 28.6 a minute, of the 30 that a job's share of 0.9 leaves."""

Job = Callable[[], Awaitable[object]]
Client = Callable[[LimitedServer], AbstractAsyncContextManager[tuple[Call, Job]]]
"""A way of calling a server, and of running the job."""


@asynccontextmanager
async def ours(server: LimitedServer) -> AsyncGenerator[tuple[Call, Job]]:
    limiter = TokenBucket(CAPACITY, PERIOD)
    async with Grinfi("key", base_url=URL, transport=server, rate_limiter=limiter) as grinfi:
        yield (
            lambda: grinfi.tags.delete("tag"),
            lambda: grinfi.bulk.run(grinfi.tags.delete, map(str, range(ITEMS)), concurrency=AT_ONCE),
        )


def shared(make_acquire: Callable[[], Callable[[], Awaitable[object]]]) -> Client:
    """A job whose calls go through the same limiter, so many at once."""

    @asynccontextmanager
    async def client(server: LimitedServer) -> AsyncGenerator[tuple[Call, Job]]:
        async with httpx_with(make_acquire)(server) as call:

            async def job() -> None:
                left = iter(range(ITEMS))

                async def worker() -> None:
                    for _ in left:
                        await call()

                await asyncio.gather(*(worker() for _ in range(AT_ONCE)))

            yield call, job

    return client


CLIENTS: dict[str, Client] = {
    "shared aiolimiter": shared(aiolimiter),
    "shared pyrate-limiter": shared(pyrate_limiter),
    "tenacity + semaphore": shared(no_limiter),
    "ours": ours,
}


async def beside(client: Client) -> tuple[float, ...]:
    """Seconds that calls of the application wait longer than for their answer; seconds of the job; refused calls."""
    server = LimitedServer(SlidingWindow(), lambda _: LATENCY)
    loop = asyncio.get_running_loop()
    waits: list[float] = []
    async with client(server) as (call, job):

        async def timed() -> None:
            started = loop.time()
            await call()
            waits.append(max(0.0, loop.time() - started - LATENCY))

        async def application() -> None:
            calls: set[asyncio.Task[None]] = set()
            while not running.done():
                calls.add(asyncio.create_task(timed()))
                await asyncio.sleep(EVERY)
            await asyncio.gather(*calls)

        started = loop.time()
        running = asyncio.ensure_future(job())
        calling = asyncio.create_task(application())
        await running
        seconds = loop.time() - started
        await calling
    return median(waits), max(waits), seconds, server.refused


def run() -> Iterator[Table]:
    measures = (
        Measure("median wait of the application", duration, ratio=False),
        Measure("longest wait", duration, ratio=False),
        Measure("time of the job", duration, ratio=False),
        Measure("429s", count, ratio=False),
    )
    yield Table(
        measures, [Row(name, run_virtually(beside(client)), name == "ours") for name, client in CLIENTS.items()]
    )


BENCHMARK = Benchmark(
    "lanes",
    "An application beside a job",
    f"A job of {ITEMS:,} calls, {AT_ONCE} at once, and a call of the application every {EVERY} s; {CAPACITY} calls "
    f"allowed in a sliding window of {PERIOD:.0f} s, answers after {LATENCY} s, in virtual time. The wait is what a "
    "call takes beyond its answer.",
    run,
)
