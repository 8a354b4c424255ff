"""Hooks and log messages of a client about its requests."""

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
    """Something that happened to a request. It never contains the key, a body, or values of the query.

    Attributes:
        operation_id: The operationId; None for a request that the description does not have.
        method: HTTP method.
        path: Path template, such as `/leads/api/leads/{uuid}`; for a request that the description does not have, the
            path itself.
        attempt: Number of the attempt, from 1.
        status: Status of the answer; None if there is no answer (yet).
        error: What went wrong; None if nothing did (yet).
        waited: Seconds this attempt waited for the rate limiter; for `on_wait`, the expected wait.
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
    """Functions that the client calls during a request. If one raises, the error is logged and the request continues.

    Attributes:
        before_attempt: Called before each attempt is sent.
        after_attempt: Called after each attempt, successful or not.
        on_retry: Called when an attempt will be repeated after `delay`.
        on_wait: Called when an attempt starts to wait for the rate limiter.

    Raises:
        ConfigurationError: A hook is an async function.
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
    """Also call these hooks for all requests made inside the `with`, by any client.

    Tasks that are started inside the `with` are observed, too.
    """
    token = _observers.set((*_observers.get(), hooks))
    try:
        yield
    finally:
        _observers.reset(token)


def with_observers(hooks: Hooks) -> tuple[Hooks, ...]:
    """The client's hooks, followed by those that observe the caller."""
    return (hooks, *_observers.get())


HookName = Literal["before_attempt", "after_attempt", "on_retry", "on_wait"]


def call_hooks(listeners: Sequence[Hooks], name: HookName, event: RequestEvent) -> None:
    """Call the hook of this name in each of the listeners that has one."""
    for hooks in listeners:
        hook: Hook | None = getattr(hooks, name)
        if hook is None:
            continue
        try:
            hook(event)
        except Exception:
            logger.exception("The hook %s failed; the request continues", name)
