"""One of several processes that share a rate limit: it sends requests for some seconds, and prints the result."""

from __future__ import annotations

import json
import sys

import anyio

from grinfi_async import Grinfi, RateLimitError, RetryPolicy, SharedRateLimiter

CALLERS = 20


async def work(url: str, redis_url: str, capacity: int, period: float, seconds: float) -> None:
    outcome = {"answered": 0, "refused": 0}
    async with (
        SharedRateLimiter(redis_url, api_key="key", capacity=capacity, period=period) as limiter,
        Grinfi("key", base_url=url, rate_limiter=limiter, retry=RetryPolicy(max_attempts=1)) as grinfi,
    ):
        await grinfi.user.current()
        print("ready", flush=True)
        sys.stdin.readline()

        async def caller() -> None:
            while True:
                try:
                    await grinfi.user.current()
                    outcome["answered"] += 1
                except RateLimitError:
                    outcome["refused"] += 1

        with anyio.move_on_after(seconds):
            async with anyio.create_task_group() as tasks:
                for _ in range(CALLERS):
                    tasks.start_soon(caller)
    print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    url, redis_url, capacity, period, seconds = sys.argv[1:]
    anyio.run(work, url, redis_url, int(capacity), float(period), float(seconds))
