"""Functions with which generated methods read answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import DecodeError
from .codec import Codec
from .codecs import ModelOf
from .models import Model, count_known

if TYPE_CHECKING:
    import httpx

ModelT = TypeVar("ModelT", bound=Model)

OUTCOME = "grinfi.outcome"
"""Extension of a response: the `CallOutcome` of its call, for a `DecodeError`."""
PARSED = "grinfi.json"
"""Extension of a response: its body as JSON, if it has been parsed."""
OWN_RESPONSE = "grinfi.response"
"""Extension of a response that a correction made: the response that the server sent."""


try:
    _loads: Callable[[bytes], Any] = import_module("orjson").loads
except ImportError:
    _loads = json.loads


def parse_json(body: bytes) -> Any:
    """Parse JSON, with orjson if it is installed.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    try:
        return _loads(body)
    except (ValueError, RecursionError):
        # The standard library also reads NaN, lone surrogates and other encodings, which orjson refuses.
        return json.loads(body)


def decode_error(response: httpx.Response, problem: str) -> DecodeError:
    request = response.request
    outcome: dict[str, Any] = response.extensions.get(OUTCOME, {})
    return DecodeError(request.method, request.url.path, response.status_code, problem, **outcome)


def _parsed(response: httpx.Response) -> Any:
    if PARSED in response.extensions:
        return response.extensions[PARSED]
    if not response.content or response.content.isspace():
        raise decode_error(response, "the body is empty")
    try:
        return parse_json(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type")
        raise decode_error(response, f"the body is not JSON (content type: {kind})") from error


def read_model(response: httpx.Response, model: type[ModelT]) -> ModelT:
    """One object, which the server sometimes wraps in `data`."""
    value = _parsed(response)
    if isinstance(value, dict):
        row = cast("dict[str, Any]", value)
        inner = row.get("data")
        if inner == []:
            inner = {}
        if isinstance(inner, dict):
            # A row that is not wrapped may have a field called data. The side with more known fields is the row:
            #     {"data": {"uuid": …, "name": …}}                        wrapped
            #     {"uuid": …, "name": …, "data": {"anything": 1}}         a row with a field called data
            outside = count_known(model, row)
            if outside == 0 or count_known(model, cast("dict[str, Any]", inner)) > outside:
                row = cast("dict[str, Any]", inner)
        return model.from_dict(row)
    if value == []:
        return model.from_dict({})
    raise decode_error(response, f"the body is a JSON {_kind(value)}, not an object")


def read_optional_model(response: httpx.Response, model: type[ModelT]) -> ModelT | None:
    """One object, or None for 204."""
    return None if response.status_code == 204 else read_model(response, model)


def read_list(response: httpx.Response, item: Codec) -> list[Any]:
    """A list, which the server sometimes wraps in `data`."""
    value = _parsed(response)
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("data", value)
    if value == {}:
        return []
    if not isinstance(value, list):
        raise decode_error(response, f"the body is a JSON {_kind(value)}, not a list")
    entries = cast("list[Any]", value)
    return read_entries(response, item, entries)


def read_entries(response: httpx.Response, item: Codec, entries: list[Any]) -> list[Any]:
    """The entries of a list."""
    if isinstance(item, ModelOf) and set(map(type, entries)) == {dict}:
        return item.get_class()._read_all(entries)  # pyright: ignore[reportPrivateUsage]
    return [read_entry(response, item, index, entry) for index, entry in enumerate(entries)]


def read_entry(response: httpx.Response, item: Codec, place: int | str, value: Any) -> Any:
    """One entry of a list or map; null is read as an empty one."""
    if item.plain:
        return value
    decoded = item.decode([] if value is None else value)
    if decoded is None and value is not None:
        raise decode_error(response, f"entry {place!r} of the body is a JSON {_kind(value)}")
    return decoded


def read_map(response: httpx.Response, item: Codec, *, numbered: bool = False) -> dict[Any, Any]:
    """A map; the server sometimes writes an empty one as `[]`. `numbered` keys become integers."""
    value = _parsed(response)
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise decode_error(response, f"the body is a JSON {_kind(value)}, not an object")
    entries = cast("dict[str, Any]", value)
    if entries.keys() == {"data"} and isinstance(entries["data"], dict):
        entries = cast("dict[str, Any]", entries["data"])
    return {
        int(key) if numbered and key.isdecimal() else key: read_entry(response, item, key, entry)
        for key, entry in entries.items()
    }


def read_value(response: httpx.Response, codec: Codec) -> Any:
    """A single value."""
    return codec.decode(_parsed(response))


def read_json(response: httpx.Response) -> Any:
    """Any JSON; None if the body is empty. For answers without a description."""
    return None if not response.content or response.content.isspace() else _parsed(response)


def read_bytes(response: httpx.Response) -> bytes:
    """The body as bytes."""
    return response.content


def read_text(response: httpx.Response) -> str:
    """The body as text, in the encoding that the server names."""
    return response.text


def _kind(value: object) -> str:
    names: dict[type, str] = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
