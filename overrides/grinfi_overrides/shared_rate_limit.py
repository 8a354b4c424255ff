"""A rate limit that several processes and machines share through Redis."""

from __future__ import annotations

import importlib
import math
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from .errors import ConfigurationError, RateLimiterError
from .events import logger
from .rate_limit import (
    FIRST_BACKOFF,
    OnWait,
    RateLimitStatistics,
    TokenBucket,
    key_digest,
    retry_after,
)
from .retry import TOO_MANY_REQUESTS

__all__ = ["SharedRateLimiter"]

LONGEST_REQUEST = 180.0
PROBE_SECONDS = 1.0
REDIS_SECONDS = 2.0

# Redis's own clock decides, so that the clocks of the machines need not agree. A permit is a member of a sorted set
# whose score is when it comes back: while its request is under way, when a crashed process would be given up.
ACQUIRE = """
local told = redis.call('TIME')
local now = told[1] * 1000 + told[2] / 1000
local pause = tonumber(redis.call('GET', KEYS[2]) or '0')
if pause > now then return tostring(pause - now) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
    redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3] + ARGV[4]))
    return '0'
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return tostring(math.max(1, (tonumber(first[2]) or now + 1000) - now))
"""
RELEASE = """
local told = redis.call('TIME')
local now = told[1] * 1000 + told[2] / 1000
redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
local pause = now + ARGV[3]
if tonumber(ARGV[3]) > 0 and pause > tonumber(redis.call('GET', KEYS[2]) or '0') then
    redis.call('SET', KEYS[2], tostring(pause), 'PX', math.ceil(ARGV[3]))
end
return 1
"""


class _Permit(NamedTuple):
    id: str
    local: bool


class _Command:
    """Something for Redis to do, and what became of it."""

    __slots__ = ("answer", "arguments", "done", "error", "script")

    def __init__(self, script: str, arguments: list[Any]) -> None:
        self.script = script
        self.arguments = [str(argument) for argument in arguments]
        self.done = anyio.Event()
        self.answer: Any = None
        self.error: BaseException | None = None


class SharedRateLimiter:
    """At most `capacity` requests in any `period`, over all processes that share a Redis and a name.

    Use it as an asynchronous context manager around the clients that have it as `rate_limiter`. It counts as
    `TokenBucket` does, on Redis's clock; a 429 in one process stops all of them. Needs the extra `grinfi-async[redis]`.

    Args:
        url: Where Redis is, such as `redis://127.0.0.1:6379/0`.
        api_key: Key whose limit is shared; Redis is only told a digest of it.
        capacity: Requests allowed in a period, over all processes.
        period: Seconds.
        on_error: What to do while Redis cannot be reached: "local" to go on with a part of the capacity, "raise" to
            let calls fail with `RateLimiterError`.
        share: That part, for "local".

    Raises:
        ConfigurationError: An argument cannot be used, or the extra is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str,
        capacity: int = 300,
        period: float = 60.0,
        on_error: Literal["local", "raise"] = "local",
        share: float = 0.25,
    ) -> None:
        if on_error not in ("local", "raise"):
            raise ConfigurationError(f"SharedRateLimiter: on_error must be 'local' or 'raise', not {on_error!r}.")
        if not 0 < share <= 1:
            raise ConfigurationError(f"SharedRateLimiter: share must be above 0 and at most 1, not {share}.")
        if capacity < 1:
            raise ConfigurationError(f"SharedRateLimiter: capacity must be at least 1, not {capacity}.")
        try:
            self._redis_module: Any = importlib.import_module("coredis")
        except ImportError as error:
            raise ConfigurationError("SharedRateLimiter needs the extra: pip install 'grinfi-async[redis]'.") from error
        self._local = TokenBucket(max(1, math.floor(capacity * share)), period)
        self.url = url
        self.capacity = capacity
        self.period = period
        self.on_error = on_error
        name = key_digest(api_key)
        self._keys = [f"grinfi:{{{name}}}:permits", f"grinfi:{{{name}}}:pause"]
        self._exits: AsyncExitStack | None = None
        self._commands: MemoryObjectSendStream[_Command]
        self._queue = anyio.Lock()
        self._down = False
        self._probe_at = -math.inf
        self._backoff = FIRST_BACKOFF
        self._granted = self._waiting = self._in_flight = self._rate_limited = 0
        self._total_wait = self._longest_wait = 0.0

    def __repr__(self) -> str:
        return f"SharedRateLimiter(capacity={self.capacity}, period={self.period}, on_error={self.on_error!r})"

    async def __aenter__(self) -> Self:
        exits = AsyncExitStack()
        tasks = await exits.enter_async_context(anyio.create_task_group())
        self._commands, receive = anyio.create_memory_object_stream[_Command](math.inf)
        tasks.start_soon(self._talk_to_redis, receive)
        self._exits = exits
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        exits, self._exits = self._exits, None
        await self._commands.aclose()
        if exits is not None:
            if not isinstance(error, anyio.get_cancelled_exc_class()):
                kind = error = traceback = None  # the task group would wrap it in a group
            await exits.__aexit__(kind, error, traceback)

    def statistics(self) -> RateLimitStatistics:
        """How this process has been doing. What is available over all processes only Redis knows: it is told as 0."""
        return RateLimitStatistics(
            available=0,
            in_flight=self._in_flight,
            waiting=self._waiting,
            granted=self._granted,
            total_wait=self._total_wait,
            longest_wait=self._longest_wait,
            rate_limited=self._rate_limited,
        )

    async def acquire(self, on_wait: OnWait | None = None) -> _Permit:
        """Wait for a permit; in the order of arrival within this process."""
        if self._exits is None:
            raise ConfigurationError("Use SharedRateLimiter as a context manager: async with SharedRateLimiter(...).")
        started = anyio.current_time()
        permit = _Permit(uuid.uuid4().hex, local=False)
        told = False
        self._waiting += 1
        try:
            async with self._queue:
                while True:
                    wait = await self._ask(permit)
                    if wait is None:
                        await self._local.acquire(None if told else on_wait)
                        permit = _Permit(permit.id, local=True)
                        break
                    if wait == 0:
                        break
                    if on_wait is not None and not told:
                        on_wait(wait)
                        told = True
                    # Where the first permit to come back is still under way, it may come back earlier than told.
                    await anyio.sleep(min(wait, self.period / 20))
        finally:
            self._waiting -= 1
        waited = anyio.current_time() - started
        self._total_wait += waited
        self._longest_wait = max(self._longest_wait, waited)
        self._granted += 1
        self._in_flight += 1
        return permit

    def release(self, permit: _Permit, status: int | None, headers: Mapping[str, str]) -> None:
        """The request is over: its permit comes back after one period. A 429 stops every process for a while."""
        self._in_flight -= 1
        pause = 0.0
        if status == TOO_MANY_REQUESTS:
            self._rate_limited += 1
            asked = retry_after(headers)
            pause = self._backoff if asked is None else asked
            self._backoff = min(self._backoff * 2, self.period)
        elif status is not None:
            self._backoff = FIRST_BACKOFF
        if permit.local:
            self._local.release(None, status, headers)
        if (not permit.local or pause) and self._exits is not None:
            # Should Redis not hear of it, it gives the permit up after LONGEST_REQUEST.
            self._commands.send_nowait(_Command(RELEASE, [permit.id, self.period * 1000, pause * 1000]))

    async def _ask(self, permit: _Permit) -> float | None:
        """Seconds until Redis may grant the permit, 0 if it has; None if this process is on its own for now."""
        if self._down and anyio.current_time() < self._probe_at:
            return None
        spent_locally = self._local.statistics()
        outstanding = self._local.capacity - spent_locally.available
        arguments = [self.capacity - outstanding, permit.id, LONGEST_REQUEST * 1000, self.period * 1000]
        try:
            told = await self._run(ACQUIRE, arguments)
        except Exception as error:
            if self.on_error == "raise":
                raise RateLimiterError(f"Redis cannot be reached: {error}") from error
            if not self._down:
                logger.warning(
                    "Redis cannot be reached (%s: %s); this process goes on with %d requests per %g s",
                    *(type(error).__name__, error, self._local.capacity, self.period),
                )
            self._down = True
            self._probe_at = anyio.current_time() + PROBE_SECONDS
            return None
        if self._down:
            self._down = False
            logger.warning("Redis answers again; the rate limit is shared again")
        return float(told) / 1000

    async def _run(self, script: str, arguments: list[Any]) -> Any:
        command = _Command(script, arguments)
        await self._commands.send(command)
        with anyio.fail_after(REDIS_SECONDS):
            await command.done.wait()
        if command.error is not None:
            raise command.error
        return command.answer

    async def _talk_to_redis(self, receive: MemoryObjectReceiveStream[_Command]) -> None:
        """One task has the connection: coredis ties it to the task that opens it."""
        async with receive:
            command = await _next(receive)
            while command is not None:
                try:
                    redis = self._redis_module.Redis.from_url(
                        self.url, decode_responses=True, connect_timeout=REDIS_SECONDS, stream_timeout=REDIS_SECONDS
                    )
                    async with redis as connected:
                        while command is not None:
                            command.answer = await connected.eval(command.script, self._keys, command.arguments)
                            command.done.set()
                            command = await _next(receive)
                except Exception as error:
                    # Told to whoever waits for the command; the next command tries a new connection.
                    if command is not None and not command.done.is_set():
                        command.error = error
                        command.done.set()
                    command = await _next(receive)


async def _next(receive: MemoryObjectReceiveStream[_Command]) -> _Command | None:
    try:
        return await receive.receive()
    except anyio.EndOfStream:
        return None
