"""A rate limit that several processes and machines share through Redis."""

from __future__ import annotations

import importlib
import math
import socket
import ssl
import uuid
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, Self
from urllib.parse import urlsplit

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from grinfi_overrides.environment import without_secrets
from grinfi_overrides.errors import ConfigurationError, RateLimiterError, causes
from grinfi_overrides.events import logger
from grinfi_overrides.lanes import Lane, LaneQueue, Later, OnWait, Waiter, current_lane
from grinfi_overrides.rate_limit import THE_RATE_LIMIT, Pause, RateLimitStatistics, Spending, TokenBucket, key_digest

__all__ = ["SharedRateLimiter"]

LONGEST_REQUEST: Final = 180.0
PROBE_SECONDS: Final = 1.0
REDIS_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 1.0
"""Less than `REDIS_SECONDS`, so that a caller gets the reason of a failed connection, not only a timeout."""
LEAVE_SECONDS: Final = 5.0
"""How long `__aexit__` waits until Redis has got the permits that were given back."""
AUTHENTICATION: Final = ("AuthenticationError", "AuthenticationFailureError", "AuthenticationRequiredError")

# Permits are members of a sorted set; the score is the time in milliseconds at which the permit can be used again. For
# a period of 60 s, and requests of at most 180 s:
#
#     seconds        0                  2                              62                           180
#     process        ACQUIRE            RELEASE after the answer                 or it crashes:
#     score          180                62                             removed, free                removed, free
#
# Only Redis's clock is used, so the clocks of the machines need not agree. KEYS: 1 the permits, 2 the end of a pause
# after a 429, 3 the permits that were given back too early:
#
#     caller         ACQUIRE p (lost on a slow connection)    RELEASE p, 0 (the caller was cancelled)
#     Redis gets                                              RELEASE p    -> p is not known: remember it in KEYS[3]
#                    ACQUIRE p, late                                       -> p is in KEYS[3]: take nothing
#
# Without KEYS[3], the late ACQUIRE would take a permit that no request uses, for 180 s. An ACQUIRE may also arrive
# twice, because coredis repeats a command whose answer was lost; the second one finds its permit and takes no other.
ACQUIRE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local pause = tonumber(redis.call('GET', KEYS[2]) or '0')
if pause > now then return tostring(pause - now) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[2]) or redis.call('ZSCORE', KEYS[3], ARGV[2]) then return '0' end
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
    redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3] + ARGV[4]))
    return '0'
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return tostring(math.max(1, (tonumber(first[2]) or now + 1000) - now))
"""
RELEASE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
elseif tonumber(ARGV[2]) == 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[4])
    redis.call('ZADD', KEYS[3], now, ARGV[1])
    redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
local pause = now + ARGV[3]
if tonumber(ARGV[3]) > 0 and pause > tonumber(redis.call('GET', KEYS[2]) or '0') then
    redis.call('SET', KEYS[2], tostring(pause), 'PX', math.ceil(ARGV[3]))
end
return 1
"""


class _Permit(NamedTuple):
    id: str
    lane: Lane
    local: bool


class _Command:
    """A script for Redis, and its result."""

    __slots__ = ("answer", "arguments", "done", "error", "script")

    def __init__(self, script: str, arguments: list[Any]) -> None:
        self.script = script
        self.arguments = [str(argument) for argument in arguments]
        self.done = anyio.Event()
        self.answer: Any = None
        self.error: BaseException | None = None


class SharedRateLimiter:
    """At most `capacity` requests in any `period`, over all processes that share a Redis and a name.

    Use it as an asynchronous context manager around the clients that have it as `rate_limiter`. It counts like
    `TokenBucket`, but with Redis's clock; a 429 in one process pauses all of them. Needs the extra
    `grinfi-async[redis]`.

    Args:
        url: URL of Redis, such as `redis://127.0.0.1:6379/0`.
        api_key: Key whose limit is shared; Redis gets only a digest of it.
        capacity: Requests allowed in a period, over all processes.
        period: Length of the period in seconds.
        on_error: What to do while Redis cannot be reached: with "local", this process uses a part of the capacity; with
            "raise", calls fail with `RateLimiterError`. A password that Redis refuses always raises
            `ConfigurationError`.
        share: The part for "local".

    Raises:
        ConfigurationError: An argument cannot be used, or the extra is not installed.
    """

    @without_secrets
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
        self._server = _server(url)
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
        self._keys = [f"grinfi:{{{name}}}:permits", f"grinfi:{{{name}}}:pause", f"grinfi:{{{name}}}:undone"]
        self._tasks: TaskGroup | None = None
        self._commands: MemoryObjectSendStream[_Command]
        self._queue = LaneQueue(self._take, THE_RATE_LIMIT, self._expected_wait)
        self._spending = Spending(capacity, period)
        self._pause = Pause(period)
        self._down = False
        self._probe_at = -math.inf

    def __repr__(self) -> str:
        return f"SharedRateLimiter(capacity={self.capacity}, period={self.period}, on_error={self.on_error!r})"

    async def __aenter__(self) -> Self:
        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        self._commands, receive = anyio.create_memory_object_stream[_Command](math.inf)
        tasks.start_soon(self._talk_to_redis, receive)
        self._tasks = tasks
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tasks, self._tasks = self._tasks, None
        self._commands.close()
        if tasks is not None:
            tasks.cancel_scope.deadline = anyio.current_time() + LEAVE_SECONDS
            if not isinstance(error, anyio.get_cancelled_exc_class()):
                kind = error = traceback = None  # the task group would wrap it in a group
            await tasks.__aexit__(kind, error, traceback)

    def statistics(self) -> RateLimitStatistics:
        """Counts and waits of this process. `available` is 0: only Redis knows it."""
        return RateLimitStatistics(
            in_flight=self._spending.in_flight,
            waiting=self._queue.waiting,
            granted=self._queue.granted,
            total_wait=self._queue.total_wait,
            longest_wait=self._queue.longest_wait,
            rate_limited=self._pause.rate_limited,
        )

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> _Permit:
        """Wait for a permit, in the order of arrival within this process and lane.

        Args:
            on_wait: Called once if there is a wait, with its approximate length in seconds.
            lane: Who asks; by default `current_lane()`. Its `share` limits what jobs of this process have under way.
            max_wait: Longest wait in seconds; None for no limit.

        Raises:
            RateLimitWaitError: The wait would be longer than `max_wait`.
            RateLimiterError: Redis cannot be reached.
            ConfigurationError: Redis refuses the user or password.
        """
        if self._tasks is None:
            raise ConfigurationError("Use SharedRateLimiter as a context manager: async with SharedRateLimiter(...).")
        permit: _Permit = await self._queue.acquire(lane or current_lane(), max_wait, on_wait)
        return permit

    def release(self, permit: _Permit, status: int | None, headers: Mapping[str, str]) -> None:
        """End a request: its permit can be used again after one period. A 429 pauses every process."""
        now = anyio.current_time()
        self._spending.release(permit.lane, now)
        pause = self._pause.record(status, headers, now)
        if permit.local:
            self._local.release(permit.lane, status, headers)
        if not permit.local or pause:
            self._return(permit.id, self.period, pause)
        self._queue.changed()

    def give_back(self, permit: _Permit) -> None:
        """Return the permit of a request that was never sent, at once."""
        self._spending.give_back(permit.lane)
        if permit.local:
            self._local.give_back(permit.lane)
        else:
            self._return(permit.id, 0.0)
        self._queue.changed()

    def _return(self, permit_id: str, after: float, pause: float = 0.0) -> None:
        if self._tasks is not None:
            arguments = [permit_id, after * 1000, pause * 1000, math.ceil(LONGEST_REQUEST * 1000)]
            self._commands.send_nowait(_Command(RELEASE, arguments))

    async def _take(self, waiter: Waiter) -> Later | None:
        now, lane = anyio.current_time(), waiter.lane
        self._spending.reclaim(now)
        until_share = self._spending.until_share(lane, now)
        if until_share:
            return Later(until_share, share=True)
        permit_id = uuid.uuid4().hex
        wait = await self._ask(permit_id)
        if wait:
            waiter.announce(wait)
            # Redis's answer may be too long: the next permit belongs to a request under way, which Redis counts with
            # its longest time, and which may end now. So ask again after a part of a period.
            return Later(min(wait, self.period / 20))
        if wait is None:
            later = self._local.take(waiter)
            if later is not None:
                return Later(min(later.seconds, max(0.0, self._probe_at - anyio.current_time())), later.share)
        self._spending.take(lane)
        waiter.permit = _Permit(permit_id, lane, local=wait is None)
        return None

    def _expected_wait(self, lane: Lane, in_front: int) -> float:
        return self._spending.expected_wait(lane, in_front, anyio.current_time())

    async def _ask(self, permit_id: str) -> float | None:
        """Seconds until Redis may grant a permit; 0 if it has granted this one; None if Redis cannot be reached."""
        if self._down and anyio.current_time() < self._probe_at:
            return None
        command = _Command(
            ACQUIRE, [self.capacity - self._local.spent(), permit_id, LONGEST_REQUEST * 1000, self.period * 1000]
        )
        self._commands.send_nowait(command)
        try:
            with anyio.fail_after(REDIS_SECONDS):
                await command.done.wait()
            if command.error is not None:
                raise command.error
        except BaseException as error:
            self._return(permit_id, 0.0)  # Redis may still grant it
            if not isinstance(error, Exception):
                raise
            self._note_failure(error)
            return None
        if self._down:
            self._down = False
            logger.warning("Redis can be reached again; the rate limit is shared again")
        return float(command.answer) / 1000

    def _note_failure(self, error: Exception) -> None:
        problem, refused = _explain(error, self._server)
        if self.on_error == "raise" or refused:
            kind = ConfigurationError if refused else RateLimiterError
            raise kind(f"{problem}. Nothing was sent.") from error
        if not self._down:
            logger.warning(
                "%s; until it can, this process uses its own limit of %d requests per %g s",
                *(problem, self._local.capacity, self.period),
            )
        self._down = True
        self._probe_at = anyio.current_time() + PROBE_SECONDS

    async def _talk_to_redis(self, receive: MemoryObjectReceiveStream[_Command]) -> None:
        """Run all commands in one task: coredis ties a connection to the task that opens it.

        A RELEASE that fails is kept in `unconfirmed`, and sent again on the next connection. Otherwise its permit would
        be blocked for `LONGEST_REQUEST`. An ACQUIRE that fails is not kept: its caller gets the error.
        """
        unconfirmed = deque[_Command](maxlen=self.capacity)
        async with receive:
            command = await _next(receive)
            while command is not None or unconfirmed:
                try:
                    redis = self._redis_module.Redis.from_url(
                        self.url, decode_responses=True, connect_timeout=CONNECT_SECONDS, stream_timeout=REDIS_SECONDS
                    )
                    async with redis as connected:
                        while unconfirmed:
                            await self._run(connected, unconfirmed[0])
                            unconfirmed.popleft()
                        command = command or await _next(receive)
                        while command is not None:
                            await self._run(connected, command)
                            command = await _next(receive)
                except Exception as error:
                    # The caller of the command gets the error; the next command opens a new connection.
                    if command is not None and command.script == RELEASE and not self._is_answer(error):
                        unconfirmed.append(command)
                    elif command is not None:
                        command.error = error
                        command.done.set()
                    with anyio.move_on_after(PROBE_SECONDS if unconfirmed else None) as soon:
                        command = await _next(receive)
                    if soon.cancelled_caught:
                        command = None
                    elif command is None:
                        return  # the limiter was left; permits that Redis did not get back expire by themselves

    def _is_answer(self, error: Exception) -> bool:
        """Whether the error is Redis's answer to the command, so that sending it again is useless."""
        answers = self._redis_module.exceptions.ResponseError
        return any(isinstance(cause, answers) for cause in causes(error))

    async def _run(self, connected: Any, command: _Command) -> None:
        command.answer = await connected.eval(command.script, self._keys, command.arguments)
        command.done.set()


def _server(url: str) -> str:
    """Scheme, host and port of a Redis URL, for messages: without the password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 6379
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if parts.scheme not in ("redis", "rediss") or not host:
        # The URL is not shown, since it may contain a password.
        raise ConfigurationError(
            "SharedRateLimiter: url must be like redis://127.0.0.1:6379/0, or rediss:// for a server that speaks TLS."
        )
    return f"{parts.scheme}://{host}:{port}"


def _explain(error: Exception, server: str) -> tuple[str, bool]:
    """The problem with Redis, and whether it is a refused login, which does not pass by itself."""
    chain = list(causes(error))
    for cause in chain:
        kind, text = type(cause).__name__, str(cause)
        if kind in AUTHENTICATION or text.startswith(("NOAUTH", "WRONGPASS")):
            return f"Redis at {server} refuses the user or password in the URL ({kind}: {text})", True
        if "READONLY" in text or "read only replica" in text:
            return f"Redis at {server} is a read-only replica; name the primary in the URL", False
        if isinstance(cause, socket.gaierror):
            return f"The host name of the Redis server cannot be resolved: {server} ({text})", False
    if server.startswith("rediss:") and any(isinstance(cause, ssl.SSLError | TimeoutError) for cause in chain):
        return f"Redis at {server} does not speak TLS; for a port without TLS, write redis:// in the URL", False
    failures = [cause for cause in chain if isinstance(cause, OSError) and str(cause)]
    reason = str(failures[-1]) if failures else f"{type(error).__name__}: {error}".rstrip(": ")
    return f"Redis at {server} cannot be reached ({reason})", False


async def _next(receive: MemoryObjectReceiveStream[_Command]) -> _Command | None:
    try:
        return await receive.receive()
    except anyio.EndOfStream:
        return None
