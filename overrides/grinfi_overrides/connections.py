"""The pool of connections. A connection whose request was interrupted is closed, never used again."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, ClassVar

import anyio
import httpx
from anyio.lowlevel import current_token

from .answers import read_answer
from .lanes import Lane, LaneQueue, Later, Waiter
from .transport import CALL, Call

CONNECT_SECONDS = 1.0
"""Seconds that connecting may take after its request was cancelled."""


class Connection(httpx.AsyncBaseTransport):
    """Sends requests over one connection, which is opened when it is needed.

    An answer is read before the next request is sent. `aclose()` closes the sockets before its first `await`, so that
    a cancellation cannot prevent it.
    """

    def is_clean(self) -> bool:
        """Whether no bytes remain after the last answer. They would be read as the answer to the next request."""
        return True


class PoolTransport(httpx.AsyncBaseTransport):
    """A pool of `Connection` objects. Requests queue here, in order, and never in the HTTP library.

        request -> place among max_connections -> idle connection, or a new one -> answer read in full
                                                                                     |           |
                                                              answer complete: back to idle    exception: closed

    A connection that raised any exception is closed and thrown away, also after a cancellation. There are two reasons.
    The rest of an answer may still be on its way, and would be read as the answer to the next request. And httpcore
    loses a connection that is cancelled while it waits for a lock, which it does at the end of each answer:

        response read -> `await lock` in `_response_closed`   <- `task.cancel()` here leaves the connection ACTIVE,
                      -> state = IDLE                            and nothing ever makes it IDLE again

    Shielded scopes of anyio do not help: they protect from other scopes, not from `task.cancel()` and
    `asyncio.timeout`. Therefore each `Connection` has its own httpcore pool with one connection, and is given up whole.
    """

    def __init__(self, connect: Callable[[], Connection], max_connections: int, keepalive: float | None = None) -> None:
        self._connect = connect
        self._keepalive = keepalive
        self._max_connections = max_connections
        self._used = {"application": 0, "jobs": 0}
        self._queue = LaneQueue(self._take_slot, "a connection")
        self._idle: deque[tuple[float, Connection]] = deque()
        self._open: set[Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call: Call = request.extensions[CALL]
        call.hold()  # not sent: if it ends in the queue, the rate limit gets its token back
        with call.waiting():
            await self._queue.acquire(call.lane, call.patience)
        try:
            call.start()
            connection = self._take()
            try:
                response = await read_answer(connection, request, call)
            except BaseException:
                await self._discard(connection)
                raise
            if not connection.is_clean():
                await self._discard(connection)
            else:
                self._idle.append((anyio.current_time(), connection))
                await self._discard_expired()
            return response
        finally:
            self._used[_kind(call.lane)] -= 1
            self._queue.changed()

    async def _take_slot(self, waiter: Waiter) -> Later | None:
        """Reserve a place, unless all places are in use, or all that jobs may use."""
        if sum(self._used.values()) >= self._max_connections:
            return Later(math.inf)
        if waiter.lane.job and self._used["jobs"] >= waiter.lane.part_of(self._max_connections):
            return Later(math.inf, share=True)
        self._used[_kind(waiter.lane)] += 1
        return None

    def _take(self) -> Connection:
        if self._idle:
            return self._idle.pop()[1]
        connection = self._connect()
        self._open.add(connection)
        return connection

    async def _discard(self, connection: Connection) -> None:
        self._open.discard(connection)
        await connection.aclose()

    async def _discard_expired(self) -> None:
        """Close connections that have been idle too long: the server has probably closed them.

        The last one that became idle is used first, so the oldest are at the left end.
        """
        while self._keepalive is not None and self._idle[0][0] + self._keepalive < anyio.current_time():
            await self._discard(self._idle.popleft()[1])

    async def aclose(self) -> None:
        """Close all connections, even if that is cancelled."""
        self._idle.clear()
        cancelled: BaseException | None = None
        while self._open:
            try:
                await self._discard(next(iter(self._open)))
            except BaseException as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled


def _kind(lane: Lane) -> str:
    return "jobs" if lane.job else "application"


class HttpxConnection(Connection):
    """A connection made by httpx, whose sockets can be closed even if httpcore has lost track of them."""

    library: ClassVar[Any] = httpx

    def __init__(self, *, context: ssl.SSLContext, keepalive: float | None, proxy: Any) -> None:
        limits = self.library.Limits(max_connections=1, keepalive_expiry=keepalive)
        inner = self.library.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
        self._pool = inner._pool
        self._network = self._pool._network_backend = _Network(self._pool._network_backend)
        self._inner = self._sender(inner)

    def _sender(self, inner: Any) -> httpx.AsyncBaseTransport:
        """The transport that takes requests of httpx."""
        transport: httpx.AsyncBaseTransport = inner
        return transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - requests of asynchronous clients have these
        body = request.stream = _RequestBody(stream)
        try:
            return await self._inner.handle_async_request(request)
        finally:
            request.stream = stream
            await body.aclose()

    def is_clean(self) -> bool:
        """Whether httpcore has read nothing beyond the end of the last answer."""
        for connection in self._pool.connections:
            inner: Any = connection
            while (state := getattr(inner, "_h11_state", None)) is None:
                inner = getattr(inner, "_connection", None)
                if inner is None:
                    return True  # closed
            if state.trailing_data[0]:
                return False
        return True

    async def aclose(self) -> None:
        await self._network.aclose()


class _RequestBody(httpx.AsyncByteStream):
    """The body of a request. httpcore stops in the middle of it when the connection breaks, and trio warns of that."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner
        self._parts: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._parts = aiter(self._inner)
        return self._parts

    async def aclose(self) -> None:
        parts: Any = self._parts
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()


class _Network:
    """httpcore's network backend, which keeps each socket, also one that is still connecting, in order to close it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._streams: list[Any] = []
        self._connecting: asyncio.Task[Any] | None = None
        self._closed = False

    async def connect_tcp(self, *args: Any, **options: Any) -> Any:
        if _is_trio():
            return await self._connect(*args, **options)
        # In a separate task: a cancellation while anyio connects can lose a socket that is already connected. The task
        # is not cancelled with its caller. It finishes, and closes the socket if this connection was closed meanwhile.
        task = self._connecting = asyncio.create_task(self._connect(*args, **options))
        task.add_done_callback(_retrieve)
        await asyncio.wait({task})
        return task.result()

    async def _connect(self, *args: Any, **options: Any) -> Any:
        stream = await self._inner.connect_tcp(*args, **options)
        self._streams.append(stream)
        if self._closed:
            await self.aclose()
        return stream

    async def aclose(self) -> None:
        self._closed = True
        if self._connecting is not None and not self._connecting.done():
            asyncio.get_running_loop().call_later(CONNECT_SECONDS, self._connecting.cancel)
        cancelled: BaseException | None = None
        with anyio.CancelScope(shield=True):
            while self._streams:
                try:
                    await self._streams.pop().aclose()
                except anyio.get_cancelled_exc_class() as error:
                    cancelled = error  # from `task.cancel()`, after the socket was closed
        if cancelled is not None:
            raise cancelled


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Keep asyncio from logging the failure of a connection that no request waits for."""
    if not task.cancelled():
        task.exception()


def _is_trio() -> bool:
    return not isinstance(current_token().native_token, asyncio.AbstractEventLoop)
