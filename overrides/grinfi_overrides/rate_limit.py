"""Rate limiting that stays within the API's limit, whatever kind of window the server counts in."""

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
"""Seconds of the longest pause, whatever the server asks for."""
LONG_PAUSE: Final = 10.0
"""Seconds from which a pause is logged as a warning."""
LONG_HOLD: Final = 60.0
"""Seconds without any request from which a hold is logged as a warning."""
FIRST_BACKOFF = 1.0
"""Seconds of the pause after a 429 without Retry-After; it doubles with each further one."""
EPOCH_FROM = 1_000_000_000
"""A larger X-RateLimit-Reset is a Unix time, a smaller one a number of seconds."""
API_CAPACITY: Final = 300
API_PERIOD: Final = 60.0

THE_RATE_LIMIT: Final = "the rate limit"


@runtime_checkable
class RateLimiter(Protocol):
    """The interface of `Grinfi(rate_limiter=...)`. Each `acquire` that returns is followed by exactly one `release`.

    The client itself puts calls of the application before those of jobs, and asks the limiter for one permit at a
    time. To compute the `share` of jobs, it reads the attributes `capacity` and `period` if the limiter has them;
    otherwise it assumes the API's 300 requests in 60 seconds.
    """

    async def acquire(self, on_wait: OnWait | None = None) -> object:
        """Wait until a request may be sent.

        Args:
            on_wait: Function to call once if there is a wait, with its approximate length in seconds.

        Returns:
            A permit: any object, which is passed to `release`.
        """
        ...

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """Record that the request which `acquire` allowed has ended. Must not wait.

        Args:
            permit: What `acquire` returned.
            status: Status of the answer; None if there was no answer.
            headers: Headers of the answer; look them up in lower case.
        """
        ...

    def statistics(self) -> RateLimitStatistics:
        """Counts and waits since the limiter was made."""
        ...


@dataclass(frozen=True, slots=True)
class RateLimitStatistics:
    """Counts and waits of a rate limiter.

    Attributes:
        available: Number of requests that may be sent now.
        in_flight: Number of requests that are under way.
        waiting: Number of callers that wait.
        granted: Number of requests that have been allowed.
        total_wait: Sum of all waits, in seconds.
        longest_wait: Longest wait, in seconds.
        rate_limited: Number of answers with status 429.
    """

    available: int = 0
    in_flight: int = 0
    waiting: int = 0
    granted: int = 0
    total_wait: float = 0.0
    longest_wait: float = 0.0
    rate_limited: int = 0


class LaneLimiter(RateLimiter, Protocol):
    """A limiter that supports lanes; the client needs one of these."""

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Wait until a request may be sent; see `TokenBucket`."""
        ...

    def give_back(self, permit: Any) -> None:
        """Record that the request which `acquire` allowed was never sent; called instead of `release`."""
        ...


class Unlimited:
    """No limit; it only counts requests."""

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
        """Record that the request has ended."""
        self._in_flight -= 1
        self._rate_limited += status == TOO_MANY_REQUESTS

    def give_back(self, permit: Any) -> None:
        """Record that the request was never sent."""
        self._granted -= 1
        self._in_flight -= 1

    def statistics(self) -> RateLimitStatistics:
        """Number of requests."""
        return RateLimitStatistics(in_flight=self._in_flight, granted=self._granted, rate_limited=self._rate_limited)


# Why a token returns one period after the answer, and not one period after the sending. The server counts a request at
# some moment in between, which the client cannot see. With a period of 60 s, and a request that takes 10 s:
#
#     seconds   0         10                                                60        70
#     client    sends     answer
#     server     ?????????  counts it at some moment, such as 9.9
#     window             |--------------------------- 60 s --------------------------|  has the request until 69.9
#     token     |in flight|------------------------ one period -----------------------| returns
#
# A token that came back at 60 would let the server count one request too many between 60 and 69.9. At 70 no window of
# 60 s has the request any more, fixed or sliding, wherever it begins.
class Spending:
    """The tokens of a period: how many are spent, and when they return. Tokens of jobs are also counted separately."""

    def __init__(self, capacity: int, period: float) -> None:
        self.capacity = capacity
        self.period = period
        self.in_flight = 0
        # Times at which tokens return. Sorted without sorting: each is `now + period`, and time only increases.
        self.returning: deque[float] = deque()
        self._jobs_in_flight = 0
        self._jobs_returning: deque[float] = deque()

    @property
    def available(self) -> int:
        """Number of tokens that can be taken, as of the last `reclaim`."""
        return self.capacity - self.in_flight - len(self.returning)

    def take(self, lane: Lane) -> None:
        """Take a token."""
        self.in_flight += 1
        self._jobs_in_flight += lane.job

    def release(self, lane: Lane, now: float) -> None:
        """End the request of a token; the token returns after one period."""
        self.give_back(lane)
        self.returning.append(now + self.period)
        if lane.job:
            self._jobs_returning.append(now + self.period)

    def give_back(self, lane: Lane) -> None:
        """Return the token of a request that was never sent, at once."""
        self.in_flight -= 1
        self._jobs_in_flight -= lane.job

    def reclaim(self, now: float) -> None:
        """Make the tokens available whose time has come."""
        for returning in self.returning, self._jobs_returning:
            while returning and returning[0] <= now:
                returning.popleft()

    def until_share(self, lane: Lane, now: float) -> float:
        """Seconds until jobs hold fewer tokens than this lane allows; infinity if that depends on answers."""
        if not lane.job or self._room(lane) > 0:
            return 0.0
        return self._jobs_returning[0] - now if self._jobs_returning else math.inf

    def expected_wait(self, lane: Lane, in_front: int, now: float) -> float:
        """Approximate wait in seconds of a caller with `in_front` others in front of it."""
        capacity, available, returning = self.capacity, self.available, self.returning
        if lane.job and self._room(lane) < available:
            capacity, available, returning = lane.part_of(self.capacity), self._room(lane), self._jobs_returning
        place = in_front - available
        if place < 0:
            return 0.0
        # Each token comes back once in a period. With 300 tokens, all spent, and 650 callers in front, the caller gets
        # the 51st token that returns, two periods later (650 = 2 * 300 + 50). For a token in flight, the time of its
        # return is unknown; one period from now is the best guess.
        periods, index = divmod(place, capacity)
        at = returning[index] if index < len(returning) else now + self.period
        return at + periods * self.period - now

    def _room(self, lane: Lane) -> int:
        return lane.part_of(self.capacity) - self._jobs_in_flight - len(self._jobs_returning)

    def move(self, now: float, by: float) -> None:
        """Convert the times to another clock. Requests that were under way have ended with their event loop."""
        self._jobs_returning.extend([now + self.period] * self._jobs_in_flight)
        self.returning.extend([now + self.period] * self.in_flight)
        self.in_flight = self._jobs_in_flight = 0
        self.returning = deque(at + by for at in self.returning)
        self._jobs_returning = deque(at + by for at in self._jobs_returning)


class TokenBucket:
    """At most `capacity` requests in any `period`, wherever between sending and answer the server counts them.

    A token returns one period after the answer to its request arrived, or its attempt failed: by then no window of
    that length can contain the request. This holds for fixed and for sliding windows, and a full burst is still
    possible. Calls of the application go before those of jobs, and jobs hold at most their `share` of the tokens;
    within each of the two, callers are served in the order they came. A caller that is cancelled loses no token.

    One bucket belongs to one event loop at a time.

    Args:
        capacity: Requests allowed in a period.
        period: Length of the period in seconds.
        burst: Number of requests that may be sent at once; further ones are evenly spaced. No spacing by default.

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
        """Counts and waits since the bucket was made."""
        # Outside an event loop there is no clock that could show which tokens have come back since the last request.
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
        """Number of tokens that have not returned yet. Needs a running event loop."""
        self._spending.reclaim(self._now())
        return self.capacity - self._spending.available

    def is_full(self) -> bool:
        """Whether every token has returned, so that a new bucket would behave the same."""
        idle = time.monotonic() - self._seen_at[1] > self.period
        return self._loop is None or (idle and not self._spending.in_flight and not self._queue.waiting)

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Take a token; wait for one if there is none.

        Args:
            on_wait: Called once if there is a wait, with its approximate length in seconds.
            lane: Who asks: the application or a job; by default `current_lane()`.
            max_wait: Longest wait in seconds; None for no limit.

        Raises:
            RateLimitWaitError: The wait would be longer than `max_wait`.
        """
        self._now()
        return await self._queue.acquire(lane or current_lane(), max_wait, on_wait)

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """End a request: its token returns after one period. A 429 pauses every caller."""
        now = self._now()
        self._spending.release(permit, now)
        self._pause.record(status, headers, now)
        if status is not None and status != TOO_MANY_REQUESTS:
            self._hold_back(now, headers)
        self._queue.changed()

    def give_back(self, permit: Any) -> None:
        """Return the token of a request that was never sent, at once."""
        self._now()
        self._spending.give_back(permit)
        self._queue.changed()

    async def _take(self, waiter: Waiter) -> Later | None:
        return self.take(waiter)

    def take(self, waiter: Waiter) -> Later | None:
        """Take a token, if there is one for this waiter."""
        now, lane = self._now(), waiter.lane
        self._spending.reclaim(now)
        # Two things can be missing: a token at all (`wake`), or room in the share of jobs (`until_share`). The later
        # one counts. Only the second one lets a job with a larger share go first, which `share=True` says.
        until_share = self._spending.until_share(lane, now)
        wake = self._wake_time(now)
        if wake > now + until_share or until_share == wake == math.inf:
            return Later(wake - now)
        if until_share:
            return Later(until_share, share=True)
        self._spending.take(lane)
        if self.burst is not None:
            # The time at which the next request would leave if all were evenly spaced. A request may leave before it,
            # by `burst - 1` spaces: see `_wake_time`.
            self._even_time = max(self._even_time, now) + self.period / self.capacity
        waiter.permit = lane
        return None

    # Example: the bucket has 200 tokens, 4 requests are in flight, and an answer says `X-RateLimit-Remaining: 10`.
    # Another program uses the same key. The server may not have counted the 4 yet, so that 6 requests are certain to
    # be allowed: 194 tokens are held back until the server's window starts again, at the latest for one period.
    def _hold_back(self, now: float, headers: Mapping[str, str]) -> None:
        """Hold tokens back if the server says that fewer requests remain than there are tokens."""
        remaining = _number(headers.get("x-ratelimit-remaining"))
        if remaining is None or remaining < 0:
            return
        self._spending.reclaim(now)
        available = self._spending.available
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
                "No call is sent for %.0f s: the server's X-RateLimit-Remaining is %g, but this process has %d of %d "
                "requests left; another program uses the same API key",
                *(self._held_until - self._stopped_since, remaining, available, self.capacity),
            )
            self._stopped_since = self._held_until

    def _expected_wait(self, lane: Lane, in_front: int) -> float:
        now = self._now()
        return max(self._spending.expected_wait(lane, in_front, now), self._pause.until - now)

    def _wake_time(self, now: float) -> float:
        """When the next request may be sent: a time that may be past, or infinity if it depends on answers."""
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
        """The event loop's clock.

        A bucket outlives its event loop: a script may call `asyncio.run` twice, and the server still counts the
        requests of the first run. Each loop has its own clock, so the times are converted when the loop changes, by
        the real time that passed in between.
        """
        now, loop = anyio.current_time(), current_token()
        real = time.monotonic()
        if loop != self._loop:
            busy = self._spending.in_flight or self._queue.waiting
            if busy and self._thread is not threading.current_thread() and self._thread.is_alive():
                raise ConfigurationError("This TokenBucket is used in another thread; make one for each event loop.")
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
    """The time until which no request is sent, because the server has answered 429."""

    def __init__(self, period: float) -> None:
        self.until = -math.inf
        self.rate_limited = 0
        self._period = period
        self._in_a_row = 0
        self._announced = -math.inf

    def record(self, status: int | None, headers: Mapping[str, str], now: float) -> float:
        """Record an answer.

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
                why += f"; the longest pause is {MAX_PAUSE:.0f} s"
        self.until = max(self.until, now + seconds)
        # All calls under way get the same answer; one warning is enough.
        if seconds > LONG_PAUSE and self.until > self._announced + LONG_PAUSE:
            self._announced = self.until
            logger.warning("No call is sent for %.0f s: the server %s", seconds, why)
        return seconds

    def move(self, by: float) -> None:
        """Convert the times to another clock."""
        self.until += by
        self._announced += by


def with_lanes(limiter: RateLimiter) -> LaneLimiter:
    """The limiter itself if it supports lanes, otherwise its adapter: one for each limiter, not for each client."""
    if hasattr(limiter, "give_back") and "lane" in inspect.signature(limiter.acquire).parameters:
        return cast("LaneLimiter", limiter)
    from grinfi_integrations.lane_adapter import adapter_of

    return adapter_of(limiter)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for, given as a number or a date; None if it is missing or unreadable."""
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
    """Seconds until the server's window starts again; the header has them as a number of seconds or a Unix time."""
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
    """The bucket that all clients of one key and server share, within each thread that runs an event loop."""
    place = (key_digest(api_key), base_url, threading.get_ident())
    bucket = _shared.get(place)
    if bucket is None:
        if len(_shared) >= MANY:
            for other in [other for other, candidate in _shared.items() if candidate.is_full()]:
                del _shared[other]
        bucket = _shared[place] = TokenBucket()
    return bucket


def key_digest(api_key: str) -> str:
    """A digest that replaces the key wherever it is stored."""
    return sha256(api_key.encode()).hexdigest()[:32]
