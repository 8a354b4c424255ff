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
    """Who makes a call: the application, or a job. Calls of the application go first.

    Attributes:
        job: Whether it is a job.
        share: The part of the rate limit, and of the connections, that jobs may use: above 0, at most 1. The rest
            stays free for the application.
        max_wait: Seconds each call of the job may wait for the rate limit and a connection; None for no limit. Calls
            of the application have the `max_wait` of their client.

    Raises:
        ConfigurationError: `share` or `max_wait` is out of range.
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
        """Number of permits that jobs may hold, out of `capacity`; at least one."""
        return max(1, math.floor(self.share * capacity + 1e-9))


APPLICATION: Final = Lane(job=False, share=1.0)
_lane: ContextVar[Lane] = ContextVar("grinfi_lane", default=APPLICATION)


def current_lane() -> Lane:
    """The lane of calls made by the current task."""
    return _lane.get()


@contextmanager
def enter_lane(lane: Lane) -> Generator[None]:
    """Make all calls inside the `with` in this lane, for all clients, also in tasks that are started inside it.

    `grinfi.bulk` does this for its jobs. Use it for your own jobs, such as a nightly loop in a web service:
    `with enter_lane(Lane(share=0.5)): ...`.
    """
    token = _lane.set(lane)
    try:
        yield
    finally:
        _lane.reset(token)


class Later(NamedTuple):
    """A refusal, with the time until the next try, unless something changes before."""

    seconds: float
    share: bool = False
    """Whether only the share of jobs is used up, so that a job with a larger share may succeed."""


class Waiter:
    """A call in the queue."""

    __slots__ = ("event", "lane", "number", "on_wait", "permit")

    def __init__(self, lane: Lane, number: int, on_wait: OnWait | None) -> None:
        self.lane = lane
        self.number = number
        self.on_wait = on_wait
        self.event = anyio.Event()
        self.permit: Any = None

    def announce(self, seconds: float) -> None:
        """Call `on_wait`, once."""
        on_wait, self.on_wait = self.on_wait, None
        if on_wait is not None:
            on_wait(seconds)


OnWait = Callable[[float], None]
Take = Callable[[Waiter], Awaitable[Later | None]]
Expect = Callable[[Lane, int], float]
Line = OrderedDict[Waiter, None]


# There is one line for the application, and one for each share of jobs:
#
#     application    A3  A5            A3 takes first, then A5; jobs wait while anybody is here
#     jobs, 0.9      J1  J6            then the head with the lowest number: J1, J2, J4, J6 …
#     jobs, 0.5      J2  J4            … without the lines whose share is used up
#
# Only heads are awake, so that a permit that becomes free wakes at most one task of each line, and not all of them.
# A waiter that leaves its line, with a permit or cancelled, wakes the new heads. So no wake-up is lost with a task that
# was cancelled after it was woken.
class LaneQueue:
    """The calls that wait for a limited resource: tokens, or connections.

    The first waiter of the application takes next; if there is none, the first job whose share is not used up. The
    others sleep. A waiter that is cancelled, at any step, loses nothing and blocks nobody.

    Args:
        take: Takes for the waiter whose turn it is, and sets its `permit`; or returns when to try again. Each lane
            calls it for one waiter at a time. If it is cancelled, nothing may be taken.
        what: The name of the resource in errors.
        expect: Approximate wait in seconds for a lane and a number of waiters in front.
    """

    def __init__(self, take: Take, what: str, expect: Expect = lambda lane, in_front: 0.0) -> None:
        self._take = take
        self._what = what
        self._expect = expect
        self._application: Line = OrderedDict()
        self._jobs: dict[float, Line] = {}
        """Share -> its waiters."""
        self._used_up: dict[float, float] = {}
        """Share that is used up -> when it may be free again."""
        self._number = 0
        self.granted = 0
        self.total_wait = 0.0
        self.longest_wait = 0.0

    @property
    def waiting(self) -> int:
        """Number of waiters."""
        return len(self._application) + sum(map(len, self._jobs.values()))

    async def acquire(self, lane: Lane, max_wait: float | None, on_wait: OnWait | None = None) -> Any:
        """Wait for the turn, and take.

        Args:
            lane: Who waits.
            max_wait: Longest wait in seconds; None for no limit.
            on_wait: Called once if there is a wait, with its approximate length in seconds.

        Returns:
            The permit.

        Raises:
            RateLimitWaitError: The wait would be longer than `max_wait`.
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
            # Before the try: a change while `_take` waits for Redis sets this event, and the loop runs once again.
            waiter.event = anyio.Event()
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
                # The head of a used-up share sleeps until a token of jobs returns, which nobody else watches.
                until = self._used_up.get(waiter.lane.share, -math.inf)
                wake = until if until > now else math.inf
            if waiter.on_wait is not None:
                waiter.announce(max(0.0, self._expect(waiter.lane, self._in_front(waiter))))
            with anyio.move_on_after(wake - anyio.current_time()):
                await waiter.event.wait()

    def is_turn_of(self, waiter: Waiter) -> bool:
        """Whether it is the turn of this waiter."""
        return self._turn(anyio.current_time()) is waiter

    def changed(self) -> None:
        """Let the heads try again: a permit may be free now, or at another time than expected."""
        self._used_up.clear()
        self._wake_heads()

    def clear(self) -> None:
        """Remove all waiters: their event loop has ended."""
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
            return  # its loop had ended, and the queue was cleared
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
        """Number of waiters that will be served before it."""
        if not waiter.lane.job:
            return _before(waiter, self._application)
        return len(self._application) + sum(_before(waiter, line) for line in self._jobs.values())


def _before(waiter: Waiter, line: Line) -> int:
    # The usual waiter is new, and so behind a whole line; only others have to be counted.
    if not line or next(reversed(line)).number < waiter.number:
        return len(line)
    if next(reversed(line)) is waiter:
        return len(line) - 1
    return sum(1 for _ in takewhile(lambda other: other.number < waiter.number, line))
