"""A network in memory, below httpcore: connections whose bytes take time, and break where the seed says."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import anyio
import httpcore
from anyio.lowlevel import checkpoint

__all__ = ["Connection", "Connector", "Stream", "Timeline"]


class Timeline:
    """Future events outside of the process; they also happen when the process is killed."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._loop: Any = None
        self._armed: Any = None

    def attach(self, loop: Any) -> None:
        """Use the clock of this event loop from now on."""
        self._loop, self._armed = loop, None
        self._arm()

    def now(self) -> float:
        """The time."""
        return float(self._loop.now)

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Plan an event; events of the same time happen in the order in which they were planned."""
        heapq.heappush(self._due, (self.now() + seconds, next(self._count), happen))
        self._arm()

    def _arm(self) -> None:
        if not self._due:
            return
        at = self._due[0][0]
        if self._armed is not None:
            if self._armed.when() <= at:
                return
            self._armed.cancel()
        self._armed = self._loop.call_at(at, self._happen)

    def _happen(self) -> None:
        self._armed = None
        while self._due and self._due[0][0] <= self.now():
            heapq.heappop(self._due)[2]()
        self._arm()


class Connection:
    """A connection as the server sees it.

    Attributes:
        number: Its number, for the log.
        gone: Whether the client has closed it, as far as the server knows.
    """

    def __init__(self, timeline: Timeline, number: int, *, up: float, down: float) -> None:
        self.number = number
        self.gone = False
        self.served = 0
        self.admitted = True
        self.inbox = bytearray()
        self.up = up
        self.down = down
        self.stream = Stream(self)
        self._timeline = timeline

    def send(self, data: bytes) -> None:
        """Send bytes to the client."""
        self._timeline.after(self.down, lambda: self.stream.arrive(data))

    def finish(self) -> None:
        """Close it properly: the bytes sent before arrive."""
        self._timeline.after(self.down, lambda: self.stream.arrive(b""))

    def reset(self) -> None:
        """Break it."""
        self._timeline.after(self.down, self.stream.break_off)


class Connector(Protocol):
    """The receiver of connections and their bytes."""

    dead: bool

    def write(self, connection: Connection, data: bytes) -> None: ...

    def close(self, connection: Connection) -> None: ...


class Stream(httpcore.AsyncNetworkStream):
    """A connection as httpcore sees it. It waits at the same places as a socket of anyio does."""

    connector: Connector
    closed = False

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inbox: deque[bytes] = deque()
        self._ended = False
        self._broken = False
        self._news = anyio.Event()

    def arrive(self, data: bytes) -> None:
        """A packet comes in; an empty one is the end."""
        if self.closed:
            return
        if data:
            self._inbox.append(data)
        else:
            self._ended = True
        self._news.set()

    def break_off(self) -> None:
        """The other side has reset the connection."""
        if not self.closed:
            self._broken = True
            self._news.set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            with anyio.fail_after(timeout):
                if self._inbox or self._ended or self._broken or self.closed:
                    await checkpoint()
                while not (self._inbox or self._ended or self._broken or self.closed):
                    self._news = anyio.Event()
                    await self._news.wait()
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        if self.closed:
            raise httpcore.ReadError("closed")
        if self._broken:
            raise httpcore.ReadError("connection reset")
        return self._inbox.popleft() if self._inbox else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        await checkpoint()
        if self.closed or self._broken:
            raise httpcore.WriteError("connection reset")
        self.connector.write(self._connection, buffer)

    async def aclose(self) -> None:
        if not self.closed:
            self.closed = True
            self._news.set()
            self.connector.close(self._connection)
            await checkpoint()

    async def start_tls(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise NotImplementedError

    def get_extra_info(self, info: str) -> Any:
        return bool(self._inbox or self._ended or self._broken) if info == "is_readable" else None
