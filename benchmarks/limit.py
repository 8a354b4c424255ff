"""3,000 calls to servers that allow 300 a minute, each counting them in its own way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any, NamedTuple

import anyio
import httpx

from grinfi_async import Grinfi, TokenBucket

from .simulated_server import CAPACITY, LATENCIES, PERIOD, WINDOWS, Latency, Window, best_seconds
from .tables import Benchmark, Measure, Row, Table, count, percent
from .virtual_loop import run_virtually

REQUESTS = 3_000
CALLERS = 100
LATENCY = LATENCIES["5 ms to 2 s"]
MAX_BACKOFF = 30.0
REFUSED = 429
URL = "http://server.test"

Call = Callable[[], Awaitable[object]]
Client = Callable[["LimitedServer"], AbstractAsyncContextManager[Call]]
"""A way of calling a server."""


class LimitedServer(httpx.AsyncBaseTransport):
    """Refuses what is too much, as its window counts, at some moment between request and answer."""

    def __init__(self, window: Window, latency: Latency) -> None:
        self.refused = 0
        self._window = window
        self._latency = latency
        self._source = random.Random(20261123)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seconds = self._latency(self._source)
        before = seconds * self._source.random()
        await anyio.sleep(before)
        admitted = self._window.admits(anyio.current_time())
        await anyio.sleep(seconds - before)
        self.refused += not admitted
        return httpx.Response(200 if admitted else REFUSED, json={})


@asynccontextmanager
async def ours(server: LimitedServer) -> AsyncGenerator[Call]:
    limiter = TokenBucket(CAPACITY, PERIOD)  # otherwise that of the key, which an earlier client has used
    async with Grinfi("key", base_url=URL, transport=server, rate_limiter=limiter) as grinfi:
        yield lambda: grinfi.tags.delete("tag")


class RefusedError(Exception):
    """The server has answered 429."""


def httpx_with(make_acquire: Callable[[], Callable[[], Awaitable[object]]]) -> Client:
    """An httpx client which waits for a limiter, and whose refused calls tenacity sends again."""

    @asynccontextmanager
    async def client(server: LimitedServer) -> AsyncGenerator[Call]:
        tenacity: Any = import_module("tenacity")
        acquire = make_acquire()
        random.seed(7)  # for the jitter of tenacity
        async with httpx.AsyncClient(transport=server, base_url=URL) as http_client:

            @tenacity.retry(  # type: ignore[untyped-decorator, unused-ignore]
                retry=tenacity.retry_if_exception_type(RefusedError),
                wait=tenacity.wait_random_exponential(multiplier=0.5, max=MAX_BACKOFF),
            )
            async def call() -> None:
                await acquire()
                if (await http_client.delete("/leads/api/tags/tag")).status_code == REFUSED:
                    raise RefusedError

            yield call

    return client


def aiolimiter() -> Callable[[], Awaitable[object]]:
    acquire: Callable[[], Awaitable[object]] = import_module("aiolimiter").AsyncLimiter(CAPACITY, PERIOD).acquire
    return acquire


class LoopClock:
    """The clock of the loop, for pyrate-limiter, in milliseconds."""

    def now(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)


def pyrate_limiter() -> Callable[[], Awaitable[object]]:
    pyrate: Any = import_module("pyrate_limiter")
    bucket = pyrate.InMemoryBucket([pyrate.Rate(CAPACITY, int(PERIOD * 1000))])
    bucket._clock = LoopClock()
    acquire: Callable[[], Awaitable[object]] = pyrate.Limiter(
        pyrate.SingleBucketFactory(bucket, schedule_leak=False)
    ).try_acquire_async
    return acquire


def no_limiter() -> Callable[[], Awaitable[object]]:
    return lambda: asyncio.sleep(0)


CLIENTS: dict[str, Client] = {
    "aiolimiter + tenacity": httpx_with(aiolimiter),
    "pyrate-limiter + tenacity": httpx_with(pyrate_limiter),
    "tenacity + gather": httpx_with(no_limiter),
    "ours": ours,
}


class Outcome(NamedTuple):
    used: float
    """The shortest possible time, as a share of the time taken."""
    refused: int


async def outcome(client: Client, window: Window) -> Outcome:
    server = LimitedServer(window, LATENCY)
    left = iter(range(REQUESTS))
    loop = asyncio.get_running_loop()
    async with client(server) as call:

        async def caller() -> None:
            for _ in left:
                await call()

        started = loop.time()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return Outcome(best_seconds(REQUESTS, CALLERS, 1.0) / (loop.time() - started), server.refused)


def run() -> Iterator[Table]:
    measures: list[Measure] = []
    for window in WINDOWS:
        measures += [Measure(f"{window}: used", percent, better="more"), Measure(f"{window}: 429s", count)]
    rows: list[Row] = []
    for name, client in CLIENTS.items():
        outcomes = [run_virtually(outcome(client, make())) for make in WINDOWS.values()]
        rows.append(Row(name, [value for each in outcomes for value in each], name == "ours"))
    yield Table(measures, rows)


BENCHMARK = Benchmark(
    "limit",
    "Use of the rate limit",
    f"{REQUESTS:,} calls by {CALLERS} callers, {CAPACITY} allowed per {PERIOD:.0f} s, answers after 5 ms to 2 s, in "
    "virtual time. Refused calls are sent again. Used: the shortest time in which a server with a fixed window answers "
    "all calls, as a share of the time taken.",
    run,
)
