"""The token bucket, in virtual time against servers that count in different ways, and as callers see it."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest
import trio
import trio.testing

from benchmarks.simulated_server import LATENCIES, WINDOWS, best_seconds, run_job
from grinfi_async import (
    ConfigurationError,
    Grinfi,
    RateLimiter,
    RateLimitError,
    RateLimitStatistics,
    RetryPolicy,
    TokenBucket,
)


class Ours:
    def __init__(self) -> None:
        self.bucket = TokenBucket()

    async def send(self, exchange: Callable[[], Awaitable[bool]]) -> None:
        permit = await self.bucket.acquire()
        self.bucket.release(permit, 200 if await exchange() else 429, {})


def in_virtual_time(job: Callable[[], Awaitable[None]]) -> None:
    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))


@pytest.mark.parametrize("callers", [1, 500])
@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("window", ["fixed window", "sliding window", "token bucket"])
def test_no_server_ever_refuses_and_the_limit_is_used(window: str, latency: str, callers: int) -> None:
    outcome = run_job(WINDOWS[window](), Ours, requests=1200, callers=callers, latency=LATENCIES[latency])
    assert outcome.refused == 0
    if latency == "0.3 s":
        assert best_seconds(1200, callers, 0.3) / outcome.seconds >= 0.985


def test_a_token_comes_back_one_period_after_its_answer() -> None:
    async def job() -> None:
        bucket = TokenBucket(2, 10)
        permits = [await bucket.acquire(), await bucket.acquire()]
        await anyio.sleep(3)
        bucket.release(permits[0], 200, {})
        await anyio.sleep(1)
        bucket.release(permits[1], None, {})
        await bucket.acquire()
        assert trio.current_time() == 13
        await bucket.acquire()
        assert trio.current_time() == 14

    in_virtual_time(job)


def test_callers_are_served_in_the_order_they_came_also_after_cancellations() -> None:
    async def job() -> None:
        bucket = TokenBucket(1, 1)
        served: list[int] = []

        async def caller(number: int) -> None:
            permit = await bucket.acquire()
            served.append(number)
            bucket.release(permit, 200, {})

        async with anyio.create_task_group() as tasks:
            scopes: list[anyio.CancelScope] = []

            async def cancellable(number: int) -> None:
                with anyio.CancelScope() as scope:
                    scopes.append(scope)
                    await caller(number)

            for number in range(8):
                tasks.start_soon(cancellable, number)
                await trio.testing.wait_all_tasks_blocked()
            assert bucket.statistics().waiting == 7
            scopes[1].cancel()  # the next one
            scopes[4].cancel()
        assert served == [0, 2, 3, 5, 6, 7]
        assert trio.current_time() == 5
        assert bucket.statistics().waiting == 0
        await anyio.sleep(1)
        await bucket.acquire()
        assert trio.current_time() == 6

    in_virtual_time(job)


def test_a_waiter_that_times_out_loses_no_token() -> None:
    async def job() -> None:
        bucket = TokenBucket(3, 1)
        for _ in range(3):
            bucket.release(await bucket.acquire(), 200, {})
        for _ in range(50):
            with anyio.move_on_after(0.001):
                await bucket.acquire()
        await anyio.sleep(1)
        with anyio.fail_after(0.0001):
            for _ in range(3):
                await bucket.acquire()

    in_virtual_time(job)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "-3"}, 1),
        ({"retry-after": "nan"}, 1),
        ({"retry-after": "soon"}, 1),
        ({"retry-after": "99999999"}, 3600),
        ({}, 1),
    ],
)
def test_a_429_stops_every_caller_for_as_long_as_the_server_asks(headers: dict[str, str], seconds: float) -> None:
    async def job() -> None:
        bucket = TokenBucket(100, 60)
        bucket.release(await bucket.acquire(), 429, headers)
        for _ in range(3):
            await bucket.acquire()
        assert trio.current_time() == pytest.approx(seconds)
        assert bucket.statistics().rate_limited == 1

    in_virtual_time(job)


def test_a_wait_beyond_the_cap_fails_the_call_and_stops_the_others_for_the_cap(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def job() -> None:
        answers = iter([429, 200])
        headers = {"retry-after": "7200"}
        transport = httpx.MockTransport(lambda request: httpx.Response(next(answers), headers=headers, json=None))
        async with Grinfi("key", transport=transport, rate_limiter=TokenBucket(100, 60)) as grinfi:
            with pytest.raises(RateLimitError) as caught:
                await grinfi.lists.list()
            assert (caught.value.attempts, trio.current_time()) == (1, 0)
            await grinfi.with_options(max_wait=4000).request("GET", "/")
            assert trio.current_time() == pytest.approx(3600)

    in_virtual_time(job)
    assert any("3600 s" in record.message and "7200 s" in record.message for record in caplog.records)


def test_retry_after_can_be_a_date() -> None:
    async def job() -> None:
        bucket = TokenBucket(100, 60)
        date = email.utils.formatdate(time.time() + 20, usegmt=True)
        bucket.release(await bucket.acquire(), 429, {"retry-after": date})
        await bucket.acquire()
        assert 18 <= trio.current_time() <= 21

    in_virtual_time(job)


def test_pauses_without_retry_after_grow_and_restart_after_a_success() -> None:
    async def job() -> None:
        bucket = TokenBucket(100, 60)
        waits: list[float] = []
        for status in (429, 429, 429, 200, 429):
            started = trio.current_time()
            permit = await bucket.acquire()
            waits.append(trio.current_time() - started)
            bucket.release(permit, status, {})
        started = trio.current_time()
        await bucket.acquire()
        assert [*waits, trio.current_time() - started] == pytest.approx([0, 1, 2, 4, 0, 1])

    in_virtual_time(job)


def test_the_server_is_believed_when_fewer_requests_remain() -> None:
    async def job() -> None:
        bucket = TokenBucket(300, 60)
        bucket.release(await bucket.acquire(), 200, {"x-ratelimit-remaining": "2", "x-ratelimit-reset": "9"})
        await bucket.acquire()
        await bucket.acquire()
        assert trio.current_time() == 0
        await bucket.acquire()
        assert trio.current_time() == 9

    in_virtual_time(job)


def test_requests_under_way_count_against_what_the_server_says_remains() -> None:
    async def job() -> None:
        bucket = TokenBucket(300, 60)
        permits = [await bucket.acquire() for _ in range(4)]
        bucket.release(permits[0], 200, {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "9"})
        await bucket.acquire()
        await bucket.acquire()
        assert trio.current_time() == 0
        await bucket.acquire()
        assert trio.current_time() == 9

    in_virtual_time(job)


def test_a_bucket_used_in_two_threads_is_an_error() -> None:
    bucket = TokenBucket(1, 0.3)
    ended: list[str] = []

    async def calls() -> None:
        try:
            for _ in range(3):
                permit = await bucket.acquire()
                await anyio.sleep(0.05)
                bucket.release(permit, 200, {})
        except ConfigurationError as error:
            ended.append(str(error))

    threads = [threading.Thread(target=anyio.run, args=(calls,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert any("another thread" in told for told in ended)


@pytest.mark.parametrize("remaining", ["299", "10000", "-1", "many", ""])
def test_a_server_that_is_less_strict_or_absurd_changes_nothing(remaining: str) -> None:
    async def job() -> None:
        bucket = TokenBucket(300, 60)
        bucket.release(await bucket.acquire(), 200, {"x-ratelimit-remaining": remaining})
        for _ in range(299):
            await bucket.acquire()
        assert trio.current_time() == 0

    in_virtual_time(job)


def test_burst_spaces_requests_evenly() -> None:
    async def job() -> None:
        bucket = TokenBucket(60, 60, burst=3)
        times: list[float] = []
        for _ in range(6):
            permit = await bucket.acquire()
            times.append(trio.current_time())
            bucket.release(permit, 200, {})
        assert times == pytest.approx([0, 0, 0, 1, 2, 3])

    in_virtual_time(job)


def test_statistics_and_the_hook_show_waits() -> None:
    async def job() -> None:
        bucket = TokenBucket(1, 10)
        told: list[float] = []
        bucket.release(await bucket.acquire(told.append), 200, {})
        assert told == []
        async with anyio.create_task_group() as tasks:
            for _ in range(2):

                async def caller() -> None:
                    bucket.release(await bucket.acquire(told.append), 200, {})

                tasks.start_soon(caller)
        assert told == [10, 20]
        statistics = bucket.statistics()
        assert (statistics.granted, statistics.total_wait, statistics.longest_wait) == (3, 30, 20)
        assert (statistics.available, statistics.in_flight, statistics.waiting) == (0, 0, 0)

    in_virtual_time(job)


def test_spent_tokens_count_in_the_next_event_loop_too() -> None:
    bucket = TokenBucket(2, 30)

    async def spend() -> None:
        await bucket.acquire()  # and never released: its event loop ends
        await bucket.acquire()

    async def wait() -> float:
        told: list[float] = []
        with anyio.move_on_after(0.01):
            await bucket.acquire(told.append)
        return told[0]

    anyio.run(spend, backend="asyncio")
    assert 29 < anyio.run(wait, backend="trio") <= 30
    assert 29 < anyio.run(wait, backend="asyncio") <= 30


@pytest.mark.parametrize(
    "wrong", [{"capacity": 0}, {"period": 0}, {"period": float("inf")}, {"burst": 0}, {"burst": 301}]
)
def test_an_unusable_bucket_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        TokenBucket(**wrong)


# -- in the client ---------------------------------------------------------------------------------------------------


def done(request: httpx.Request) -> httpx.Response:
    return httpx.Response(204)


def client(key: str = "key", handler: Callable[[httpx.Request], httpx.Response] = done, **options: Any) -> Grinfi:
    return Grinfi(key, base_url="http://sandbox.test", transport=httpx.MockTransport(handler), **options)


def test_clients_of_one_key_share_a_bucket_and_others_do_not() -> None:
    shared = client("one").rate_limiter
    assert isinstance(shared, TokenBucket)
    assert (shared.capacity, shared.period) == (300, 60)
    assert client("one").rate_limiter is shared
    assert client("two").rate_limiter is not shared
    assert Grinfi("one", base_url="http://elsewhere.test").rate_limiter is not shared
    unlimited = client("one", rate_limiter=None).rate_limiter
    assert unlimited is not shared
    assert unlimited.statistics().granted == 0


def test_every_attempt_takes_a_token_and_two_keys_never_block_each_other() -> None:
    async def job() -> None:
        refusals = iter([429, 503])

        def handler(request: httpx.Request) -> httpx.Response:
            return httpx.Response(next(refusals, 204), headers={"retry-after": "30"})

        bucket = TokenBucket(10, 60)
        first = client("one", handler, rate_limiter=bucket, retry=RetryPolicy(first_delay=0.001))
        second = client("two", rate_limiter=TokenBucket(10, 60))
        ended: dict[str, float] = {}

        async def delete(name: str, grinfi: Grinfi) -> None:
            await grinfi.tags.delete("x")
            ended[name] = trio.current_time()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(delete, "first", first)
            await trio.testing.wait_all_tasks_blocked()
            tasks.start_soon(delete, "third", first)
            tasks.start_soon(delete, "second", second)
        assert ended["second"] == 0
        assert ended["first"] >= 30
        assert ended["third"] >= 30
        assert bucket.statistics().granted == 4

    in_virtual_time(job)


def test_max_elapsed_does_not_count_the_queue_before_the_first_attempt() -> None:
    async def job() -> None:
        grinfi = client(rate_limiter=TokenBucket(1, 60), retry=RetryPolicy(max_elapsed=5))
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(grinfi.tags.delete, "x")
        assert trio.current_time() == 240

    in_virtual_time(job)


def test_a_custom_limiter_needs_three_methods() -> None:
    class Counting:
        def __init__(self) -> None:
            self.calls: list[Any] = []

        async def acquire(self, on_wait: Callable[[float], None] | None = None) -> object:
            return "permit"

        def release(self, permit: Any, status: int | None, headers: Any) -> None:
            self.calls.append((permit, status, headers.get("x")))

        def statistics(self) -> RateLimitStatistics:
            return TokenBucket().statistics()

    limiter = Counting()
    assert isinstance(limiter, RateLimiter)

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"X": "y"})

    async def job() -> None:
        with pytest.raises(RateLimitError):
            await client(handler=handler, rate_limiter=limiter, retry=RetryPolicy(max_attempts=2)).tags.delete("x")

    in_virtual_time(job)
    assert limiter.calls == [("permit", 429, "y")] * 2
    with pytest.raises(ConfigurationError, match="acquire, release and statistics"):
        client(rate_limiter=300)
