"""Items of jobs: their keys, and their form as JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import asdict, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, TypeVar, cast
from uuid import UUID

from grinfi_async import ConfigurationError, InvalidArgumentError, Model, Page

__all__ = ["Key", "as_json", "as_utf8", "digest_of", "iterate", "key_of"]

ItemT = TypeVar("ItemT")
Key = str | Callable[[Any], object] | None
DIGEST_BYTES = 16
LONGEST_KEY = 100


def as_utf8(text: str) -> str:
    """The text with lone surrogates escaped, which UTF-8 files and databases do not accept."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def as_json(value: Any, *, lenient: bool = False, sort: bool = True) -> str:
    """A value as JSON. With `sort`, equal values give the same text; with `lenient`, other types are written as text.

    Raises:
        TypeError: JSON cannot hold the value, or its keys cannot be sorted.
        ValueError: The value contains itself.
    """

    def other(part: Any) -> Any:
        if isinstance(part, Model):
            return part.to_dict()
        if is_dataclass(part) and not isinstance(part, type):
            return asdict(part)
        if isinstance(part, Mapping):
            return dict(cast("Mapping[Any, Any]", part))
        if isinstance(part, Enum):
            return part.value
        if isinstance(part, date | time):
            return part.isoformat()
        if lenient or isinstance(part, UUID | Decimal | PurePath):
            return str(part)
        raise TypeError(f"{type(part).__name__} cannot be written as JSON")

    try:
        text = json.dumps(value, sort_keys=sort, ensure_ascii=False, separators=(",", ":"), default=other)
    except (TypeError, ValueError):
        if not lenient:
            raise
        text = json.dumps(str(value), ensure_ascii=False)
    return as_utf8(text)


def key_of(key: Key) -> Callable[[Any], str]:
    """A function from an item to its key."""
    if key is None:
        return _content
    if not isinstance(key, str) and not callable(key):
        raise ConfigurationError(f"key must be the name of a field, a function of an item, or None, not {key!r}.")

    def key_of_item(item: Any) -> str:
        if callable(key):
            value = key(item)
        elif isinstance(item, Mapping):
            value = cast("Mapping[str, object]", item).get(key)
        else:
            value = getattr(item, key, None)
        if value is None or value == "":
            raise InvalidArgumentError("key" if callable(key) else key, "is missing, but it identifies the item")
        return as_utf8(str(value))

    return key_of_item


def _content(item: Any) -> str:
    """The content of an item as its key; a digest if it is long."""
    try:
        text = as_utf8(item) if isinstance(item, str) else as_json(item)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(
            f"An item of type {type(item).__name__} cannot be its own key ({error}); pass key= with the name of a "
            "field, or a function."
        ) from error
    return text if len(text) <= LONGEST_KEY else digest_of(text)


def digest_of(text: str) -> str:
    """A digest of a text, from which the text cannot be read."""
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


async def iterate(items: Iterable[ItemT] | AsyncIterable[ItemT]) -> AsyncGenerator[ItemT]:
    """The items one by one, each read when it is needed."""
    if isinstance(items, Page):  # which refuses `async for`
        items = items.data
    if isinstance(items, AsyncGenerator):
        async with aclosing(cast("AsyncGenerator[ItemT]", items)) as closed_at_the_end:
            async for item in closed_at_the_end:
                yield item
    elif isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
