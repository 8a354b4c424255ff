"""Keeping within the API's rate limit, whatever kind of window the server counts in."""

from __future__ import annotations

import email.utils
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol, runtime_checkable

import anyio
from anyio.lowlevel import current_token

from .errors import ConfigurationError
from .retry import TOO_MANY_REQUESTS

__all__ = ["RateLimitStatistics", "RateLimiter", "TokenBucket", "retry_after"]

MAX_PAUSE = 3600.0
FIRST_BACKOFF = 1.0
EPOCH_FROM = 1_000_000_000

OnWait = Callable[[float], None]


@runtime_checkable
class RateLimiter(Protocol):
    """What `Grinfi(rate_limiter=...)` takes. Each `acquire` that returns is followed by exactly one `release`."""

    async def acquire(self, on_wait: OnWait | None = None) -> object:
        """Wait until a request may be sent.

        Args:
            on_wait: To be called once, if there is a wait, with about how many seconds it will take.

        Returns:
            Whatever `release` wants to be given.
        """
        ...

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """The request that `acquire` allowed is over. Must not wait.

        Args:
            permit: What `acquire` returned.
            status: Status of the answer; None if there was no answer.
            headers: Headers of the answer, to be looked up in lower case.
        """
        ...

    def statistics(self) -> RateLimitStatistics:
        """How it has been doing."""
        ...


@dataclass(frozen=True, slots=True)
class RateLimitStatistics:
    """How a limiter has been doing.

    Attributes:
        available: Requests that may be sent at once.
        in_flight: Requests that are under way.
        waiting: Callers that wait.
        granted: Requests that have been allowed.
        total_wait: Seconds all callers have waited, added up.
        longest_wait: Seconds of the longest wait.
        rate_limited: Answers with status 429.
    """

    available: int
    in_flight: int
    waiting: int
    granted: int
    total_wait: float
    longest_wait: float
    rate_limited: int


class Unlimited:
    """No limit at all; it only counts."""

    def __init__(self) -> None:
        self._granted = self._in_flight = self._rate_limited = 0

    async def acquire(self, on_wait: OnWait | None = None) -> object:
        """Allow the request."""
        self._granted += 1
        self._in_flight += 1
        return None

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """The request is over."""
        self._in_flight -= 1
        self._rate_limited += status == TOO_MANY_REQUESTS

    def statistics(self) -> RateLimitStatistics:
        """How many requests there were."""
        return RateLimitStatistics(
            available=0,
            in_flight=self._in_flight,
            waiting=0,
            granted=self._granted,
            total_wait=0.0,
            longest_wait=0.0,
            rate_limited=self._rate_limited,
        )


class _Waiter:
    __slots__ = ("event",)

    def __init__(self) -> None:
        self.event = anyio.Event()


class TokenBucket:
    """At most `capacity` requests in any `period`, wherever between sending and answer the server counts them.

    A spent token comes back one period after the answer to its request arrived, or its attempt failed: by then no
    window of that length can still hold the request. So fixed and sliding windows are kept alike, and a full burst
    is still possible. Callers are served in the order they came; one that is cancelled loses no token.

    One bucket belongs to one event loop at a time.

    Args:
        capacity: Requests allowed in a period.
        period: Seconds.
        burst: At most so many requests at once, and the others evenly spaced; by default no spacing.

    Raises:
        ConfigurationError: An argument is not positive, or `burst` is above `capacity`.
    """

    def __init__(self, capacity: int = 300, period: float = 60.0, *, burst: int | None = None) -> None:
        if not _is_count(capacity):
            raise ConfigurationError(f"TokenBucket: capacity must be an integer of at least 1, not {capacity!r}.")
        if not 0 < period < math.inf:
            raise ConfigurationError(f"TokenBucket: period must be a finite number of seconds above 0, not {period}.")
        if burst is not None and (not _is_count(burst) or burst > capacity):
            raise ConfigurationError(f"TokenBucket: burst must be between 1 and capacity ({capacity}), not {burst!r}.")
        self.capacity = capacity
        self.period = period
        self.burst = burst
        self._available = capacity
        self._in_flight = 0
        self._returning: deque[float] = deque()
        self._waiters: OrderedDict[_Waiter, None] = OrderedDict()
        self._paused_until = -math.inf
        self._held = 0
        self._held_until = -math.inf
        self._even_time = -math.inf
        self._backoff = FIRST_BACKOFF
        self._loop: object = None
        self._thread = threading.current_thread()
        self._seen_at = (0.0, 0.0)
        self._granted = 0
        self._total_wait = 0.0
        self._longest_wait = 0.0
        self._rate_limited = 0

    def __repr__(self) -> str:
        return f"TokenBucket(capacity={self.capacity}, period={self.period}, burst={self.burst})"

    def statistics(self) -> RateLimitStatistics:
        """How it has been doing since it was made."""
        # Outside an event loop there is no clock to tell which tokens have come back since the last request.
        return RateLimitStatistics(
            available=max(0, self._available),
            in_flight=self._in_flight,
            waiting=len(self._waiters),
            granted=self._granted,
            total_wait=self._total_wait,
            longest_wait=self._longest_wait,
            rate_limited=self._rate_limited,
        )

    def is_full(self) -> bool:
        """Whether every token is there again, so that a new bucket would serve as well."""
        idle = time.monotonic() - self._seen_at[1] > self.period
        return self._loop is None or (idle and not self._in_flight and not self._waiters)

    async def acquire(self, on_wait: OnWait | None = None) -> object:
        """Take a token; wait for one in the order of arrival."""
        now = self._now()
        if not self._waiters and self._wake_time(now) <= now:
            self._take(now)
            return None
        started = now
        waiter = _Waiter()
        self._waiters[waiter] = None
        try:
            if on_wait is not None:
                on_wait(self._expected_wait(now))
            while True:
                now = self._now()
                wake = self._wake_time(now) if next(iter(self._waiters)) is waiter else math.inf
                if wake <= now:
                    self._take(now)
                    break
                waiter.event = anyio.Event()
                with anyio.move_on_after(wake - now):
                    await waiter.event.wait()
        finally:
            del self._waiters[waiter]
            self._wake_first()
        waited = now - started
        self._total_wait += waited
        self._longest_wait = max(self._longest_wait, waited)
        return None

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """The request is over: its token comes back after one period. A 429 stops every caller for a while."""
        now = self._now()
        self._in_flight -= 1
        self._returning.append(now + self.period)
        if status == TOO_MANY_REQUESTS:
            self._rate_limited += 1
            told = retry_after(headers)
            self._paused_until = max(self._paused_until, now + (self._backoff if told is None else told))
            self._backoff = min(self._backoff * 2, self.period) if told is None else FIRST_BACKOFF
        elif status is not None:
            self._backoff = FIRST_BACKOFF
            self._believe(now, headers)
        self._wake_first()

    def _believe(self, now: float, headers: Mapping[str, str]) -> None:
        """Hold tokens back if the server says that fewer remain: somebody else uses the key too."""
        remaining = _number(headers.get("x-ratelimit-remaining"))
        if remaining is None or remaining < 0:
            return
        self._reclaim(now)
        if remaining >= self._available:
            self._held = 0
            return
        # Requests under way may not have been counted by the server yet.
        allowed = max(0, int(remaining) - self._in_flight)
        self._held = self._available - allowed
        self._held_until = now + min(_reset_after(headers) or self.period, self.period)

    def _take(self, now: float) -> None:
        self._available -= 1
        self._in_flight += 1
        self._granted += 1
        if self.burst is not None:
            self._even_time = max(self._even_time, now) + self.period / self.capacity

    def _wake_time(self, now: float) -> float:
        """When the next request may be sent: now or earlier, later, or infinity if that depends on others."""
        self._reclaim(now)
        wake = self._paused_until
        if self.burst is not None:
            wake = max(wake, self._even_time - (self.burst - 1) * self.period / self.capacity)
        held = self._held if now < self._held_until else 0
        if self._available > held:
            return wake
        candidates = [self._returning[0]] if self._returning else []
        if held:
            candidates.append(self._held_until)
        return max(wake, min(candidates, default=math.inf))

    def _reclaim(self, now: float) -> None:
        while self._returning and self._returning[0] <= now:
            self._returning.popleft()
            self._available += 1

    def _expected_wait(self, now: float) -> float:
        """About how long the last of the waiters will wait."""
        self._reclaim(now)
        place = len(self._waiters) - 1 - self._available
        if place < 0:
            return max(0.0, self._paused_until - now)
        # Each token comes back once in a period; when one that is under way does, is unknown.
        periods, index = divmod(place, self.capacity)
        at = self._returning[index] if index < len(self._returning) else now + self.period
        return max(at + periods * self.period, self._paused_until) - now

    def _wake_first(self) -> None:
        if self._waiters:
            next(iter(self._waiters)).event.set()

    def _now(self) -> float:
        """The event loop's clock. State of an earlier event loop is moved to the clock of this one."""
        now, loop = anyio.current_time(), current_token()
        real = time.monotonic()
        if loop != self._loop:
            busy = self._in_flight or self._waiters
            if busy and self._thread is not threading.current_thread() and self._thread.is_alive():
                raise ConfigurationError("This TokenBucket is in use in another thread; make one for each event loop.")
            self._thread = threading.current_thread()
            if self._loop is not None:
                seen, seen_real = self._seen_at
                self._move(now - (seen + real - seen_real))
            self._loop = loop
        self._seen_at = (now, real)
        return now

    def _move(self, by: float) -> None:
        # Whatever was under way ended with its event loop.
        now = self._seen_at[0]
        self._returning.extend([now + self.period] * self._in_flight)
        self._in_flight = 0
        self._waiters.clear()
        self._returning = deque(at + by for at in self._returning)
        self._paused_until += by
        self._held_until += by
        self._even_time += by


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date; None if it is absent or absurd."""
    told = headers.get("retry-after")
    seconds = _number(told)
    if told is not None and seconds is None:
        try:
            seconds = email.utils.parsedate_to_datetime(told).timestamp() - time.time()
        except (ValueError, OverflowError, OSError):
            return None
        seconds = max(0.0, seconds)
    return seconds if seconds is not None and 0 <= seconds <= MAX_PAUSE else None


def _reset_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server's window starts anew; it tells them as such, or as a Unix time."""
    told = _number(headers.get("x-ratelimit-reset"))
    if told is None:
        return None
    seconds = told - time.time() if told >= EPOCH_FROM else told
    return seconds if 0 < seconds <= MAX_PAUSE else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_shared: dict[tuple[str, str, int], TokenBucket] = {}
MANY = 100


def shared_bucket(api_key: str, base_url: str) -> TokenBucket:
    """The bucket of a key: all clients of that key and server share it, for each thread that runs an event loop."""
    place = (key_digest(api_key), base_url, threading.get_ident())
    bucket = _shared.get(place)
    if bucket is None:
        if len(_shared) >= MANY:
            for other in [other for other, candidate in _shared.items() if candidate.is_full()]:
                del _shared[other]
        bucket = _shared[place] = TokenBucket()
    return bucket


def key_digest(api_key: str) -> str:
    """What stands for a key wherever it is stored."""
    return sha256(api_key.encode()).hexdigest()[:32]
