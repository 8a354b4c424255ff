"""Typed views of decoded JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

JsonObject: TypeAlias = dict[str, Any]
JsonArray: TypeAlias = list[Any]


def write_time(moment: datetime) -> str:
    """Write a time as the API does; `strftime` would omit the zeros of early years."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_object(value: object) -> JsonObject | None:
    """Return `value` when it is a JSON object."""
    return cast("JsonObject | None", value if isinstance(value, dict) else None)


def as_array(value: object) -> JsonArray | None:
    """Return `value` when it is a JSON array."""
    anything: Any = value
    array: JsonArray | None = anything if isinstance(value, list) else None
    return array


def object_at(node: JsonObject, key: str) -> JsonObject:
    """Return the object under `key`, or an empty one."""
    return as_object(node.get(key)) or {}


def array_at(node: JsonObject, key: str) -> JsonArray:
    """Return the array under `key`, or an empty one."""
    return as_array(node.get(key)) or []
