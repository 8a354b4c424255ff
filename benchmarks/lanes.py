"""A job of 3,000 calls beside the calls of an application, at 300 requests a minute: who waits, and for how long.

python -m benchmarks.lanes             # in virtual time
python -m benchmarks.lanes REDIS_URL   # and, in real time with a period of 6 s, through Redis
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
import trio
import trio.testing

from grinfi_async import Grinfi, Lane, RateLimiter, RateLimitStatistics, SharedRateLimiter, TokenBucket, enter_lane

from .bulk import LimitedServer
from .simulated_server import CAPACITY, PERIOD, SlidingWindow, best_seconds

ITEMS = 3_000
LATENCY = 0.3
EVERY = 2.1
"""Seconds from one call of the application to the next: 28.6 in a minute, where a share of 0.9 leaves it 30."""
URL = "http://server.test"


class OwnLimiter:
    """A limiter as a user may have written it, which knows nothing of lanes."""

    def __init__(self) -> None:
        self._bucket = TokenBucket(CAPACITY, PERIOD)

    async def acquire(self, on_wait: Callable[[float], None] | None = None) -> object:
        return await self._bucket.acquire(on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        self._bucket.release(permit, status, headers)

    def statistics(self) -> RateLimitStatistics:
        return self._bucket.statistics()


LIMITERS: dict[str, Callable[[], RateLimiter]] = {"TokenBucket": TokenBucket, "own limiter": OwnLimiter}


@dataclass
class Beside:
    """What became of a job, and of the calls beside it."""

    used: float = 0.0
    """Best possible time of the job at its share of the limit, as a part of the time it took."""
    refused: int = 0
    calls: int = 0
    longest: float = 0.0
    """Seconds that the slowest call of the application waited for its token."""

    def __str__(self) -> str:
        beside = f"{self.calls:5} calls, slowest waits {self.longest:5.2f} s" if self.calls else f"{'no calls':>37}"
        return f"{self.used:7.1%} of its share{self.refused:4} refused;  application: {beside}"


async def run_beside(limiter: RateLimiter, server: Any, *, share: float, every: float | None, items: int) -> Beside:
    """Run a job; make a call of the application every so many seconds beside it."""
    result = Beside()
    scale = getattr(limiter, "period", PERIOD) / PERIOD
    handle = httpx.MockTransport(server.handle)
    async with (
        Grinfi("key", base_url=URL, transport=handle, rate_limiter=limiter) as grinfi,
        anyio.create_task_group() as tasks,
    ):

        async def call() -> None:
            started = anyio.current_time()
            await grinfi.tags.delete("plain")
            result.calls += 1
            result.longest = max(result.longest, anyio.current_time() - started - LATENCY * scale)

        async def application() -> None:
            while every is not None:
                tasks.start_soon(call)
                await anyio.sleep(every * scale)

        async def job() -> None:
            started = anyio.current_time()
            report = await grinfi.bulk.run(grinfi.tags.delete, map(str, range(items)), share=share)
            assert report.succeeded == items, report
            part = Lane(share=share).part_of(CAPACITY)
            best = best_seconds(items, items, LATENCY, capacity=part) * scale
            result.used = best / (anyio.current_time() - started)
            tasks.cancel_scope.cancel()

        tasks.start_soon(job)
        tasks.start_soon(application)
    result.refused = server.refused
    return result


def in_virtual_time(
    make: Callable[[], RateLimiter], *, share: float, every: float | None = None, items: int = ITEMS
) -> Beside:
    """Run it against a server with a sliding window."""

    async def main() -> Beside:
        server = LimitedServer(SlidingWindow(), lambda _: LATENCY)
        return await run_beside(make(), server, share=share, every=every, items=items)

    return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def order_within_a_lane(make: Callable[[], RateLimiter], lane: Lane | None, calls: int = 1_000) -> bool:
    """Whether calls of one lane are answered in the order they were made."""
    served: list[int] = []

    async def main() -> None:
        async def handle(request: httpx.Request) -> httpx.Response:
            served.append(int(request.url.path.rpartition("/")[2]))
            return httpx.Response(204)

        async with (
            Grinfi("key", base_url=URL, transport=httpx.MockTransport(handle), rate_limiter=make()) as grinfi,
            anyio.create_task_group() as tasks,
        ):

            async def call(number: int) -> None:
                if lane is None:
                    await grinfi.tags.delete(str(number))
                else:
                    with enter_lane(lane):
                        await grinfi.tags.delete(str(number))

            for number in range(calls):
                tasks.start_soon(call, number)
                await trio.testing.wait_all_tasks_blocked()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return served == sorted(served)


class QuickServer:
    """Answers in a tenth of the latency, as all of the real-time run is ten times as fast."""

    refused = 0

    async def handle(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(LATENCY / 10)
        return httpx.Response(204)


async def through_redis(url: str) -> None:
    for share, every in ((0.9, EVERY), (1.0, None)):
        async with SharedRateLimiter(
            url, api_key=f"benchmark-{share}", capacity=CAPACITY, period=PERIOD / 10
        ) as limiter:
            result = await run_beside(limiter, QuickServer(), share=share, every=every, items=ITEMS)
        print(f"{'SharedRateLimiter':20} share={share:<5}{result}", flush=True)


def main() -> None:
    print(f"A job of {ITEMS:,} calls, {CAPACITY} requests per {PERIOD:.0f} s, latency {LATENCY} s, a sliding window\n")
    for name, make in LIMITERS.items():
        for share, every in ((0.9, EVERY), (0.5, EVERY / 5), (1.0, EVERY), (1.0, None)):
            print(f"{name:20} share={share:<5}{in_virtual_time(make, share=share, every=every)}", flush=True)
        orders = [order_within_a_lane(make, lane) for lane in (None, Lane(share=0.9))]
        print(f"{name:20} first come, first served within a lane: {orders}")
    for url in sys.argv[1:]:
        anyio.run(through_redis, url)


if __name__ == "__main__":
    main()
