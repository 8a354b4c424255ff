"""Connections: cancelled requests cost none, and callers queue in order."""

from __future__ import annotations

import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
import uvicorn

from grinfi_async import (
    APIConnectionError,
    ConfigurationError,
    Grinfi,
    Lane,
    RateLimitWaitError,
    RetryPolicy,
    TokenBucket,
    enter_lane,
)

pytestmark = pytest.mark.anyio
CONNECTIONS = 10


class SlowServer:
    """Answers `DELETE /leads/api/tags/{seconds}` after this many seconds, and counts connections."""

    def __init__(self) -> None:
        self.server = uvicorn.Server(
            uvicorn.Config(
                self.answer, log_config=None, interface="asgi3", lifespan="off", ws="none", timeout_graceful_shutdown=1
            )
        )

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        seconds = scope["path"].rsplit("/", 1)[-1]
        await anyio.sleep(float(seconds))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await anyio.sleep(float(seconds) / 4)
        await send({"type": "http.response.body", "body": b"null"})

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)


@contextmanager
def slow_server() -> Generator[tuple[SlowServer, str]]:
    from grinfi_sandbox.server import listen

    listener, url = listen("127.0.0.1", 0)
    slow = SlowServer()
    thread = threading.Thread(target=slow.server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield slow, url
    finally:
        slow.server.should_exit = True
        thread.join(10)


def client(url: str, **options: Any) -> Grinfi:
    options = {"rate_limiter": None, "retry": RetryPolicy(max_attempts=1), "max_connections": CONNECTIONS, **options}
    return Grinfi("key", base_url=url, **options)


async def cancel_at_random(grinfi: Grinfi, rounds: int, at_once: int) -> None:
    source = random.Random(7)
    for number in range(rounds):
        async with anyio.create_task_group() as tasks:
            for _ in range(at_once):
                tasks.start_soon(grinfi.tags.delete, "0.004")
            if number % 2:
                for _ in range(number % 40):
                    await anyio.sleep(0)
            else:
                await anyio.sleep(source.uniform(0, 0.012))
            tasks.cancel_scope.cancel()


async def test_hundreds_of_cancellations_leak_no_connection() -> None:
    with slow_server() as (slow, url):
        async with client(url, timeout=3) as grinfi:
            await cancel_at_random(grinfi, rounds=14, at_once=30)
            with anyio.fail_after(30):
                async with anyio.create_task_group() as tasks:
                    for _ in range(100):
                        tasks.start_soon(grinfi.tags.delete, "0")
            assert slow.connections <= CONNECTIONS
        with anyio.fail_after(30):
            while slow.connections:
                await anyio.sleep(0.01)


async def test_timeouts_leak_no_connection() -> None:
    with slow_server() as (_, url):
        async with client(url, timeout=3) as grinfi:
            for _ in range(5):
                async with anyio.create_task_group() as tasks:
                    for _ in range(CONNECTIONS):

                        async def impatient() -> None:
                            with anyio.move_on_after(0.02):
                                await grinfi.tags.delete("5")

                        tasks.start_soon(impatient)
            with anyio.fail_after(30):
                await grinfi.tags.delete("0")


async def test_callers_beyond_the_connections_queue_in_order_and_time_out_never() -> None:
    with slow_server() as (slow, url):
        async with client(url, timeout=httpx.Timeout(3, pool=0.05)) as grinfi:
            ended: list[int] = []

            async def call(number: int) -> None:
                await grinfi.tags.delete("0.02")
                ended.append(number)

            async with anyio.create_task_group() as tasks:
                for number in range(60):
                    tasks.start_soon(call, number)
                    await anyio.sleep(0)
            assert len(ended) == 60
            assert max(abs(place - number) for place, number in enumerate(ended)) < CONNECTIONS
            assert slow.connections <= CONNECTIONS


@pytest.mark.parametrize(
    ("connections", "share", "jobs", "seconds"),
    [(2, 1.0, 8, 0.1), (4, 0.75, 4, 0.2)],
    ids=["before those that wait", "on those that jobs leave free"],
)
async def test_the_application_has_connections_before_jobs(
    connections: int, share: float, jobs: int, seconds: float
) -> None:
    with slow_server() as (_, url):
        async with client(url, max_connections=connections) as grinfi:

            async def job() -> None:
                with enter_lane(Lane(share=share)):
                    await grinfi.tags.delete(str(seconds))
                    done.append(seconds)

            done: list[float] = []
            async with anyio.create_task_group() as tasks:
                for _ in range(jobs):
                    tasks.start_soon(job)
                await anyio.sleep(0.02)
                await grinfi.tags.delete("0")
                # With two connections, the first free one; with four, the one that is not for jobs.
                assert len(done) <= jobs / 2


async def test_a_call_waits_for_a_connection_as_long_as_max_wait() -> None:
    with slow_server() as (_, url):
        async with client(url, max_connections=1, rate_limiter=TokenBucket(10, 60)) as grinfi:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(grinfi.tags.delete, "0.3")
                await anyio.sleep(0.02)
                tasks.start_soon(grinfi.tags.delete, "0")
                await anyio.sleep(0.02)
                with pytest.raises(RateLimitWaitError, match=r"a connection.*in front of it: 1\.") as caught:
                    await grinfi.with_options(max_wait=0.05).tags.delete("0")
                assert caught.value.in_front == 1
            statistics = grinfi.rate_limiter.statistics()
            assert (statistics.available, statistics.in_flight) == (8, 0)  # unsent requests have returned their tokens
            await grinfi.tags.delete("0")


async def test_a_given_http_client_is_used_and_stays_open() -> None:
    seen: list[httpx.Request] = []

    async def hook(request: httpx.Request) -> None:
        seen.append(request)

    with slow_server() as (_, url):
        settings: dict[str, Any] = {"headers": {"x-mine": "1"}, "auth": ("user", "password"), "timeout": 5}
        async with httpx.AsyncClient(event_hooks={"request": [hook]}, **settings) as own:
            async with client(url, http_client=own) as grinfi:
                await grinfi.tags.delete("0")
            assert seen[0].headers["authorization"] == "Bearer key"
            assert seen[0].headers["x-mine"] == "1"
            assert not own.is_closed
        async with client(url, http_client=own) as grinfi:
            with pytest.raises(ConfigurationError, match="http_client"):
                await grinfi.tags.delete("0")


async def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_server() as (_, url):
        async with client("http://api.test", proxy=url) as grinfi:
            await grinfi.tags.delete("0")
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("http://api.test") as grinfi:
            await grinfi.tags.delete("0")
        monkeypatch.setenv("NO_PROXY", "api.test")
        async with client("http://api.test") as grinfi:
            with pytest.raises(APIConnectionError):
                await grinfi.tags.delete("0")


async def test_aiohttp_makes_the_connections_when_asked_to(anyio_backend_name: str) -> None:
    with slow_server() as (slow, url):
        if anyio_backend_name == "trio":
            with pytest.raises(ConfigurationError, match="asyncio"):
                await client(url, http_library="aiohttp").tags.delete("0")
            return
        async with client(url, http_library="aiohttp", timeout=3) as grinfi:
            await cancel_at_random(grinfi, rounds=10, at_once=20)
            async with anyio.create_task_group() as tasks:
                for _ in range(100):
                    tasks.start_soon(grinfi.tags.delete, "0")
            assert slow.connections <= 2 * CONNECTIONS
        with anyio.fail_after(30):
            while slow.connections:
                await anyio.sleep(0.01)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"max_connections": 0}, "max_connections"),
        ({"limits": httpx.Limits()}, "not both"),
        ({"http_library": "requests"}, "http_library"),
        (
            {"transport": httpx.MockTransport(lambda request: httpx.Response(200)), "http_client": httpx.AsyncClient()},
            "both",
        ),
    ],
)
async def test_options_that_cannot_be_used_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        client("http://x", **options)
