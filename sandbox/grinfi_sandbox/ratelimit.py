"""The rate limit: a number of requests per key in a window, shown in the headers that Laravel sends."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .errors import ApiError

SPEC = re.compile(r"(\d{1,9})/(\d{1,9}(?:\.\d+)?)(?::(fixed|sliding|bucket))?")


@dataclass(frozen=True)
class RateLimit:
    """`requests` in `seconds`, counted in a `fixed` or `sliding` window, or by a token `bucket`."""

    requests: int
    seconds: float
    window: str = "fixed"

    @classmethod
    def parse(cls, text: str) -> RateLimit:
        """Read `300/60` or `300/60:sliding`."""
        found = SPEC.fullmatch(text.strip())
        if found is None or int(found[1]) == 0 or float(found[2]) == 0:
            form = "REQUESTS/SECONDS[:fixed|sliding|bucket], as in 300/60"
            raise ValueError(f"{text!r} is not a rate limit: write {form}.")
        return cls(int(found[1]), float(found[2]), found[3] or "fixed")


@dataclass(frozen=True)
class Verdict:
    """The verdict on a request: how many more may follow at once; when refused, the seconds to wait."""

    remaining: int
    wait: float = 0.0


class _Counter(Protocol):
    def take(self, now: float) -> Verdict: ...


# Which window the live server uses is unknown. They differ in what they allow around a border, here with 3 requests a
# minute and requests at the seconds below (x: allowed, -: refused):
#
#   second    0  50  55 | 60  61  62  63  75  110
#   fixed     x  x   x  | x   x   x   -   -   -     five within 12 s, on both sides of the border
#   sliding   x  x   x  | x   -   -   -   -   x     a request counts for 60 s
#   bucket    x  x   x  | x   -   -   -   x   x     a token returns each 20 s, up to 3
#
# A client that none of them refuses must wait 60 s after an answer before it counts that request as free again.


class _Fixed:
    """A window begins with the first request after the last window's end."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._ends = -math.inf
        self._used = 0

    def take(self, now: float) -> Verdict:
        if now >= self._ends:
            self._ends, self._used = now + self._limit.seconds, 0
        if self._used >= self._limit.requests:
            return Verdict(0, self._ends - now)
        self._used += 1
        return Verdict(self._limit.requests - self._used)


class _Sliding:
    """The window is the most recent period."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._times: deque[float] = deque()

    def take(self, now: float) -> Verdict:
        while self._times and self._times[0] + self._limit.seconds <= now:
            self._times.popleft()
        if len(self._times) >= self._limit.requests:
            return Verdict(0, self._times[0] + self._limit.seconds - now)
        self._times.append(now)
        return Verdict(self._limit.requests - len(self._times))


class _Bucket:
    """Tokens are refilled evenly, up to the limit."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._rate = limit.requests / limit.seconds
        self._tokens = float(limit.requests)
        self._seen = -math.inf

    def take(self, now: float) -> Verdict:
        gained = (now - self._seen) * self._rate
        self._tokens, self._seen = min(self._limit.requests, self._tokens + gained), now
        if self._tokens < 1:
            return Verdict(0, (1 - self._tokens) / self._rate)
        self._tokens -= 1
        return Verdict(int(self._tokens))


_COUNTERS: dict[str, Callable[[RateLimit], _Counter]] = {"fixed": _Fixed, "sliding": _Sliding, "bucket": _Bucket}


class RateLimiter:
    """Counts the requests of each key. Refused requests do not count."""

    def __init__(self, limit: RateLimit, headers: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._headers = headers
        self._clock = clock
        self._counters: dict[str, _Counter] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> dict[str, str]:
        """Count a request; return the headers for its answer, or raise the 429."""
        with self._lock:
            counter = self._counters.setdefault(key, _COUNTERS[self._limit.window](self._limit))
            verdict = counter.take(self._clock())
        headers = {"x-ratelimit-limit": str(self._limit.requests), "x-ratelimit-remaining": str(verdict.remaining)}
        if verdict.wait > 0:
            # Whole seconds, rounded up: a client that waits exactly this long must not be refused again.
            seconds = max(1, math.ceil(verdict.wait))
            headers |= {"retry-after": str(seconds), "x-ratelimit-reset": str(int(time.time()) + seconds)}
            raise ApiError(429, "Too Many Attempts.", None, headers if self._headers else None)
        return headers if self._headers else {}

    def reset(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._counters.clear()
