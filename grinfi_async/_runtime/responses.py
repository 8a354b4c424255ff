# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""How generated methods read answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .errors import DecodeError
from .models import Model
from .unset import UNSET

if TYPE_CHECKING:
    import httpx

    from .codecs import Codec

__all__ = [
    "read_bytes",
    "read_json",
    "read_list",
    "read_map",
    "read_model",
    "read_optional_model",
    "read_text",
    "read_value",
]

ModelT = TypeVar("ModelT", bound=Model)


def decode_error(response: httpx.Response, problem: str) -> DecodeError:
    return DecodeError(response.request.method, response.request.url.path, response.status_code, problem)


def _parsed(response: httpx.Response) -> Any:
    if not response.content.strip():
        raise decode_error(response, "the body is empty")
    try:
        return json.loads(response.content)
    except ValueError as error:
        kind = response.headers.get("content-type", "no content type")
        raise decode_error(response, f"the body is not JSON (content type: {kind})") from error


def read_model(response: httpx.Response, model: type[ModelT]) -> ModelT:
    """One object; the server puts it under `data` at times."""
    value = _parsed(response)
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value).get("data", UNSET)
        if isinstance(inner, dict) and "data" not in {entry.wire for entry in model.wire_fields().values()}:
            value = cast("dict[str, Any]", inner)
        return model.from_dict(cast("dict[str, Any]", value))
    if value == []:
        return model.from_dict({})
    raise decode_error(response, f"the body is a JSON {_kind(value)}, not an object")


def read_optional_model(response: httpx.Response, model: type[ModelT]) -> ModelT | None:
    """One object, or None for 204."""
    return None if response.status_code == 204 else read_model(response, model)


def read_list(response: httpx.Response, item: Codec) -> list[Any]:
    """A list; a server that wraps it in `data` is understood too."""
    value = _parsed(response)
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("data", value)
    if value == {}:
        return []
    if not isinstance(value, list):
        raise decode_error(response, f"the body is a JSON {_kind(value)}, not a list")
    entries = cast("list[Any]", value)
    return [item.decode(entry)[0] for entry in entries]


def read_map(response: httpx.Response, item: Codec) -> dict[str, Any]:
    """A map; an empty one comes as `[]` at times."""
    value = _parsed(response)
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise decode_error(response, f"the body is a JSON {_kind(value)}, not an object")
    return {key: item.decode(entry)[0] for key, entry in cast("dict[str, Any]", value).items()}


def read_value(response: httpx.Response, codec: Codec) -> Any:
    """A single value."""
    return codec.decode(_parsed(response))[0]


def read_json(response: httpx.Response) -> Any:
    """Whatever JSON there is; None if the body is empty. For answers the description says nothing about."""
    return _parsed(response) if response.content.strip() else None


def read_bytes(response: httpx.Response) -> bytes:
    """The body as it came."""
    return response.content


def read_text(response: httpx.Response) -> str:
    """The body as text, in the encoding the server names."""
    return response.text


def _kind(value: object) -> str:
    names: dict[type, str] = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
