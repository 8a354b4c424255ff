"""An ASGI application that receives webhooks, answers at once, and handles the events afterwards."""

from __future__ import annotations

import hmac
import json
import logging
import math
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from inspect import isawaitable, iscoroutinefunction
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

import anyio
import anyio.abc
import anyio.to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from grinfi_async import ConfigurationError, InvalidArgumentError

from .events import EventName, WebhookBodyError, WebhookEvent, checked
from .store import EventStore

__all__ = ["Replayed", "WebhookRouter", "WebhookStatistics"]

Handler: TypeAlias = Callable[[WebhookEvent], object]
HandlerT = TypeVar("HandlerT", bound=Handler)
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEADER: Final = b"x-webhook-secret"
BODY_SECONDS: Final = 30.0
logger = logging.getLogger("grinfi_async.webhooks")


# The way of an event; each arrow is durable if there is a `store`:
#
#   request -- secret, size, JSON --> known key? -- yes --> 200, dropped as a repeat
#                                        | no
#                                     queue full? -- yes --> dead-letter file, 200 (503 without one)
#                                        | no
#                                     store.put --> 200 --> worker: store.take --> handlers --> store.finish
#                                                                                    | failed
#                                                                            dead-letter file --> store.finish
#
# A crash before the 200 means that the event was not accepted. A crash after it leaves the event in the store, and the
# next start handles it, again if handlers had begun: at least once, so handlers must bear repetition. If the
# dead-letter file cannot be written, the event is not finished either.


@dataclass(frozen=True, slots=True)
class WebhookStatistics:
    """Counts of a router since it was created.

    Attributes:
        received: Requests.
        accepted: Events that were queued.
        repeats: Events that were received before; answered with 200, and dropped.
        refused: Requests that were answered with an error: wrong secret, not an event, too large, not running.
        handled: Events whose handlers all succeeded, or that have no handler.
        failed: Events with a handler that failed.
        dead_letters: Events that were written to the dead-letter file.
        waiting: Events in the queue, including those that are being handled.
    """

    received: int = 0
    accepted: int = 0
    repeats: int = 0
    refused: int = 0
    handled: int = 0
    failed: int = 0
    dead_letters: int = 0
    waiting: int = 0


class Replayed(NamedTuple):
    """Number of dead letters that were handled, and of those that failed again and are back in the file."""

    handled: int
    failed: int


class WebhookRouter:
    """Receives webhooks. `app.mount("/grinfi", router)`, with `lifespan=router.lifespan` or `async with router:`.

    It answers 200 as soon as an event is queued, and calls its handlers afterwards. Events are handled at least once:
    with a `store`, a handler whose process was killed is called again. Several events are handled at once, so their
    order is kept only with `concurrency=1`.

    Args:
        secret: Deliveries are not signed, so anyone who knows the URL can send events. The secret must be the last part
            of the path (`https://you.example/grinfi/SECRET`) or in the header `X-Webhook-Secret`. None disables the
            check.
        store: SQLite file for queued events and known keys, so that they survive the process; a different file for each
            process. By default both are in memory.
        dead_letters: JSON Lines file of events that were not handled, readable by its owner only; `replay` handles
            them. None only logs them.
        queue_size: Most events that may wait. Further events become dead letters, and are answered with 200, as the API
            was never seen to send an event again. Without a dead-letter file the answer is 503.
        concurrency: Number of events that are handled at once.
        handler_timeout: Most seconds that a handler may take.
        drain_timeout: Seconds to wait at the end for queued events. Those left stay in the `store`, or become dead
            letters.
        repeat_window: Seconds within which an event with the same body is a repeat. An event of a message that was sent
            or received is a repeat as long as it is among the latest 100,000 events.
        body_limit: Most bytes of a body.

    Raises:
        InvalidArgumentError: An argument is out of range.
    """

    def __init__(
        self,
        *,
        secret: str | None,
        store: str | os.PathLike[str] | None = None,
        dead_letters: str | os.PathLike[str] | None = "webhook-failures.jsonl",
        queue_size: int = 10_000,
        concurrency: int = 8,
        handler_timeout: float = 60.0,
        drain_timeout: float = 10.0,
        repeat_window: float = 600.0,
        body_limit: int = 2**20,
    ) -> None:
        if secret is not None and not secret.strip("/ "):
            raise InvalidArgumentError("secret", "is empty; pass a random text, or None to let anyone send events")
        for name, number in {"queue_size": queue_size, "concurrency": concurrency, "body_limit": body_limit}.items():
            if number < 1:
                raise InvalidArgumentError(name, f"must be at least 1, got {number}")
        self._secret = None if secret is None else secret.strip("/ ").encode()
        self._path = store
        self._dead_letters = None if dead_letters is None else Path(dead_letters)
        self._queue_size, self._concurrency, self._body_limit = queue_size, concurrency, body_limit
        self._handler_timeout, self._drain_timeout, self._repeat_window = handler_timeout, drain_timeout, repeat_window
        self._handlers: list[tuple[frozenset[str], Handler]] = []
        self._counts = WebhookStatistics()
        self._store: EventStore | None = None
        self._wake: MemoryObjectSendStream[None] | None = None
        self._tasks: anyio.abc.TaskGroup | None = None

    def on(self, *events: EventName) -> Callable[[HandlerT], HandlerT]:
        """A decorator for a function that handles these events, or all. A plain function runs in a thread.

        Raises:
            InvalidArgumentError: The API description does not have the event; use `Unchecked("…")` for a new one.
        """
        chosen = checked("on", events)

        def add(handler: HandlerT) -> HandlerT:
            self._handlers.append((chosen, handler))
            return handler

        return add

    def statistics(self) -> WebhookStatistics:
        """The counts so far, and the number of events that wait."""
        return replace(self._counts, waiting=self._store.waiting if self._store else 0)

    async def __aenter__(self) -> Self:
        if self._tasks is not None:
            raise ConfigurationError("The WebhookRouter is already running; use one `async with` or lifespan.")
        self._store = EventStore(self._path)
        self._wake, woken = anyio.create_memory_object_stream[None](math.inf)
        for _ in range(self._store.waiting):
            self._wake.send_nowait(None)
        self._tasks = await anyio.create_task_group().__aenter__()
        for _ in range(self._concurrency):
            self._tasks.start_soon(self._work, self._store, woken.clone())
        woken.close()
        return self

    async def __aexit__(self, *error: object) -> None:
        tasks, store, wake, self._tasks, self._wake = self._tasks, self._store, self._wake, None, None
        if tasks is None or store is None or wake is None:
            return
        wake.close()  # the workers end when the queue is empty
        tasks.cancel_scope.shield = True
        tasks.cancel_scope.deadline = anyio.current_time() + self._drain_timeout
        try:
            await tasks.__aexit__(None, None, None)
        finally:
            self._store = None
            rest = store.unfinished()
            store.close()
            kept = self._path is not None
            lost = [body for _, body in rest if not (kept or self._bury("The program stopped before.", body))]
            if rest:
                counts = len(rest), len(lost)
                logger.warning("%d webhook events were not handled before the end; %d of them are lost.", *counts)

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncGenerator[None]:
        """The lifespan of the application that the router is mounted in: `FastAPI(lifespan=router.lifespan)`."""
        async with self:
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ConfigurationError("A WebhookRouter answers only HTTP requests; mount it in an application.")
        self._count(received=1)
        status, text = await self._answer(scope, receive)
        if status != 200:
            self._count(refused=1)
            logger.warning("A webhook request was answered with %d: %s", status, text)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if not self._is_admitted(scope, headers):
            return 403, "The secret is missing or wrong."
        declared = headers.get(b"content-length", b"0")
        size = int(declared[:20]) if declared.isdigit() else 0
        body, more = bytearray(), size <= self._body_limit
        with anyio.move_on_after(BODY_SECONDS) as waiting:
            while more and len(body) <= self._body_limit:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400, "The body is incomplete."
                body += message.get("body", b"")
                more = message.get("more_body", False)
        if waiting.cancelled_caught:
            return 408, f"The body did not arrive within {BODY_SECONDS:g} seconds."
        if max(size, len(body)) > self._body_limit:
            return 413, f"The body is larger than {self._body_limit} bytes."
        try:
            return self._accept(WebhookEvent.parse(bytes(body)))
        except WebhookBodyError as error:
            return 400, str(error)
        except sqlite3.Error as error:
            logger.exception("A webhook event cannot be stored.")
            return 503, f"The event cannot be stored: {error}."

    def _is_admitted(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        if self._secret is None:
            return True
        tail = str(scope["path"]).rstrip("/").encode("utf-8", "surrogateescape")[-len(self._secret) - 1 :]
        by_path = hmac.compare_digest(b"/" + self._secret, tail)
        return hmac.compare_digest(self._secret, headers.get(HEADER, b"")) or by_path

    def _accept(self, event: WebhookEvent) -> tuple[int, str]:
        """Put an event into the queue. Nothing here awaits, so that two requests with one event cannot both pass."""
        if self._store is None or self._wake is None:
            return 503, "The WebhookRouter is not running: pass its `lifespan` to the application it is mounted in."
        if self._store.knows(event.key):
            self._count(repeats=1)
            return 200, "This event was received before."
        body = json.dumps(event.body)
        if self._store.waiting >= self._queue_size:
            if not self._bury(f"{self._queue_size} events were waiting.", body):
                return 503, "Too many events are waiting."
            return 200, "The event is stored for later."
        self._store.put(event.key, body, None if event.message_uuid else self._repeat_window)
        self._wake.send_nowait(None)
        self._count(accepted=1)
        return 200, "The event is accepted."

    async def _work(self, store: EventStore, woken: MemoryObjectReceiveStream[None]) -> None:
        async with woken:
            async for _ in woken:
                try:
                    key, body = store.take()
                    failures = await self._run(WebhookEvent(json.loads(body)))
                    if not (failures and self._dead_letters) or self._bury(failures, body):
                        store.finish(key)
                except Exception:
                    logger.exception("The store of webhook events fails; its events are handled at the next start.")

    async def _run(self, event: WebhookEvent, only: Sequence[str] = ()) -> dict[str, str]:
        """Call the handlers of an event, or only some; return those that failed, and why."""
        named = [(getattr(it, "__qualname__", type(it).__qualname__), names, it) for names, it in self._handlers]
        failures = {name: "there is no such handler" for name in only if name not in {called for called, *_ in named}}
        for called, names, handler in named:
            if (names and event.name not in names) or (only and called not in only):
                continue
            try:
                with anyio.fail_after(self._handler_timeout):
                    if iscoroutinefunction(handler):
                        await handler(event)
                    else:
                        done = await anyio.to_thread.run_sync(handler, event, abandon_on_cancel=True)
                        if isawaitable(done):
                            await done
            except Exception as error:
                logger.exception("The handler %s failed with %r.", called, event)
                failures[called] = f"{type(error).__name__}: {error}"
        self._count(**{"failed" if failures else "handled": 1})
        return failures

    async def replay(self) -> Replayed:
        """Pass dead letters to the handlers that failed. Those that fail again become dead letters again.

        The file is renamed to `….replaying` first, and deleted at the end. After an interruption, the next replay
        starts with that file, and passes its events to the handlers once more.

        Raises:
            OSError: The file cannot be read or written.
        """
        if self._dead_letters is None:
            return Replayed(0, 0)
        moved = self._dead_letters.with_name(f"{self._dead_letters.name}.replaying")
        handled = failed = 0
        for _ in range(1 + moved.exists()):
            if not moved.exists():
                if not self._dead_letters.exists():
                    break
                self._dead_letters.rename(moved)
            with moved.open("rb") as lines:
                for line in lines:
                    failures = await self._replay(line)
                    handled, failed = handled + (not failures), failed + failures
            moved.unlink()
        return Replayed(handled, failed)

    async def _replay(self, line: bytes) -> bool:
        """Handle one dead letter; return whether it failed."""
        try:
            letter = json.loads(line)
            event, only = WebhookEvent(letter["body"]), letter["handlers"]
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.error("A line of %s is not a dead letter; it is kept.", self._dead_letters)
            self._append(line.rstrip(b"\n"))
            return True
        failures = await self._run(event, only)
        if failures and not self._bury(failures, json.dumps(letter["body"])):
            raise OSError(f"{self._dead_letters} cannot be written; the log says why.")
        return bool(failures)

    def _bury(self, why: str | Mapping[str, str], body: str) -> bool:
        """Write an event to the dead-letter file, with the handlers that failed. Return whether that succeeded."""
        failed: Mapping[str, str] = {} if isinstance(why, str) else why
        error = why if isinstance(why, str) else "; ".join(f"{name}: {problem}" for name, problem in failed.items())
        letter = {"time": datetime.now(UTC).isoformat(), "error": error, "handlers": list(failed)}
        try:
            self._append(json.dumps({**letter, "body": json.loads(body)}).encode())
        except OSError:
            logger.critical("A webhook event cannot be written to %s.", self._dead_letters, exc_info=True)
            return False
        self._count(dead_letters=1)
        return True

    def _append(self, line: bytes) -> None:
        if self._dead_letters is None:
            raise FileNotFoundError("there is no dead-letter file: dead_letters is None")
        with open(self._dead_letters, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(line + b"\n")

    def _count(self, **more: int) -> None:
        changed = {name: getattr(self._counts, name) + number for name, number in more.items()}
        self._counts = replace(self._counts, **changed)
