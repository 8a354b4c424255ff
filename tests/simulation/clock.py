"""Makes a run repeatable: a virtual clock, and all random choices from the seed."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import itertools
import os
import random
import re
import selectors
import sys
import time
import uuid
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final
from unittest import mock

START: Final = 1000.0
EPOCH: Final = 1_800_000_000.0
"""The Unix time at the virtual time 0."""
MOST_STEPS: Final = 20_000
"""Steps that an event loop may take without any time passing."""

# Sets order their objects by address, which differs between processes.
IN_SETS: Final = (
    ("anyio._backends._asyncio", "CancelScope"),
    ("grinfi_overrides.transport", "Call"),
    ("grinfi_overrides.connections", "HttpxConnection"),
    ("grinfi_bulk.engine", "_Entry"),
)
ADDRESS: Final = re.compile(r"at (0x)?[0-9a-f]{6,}")
# The modules that get the virtual `time`.
TIMED: Final = ("httpcore.", "grinfi_overrides.", "grinfi_integrations.", "grinfi_bulk.", "grinfi_async.")


class Hang(BaseException):
    """Nothing can happen any more, or time does not pass, but a task still waits."""


class Killed(BaseException):
    """The process is killed: its event loop takes no further step."""


# The loop of asyncio asks its selector to wait until the next timer. Here the selector returns at once, and moves the
# clock instead:
#
#   real loop     callbacks -> select(timeout=30.0) blocks 30 s            -> timer runs
#   virtual loop  callbacks -> select(timeout=30.0) adds 30 to loop.now    -> timer runs
#
# All network is in memory and driven by timers of the same loop (see network.py), so that there is nothing else to wait
# for: `select(None)`, without ready callbacks or timers, means that the program hangs, and is reported as that.
class _Selector(selectors.BaseSelector):
    """Waits for no file, but moves the clock to the next timer."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        loop = self._loop
        if loop.killed:
            raise Killed
        if timeout is None:
            raise Hang("nothing is due any more")
        loop.steps += 1
        if timeout > 0:
            loop.now += timeout
            self._idle_since = loop.steps
        elif loop.steps - self._idle_since > MOST_STEPS:
            raise Hang(f"no time passed for {MOST_STEPS} steps")
        return []

    _idle_since = 0

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        raise KeyError(fileobj)


# A run must be the same in every process, or a seed that fails could not be repeated. Besides the clock and `random`,
# chance comes in through memory: `set` orders tasks by their hash, which is their address, so that `for task in set`
# would wake them in another order each time. Objects that are kept in sets therefore hash to the number of their birth.
class _Ages:
    """The order in which objects were made in a run."""

    _count = itertools.count()
    of: ClassVar[dict[int, int]] = {}

    @classmethod
    def next(cls) -> int:
        return next(cls._count)

    @classmethod
    def start_over(cls) -> None:
        cls._count = itertools.count()
        cls.of.clear()


class _Task(asyncio.Task[Any]):
    """A task whose place in a set depends on its age, not on its address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.serial = _Ages.next()
        super().__init__(*args, **options)

    def __hash__(self) -> int:
        return self.serial

    def __eq__(self, other: object) -> bool:
        return self is other


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop of asyncio whose clock jumps to the next timer whenever nothing is ready.

    Attributes:
        now: The time.
        steps: Rounds the loop has made.
        killed: True to take no further step.
        problems: Reports to the exception handler, such as an exception that was never retrieved.
    """

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.steps = 0
        self.killed = False
        self.problems: list[str] = []
        super().__init__(_Selector(self))
        factory: Any = _make_task
        self.set_task_factory(factory)
        self.set_exception_handler(self._complain)

    def time(self) -> float:
        return self.now

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.problems.append(f"{context.get('message')} {context.get('exception')!r}")


def _make_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> _Task:
    return _Task(coroutine, loop=loop, **options)


class _Time:
    """The module `time` for modules that look at a clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.monotonic = now
        self.perf_counter = now
        self.time = lambda: EPOCH + now()

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def http_date(now: float) -> str:
    """A virtual time in a form of `Retry-After`: in whole seconds."""
    return datetime.datetime.fromtimestamp(EPOCH + now, datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def _uuid() -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _by_age(kind: Any) -> list[Any]:
    """Patches that make the place of objects in sets depend on their age."""
    made = kind.__init__

    def init(self: Any, *args: Any, **options: Any) -> None:
        _Ages.of[id(self)] = _Ages.next()
        made(self, *args, **options)

    def hash_of(self: Any) -> int:
        return _Ages.of[id(self)] if id(self) in _Ages.of else object.__hash__(self)

    return [mock.patch.object(kind, "__init__", init), mock.patch.object(kind, "__hash__", hash_of)]


def start_over(seed: int) -> None:
    """Begin a run: its random numbers and the order of its objects depend only on the seed."""
    random.seed(seed)
    _Ages.start_over()


@contextmanager
def virtual(now: Callable[[], float]) -> Generator[list[str]]:
    """Within this block, time and random choices come from the simulation.

    Args:
        now: The time.

    Yields:
        Warnings of the interpreter, such as a coroutine that was never awaited.
    """
    clock = _Time(now)
    patches: list[Any] = [
        mock.patch.object(uuid, "uuid4", _uuid),
        mock.patch.dict(os.environ),
    ]
    for module, name in IN_SETS:
        patches += _by_age(getattr(importlib.import_module(module), name))
    patches += [
        mock.patch.object(module, "time", clock)
        for name, module in list(sys.modules.items())
        if name.startswith(TIMED) and getattr(module, "time", None) is time
    ]
    complaints: list[str] = []

    def unraisable(problem: Any) -> None:
        told = f"{problem.err_msg or 'Exception ignored in'} {problem.object!r}: {problem.exc_value!r}"
        complaints.append(ADDRESS.sub("at …", told))

    before = random.getstate()
    hook = sys.unraisablehook
    try:
        for patch in patches:
            patch.start()
        for name in list(os.environ):
            if name.lower().endswith("_proxy") or name.startswith("GRINFI"):
                del os.environ[name]
        sys.unraisablehook = unraisable
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # On trio; httpcore does not close the body of a request whose sending was cut off.
            warnings.filterwarnings("ignore", r".*httpx\._content\.ByteStream", ResourceWarning)
            yield complaints
    finally:
        sys.unraisablehook = hook
        for patch in reversed(patches):
            patch.stop()
        random.setstate(before)
