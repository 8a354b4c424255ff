"""The two event loops a run may use, and tasks on them that can be interrupted."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol
from unittest import mock

import anyio
import trio
import trio.testing

from .clock import START, Hang, VirtualLoop

__all__ = ["Asyncio", "Backend", "Trio", "Work"]

LONGEST_RUN: Final = 20_000.0
"""Seconds; trio does not say that nothing can happen any more."""


class Work(Protocol):
    """A concurrent task.

    Attributes:
        value: Its result.
        error: Its exception; None if it raised none.
        cancelled: Whether it ended because of a cancellation that it let through.
    """

    value: Any
    error: BaseException | None
    cancelled: bool

    @property
    def ended(self) -> bool: ...

    def cancel(self) -> None:
        """Interrupt it: on asyncio as `task.cancel()` does, and on trio by a scope."""
        ...

    async def wait(self, seconds: float = math.inf) -> None:
        """Wait until it has ended, but not longer than this."""
        ...

    def tell(self, event: anyio.Event) -> None:
        """Set this when it has ended."""
        ...


class Backend(Protocol):
    """An event loop on virtual time.

    Attributes:
        now: The time.
        killed: Whether it takes no further step.
        problems: Reports of the loop's exception handler.
    """

    @property
    def now(self) -> float: ...

    @property
    def killed(self) -> bool: ...

    @property
    def problems(self) -> list[str]: ...

    def kill(self) -> None: ...

    def call_at(self, when: float, happen: Callable[[], None]) -> Any: ...

    def run(self, main: Callable[[], Awaitable[None]]) -> None: ...

    def start(self, work: Callable[[], Awaitable[Any]], *, ours: bool = False) -> Work: ...

    def current(self) -> object:
        """The task that runs."""
        ...

    def cancel_all(self) -> None:
        """Cancel every task but our own, as `asyncio.run` does at its end."""
        ...

    def left(self) -> list[str]:
        """The tasks that should not be there any more."""
        ...

    def bury(self) -> None:
        """Forget all tasks, without letting them say a word."""
        ...


class _AsyncioWork:
    def __init__(self, task: asyncio.Task[Any]) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.cancelled = False
        self._task = task
        self._end = anyio.Event()
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.cancelled = task.cancelled()
        if not self.cancelled:
            self.error = task.exception()
            self.value = None if self.error else task.result()
        self._end.set()

    @property
    def ended(self) -> bool:
        return self._task.done()

    def cancel(self) -> None:
        self._task.cancel()

    async def wait(self, seconds: float = math.inf) -> None:
        with anyio.move_on_after(seconds):
            await self._end.wait()

    def tell(self, event: anyio.Event) -> None:
        self._task.add_done_callback(lambda _: event.set())


class Asyncio:
    """asyncio, where tasks can be cancelled natively."""

    def __init__(self, now: float) -> None:
        self._loop = VirtualLoop(now)
        self._ours: set[asyncio.Task[Any]] = set()

    @property
    def now(self) -> float:
        return self._loop.now

    @property
    def killed(self) -> bool:
        return self._loop.killed

    def kill(self) -> None:
        self._loop.killed = True

    @property
    def problems(self) -> list[str]:
        return self._loop.problems

    def call_at(self, when: float, happen: Callable[[], None]) -> Any:
        return self._loop.call_at(when, happen)

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        async def whole() -> None:
            self._ours.add(self._current())
            await main()

        loop = self._loop
        loop.run_until_complete(whole())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def start(self, work: Callable[[], Awaitable[Any]], *, ours: bool = False) -> Work:
        async def whole() -> Any:
            return await work()

        task = self._loop.create_task(whole())
        if ours:
            self._ours.add(task)
        return _AsyncioWork(task)

    def current(self) -> object:
        return self._current()

    def _current(self) -> asyncio.Task[Any]:
        task = asyncio.current_task()
        assert task is not None
        return task

    def cancel_all(self) -> None:
        for task in self._sorted(asyncio.all_tasks(self._loop) - self._ours):
            task.cancel()

    def left(self) -> list[str]:
        return [str(task.get_coro()) for task in self._sorted(asyncio.all_tasks() - {self._current()})]

    def _sorted(self, tasks: set[asyncio.Task[Any]]) -> list[asyncio.Task[Any]]:
        return sorted(tasks, key=lambda task: getattr(task, "serial", 0))

    def bury(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        self._loop.close()
        for task in self._sorted(tasks):
            quiet: Any = task
            quiet._log_destroy_pending = False
            coroutine: Any = task.get_coro()
            with suppress(BaseException):  # no task exists any more that could notice
                coroutine.close()


class _TrioWork:
    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.cancelled = False
        self._scope = trio.CancelScope()
        self._end = trio.Event()
        self._told: list[anyio.Event] = []

    async def run(self, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            with self._scope:
                self.value = await work()
            self.cancelled = self._scope.cancelled_caught
        except Exception as error:
            self.error = error
        finally:
            self._end.set()
            for event in self._told:
                event.set()

    @property
    def ended(self) -> bool:
        return self._end.is_set()

    def tell(self, event: anyio.Event) -> None:
        self._told.append(event)

    def cancel(self) -> None:
        self._scope.cancel()

    async def wait(self, seconds: float = math.inf) -> None:
        with trio.move_on_after(seconds):
            await self._end.wait()


class _TrioTimer:
    def __init__(self, when: float, happen: Callable[[], None]) -> None:
        self._when = when
        self._happen = happen
        self._scope = trio.CancelScope()

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self._scope.cancel()

    async def run(self) -> None:
        with self._scope:
            await trio.sleep_until(self._when - START)
        if not self._scope.cancelled_caught:
            self._happen()


class Trio:
    """trio, where everything is cancelled by scopes; in an order that the seed decides."""

    killed = False

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._now = START
        self._clock = trio.testing.MockClock(autojump_threshold=0)
        self._nursery: Any = None
        self.problems: list[str] = []

    @property
    def now(self) -> float:
        with suppress(RuntimeError):
            self._now = START + trio.current_time()
        return self._now

    def call_at(self, when: float, happen: Callable[[], None]) -> Any:
        timer = _TrioTimer(when, happen)
        trio.lowlevel.spawn_system_task(timer.run)
        return timer

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        problem: list[BaseException] = []  # a nursery would wrap it in a group

        async def whole() -> None:
            with trio.move_on_after(LONGEST_RUN) as scope:
                async with trio.open_nursery() as self._nursery:
                    try:
                        await main()
                    except (Hang, Exception) as error:
                        problem.append(error)
                        self._nursery.cancel_scope.cancel()
            if scope.cancelled_caught:
                problem.append(Hang("it is not over in time"))

        with _seeded(self._seed):
            trio.run(whole, clock=self._clock)
        if problem:
            raise problem[0]

    def start(self, work: Callable[[], Awaitable[Any]], *, ours: bool = False) -> Work:
        started = _TrioWork()
        self._nursery.start_soon(started.run, work)
        return started

    def current(self) -> object:
        return trio.lowlevel.current_task()

    def cancel_all(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        raise NotImplementedError

    def left(self) -> list[str]:
        return sorted(task.name for task in self._nursery.child_tasks)

    def bury(self) -> None:
        return None


@contextmanager
def _seeded(seed: int) -> Generator[None]:
    """Have trio choose the order of tasks by the seed."""
    module: Any = trio._core._run  # pyright: ignore
    with (
        mock.patch.object(module, "_ALLOW_DETERMINISTIC_SCHEDULING", True),
        mock.patch.object(module, "_r", random.Random(seed)),
    ):
        yield
