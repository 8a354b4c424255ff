"""The ASGI application."""

from __future__ import annotations

import re
import time
import weakref
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Unpack
from urllib.parse import quote

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .accounts import is_api_key
from .answers import Described, Reply
from .behaviour import Observed, Published
from .control import Control
from .delivery import LimitedBodies, break_off, send_half, stall
from .description import Description, Operation
from .errors import ApiError, UnknownFilterKeyError
from .faults import Faults, Plan
from .hosts import KnownHosts
from .inspection import InspectedStore, Snapshots
from .jobs import JOB_ROUTES, SOUND, JobPlan
from .model import Model
from .options import Behaviour, Options
from .outreach import ADVANCE, CONTROLS, REPLY
from .querystring import Pair
from .ratelimit import RateLimit, RateLimiter
from .state import stateful_handlers
from .store import JOB_DELAY
from .validation import FilePart, RawRequest
from .values import JsonObject, write_time
from .webhooks import Events

DEFAULT_KEY = "sandbox-key"
MULTIPART = "multipart/form-data"
REMEMBERED_REQUESTS = 10_000


class Service:
    """The stand-in: a description, the state, and the requests received so far."""

    def __init__(
        self, document: JsonObject | None, database: str, keys: Iterable[str], options: Options | None = None
    ) -> None:
        options = options or {}
        self.behaviour: Behaviour = options.get("behaviour", "observed")
        model = Model.of(document, self.behaviour)
        self.description = model.description
        self._clock = options.get("clock")
        limit = options.get("rate_limit")
        self._limiter: RateLimiter | None = None
        if limit is not None:
            headers = options.get("rate_limit_headers", True)
            self._limiter = RateLimiter(RateLimit.parse(limit), headers, self._clock or time.monotonic)
        operations = self.description.operations
        jobs = {item.id for item in operations if item.route in JOB_ROUTES}
        self.faults = Faults({item.id for item in operations}, options.get("faults", ()), jobs)
        self.store = InspectedStore(database, options.get("job_delay", JOB_DELAY), self._clock is not None)
        self.snapshots = Snapshots(self.store)
        self._requests: deque[JsonObject] = deque(maxlen=REMEMBERED_REQUESTS)
        self._credentials = {f"bearer {key}" for key in keys}
        self._checker = model.checker
        self._behaviour = Observed(model, self.store, options) if self.behaviour == "observed" else Published()
        self._described = Described(model.schemas, model.samples, model.checker)
        self._controls = Description(CONTROLS)
        self.events = Events(self.store, options.get("webhook_hosts", ()))
        self._handlers = stateful_handlers(
            model.description, model.schemas, model.samples, model.checker, self.store, self.events
        )

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to the API, and remember it."""
        request = Request(scope, receive)
        self._tell_time()
        began, started = datetime.now(UTC), time.perf_counter()
        operation: Operation | None = None
        plan = Plan()
        limit_headers: dict[str, str] = {}
        try:
            operation, path = self.description.match(request.method, self._behaviour.path(_raw_path(scope)))
            if operation.secured:
                limit_headers = self._admit(request)
            plan = self.faults.plan(operation.id)
            response = await self._answer_under(plan, request, operation, path)
        except ApiError as error:
            response = _refuse(error)
        except ClientDisconnect:
            response = Response(status_code=400)
        response.headers.update(limit_headers)
        fault = plan.fault
        self._requests.append(
            {
                "time": write_time(began),
                "method": request.method,
                "path": scope["path"],
                "query": request.url.query,
                "operation_id": operation.id if operation else None,
                "status": None if fault and fault.kind in ("reset", "stall") else response.status_code,
                "fault": fault.kind if fault else None,
                "duration_ms": round((time.perf_counter() - started) * 1000, 3),
            }
        )
        if fault and fault.kind == "reset":
            await break_off(scope, receive)
        elif fault and fault.kind == "stall":
            await stall(scope, receive, fault.settings["seconds"])
        elif fault and fault.kind == "half":
            await send_half(response, scope, receive, send)
        else:
            await response(scope, receive, send)

    def is_stateful(self, operation: Operation) -> bool:
        """Return whether an operation acts on state; others are answered from the description alone."""
        return operation.route in self._handlers

    def received(self) -> list[JsonObject]:
        """Return the latest requests, the oldest first."""
        return list(self._requests)

    def restart(self) -> None:
        """Delete the state, forget the requests, and restore the initial faults."""
        with self.store.transaction():
            self.store.reset()
        self._requests.clear()
        self.faults.reset()
        if self._limiter is not None:
            self._limiter.reset()

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok", "operations": len(self.description.operations)})

    async def list_requests(self, request: Request) -> Response:
        """Return the latest requests, the oldest first."""
        await self.admit(request)
        return JSONResponse({"data": self.received()})

    async def reset(self, request: Request) -> Response:
        await self.admit(request)
        self.restart()
        return Response(status_code=204)

    async def control(self, request: Request) -> Response:
        """Turn the clock, or let a contact answer; checked and run like an operation of the API."""
        await self.admit(request)
        return await self._answer(request, *self._controls.match(request.method, request.url.path))

    async def admit(self, request: Request) -> None:
        """Check the key of a request that controls the sandbox, and the size of its body."""
        self._tell_time()
        self._authorize(request)
        await request.body()

    def _tell_time(self) -> None:
        if self._clock is not None:
            self.store.tell_time(self._clock())

    def _authorize(self, request: Request) -> str:
        """Return the key of a request; 401 when the sandbox does not know it."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if not (f"{scheme.lower()} {key.strip()}" in self._credentials or self._has_issued(scheme, key.strip())):
            raise ApiError(401, "Unauthenticated.", None, {"www-authenticate": "Bearer"})
        return key.strip()

    def _has_issued(self, scheme: str, key: str) -> bool:
        return scheme.lower() == "bearer" and is_api_key(self.store, key)

    def _admit(self, request: Request) -> dict[str, str]:
        """Check the key and the rate limit; return the headers of the answer that show the limit."""
        key = self._authorize(request)
        return {} if self._limiter is None else self._limiter.take(key)

    async def _answer_under(self, plan: Plan, request: Request, operation: Operation, path: dict[str, str]) -> Response:
        if plan.before:
            await anyio.sleep(plan.before)
            self._tell_time()
        if plan.fault is not None and plan.fault.applied == "before":
            await request.body()
            response = Response()
        else:
            try:
                response = await self._answer(request, operation, path, plan.job)
            except ApiError as error:
                response = _refuse(self._behaviour.judge(error))
        if plan.after:
            await anyio.sleep(plan.after)
        if plan.fault is not None and plan.fault.kind == "status":
            return _refuse(ApiError(plan.fault.settings["status"], "This is an injected fault."))
        return response

    async def _answer(
        self, request: Request, operation: Operation, path: dict[str, str], job: JobPlan = SOUND
    ) -> Response:
        received = self._behaviour.relax(operation, await _receive(request))
        while True:
            try:
                with self.store.transaction():
                    call = self._behaviour.adjust(replace(self._checker.check(operation, path, received), job=job))
                    reply = self._handlers.get(operation.route, self._described.reply)(call)
                    if reply.finish is None:
                        return _respond(self._behaviour.present(call, reply))
                break
            except UnknownFilterKeyError as error:
                received = self._behaviour.forgive(operation, received, error)
        reply = await run_in_threadpool(reply.finish)
        with self.store.transaction():
            return _respond(self._behaviour.present(call, reply))


def create_app(
    description: JsonObject | None = None,
    database: str = ":memory:",
    keys: Iterable[str] = (DEFAULT_KEY,),
    **options: Unpack[Options],
) -> Starlette:
    """Return the sandbox as an ASGI application.

    `description` is a decoded OpenAPI 3.0 document, by default the one that comes with the sandbox; `database` an
    SQLite file; `keys` the API keys that are accepted; `options` are those of `Options`.
    """
    sandbox = Service(description, database, keys, options)
    everything = Mount("/", sandbox.serve)
    everything.path_regex = re.compile("/(?P<path>.*)", re.DOTALL)  # Starlette's stops at an encoded line feed
    app = Starlette(
        routes=[
            Route("/_sandbox/health", sandbox.health, methods=["GET"]),
            Route("/_sandbox/requests", sandbox.list_requests, methods=["GET"]),
            Route("/_sandbox/reset", sandbox.reset, methods=["POST"]),
            *Control(sandbox).routes(),
            Route(ADVANCE, sandbox.control, methods=["POST"]),
            Route(REPLY, sandbox.control, methods=["POST"]),
            everything,
        ],
        exception_handlers={ApiError: _on_api_error},
        middleware=[Middleware(KnownHosts, hosts=tuple(options.get("allow_hosts", ()))), Middleware(LimitedBodies)],
    )
    app.state.sandbox = sandbox
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
        raise ApiError(400, f"The multipart body cannot be read: {error.detail.rstrip('.')}.") from error
    return RawRequest(query, media_type, b"", parts)


def _respond(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status_code=reply.status)
    if reply.media_type != "application/json":
        return Response(reply.body, reply.status, media_type=reply.media_type)
    return JSONResponse(reply.body, reply.status)


def _refuse(error: ApiError) -> Response:
    return JSONResponse(error.body(), error.status, error.headers)
