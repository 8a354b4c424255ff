"""Replaces links to operations and schemas in texts of the description by names of the package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

T = TypeVar("T")

TARGET = r"#(?:tag/[\w-]+/)?(operation|schema)/([\w-]+(?:\.[\w-]+)*)"
LINK = re.compile(rf"(?<!!)\[([^\[\]]*)\]\({TARGET}\)|(?<![\w/])`?{TARGET}`?")
TEXTS = {"description", "errors", "returns", "summary"}


def linked(part: T, names: Mapping[tuple[str, str], str]) -> T:
    """A part of a plan with the links in all of its texts replaced.

    Args:
        part: A dataclass, or a collection of them.
        names: (`operation` or `schema`, name in the description) -> name in this package.
    """
    return cast(T, _linked(part, names, False))


def _linked(part: object, names: Mapping[tuple[str, str], str], in_text: bool) -> Any:
    if isinstance(part, str):
        return LINK.sub(lambda found: _named(found, names), part) if in_text else part
    if isinstance(part, list):
        return [_linked(item, names, in_text) for item in cast("list[Any]", part)]
    if type(part) is tuple:  # not a named tuple
        return tuple(_linked(item, names, in_text) for item in cast("tuple[Any, ...]", part))
    if isinstance(part, dict):
        return {key: _linked(value, names, in_text) for key, value in cast("dict[Any, Any]", part).items()}
    if is_dataclass(part) and not isinstance(part, type):
        values = {it.name: _linked(getattr(part, it.name), names, it.name in TEXTS) for it in fields(part)}
        return replace(part, **values)
    return part


def _named(found: re.Match[str], names: Mapping[tuple[str, str], str]) -> str:
    words, *linked_to, bare_kind, bare_name = found.groups()
    kind, target = linked_to if words is not None else (bare_kind, bare_name)
    name = names.get((kind, target))
    if name is None:
        return found[0]
    if not words or words.strip("`").casefold() in {target.casefold(), name.casefold()}:
        return f"`{name}`"
    return f"{words} (`{name}`)"
