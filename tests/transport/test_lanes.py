"""Calls of the application go before those of jobs, and no call waits longer than it may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import httpx
import pytest
import trio
import trio.testing

from grinfi_async import (
    Grinfi,
    Lane,
    RateLimiter,
    RateLimitStatistics,
    RateLimitWaitError,
    TokenBucket,
    enter_lane,
)


class OldLimiter:
    """A user's own limiter, of the protocol without lanes."""

    def __init__(self, capacity: int, period: float) -> None:
        self._bucket = TokenBucket(capacity, period)
        self.capacity, self.period = capacity, period

    async def acquire(self, on_wait: Callable[[float], None] | None = None) -> object:
        return await self._bucket.acquire(on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        self._bucket.release(permit, status, headers)

    def statistics(self) -> RateLimitStatistics:
        return self._bucket.statistics()


LIMITERS: list[Callable[[int, float], RateLimiter]] = [TokenBucket, OldLimiter]
each_limiter = pytest.mark.parametrize("limiter", LIMITERS)


def client(limiter: RateLimiter, latency: float = 0.0, **options: Any) -> Grinfi:
    async def answer(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(latency)
        return httpx.Response(200, json=None)

    return Grinfi("key", transport=httpx.MockTransport(answer), rate_limiter=limiter, **options)


def in_virtual_time(job: Callable[[], Any]) -> None:
    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))


@each_limiter
def test_the_application_goes_first_and_each_lane_keeps_its_order(limiter: Callable[[int, float], RateLimiter]) -> None:
    ended: list[str] = []

    async def job() -> None:
        grinfi = client(limiter(1, 10))

        async def call(name: str, lane: Lane | None) -> None:
            if lane is None:
                await grinfi.request("GET", "/")
            else:
                with enter_lane(lane):
                    await grinfi.request("GET", "/")
            ended.append(name)

        await grinfi.request("GET", "/")
        async with trio.open_nursery() as nursery:
            for name, lane in (("job 1", Lane()), ("job 2", Lane()), ("call 1", None), ("call 2", None)):
                nursery.start_soon(call, name, lane)
                await trio.sleep(0.1)

    in_virtual_time(job)
    assert ended == ["call 1", "call 2", "job 1", "job 2"]


@each_limiter
def test_plain_calls_get_their_token_within_a_second_beside_a_job(limiter: Callable[[int, float], RateLimiter]) -> None:
    async def job() -> None:
        grinfi = client(limiter(300, 60), latency=0.3)
        waits: list[float] = []
        report: Any = None

        async def import_them() -> None:
            nonlocal report
            report = await grinfi.bulk.run(grinfi.tags.delete, [str(number) for number in range(600)])
            nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(import_them)
            while True:
                started = trio.current_time()
                await grinfi.request("GET", "/")
                waits.append(trio.current_time() - started - 0.3)
                await trio.sleep(2.5)  # 24 a minute, of the 30 that jobs leave free
        assert max(waits) <= 1.0
        best = 60.3 * (600 // 270) + 0.3  # 270 a period, and the answers of the last
        assert best / report.elapsed >= 0.99

    in_virtual_time(job)


@each_limiter
def test_max_wait_bounds_the_wait_of_a_call_and_says_how_many_are_in_front(
    limiter: Callable[[int, float], RateLimiter],
) -> None:
    async def job() -> None:
        grinfi = client(limiter(1, 60), max_wait=100_000)
        await grinfi.request("GET", "/")
        async with trio.open_nursery() as nursery:
            for _ in range(400):
                nursery.start_soon(grinfi.request, "GET", "/")
            await trio.sleep(1)
            with pytest.raises(RateLimitWaitError, match="max_wait") as caught:
                await grinfi.with_options(timeout=2, max_wait=5).request("GET", "/")
            assert trio.current_time() == pytest.approx(6)
            assert caught.value.in_front == 400
            nursery.cancel_scope.cancel()
        assert grinfi.rate_limiter.statistics().in_flight == 0

    in_virtual_time(job)


@pytest.mark.parametrize("cancellations", [1, 2])
@each_limiter
def test_a_waiter_cancelled_at_any_step_loses_no_token(
    limiter: Callable[[int, float], RateLimiter], cancellations: int
) -> None:
    async def main() -> None:
        for steps in range(30):
            grinfi = client(limiter(2, 0.02))
            await grinfi.request("GET", "/")
            await grinfi.request("GET", "/")
            first = asyncio.create_task(grinfi.request("GET", "/"))
            second = asyncio.create_task(grinfi.request("GET", "/"))
            for _ in range(steps):
                await asyncio.sleep(0.001 if steps % 2 else 0)
            for _ in range(cancellations):
                first.cancel()
                await asyncio.sleep(0)
            async with asyncio.timeout(30):
                await second
                await asyncio.wait({first})
                await grinfi.request("GET", "/")
            assert grinfi.rate_limiter.statistics().in_flight == 0
            assert grinfi.rate_limiter.statistics().waiting == 0

    asyncio.run(main())


@pytest.mark.parametrize("share", [0, -0.5, 1.5, True, "half"])
def test_an_unusable_share_is_refused(share: Any) -> None:
    from grinfi_async import ConfigurationError

    with pytest.raises(ConfigurationError, match="share must be"):
        Lane(share=share)
