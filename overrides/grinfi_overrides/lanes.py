"""Whose turn it is: calls of the application go before those of jobs; within a lane, first come, first served."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, NamedTuple

import anyio

from .checks import check_seconds, is_number
from .errors import ConfigurationError, RateLimitWaitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Who makes a call: the application, or a job, whose calls let those of the application go first.

    Attributes:
        job: Whether it is a job.
        share: The part of the rate limit, and of the connections, that jobs may use: above 0, at most 1. The rest is
            left free for the application.
        max_wait: Seconds each call of the job may wait for the rate limit and a connection; None for no bound. Calls
            of the application have the bound of their client.

    Raises:
        ConfigurationError: `share` or `max_wait` cannot be used.
    """

    job: bool = True
    share: float = 0.9
    max_wait: float | None = None

    def __post_init__(self) -> None:
        if not is_number(self.share) or not 0 < self.share <= 1:
            raise ConfigurationError(f"share must be a number above 0 and at most 1, not {self.share!r}.")
        if self.max_wait is not None:
            check_seconds("max_wait", self.max_wait)

    def part_of(self, capacity: int) -> int:
        """How many of so many permits jobs may hold; of one permit, that one."""
        return max(1, math.floor(self.share * capacity + 1e-9))


APPLICATION: Final = Lane(job=False, share=1.0)
_lane: ContextVar[Lane] = ContextVar("grinfi_lane", default=APPLICATION)


def current_lane() -> Lane:
    """The lane of calls that are made here."""
    return _lane.get()


@contextmanager
def enter_lane(lane: Lane) -> Generator[None]:
    """Make all calls inside of the `with` in this lane, by whatever client; tasks started inside of it too.

    `grinfi.bulk` does this for its jobs. Do it for a job of your own, such as a nightly loop in a web service:
    `with enter_lane(Lane(share=0.5)): ...`.
    """
    token = _lane.set(lane)
    try:
        yield
    finally:
        _lane.reset(token)


class Later(NamedTuple):
    """A refusal: when to ask again, unless something changes before."""

    seconds: float
    share: bool = False
    """Whether it is only the share of jobs that is used up."""


class Waiter:
    """A call that waits for its turn."""

    __slots__ = ("event", "lane", "number", "on_wait", "permit")

    def __init__(self, lane: Lane, number: int, on_wait: OnWait | None) -> None:
        self.lane = lane
        self.number = number
        self.on_wait = on_wait
        self.event = anyio.Event()
        self.permit: Any = None

    def tell(self, seconds: float) -> None:
        """Say once about how long the wait will be."""
        on_wait, self.on_wait = self.on_wait, None
        if on_wait is not None:
            on_wait(seconds)


OnWait = Callable[[float], None]
Take = Callable[[Waiter], Awaitable[Later | None]]
Expect = Callable[[Lane, int], float]
Line = OrderedDict[Waiter, None]


class LaneQueue:
    """The calls that wait for something of which there is only so much: tokens, or connections.

    The waiter whose turn it is takes: the first one of the application, or else the first one of the jobs whose share
    is not used up. The others sleep. One that is cancelled, at whatever step, loses nothing and blocks nobody.

    Args:
        take: Takes for a waiter whose turn it is, and sets its `permit`; or says when to ask again. It is called by one
            waiter of a lane at a time. If it is cancelled, nothing may be taken.
        what: What is waited for, as errors name it.
        expect: About how many seconds a waiter of a lane will wait with so many others in front.
    """

    def __init__(self, take: Take, what: str, expect: Expect = lambda lane, in_front: 0.0) -> None:
        self._take = take
        self._what = what
        self._expect = expect
        self._application: Line = OrderedDict()
        self._jobs: dict[float, Line] = {}
        """Share -> those who wait with it."""
        self._used_up: dict[float, float] = {}
        """Share -> when it may be free again."""
        self._number = 0
        self.granted = 0
        self.total_wait = 0.0
        self.longest_wait = 0.0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._application) + sum(map(len, self._jobs.values()))

    async def acquire(self, lane: Lane, max_wait: float | None, on_wait: OnWait | None = None) -> Any:
        """Wait for the turn, and take.

        Args:
            lane: Who waits.
            max_wait: Seconds it may take; None for no bound.
            on_wait: Called once, if there is a wait, with about how many seconds it will take.

        Returns:
            The permit.

        Raises:
            RateLimitWaitError: It took longer.
        """
        started = anyio.current_time()
        self._number += 1
        waiter = Waiter(lane, self._number, on_wait)
        line = self._jobs.setdefault(lane.share, OrderedDict()) if lane.job else self._application
        line[waiter] = None
        try:
            with anyio.CancelScope(deadline=math.inf if max_wait is None else started + max_wait):
                await self._until_taken(waiter, line)
                self.granted += 1
                waited = anyio.current_time() - started
                self.total_wait += waited
                self.longest_wait = max(self.longest_wait, waited)
                return waiter.permit
            waited = anyio.current_time() - started
            raise RateLimitWaitError(self._what, waited=waited, in_front=self._in_front(waiter))
        finally:
            self._leave(waiter, line)

    async def _until_taken(self, waiter: Waiter, line: Line) -> None:
        while True:
            waiter.event = anyio.Event()  # before asking: what changes meanwhile must not be missed
            now = anyio.current_time()
            wake = math.inf
            if self._turn(now) is waiter:
                later = await self._take(waiter)
                if later is None:
                    return
                wake = anyio.current_time() + later.seconds
                if later.share and not waiter.event.is_set():
                    self._used_up[waiter.lane.share] = wake
                    self._wake_heads(waiter)  # another job may have a larger share
            elif waiter.lane.job and next(iter(line)) is waiter:
                until = self._used_up.get(waiter.lane.share, -math.inf)
                wake = until if until > now else math.inf
            if waiter.on_wait is not None:
                waiter.tell(max(0.0, self._expect(waiter.lane, self._in_front(waiter))))
            with anyio.move_on_after(wake - anyio.current_time()):
                await waiter.event.wait()

    def is_turn_of(self, waiter: Waiter) -> bool:
        """Whether it is the turn of this waiter."""
        return self._turn(anyio.current_time()) is waiter

    def changed(self) -> None:
        """Something may be taken now, or at another time than was said: have whose turn it is ask again."""
        self._used_up.clear()
        self._wake_heads()

    def clear(self) -> None:
        """Forget who waits: their event loop is dead."""
        self._application.clear()
        self._jobs.clear()
        self._used_up.clear()

    def _turn(self, now: float) -> Waiter | None:
        for waiter in self._application:
            return waiter
        heads = (next(iter(line)) for share, line in self._jobs.items() if self._used_up.get(share, now) <= now)
        return min(heads, key=lambda head: head.number, default=None)

    def _leave(self, waiter: Waiter, line: Line) -> None:
        if line.pop(waiter, waiter) is waiter:
            return  # its loop was dead, and the queue cleared
        if waiter.lane.job and not line:
            del self._jobs[waiter.lane.share]
            self._used_up.pop(waiter.lane.share, None)
        self._wake_heads()

    def _wake_heads(self, but: Waiter | None = None) -> None:
        for line in (self._application,) if self._application else self._jobs.values():
            head = next(iter(line))
            if head is not but:
                head.event.set()

    def _in_front(self, waiter: Waiter) -> int:
        """How many will be served before it."""
        if not waiter.lane.job:
            return _before(waiter, self._application)
        return len(self._application) + sum(_before(waiter, line) for line in self._jobs.values())


def _before(waiter: Waiter, line: Line) -> int:
    if not line or next(reversed(line)).number < waiter.number:
        return len(line)
    if next(reversed(line)) is waiter:
        return len(line) - 1
    return sum(1 for _ in takewhile(lambda other: other.number < waiter.number, line))
