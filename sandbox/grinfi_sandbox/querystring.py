"""Query strings and form fields with bracketed names, read as PHP reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

from .values import JsonObject, as_object

Pair: TypeAlias = tuple[str, Any]

# The name ends at the first "=" outside brackets: `filter[sent_at][>=]=2026-07-01`.
PAIR = re.compile(r"([^=\[]*(?:\[[^\]]*\][^=\[]*)*)(?:=(.*))?", re.DOTALL)
ENCODED_BRACKET = re.compile(r"%5[BD]", re.IGNORECASE)
NESTED = re.compile(r"([^\[]+)((?:\[[^\]]*\])+)")
BRACKETS = re.compile(r"\[([^\]]*)\]")


def parse_pairs(query: str) -> list[Pair]:
    """Split a query string into decoded names and values."""
    pairs: list[Pair] = []
    for piece in query.split("&"):
        if not piece:
            continue
        prepared = ENCODED_BRACKET.sub(lambda found: unquote_plus(found.group()), piece)
        found = PAIR.fullmatch(prepared)
        name, value = found.groups("") if found else piece.partition("=")[::2]
        pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


def nest(pairs: Iterable[Pair]) -> JsonObject:
    """Build the nested values that bracketed names stand for; the last of two equal names counts."""
    root: JsonObject = {}
    for name, value in pairs:
        nested = NESTED.fullmatch(name)
        keys = [nested.group(1), *BRACKETS.findall(nested.group(2))] if nested else [name]
        node = root
        for depth, key in enumerate(keys):
            place = str(len(node)) if depth and not key else key
            if depth == len(keys) - 1:
                node[place] = value
            else:
                child = as_object(node.get(place)) or {}
                node[place] = child
                node = child
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    node = as_object(value)
    if node is None:
        return value
    if list(node) == [str(index) for index in range(len(node))]:
        return [_lists(item) for item in node.values()]
    return {key: _lists(item) for key, item in node.items()}
