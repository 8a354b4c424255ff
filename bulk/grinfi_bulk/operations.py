"""The call of a job: a method of a resource, or any async function."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple, cast, get_args

from grinfi_async import OPERATIONS, RESOURCES, ConfigurationError, Operation, RetryClass

from .items import as_json

__all__ = ["BY_METHOD", "Callee", "inspect_call"]

RETRY_CLASSES: Final = get_args(RetryClass)
RESOURCE_OF: Final = {place: name for name, place in RESOURCES.items()}
BY_METHOD: Final = {(operation.resource, operation.name): operation for operation in OPERATIONS.values()}


class Callee(NamedTuple):
    """The function that is called for each item."""

    name: str
    """Name that identifies it in a journal."""
    retry_class: RetryClass
    operation: Operation | None
    invoke: Callable[[Any], Awaitable[Any]]


def inspect_call(call: Callable[..., Awaitable[Any]], name: str | None, retry_class: RetryClass | None) -> Callee:
    """Find out what is called, its name, and whether it may be repeated."""
    if not callable(call):
        raise ConfigurationError(f"call must be an async function or a method of a resource, not {call!r}.")
    if retry_class is not None and retry_class not in RETRY_CLASSES:
        raise ConfigurationError(f"retry_class must be one of {', '.join(RETRY_CLASSES)}, not {retry_class!r}.")
    function: Any = call
    bound: list[Any] = []
    while isinstance(function, partial):
        part = cast("partial[Any]", function)
        bound.append([part.args, part.keywords])
        function = part.func
    operation = _operation(function)
    if name is None:
        if operation is not None:
            name = operation.id
        else:
            name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__name__)}"
        if bound:
            # The same call with another argument, such as another list, is another job.
            name = f"{name} with {as_json(bound, lenient=True)}"
    retried = retry_class or ("write" if operation is None else operation.retry)
    spread = operation is not None

    def invoke(item: Any) -> Awaitable[Any]:
        started = call(**cast("Mapping[str, Any]", item)) if spread and isinstance(item, Mapping) else call(item)
        if not inspect.isawaitable(started):
            raise TypeError(f"{name} must be an async function, but returned {type(started).__name__}")
        return started

    return Callee(name, retried, operation, invoke)


def _operation(function: Any) -> Operation | None:
    owner = getattr(function, "__self__", None)
    resource = RESOURCE_OF.get((type(owner).__module__, type(owner).__qualname__))
    return None if resource is None else BY_METHOD.get((resource, function.__name__))
