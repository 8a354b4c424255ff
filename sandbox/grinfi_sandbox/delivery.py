"""Delivers an answer, or the part of it that a fault lets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import anyio
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import ApiError

CONNECTION = "grinfi_sandbox.connection"
BODY_LIMIT = 25 * 1024 * 1024
DRAINED = 8 * BODY_LIMIT  # this much of a body that is too large is read, so that its sender sees the answer


@dataclass
class Connection:
    """The connection of a request, as given by its server; nothing waits for a silent one."""

    close: Callable[[], None]
    silent: bool = False


class LimitedBodies:
    """Middleware: no reader of a body gets more than the limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, _limited(scope, receive) if scope["type"] == "http" else receive, send)


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Return a `receive` that raises the 413 for a body above the limit and keeps none of the body."""
    received = 0
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    announced = int(declared) if declared.isdigit() and len(declared) < 20 else 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if message["type"] != "http.request" or max(received, announced) <= BODY_LIMIT:
            return message
        while message["type"] == "http.request" and message.get("more_body") and received <= DRAINED:
            message = await receive()
            received += len(message.get("body", b""))
        raise ApiError(413, f"The body is larger than {BODY_LIMIT} bytes.")

    return receive_limited


async def break_off(scope: Scope, receive: Receive) -> None:
    """Close the connection without another byte."""
    _connection(scope).close()
    await _disconnected(receive)


async def stall(scope: Scope, receive: Receive, seconds: float) -> None:
    """Stay silent until the client disconnects, or for this many seconds; then close the connection."""
    _connection(scope).silent = True
    with anyio.move_on_after(seconds):
        await _disconnected(receive)
        return
    await break_off(scope, receive)


async def send_half(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Announce the whole body, send half of it, and close the connection; for an empty answer, send nothing."""
    body = bytes(response.body)
    if body:
        headers = response.raw_headers
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await break_off(scope, receive)


def _connection(scope: Scope) -> Connection:
    connection: Connection | None = scope.get("state", {}).get(CONNECTION)
    if connection is None:
        raise ConnectionAbortedError("A fault closes the connection, which this server cannot do.")
    return connection


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
