"""Applies the overlay that corrects the description: the parts about the server, not those about Python."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeAlias

from .values import JsonObject, as_array, as_object

Place: TypeAlias = tuple[Any, Any]  # a container, and the key or index in it

STEP = re.compile(
    r"\.(?P<name>[\w-]+)|(?P<all>\.\*)|\[\?\(@\.(?P<key>[\w-]+) *== *'(?P<value>[^']*)'\)\]"
    r"|\[(?P<names>'[^']*'(?:, *'[^']*')*)\]"
)
QUOTED = re.compile(r"'([^']*)'")
TEXTS = ("title", "description")


def says_what_the_server_does(action: JsonObject) -> bool:
    """Return whether an action changes what the server accepts and returns, beyond texts and extensions."""
    changes = action.get("remove") is True or any(not (key in TEXTS or key[:2] == "x-") for key in action["update"])
    return changes and action.get("x-python-only") is not True


def apply(document: JsonObject, actions: Iterable[JsonObject]) -> JsonObject:
    """Return a corrected copy of a description; a missing target is skipped.

    A target is a JSONPath of names, `*`, lists of names and `[?(@.name=='text')]`. It is found through `$ref` and
    `allOf`, and an update is an object.
    """
    corrected = copy.deepcopy(document)
    for action in actions:
        places = list(_find(corrected, _parse(action["target"]), corrected))
        if "update" in action:
            update = action["update"]
            if action.get("x-adds-operations") is True:
                update = _undescribed(corrected, update)
            for container, key in places:
                target = as_object(_follow(corrected, container[key]))
                if target is not None:
                    _merge(target, update)
        else:
            for container, key in reversed(places):
                del container[key]
    return corrected


def _undescribed(document: JsonObject, paths: JsonObject) -> JsonObject:
    """Return the operations of the paths that a description lacks."""
    described = {path: as_object(_follow(document, item)) or {} for path, item in document["paths"].items()}
    known = {(method, _shape(path)) for path, item in described.items() for method in item}
    ids = {(as_object(node) or {}).get("operationId") for item in described.values() for node in item.values()}
    return {
        path: {
            method: node
            for method, node in item.items()
            if (method, _shape(path)) not in known and node["operationId"] not in ids
        }
        for path, item in paths.items()
    }


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@cache
def _parse(target: str) -> tuple[re.Match[str], ...]:
    steps = tuple(STEP.finditer(target))
    if target != "$" + "".join(step.group() for step in steps):
        raise ValueError(f"The overlay's target {target} has a form that the sandbox does not know.")
    return steps


def _find(document: JsonObject, steps: tuple[re.Match[str], ...], value: Any) -> Iterator[Place]:
    """Find the places that steps lead to: in a value, or in the first part of its `allOf` that has them."""
    for part in _parts(document, value):
        found = list(_find_in(document, steps, part))
        if found:
            yield from found
            return


def _find_in(document: JsonObject, steps: tuple[re.Match[str], ...], value: Any) -> Iterator[Place]:
    for key in _keys(document, steps[0], value):
        if len(steps) == 1:
            yield value, key
        else:
            yield from _find(document, steps[1:], value[key])


def _keys(document: JsonObject, step: re.Match[str], value: Any) -> list[Any]:
    node, entries = as_object(value), as_array(value)
    if step["key"]:
        followed = [as_object(_follow(document, entry)) or {} for entry in entries or []]
        return [index for index, entry in enumerate(followed) if entry.get(step["key"]) == step["value"]]
    if step["all"]:
        return list(node) if node is not None else list(range(len(entries or [])))
    names = [step["name"]] if step["name"] else QUOTED.findall(step["names"])
    return [name for name in names if name in (node or {})]


def _parts(document: JsonObject, value: Any) -> Iterator[Any]:
    whole = _follow(document, value)
    yield whole
    for part in as_array((as_object(whole) or {}).get("allOf")) or []:
        yield from _parts(document, part)


def _follow(document: JsonObject, value: Any) -> Any:
    """Follow local references."""
    for _ in range(10):
        node = as_object(value)
        reference = None if node is None else node.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return value
        value = document
        for part in reference[2:].split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
    return value


def _merge(node: JsonObject, update: JsonObject) -> None:
    """Merge objects, extend lists, and replace anything else."""
    for key, new in update.items():
        old = node.get(key)
        inner, changes = as_object(old), as_object(new)
        if inner is not None and changes is not None:
            _merge(inner, changes)
            continue
        listed, more = as_array(old), as_array(new)
        node[key] = copy.deepcopy(new if listed is None or more is None else [*listed, *more])
