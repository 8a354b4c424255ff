"""A sandbox within a test: on a real socket, or as an httpx transport without one."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from math import inf
from types import TracebackType
from typing import Self, Unpack

import anyio
import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from .app import DEFAULT_KEY, Service, create_app
from .delivery import CONNECTION, Connection
from .faults import Faults
from .options import Options
from .server import SandboxServer
from .values import JsonObject

URL = "http://sandbox.test"


class _Body(httpx.AsyncByteStream):
    """The body of an answer, which breaks off when the connection was closed within it."""

    def __init__(self, parts: list[bytes], broken: bool) -> None:
        self._parts = parts
        self._broken = broken

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._broken:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


class _Exchange:
    """One request and its answer, as the application sees them."""

    def __init__(self, body: bytes) -> None:
        self._request: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._gone = anyio.Event()
        self.start: Message | None = None
        self.parts: list[bytes] = []
        self.complete = False

    async def receive(self) -> Message:
        if self._request is not None:
            message, self._request = self._request, None
            return message
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.parts.append(message.get("body", b""))
            self.complete = not message.get("more_body", False)

    def close(self) -> None:
        self._gone.set()


class SandboxTransport(httpx.AsyncBaseTransport):
    """Sends requests to a sandbox in this process; keeps read timeouts, and passes faults on as httpx's errors."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self._service: Service = app.state.sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._app.state.close.alive:
            raise httpx.ConnectError("The sandbox is closed.", request=request)
        exchange = _Exchange(await request.aread())
        timeout: float | None = request.extensions.get("timeout", {}).get("read")
        with anyio.move_on_after(inf if timeout is None else timeout) as waiting:
            await self._app(_scope(request, exchange), exchange.receive, exchange.send)
        await self._service.events.hand_over()
        if waiting.cancelled_caught:
            raise httpx.ReadTimeout("The sandbox did not answer in time.", request=request)
        if exchange.start is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        stream = _Body(exchange.parts, not exchange.complete)
        return httpx.Response(exchange.start["status"], headers=exchange.start["headers"], stream=stream)


class _Receiver:
    """Sends webhooks to an ASGI application, and keeps its answers."""

    def __init__(self, app: ASGIApp, deliveries: list[JsonObject]) -> None:
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        self._deliveries = deliveries

    async def __call__(self, method: str, url: str, payload: JsonObject) -> JsonObject:
        answer: JsonObject = {"status": None, "body": None, "error": None}
        try:
            response = await self._client.request(method, url, json=payload)
            answer |= {"status": response.status_code, "body": response.text}
        except Exception as error:  # an error of the application: a server would log it and answer 500
            logging.getLogger("grinfi_sandbox").exception("The webhook_app failed.")
            answer |= {"status": 500, "error": f"{type(error).__name__}: {error}"}
        self._deliveries.append({"event": payload["event_name"], "url": url, **answer})
        return answer


def _scope(request: httpx.Request, exchange: _Exchange) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "state": {CONNECTION: Connection(exchange.close)},
    }


class Sandbox:
    """A sandbox for tests; a context manager, `async with` or `with`.

    With `sockets=False` nothing listens: requests go through `transport`. `Grinfi(sandbox.key, base_url=sandbox.url,
    transport=sandbox.transport)` suits both. `in_process` is a transport that needs no socket in either case. The
    options are those of `Options`.

    With `sockets=False`, a `webhook_app` gets the deliveries to targets on any host: before the request
    that caused it returns, or with the next one if a job did. `deliveries` shows what it answered.
    """

    def __init__(
        self,
        *,
        sockets: bool = True,
        description: JsonObject | None = None,
        database: str = ":memory:",
        keys: Iterable[str] = (DEFAULT_KEY,),
        webhook_app: ASGIApp | None = None,
        **options: Unpack[Options],
    ) -> None:
        if sockets and webhook_app is not None:
            raise ValueError("webhook_app needs sockets=False; with sockets, webhooks call their own target URL.")
        accepted = tuple(keys)
        self.key = accepted[0]
        self._server: SandboxServer | None = None
        if sockets:
            self._server = SandboxServer(description, database, accepted, **options)
            self._app, self.url = self._server.app, self._server.url
        else:
            self._app, self.url = create_app(description, database, accepted, **options), URL
        self.in_process: httpx.AsyncBaseTransport = SandboxTransport(self._app)
        self.transport = None if sockets else self.in_process
        self._service: Service = self._app.state.sandbox
        self.deliveries: list[JsonObject] = []
        """The deliveries to the `webhook_app`: event, url, and status, body or error of its answer."""
        if webhook_app is not None:
            self._service.events.receiver = _Receiver(webhook_app, self.deliveries)

    @property
    def requests(self) -> list[JsonObject]:
        """The latest requests, the oldest first: method, path, query, operation_id, status, fault, time, duration."""
        return self._service.received()

    @property
    def faults(self) -> Faults:
        """The faults in force: `add`, `clear`, `to_json`."""
        return self._service.faults

    def reset(self) -> None:
        """Delete the state, forget the requests, and restore the initial faults."""
        self._service.restart()

    def snapshot(self) -> str:
        """Keep a copy of the state and its clock; return its id. ValueError if too many are kept already."""
        return self._service.snapshots.take()

    def restore(self, snapshot: str) -> None:
        """Restore a copy of the state; ValueError if no copy has this id."""
        self._service.snapshots.restore(snapshot)

    def delete_snapshot(self, snapshot: str) -> None:
        """Delete a copy of the state; ValueError if no copy has this id."""
        self._service.snapshots.delete(snapshot)

    def __enter__(self) -> Self:
        if self._server is not None:
            self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop()
        else:
            self._app.state.close()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            await anyio.to_thread.run_sync(self._server.stop)
        else:
            self._app.state.close()
