"""Counts of rows by the value of a field."""

from __future__ import annotations

from typing import Any, cast

import httpx

from grinfi_overrides.runtime.codecs import INTEGER
from grinfi_overrides.runtime.responses import decode_error, read_json


class GroupCounts(dict[str, int]):
    """Value of a field -> number of rows; rows without a value are under `""`."""

    def to_records(self) -> list[dict[str, Any]]:
        """Records with `value` and `count`, for data frames; `value` is None for rows without a value."""
        return [{"value": value or None, "count": count} for value, count in self.items()]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler.generate_schema(dict[str, int])


def read_counts(response: httpx.Response) -> GroupCounts:
    """Read counts; the server may send a mapping, or a list of values with their counts."""
    value = read_json(response)
    if isinstance(value, dict) and isinstance(inner := cast("dict[str, Any]", value).get("data"), dict | list):
        value = cast("Any", inner)
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs += cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        rows = [cast("dict[str, Any]", it) if isinstance(it, dict) else {} for it in cast("list[Any]", value)]
        pairs += [(row.get("value"), row.get("count")) for row in rows]
    else:
        raise decode_error(response, "the body does not contain counts")
    counts = GroupCounts()
    for group, sent in pairs:
        count = INTEGER.decode(int(sent) if isinstance(sent, str) and sent.isdecimal() else sent)
        if not isinstance(count, int):
            raise decode_error(response, f"the count of {group!r} is {sent!r}, not a number")
        name = "" if group is None else str(group)
        counts[name] = counts.get(name, 0) + count
    return counts
