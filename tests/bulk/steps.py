"""An asyncio loop in virtual time that counts its steps, and raises an error when nothing can happen any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.virtual_loop import VirtualLoop


class SteppedLoop(VirtualLoop):
    """A loop without sockets and threads.

    Attributes:
        steps: Rounds of the loop so far.
        at_step: Step -> a function that is called before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.at_step: dict[int, Callable[[], None]] = {}

    def _run_once(self) -> None:
        loop: Any = self
        if not loop._ready and not loop._stopping and all(timer._cancelled for timer in loop._scheduled):
            raise RuntimeError("Everything waits, and nothing will ever happen")
        self.steps += 1
        self.at_step.pop(self.steps, _nothing)()
        super()._run_once()


def _nothing() -> None:
    pass
