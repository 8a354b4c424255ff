"""Jobs of 3,000 requests against servers that allow 300 a minute, in virtual time: ours, aiolimiter, and retries alone.

python -m benchmarks.rate_limit
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from aiolimiter import AsyncLimiter

from grinfi_async import TokenBucket

from .simulated_server import CAPACITY, LATENCIES, PERIOD, WINDOWS, Latency, Outcome, Window, best_seconds, run_job

REQUESTS = 3000
CALLERS = (1, 20, 500)
MAX_BACKOFF = 30.0

Exchange = Callable[[], Awaitable[bool]]


class Ours:
    """The SDK's token bucket; a refused request is sent again."""

    def __init__(self) -> None:
        self._bucket = TokenBucket(CAPACITY, PERIOD)

    async def send(self, exchange: Exchange) -> None:
        admitted = False
        while not admitted:
            permit = await self._bucket.acquire()
            admitted = await exchange()
            self._bucket.release(permit, 200 if admitted else 429, {})


class RetriesAlone:
    """What most SDKs do: exponential backoff with full jitter after each refusal."""

    def __init__(self) -> None:
        self._source = random.Random(7)

    async def send(self, exchange: Exchange) -> None:
        delay = 0.5
        while not await exchange():
            await trio.sleep(self._source.uniform(0, delay))
            delay = min(MAX_BACKOFF, delay * 2)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose clock jumps to the next timer: aiolimiter runs on asyncio only."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0

    def time(self) -> float:
        return self._virtual

    def _run_once(self) -> None:
        loop: Any = self
        while loop._scheduled and loop._scheduled[0]._cancelled:
            loop._timer_cancelled_count -= 1
            heapq.heappop(loop._scheduled)._scheduled = False
        if not loop._ready and loop._scheduled:
            # A real clock goes on in any case; aiolimiter sets timers too short for the precision of a float.
            self._virtual = max(self._virtual, loop._scheduled[0]._when) + 1e-9
        super()._run_once()  # type: ignore[misc]  # pyright: ignore


def run_aiolimiter(window: Window, *, callers: int, latency: Latency) -> Outcome:
    """The same job with aiolimiter, and retries after a refusal."""
    source, jitter = random.Random(20261123), random.Random(7)
    outcome = Outcome(0.0, 0)

    async def job() -> None:
        loop = asyncio.get_running_loop()
        limiter = AsyncLimiter(CAPACITY, PERIOD)
        left = iter(range(REQUESTS))

        async def exchange() -> bool:
            seconds = latency(source)
            before = seconds * source.random()
            await asyncio.sleep(before)
            admitted = window.admits(loop.time())
            await asyncio.sleep(seconds - before)
            outcome.refused += not admitted
            return admitted

        async def caller() -> None:
            for _ in left:
                delay, admitted = 0.5, False
                while not admitted:
                    async with limiter:
                        pass
                    admitted = await exchange()
                    if not admitted:
                        await asyncio.sleep(jitter.uniform(0, delay))
                        delay = min(MAX_BACKOFF, delay * 2)

        started = loop.time()
        await asyncio.gather(*(caller() for _ in range(callers)))
        outcome.seconds = loop.time() - started

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(job())
    return outcome


def main() -> None:
    print(f"{REQUESTS:,} requests, {CAPACITY} allowed per {PERIOD:.0f} s. Refused requests are sent again.\n")
    print(f"{'':46}{'ours':>19}{'aiolimiter':>19}{'retries alone':>19}")
    print(f"{'server, latency, callers':36}{'best':>10}" + f"{'time':>12}{'429s':>7}" * 3)
    for window in WINDOWS:
        for name, latency in LATENCIES.items():
            for callers in CALLERS:
                outcomes = [
                    run_job(WINDOWS[window](), Ours, requests=REQUESTS, callers=callers, latency=latency),
                    run_aiolimiter(WINDOWS[window](), callers=callers, latency=latency),
                    run_job(WINDOWS[window](), RetriesAlone, requests=REQUESTS, callers=callers, latency=latency),
                ]
                mean = 0.3 if name == "0.3 s" else 1.0
                best = f"{best_seconds(REQUESTS, callers, mean):8.0f} s" if name == "0.3 s" else ""
                columns = "".join(f"{outcome.seconds:10.1f} s{outcome.refused:7,}" for outcome in outcomes)
                print(f"{f'{window}, {name}, {callers}':36}{best:>10}{columns}", flush=True)


if __name__ == "__main__":
    main()
