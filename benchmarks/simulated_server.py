"""Rate limits as servers keep them, on a clock that is given; and the ways clients deal with them, in virtual time."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import anyio
import trio
import trio.testing

CAPACITY = 300
PERIOD = 60.0


class Window(Protocol):
    """A server's count of requests."""

    def admits(self, now: float) -> bool:
        """Count a request; whether it is within the limit."""
        ...


class FixedWindow:
    """As Laravel counts: a window starts with the first request after the last one's end."""

    def __init__(self) -> None:
        self._start = -math.inf
        self._count = 0

    def admits(self, now: float) -> bool:
        if now - self._start >= PERIOD:
            self._start, self._count = now, 0
        self._count += 1
        return self._count <= CAPACITY


class ClockWindow:
    """A window for each minute of the clock."""

    def __init__(self) -> None:
        self._number = -1
        self._count = 0

    def admits(self, now: float) -> bool:
        number = int(now // PERIOD)
        if number != self._number:
            self._number, self._count = number, 0
        self._count += 1
        return self._count <= CAPACITY


class SlidingWindow:
    """A log of the last period."""

    def __init__(self) -> None:
        self._log: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._log and self._log[0] <= now - PERIOD:
            self._log.popleft()
        if len(self._log) >= CAPACITY:
            return False
        self._log.append(now)
        return True


class ServerBucket:
    """Tokens that are refilled steadily."""

    def __init__(self) -> None:
        self._tokens = float(CAPACITY)
        self._at = 0.0

    def admits(self, now: float) -> bool:
        self._tokens = min(CAPACITY, self._tokens + (now - self._at) * CAPACITY / PERIOD)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


WINDOWS: dict[str, Callable[[], Window]] = {
    "fixed window": FixedWindow,
    "clock window": ClockWindow,
    "sliding window": SlidingWindow,
    "token bucket": ServerBucket,
}

Latency = Callable[[random.Random], float]
LATENCIES: dict[str, Latency] = {
    "0.3 s": lambda _: 0.3,
    "5 ms to 2 s": lambda source: source.uniform(0.005, 2.0),
}


@dataclass
class Outcome:
    """What became of a job."""

    seconds: float
    refused: int


class Strategy(Protocol):
    """How a client sends one request; `exchange` sends it and returns whether the server admitted it."""

    async def send(self, exchange: Callable[[], Awaitable[bool]]) -> None: ...


def run_job(
    window: Window, make_strategy: Callable[[], Strategy], *, requests: int, callers: int, latency: Latency
) -> Outcome:
    """Send requests from callers that each wait for their answers, in virtual time."""
    source = random.Random(20261123)
    outcome = Outcome(0.0, 0)
    left = iter(range(requests))

    async def exchange() -> bool:
        seconds = latency(source)
        before = seconds * source.random()
        await anyio.sleep(before)
        admitted = window.admits(trio.current_time())
        await anyio.sleep(seconds - before)
        outcome.refused += not admitted
        return admitted

    async def job() -> None:
        strategy = make_strategy()
        started = trio.current_time()

        async def caller() -> None:
            for _ in left:
                await strategy.send(exchange)

        async with anyio.create_task_group() as tasks:
            for _ in range(callers):
                tasks.start_soon(caller)
        outcome.seconds = trio.current_time() - started

    trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))
    return outcome


def best_seconds(requests: int, callers: int, latency: float, *, capacity: int = CAPACITY) -> float:
    """The shortest time in which any client can have the answers to all requests."""
    by_limit = (math.ceil(requests / capacity) - 1) * PERIOD + latency
    return max(by_limit, math.ceil(requests / callers) * latency)
