"""A Redis that keeps permits, freezes, disappears and forgets; with as much of coredis as the limiter uses."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import anyio
import coredis.exceptions

from .network import Timeline

__all__ = ["Redis"]

CONNECT_SECONDS = 2.0


class Redis:
    """The server. Commands sent while it is frozen are executed when it resumes, as by a real one.

    Attributes:
        troubled: Whether it has ever been frozen or gone, so that permits may have been lost for a while.
    """

    def __init__(self, timeline: Timeline, log: Callable[[str], None]) -> None:
        self.timeline = timeline
        self._log = log
        self._permits: dict[str, dict[str, float]] = {}
        self._pauses: dict[str, float] = {}
        self._undone: dict[str, set[str]] = {}
        self._frozen_until = 0.0
        self._gone_until = 0.0
        self.troubled = False

    exceptions: Any = coredis.exceptions

    @property
    def Redis(self) -> Any:  # noqa: N802 - it stands for the module
        """The class of the clients."""
        return _Clients(self)

    def freeze(self, seconds: float) -> None:
        """Answer nothing for a while."""
        self._log(f"Redis freezes for {seconds:g} s")
        self.troubled = True
        self._frozen_until = self.timeline.now() + seconds

    def blink(self, seconds: float) -> None:
        """Stop for a while, and restart with its data."""
        self._log(f"Redis is gone for {seconds:g} s")
        self.troubled = True
        self._gone_until = self.timeline.now() + seconds

    def forget(self, _: float = 0.0) -> None:
        """Restart without data."""
        self._log("Redis forgets everything")
        self.troubled = True
        self._permits.clear()
        self._pauses.clear()
        self._undone.clear()

    def calm(self) -> None:
        """Have no more trouble."""
        self._frozen_until = min(self._frozen_until, self.timeline.now())
        self._gone_until = 0.0

    @property
    def gone(self) -> bool:
        """Whether connections are refused."""
        return self.timeline.now() < self._gone_until

    @property
    def thaws_in(self) -> float:
        """Seconds until it answers again."""
        return max(0.0, self._frozen_until - self.timeline.now())

    def run(self, script: str, keys: Sequence[str], arguments: Sequence[str]) -> Any:
        """Carry out one of the limiter's scripts."""
        ours: Any = importlib.import_module("grinfi_integrations.shared_rate_limit")
        now = self.timeline.now() * 1000
        if script == ours.ACQUIRE:
            return self._acquire(now, keys, *arguments)
        assert script == ours.RELEASE, "the limiter has another script; teach the model what it does"
        return self._release(now, keys, *arguments)

    def _acquire(self, now: float, keys: Sequence[str], capacity: str, permit: str, under_way: str, _: str) -> str:
        pause = self._pauses.get(keys[1], 0.0)
        if pause > now:
            return str(pause - now)
        permits = self._permits.setdefault(keys[0], {})
        for member in [member for member, at in permits.items() if at <= now]:
            del permits[member]
        if permit in permits or permit in self._undone.get(keys[2], ()):
            return "0"
        if len(permits) < float(capacity):
            permits[permit] = now + float(under_way)
            return "0"
        return str(max(1.0, min(permits.values(), default=now + 1000) - now))

    def _release(self, now: float, keys: Sequence[str], permit: str, period: str, pause: str, _: str) -> int:
        permits = self._permits.setdefault(keys[0], {})
        if permit in permits:
            permits[permit] = now + float(period)
        elif float(period) == 0:
            self._undone.setdefault(keys[2], set()).add(permit)
        if float(pause) > 0:
            self._pauses[keys[1]] = max(self._pauses.get(keys[1], 0.0), now + float(pause))
        return 1


class _Clients:
    def __init__(self, server: Redis) -> None:
        self._server = server

    def from_url(self, url: str, **options: Any) -> _Client:
        return _Client(self._server, float(options.get("stream_timeout") or math.inf))


class _Client:
    """A client with one connection."""

    def __init__(self, server: Redis, timeout: float) -> None:
        self._server = server
        self._timeout = timeout

    async def __aenter__(self) -> Self:
        await anyio.sleep(0.01)
        if self._server.gone:
            raise self._server.exceptions.ConnectionError("connection refused")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    async def eval(self, script: str, keys: Sequence[str], arguments: Sequence[str]) -> Any:
        """Have a script carried out."""
        server = self._server
        answer: list[Any] = []
        answered = anyio.Event()

        def arrive() -> None:
            if server.gone:
                answered.set()
            elif server.thaws_in:
                server.timeline.after(server.thaws_in, arrive)
            else:
                answer.append(server.run(script, keys, arguments))
                answered.set()

        server.timeline.after(0.01, arrive)
        with anyio.move_on_after(self._timeout):
            await answered.wait()
        if not answered.is_set():
            raise server.exceptions.TimeoutError("no answer in time")
        await anyio.sleep(0.01)
        if not answer:
            raise server.exceptions.ConnectionError("connection lost")
        return answer[0]
