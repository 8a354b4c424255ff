"""An asyncio loop in virtual time that counts its steps, and raises an error when nothing can happen any more."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import Any


class SteppedLoop(asyncio.SelectorEventLoop):
    """A loop without sockets and threads.

    Attributes:
        steps: Rounds of the loop so far.
        at_step: Step -> a function that is called before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0
        self.steps = 0
        self.at_step: dict[int, Callable[[], None]] = {}

    def time(self) -> float:
        return self._virtual

    def _run_once(self) -> None:
        loop: Any = self
        while loop._scheduled and loop._scheduled[0]._cancelled:
            loop._timer_cancelled_count -= 1
            heapq.heappop(loop._scheduled)._scheduled = False
        if loop._ready:
            pass
        elif loop._scheduled:
            self._virtual = max(self._virtual, loop._scheduled[0]._when)
        elif not loop._stopping:
            raise RuntimeError("Everything waits, and nothing will ever happen")
        self.steps += 1
        self.at_step.pop(self.steps, _nothing)()
        super()._run_once()  # type: ignore[misc]  # pyright: ignore


def _nothing() -> None:
    pass
