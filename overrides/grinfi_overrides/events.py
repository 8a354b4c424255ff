"""What a client tells about its requests while they happen: hooks, and the log."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from .errors import ConfigurationError

logger = logging.getLogger("grinfi_async")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent:
    """Something that happened to a request. It holds neither the key, nor a body, nor values of the query.

    Attributes:
        operation_id: The operationId; None for a request that the description does not have.
        method: HTTP method.
        path: Path template, such as `/leads/api/leads/{uuid}`; the path itself where the description has none.
        attempt: Number of the attempt, from 1.
        status: Status of the answer; None if there is none, or not yet.
        error: What went wrong; None if nothing did, or not yet.
        waited: Seconds this attempt waited for the rate limiter; for `on_wait`, about how long it will wait.
        duration: Seconds from sending to the end of the answer.
        delay: Seconds until the next attempt, for `on_retry`.
    """

    operation_id: str | None
    method: str
    path: str
    attempt: int
    status: int | None = None
    error: str | None = None
    waited: float = 0.0
    duration: float = 0.0
    delay: float = 0.0


Hook = Callable[[RequestEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Functions to be called as things happen. One that raises is logged, and harms no request.

    Attributes:
        before_attempt: Before each attempt is sent.
        after_attempt: After each attempt, whatever became of it.
        on_retry: When an attempt will be repeated after `delay`.
        on_wait: When an attempt starts to wait for the rate limiter.
    """

    before_attempt: Hook | None = None
    after_attempt: Hook | None = None
    on_retry: Hook | None = None
    on_wait: Hook | None = None

    def __post_init__(self) -> None:
        for name in ("before_attempt", "after_attempt", "on_retry", "on_wait"):
            if inspect.iscoroutinefunction(getattr(self, name)):
                raise ConfigurationError(f"Hooks: {name} must be an ordinary function, not an async one.")


_observers: ContextVar[tuple[Hooks, ...]] = ContextVar("grinfi_observers", default=())


@contextmanager
def observe(hooks: Hooks) -> Generator[None]:
    """Call these hooks too for all requests that are made inside of the `with`, by whatever client.

    Tasks that are started inside of it are observed as well.
    """
    token = _observers.set((*_observers.get(), hooks))
    try:
        yield
    finally:
        _observers.reset(token)


def with_observers(hooks: Hooks) -> tuple[Hooks, ...]:
    """A client's hooks, and those that observe its caller."""
    return (hooks, *_observers.get())


HookName = Literal["before_attempt", "after_attempt", "on_retry", "on_wait"]


def tell(listeners: Sequence[Hooks], name: HookName, event: RequestEvent) -> None:
    """Call a hook of each that has it."""
    for hooks in listeners:
        hook: Hook | None = getattr(hooks, name)
        if hook is None:
            continue
        try:
            hook(event)
        except Exception:
            logger.exception("A hook failed; the request goes on")
