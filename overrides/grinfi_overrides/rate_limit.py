"""Keeping within the API's rate limit, whatever kind of window the server counts in."""

from __future__ import annotations

import email.utils
import inspect
import math
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, cast, runtime_checkable

import anyio
from anyio.lowlevel import current_token

from .checks import check_count, check_seconds
from .errors import ConfigurationError
from .events import logger
from .lanes import Lane, LaneQueue, Later, OnWait, Waiter, current_lane
from .retry import TOO_MANY_REQUESTS

MAX_PAUSE: Final = 3600.0
"""No pause is longer, whatever the server asks for."""
LONG_PAUSE: Final = 10.0
"""A longer pause is worth a warning."""
LONG_HOLD: Final = 60.0
FIRST_BACKOFF = 1.0
EPOCH_FROM = 1_000_000_000
API_CAPACITY: Final = 300
API_PERIOD: Final = 60.0

THE_RATE_LIMIT: Final = "the rate limit"


@runtime_checkable
class RateLimiter(Protocol):
    """What `Grinfi(rate_limiter=...)` takes. Each `acquire` that returns is followed by exactly one `release`.

    The client puts calls of the application before those of jobs by itself, and asks the limiter for one permit at a
    time. For the `share` of jobs it reads the attributes `capacity` and `period`, if there are any; otherwise it takes
    the API's 300 requests in 60 seconds.
    """

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

    available: int = 0
    in_flight: int = 0
    waiting: int = 0
    granted: int = 0
    total_wait: float = 0.0
    longest_wait: float = 0.0
    rate_limited: int = 0


class LaneLimiter(RateLimiter, Protocol):
    """A limiter that knows lanes, as the client needs it."""

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Wait until a request may be sent; see `TokenBucket`."""
        ...

    def give_back(self, permit: Any) -> None:
        """The request that `acquire` allowed was never sent; instead of `release`."""
        ...


class Unlimited:
    """No limit at all; it only counts."""

    def __init__(self) -> None:
        self._granted = self._in_flight = self._rate_limited = 0

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Allow the request."""
        self._granted += 1
        self._in_flight += 1
        return None

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """The request is over."""
        self._in_flight -= 1
        self._rate_limited += status == TOO_MANY_REQUESTS

    def give_back(self, permit: Any) -> None:
        """The request was never sent."""
        self._granted -= 1
        self._in_flight -= 1

    def statistics(self) -> RateLimitStatistics:
        """How many requests there were."""
        return RateLimitStatistics(in_flight=self._in_flight, granted=self._granted, rate_limited=self._rate_limited)


class Spending:
    """Tokens of a period: how many are out, and when they come back. Those of jobs are counted on their own, too."""

    def __init__(self, capacity: int, period: float) -> None:
        self.capacity = capacity
        self.period = period
        self.in_flight = 0
        self.returning: deque[float] = deque()
        self._jobs_in_flight = 0
        self._jobs_returning: deque[float] = deque()

    @property
    def available(self) -> int:
        """Tokens that are there, as of the latest look at the clock."""
        return self.capacity - self.in_flight - len(self.returning)

    def take(self, lane: Lane) -> None:
        """Spend a token."""
        self.in_flight += 1
        self._jobs_in_flight += lane.job

    def release(self, lane: Lane, now: float) -> None:
        """The request of a token is over; the token comes back in a period."""
        self.give_back(lane)
        self.returning.append(now + self.period)
        if lane.job:
            self._jobs_returning.append(now + self.period)

    def give_back(self, lane: Lane) -> None:
        """The request of a token was never sent."""
        self.in_flight -= 1
        self._jobs_in_flight -= lane.job

    def reclaim(self, now: float) -> None:
        """Take back what has come back."""
        for returning in self.returning, self._jobs_returning:
            while returning and returning[0] <= now:
                returning.popleft()

    def until_share(self, lane: Lane, now: float) -> float:
        """Seconds until jobs hold fewer tokens than this lane allows them; infinity if that depends on answers."""
        if not lane.job or self._room(lane) > 0:
            return 0.0
        return self._jobs_returning[0] - now if self._jobs_returning else math.inf

    def expected_wait(self, lane: Lane, in_front: int, now: float) -> float:
        """About how many seconds a waiter will wait with so many in front of it."""
        capacity, available, returning = self.capacity, self.available, self.returning
        if lane.job and self._room(lane) < available:
            capacity, available, returning = lane.part_of(self.capacity), self._room(lane), self._jobs_returning
        place = in_front - available
        if place < 0:
            return 0.0
        # Each token comes back once in a period; when one that is under way does, is unknown.
        periods, index = divmod(place, capacity)
        at = returning[index] if index < len(returning) else now + self.period
        return at + periods * self.period - now

    def _room(self, lane: Lane) -> int:
        return lane.part_of(self.capacity) - self._jobs_in_flight - len(self._jobs_returning)

    def move(self, now: float, by: float) -> None:
        """Go over to another clock. Whatever was under way ended with its event loop."""
        self._jobs_returning.extend([now + self.period] * self._jobs_in_flight)
        self.returning.extend([now + self.period] * self.in_flight)
        self.in_flight = self._jobs_in_flight = 0
        self.returning = deque(at + by for at in self.returning)
        self._jobs_returning = deque(at + by for at in self._jobs_returning)


class TokenBucket:
    """At most `capacity` requests in any `period`, wherever between sending and answer the server counts them.

    A spent token comes back one period after the answer to its request arrived, or its attempt failed: by then no
    window of that length can still hold the request. So fixed and sliding windows are kept alike, and a full burst
    is still possible. Calls of the application go before those of jobs, and jobs hold at most their `share` of the
    tokens; within each of the two, callers are served in the order they came. One that is cancelled loses no token.

    One bucket belongs to one event loop at a time.

    Args:
        capacity: Requests allowed in a period.
        period: Seconds.
        burst: At most so many requests at once, and the others evenly spaced; by default no spacing.

    Raises:
        ConfigurationError: An argument is not positive, or `burst` is above `capacity`.
    """

    def __init__(self, capacity: int = API_CAPACITY, period: float = API_PERIOD, *, burst: int | None = None) -> None:
        check_count("TokenBucket: capacity", capacity)
        check_seconds("TokenBucket: period", period)
        if burst is not None and check_count("TokenBucket: burst", burst) > capacity:
            raise ConfigurationError(f"TokenBucket: burst must be between 1 and capacity ({capacity}), not {burst!r}.")
        self.capacity = capacity
        self.period = period
        self.burst = burst
        self._spending = Spending(capacity, period)
        self._queue = LaneQueue(self._take, THE_RATE_LIMIT, self._expected_wait)
        self._pause = Pause(period)
        self._held = 0
        self._held_until = -math.inf
        self._stopped_since = math.inf
        self._even_time = -math.inf
        self._loop: object = None
        self._thread = threading.current_thread()
        self._seen_at = (0.0, 0.0)

    def __repr__(self) -> str:
        return f"TokenBucket(capacity={self.capacity}, period={self.period}, burst={self.burst})"

    def statistics(self) -> RateLimitStatistics:
        """How it has been doing since it was made."""
        # Outside an event loop there is no clock to tell which tokens have come back since the last request.
        return RateLimitStatistics(
            available=max(0, self._spending.available),
            in_flight=self._spending.in_flight,
            waiting=self._queue.waiting,
            granted=self._queue.granted,
            total_wait=self._queue.total_wait,
            longest_wait=self._queue.longest_wait,
            rate_limited=self._pause.rate_limited,
        )

    def spent(self) -> int:
        """Tokens that are not back yet. Needs a running event loop."""
        self._spending.reclaim(self._now())
        return self.capacity - self._spending.available

    def is_full(self) -> bool:
        """Whether every token is there again, so that a new bucket would serve as well."""
        idle = time.monotonic() - self._seen_at[1] > self.period
        return self._loop is None or (idle and not self._spending.in_flight and not self._queue.waiting)

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Take a token; wait for one if there is none.

        Args:
            on_wait: Called once, if there is a wait, with about how many seconds it will take.
            lane: Who asks; by default the lane of this code: the application, or a job.
            max_wait: Seconds it may take; None for no bound.

        Raises:
            RateLimitWaitError: It took longer.
        """
        self._now()
        return await self._queue.acquire(lane or current_lane(), max_wait, on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """The request is over: its token comes back after one period. A 429 stops every caller for a while."""
        now = self._now()
        self._spending.release(permit, now)
        self._pause.heed(status, headers, now)
        if status is not None and status != TOO_MANY_REQUESTS:
            self._heed_remaining(now, headers)
        self._queue.changed()

    def give_back(self, permit: Any) -> None:
        """The request was never sent: its token comes back at once."""
        self._now()
        self._spending.give_back(permit)
        self._queue.changed()

    async def _take(self, waiter: Waiter) -> Later | None:
        return self.take(waiter)

    def take(self, waiter: Waiter) -> Later | None:
        """Take a token, if there is one for this waiter."""
        now, lane = self._now(), waiter.lane
        self._spending.reclaim(now)
        until_share = self._spending.until_share(lane, now)
        wake = self._wake_time(now)
        if wake > now + until_share or until_share == wake == math.inf:
            return Later(wake - now)
        if until_share:
            return Later(until_share, share=True)
        self._spending.take(lane)
        if self.burst is not None:
            self._even_time = max(self._even_time, now) + self.period / self.capacity
        waiter.permit = lane
        return None

    def _heed_remaining(self, now: float, headers: Mapping[str, str]) -> None:
        """Hold tokens back if the server says that fewer remain: somebody else uses the key too."""
        remaining = _number(headers.get("x-ratelimit-remaining"))
        if remaining is None or remaining < 0:
            return
        self._spending.reclaim(now)
        available = self._spending.available
        # Requests under way may not have been counted by the server yet.
        allowed = max(0, int(remaining) - self._spending.in_flight)
        if remaining >= available or allowed:
            self._stopped_since = math.inf
        if remaining >= available:
            self._held = 0
            return
        self._held = available - allowed
        self._held_until = now + min(_reset_after(headers) or self.period, self.period)
        if allowed:
            return
        self._stopped_since = min(self._stopped_since, now)
        if self._held_until - self._stopped_since >= LONG_HOLD:
            logger.warning(
                "No call is sent for %.0f s: X-RateLimit-Remaining of the server is %g, though %d of %d requests are "
                "left by our count; somebody else uses the same API key",
                *(self._held_until - self._stopped_since, remaining, available, self.capacity),
            )
            self._stopped_since = self._held_until

    def _expected_wait(self, lane: Lane, in_front: int) -> float:
        now = self._now()
        return max(self._spending.expected_wait(lane, in_front, now), self._pause.until - now)

    def _wake_time(self, now: float) -> float:
        """When the next request may be sent: now or earlier, later, or infinity if that depends on others."""
        wake = self._pause.until
        if self.burst is not None:
            wake = max(wake, self._even_time - (self.burst - 1) * self.period / self.capacity)
        held = self._held if now < self._held_until else 0
        if self._spending.available > held:
            return wake
        candidates = [self._spending.returning[0]] if self._spending.returning else []
        if held:
            candidates.append(self._held_until)
        return max(wake, min(candidates, default=math.inf))

    def _now(self) -> float:
        """The event loop's clock. State of an earlier event loop is moved to the clock of this one."""
        now, loop = anyio.current_time(), current_token()
        real = time.monotonic()
        if loop != self._loop:
            busy = self._spending.in_flight or self._queue.waiting
            if busy and self._thread is not threading.current_thread() and self._thread.is_alive():
                raise ConfigurationError("This TokenBucket is in use in another thread; make one for each event loop.")
            self._thread = threading.current_thread()
            if self._loop is not None:
                seen, seen_real = self._seen_at
                by = now - (seen + real - seen_real)
                self._spending.move(seen, by)
                self._queue.clear()
                self._pause.move(by)
                self._held_until += by
                self._even_time += by
                self._stopped_since = math.inf
            self._loop = loop
        self._seen_at = (now, real)
        return now


class Pause:
    """How long nobody may send, because the server has answered 429."""

    def __init__(self, period: float) -> None:
        self.until = -math.inf
        self.rate_limited = 0
        self._period = period
        self._in_a_row = 0
        self._announced = -math.inf

    def heed(self, status: int | None, headers: Mapping[str, str], now: float) -> float:
        """Look at an answer.

        Returns:
            Seconds of the pause that it asks for; 0 for none.
        """
        if status is None:
            return 0.0
        if status != TOO_MANY_REQUESTS:
            self._in_a_row = 0
            return 0.0
        self.rate_limited += 1
        asked = retry_after(headers)
        if asked is None:
            seconds = min(FIRST_BACKOFF * 2.0 ** min(self._in_a_row, 60), self._period)
            self._in_a_row += 1
            why = f"answered 429 without Retry-After ({self._in_a_row} in a row)"
        else:
            self._in_a_row = 0
            seconds = min(asked, MAX_PAUSE)
            why = f"answered 429 and asks to wait {asked:.0f} s (Retry-After)"
            if asked > MAX_PAUSE:
                why += f", of which {MAX_PAUSE:.0f} s are heeded"
        self.until = max(self.until, now + seconds)
        # Many calls that are under way get the same answer.
        if seconds > LONG_PAUSE and self.until > self._announced + LONG_PAUSE:
            self._announced = self.until
            logger.warning("No call is sent for %.0f s: the server %s", seconds, why)
        return seconds

    def move(self, by: float) -> None:
        """Go over to another clock."""
        self.until += by
        self._announced += by


def with_lanes(limiter: RateLimiter) -> LaneLimiter:
    """The limiter, if it knows lanes, or else its adapter: one for each limiter, however many clients it has."""
    if hasattr(limiter, "give_back") and "lane" in inspect.signature(limiter.acquire).parameters:
        return cast("LaneLimiter", limiter)
    from grinfi_integrations.lane_adapter import adapter_of

    return adapter_of(limiter)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date; None if it is absent or not understood."""
    retry_after = headers.get("retry-after")
    seconds = _number(retry_after)
    if retry_after is not None and seconds is None:
        try:
            seconds = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, OverflowError, OSError):
            return None
        seconds = max(0.0, seconds)
    return seconds if seconds is not None and seconds >= 0 else None


def _reset_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server's window starts again: the header has them as such, or as a Unix time."""
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is None:
        return None
    seconds = reset - time.time() if reset >= EPOCH_FROM else reset
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
