"""The ASGI application."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .answers import Described, Reply
from .description import Description, Operation, find_description, load_description
from .errors import ApiError
from .querystring import Pair
from .samples import Samples
from .schemas import Schemas
from .state import stateful_handlers
from .store import Store
from .validation import Checker, FilePart, RawRequest
from .values import JsonObject

DEFAULT_KEY = "sandbox-key"
MULTIPART = "multipart/form-data"
REMEMBERED_REQUESTS = 10_000


class Sandbox:
    """The stand-in: a description, the state, and the requests received so far."""

    def __init__(self, document: JsonObject, database: str, keys: Iterable[str]) -> None:
        self.description = Description(document)
        self.store = Store(database)
        self._requests: deque[JsonObject] = deque(maxlen=REMEMBERED_REQUESTS)
        self._credentials = {f"bearer {key}" for key in keys}
        schemas = Schemas(self.description)
        samples = Samples(self.description, schemas)
        self._checker = Checker(self.description, schemas)
        self._described = Described(schemas, samples, self._checker)
        self._handlers = stateful_handlers(self.description, schemas, samples, self._checker, self.store)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to the API, and remember it."""
        request = Request(scope, receive)
        operation: Operation | None = None
        try:
            operation, path = self.description.match(request.method, _raw_path(scope))
            response = await self._answer(request, operation, path)
        except ApiError as error:
            response = _refuse(error)
        except ClientDisconnect:
            response = Response(status_code=400)
        self._requests.append(
            {
                "method": request.method,
                "path": scope["path"],
                "query": request.url.query,
                "operation_id": operation.id if operation else None,
                "status": response.status_code,
            }
        )
        await response(scope, receive, send)

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok", "operations": len(self.description.operations)})

    async def list_requests(self, request: Request) -> Response:
        """Return the latest requests, the oldest first."""
        self._authorize(request)
        return JSONResponse({"data": list(self._requests)})

    async def reset(self, request: Request) -> Response:
        """Delete the state and forget the requests."""
        self._authorize(request)
        with self.store.transaction():
            self.store.reset()
        self._requests.clear()
        return Response(status_code=204)

    async def _answer(self, request: Request, operation: Operation, path: dict[str, str]) -> Response:
        if operation.secured:
            self._authorize(request)
        received = await _receive(request)
        with self.store.transaction():
            call = self._checker.check(operation, path, received)
            handler = self._handlers.get(operation.route, self._described.reply)
            return _respond(handler(call))

    def _authorize(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if f"{scheme.lower()} {key.strip()}" not in self._credentials:
            raise ApiError(401, "Unauthenticated.", None, {"www-authenticate": "Bearer"})


def create_app(
    description: JsonObject | None = None,
    database: str = ":memory:",
    keys: Iterable[str] = (DEFAULT_KEY,),
) -> Starlette:
    """Return the sandbox as an ASGI application.

    `description` is a decoded OpenAPI 3.0 document, by default the one that comes with the sandbox; `database` an
    SQLite file; `keys` the API keys that are accepted.
    """
    sandbox = Sandbox(load_description(find_description()) if description is None else description, database, keys)
    app = Starlette(
        routes=[
            Route("/_sandbox/health", sandbox.health, methods=["GET"]),
            Route("/_sandbox/requests", sandbox.list_requests, methods=["GET"]),
            Route("/_sandbox/reset", sandbox.reset, methods=["POST"]),
            Mount("/", sandbox.serve),
        ],
        exception_handlers={ApiError: _on_api_error},
    )
    app.state.store = sandbox.store
    app.state.close = weakref.finalize(app, sandbox.store.close)
    return app


async def _on_api_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return _refuse(error)


def _raw_path(scope: Scope) -> str:
    """Return the path as sent, so that an encoded slash within a segment stays one."""
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")


async def _receive(request: Request) -> RawRequest:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    query = request.url.query
    if media_type != MULTIPART:
        return RawRequest(query, media_type, await request.body())
    try:
        async with request.form() as form:
            parts: list[Pair] = [
                (name, FilePart(value.filename or "", await value.read()) if isinstance(value, UploadFile) else value)
                for name, value in form.multi_items()
            ]
    except HTTPException as error:
        raise ApiError(400, f"The multipart body cannot be read: {error.detail}.") from error
    return RawRequest(query, media_type, b"", parts)


def _respond(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status_code=reply.status)
    if reply.media_type != "application/json":
        return Response(reply.body, reply.status, media_type=reply.media_type)
    return JSONResponse(reply.body, reply.status)


def _refuse(error: ApiError) -> Response:
    return JSONResponse(error.body(), error.status, error.headers)
