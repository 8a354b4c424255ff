"""Lanes for rate limiters that do not support them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import current_token

from grinfi_overrides.lanes import Lane, LaneQueue, Later, OnWait, Waiter, current_lane
from grinfi_overrides.rate_limit import (
    API_CAPACITY,
    API_PERIOD,
    THE_RATE_LIMIT,
    RateLimiter,
    RateLimitStatistics,
    Spending,
)

__all__ = ["adapter_of"]


class LaneAdapter:
    """Adds lanes to a limiter: calls queue here, and the limiter is asked for one permit at a time.

    While the limiter waits, a call of the application may arrive and go first. The permit then stays in `_spare` for
    it, and the job that asked for it waits again:

        job asks for a permit … application arrives … permit granted -> spare -> taken by the application
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        capacity = cast("int", getattr(limiter, "capacity", API_CAPACITY))
        self._spending = Spending(capacity, cast("float", getattr(limiter, "period", API_PERIOD)))
        self._queue = LaneQueue(self._take, THE_RATE_LIMIT, self._expected_wait)
        self._asking = False
        self._spare: list[object] = []
        """A permit that was granted for a call whose turn had passed to another one."""
        self._loop: object = None

    async def acquire(
        self, on_wait: OnWait | None = None, *, lane: Lane | None = None, max_wait: float | None = None
    ) -> object:
        """Wait for a permit; see `LaneLimiter`."""
        loop = current_token()
        if loop != self._loop:
            self._queue.clear()
            self._spending = Spending(self._spending.capacity, self._spending.period)
            self._loop, self._asking = loop, False
        try:
            return await self._queue.acquire(lane or current_lane(), max_wait, on_wait)
        finally:
            if self._spare and not self._queue.waiting:
                self._limiter.release(self._spare.pop(), None, {})

    def release(self, permit: Any, status: int | None, headers: Mapping[str, str]) -> None:
        """End a request."""
        lane, inner = permit
        self._spending.release(lane, anyio.current_time())
        self._limiter.release(inner, status, headers)
        self._queue.changed()

    def give_back(self, permit: Any) -> None:
        """Return the permit of a request that was never sent. Other limiters cannot take it back at once."""
        lane, inner = permit
        self._spending.give_back(lane)
        self._limiter.release(inner, None, {})
        self._queue.changed()

    def statistics(self) -> RateLimitStatistics:
        """The statistics of the limiter itself."""
        return self._limiter.statistics()

    async def _take(self, waiter: Waiter) -> Later | None:
        now = anyio.current_time()
        self._spending.reclaim(now)
        until_share = self._spending.until_share(waiter.lane, now)
        if until_share:
            return Later(until_share, share=True)
        if not self._spare:
            if self._asking:
                return Later(math.inf)  # the call that asks now will wake this one
            self._asking = True
            try:
                self._spare.append(await self._limiter.acquire(waiter.announce))
            finally:
                self._asking = False
            if not self._queue.is_turn_of(waiter):
                self._queue.changed()
                return Later(math.inf)
        self._spending.take(waiter.lane)
        waiter.permit = (waiter.lane, self._spare.pop())
        return None

    def _expected_wait(self, lane: Lane, in_front: int) -> float:
        return self._spending.expected_wait(lane, in_front, anyio.current_time())


_adapters: WeakValueDictionary[int, LaneAdapter] = WeakValueDictionary()


def adapter_of(limiter: RateLimiter) -> LaneAdapter:
    """The adapter of a limiter, shared by all its clients."""
    adapter = _adapters.get(id(limiter))  # an adapter keeps its limiter, so the id cannot be used again
    if adapter is None:
        adapter = _adapters[id(limiter)] = LaneAdapter(limiter)
    return adapter
