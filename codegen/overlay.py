"""Applying an OpenAPI Overlay 1.0 document, and telling which of its actions found nothing to correct."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from jsonpath_ng import Child, DatumInContext, Fields
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse as parse_jsonpath

from .description import Document, Loader, is_local, lookup, operations, path_shape
from .errors import CodegenError


def load_overlay(path: Path) -> list[dict[str, Any]]:
    """The actions of an overlay file. Each must have a target, a reason, and something to do."""
    try:
        overlay: Any = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise CodegenError(f"{path.name} cannot be parsed: {' '.join(str(error).split())}") from error
    if not isinstance(overlay, dict) or str(cast("dict[str, Any]", overlay).get("overlay")) != "1.0.0":
        raise CodegenError(f"{path.name} is not an OpenAPI Overlay 1.0.0 document.")
    actions: list[dict[str, Any]] = cast("dict[str, Any]", overlay).get("actions") or []
    for number, action in enumerate(actions, 1):
        missing = [key for key in ("target", "description") if not action.get(key)]
        given = [key for key in ("update", "remove") if key in action]
        fits = isinstance(action["update"], dict) if given == ["update"] else action.get("remove") is True
        if missing or len(given) != 1 or not fits:
            raise CodegenError(
                f"{path.name}, action {number} ({action.get('target')}): "
                "needs a target, a description with the reason, and either update (an object) or remove (true)."
            )
    return actions


def apply(document: Document, actions: list[dict[str, Any]]) -> tuple[Document, list[str]]:
    """The corrected description, and a line for each part of the overlay that was left out, with the reason.

    These are optional actions without a target, and added operations that the description has itself.

    What is to be updated must be an object. A target is found through `$ref` and `allOf`, and a schema of `components`
    whatever the case of its name: what is corrected is the thing, wherever this edition has written it.

    Raises:
        CodegenError: The description does not have the target of an action without `x-optional: true`.
    """
    corrected = copy.deepcopy(document)
    lost: dict[bool, list[str]] = {True: [], False: []}
    for action in actions:
        target = action["target"]
        try:
            path = _parsed(target)
        except JSONPathError as error:
            raise CodegenError(f"The overlay's target {target} is no JSONPath: {error}.") from error
        matches = _Finder(corrected).find(path)
        if "update" in action:
            matches = [match for match in matches if isinstance(match.value, dict)]
        if not matches:
            is_optional = action.get("x-optional") is True
            reason = ", which this edition does not have" if is_optional else ""
            lost[is_optional].append(f"{target} ({action['description']}){reason}")
        elif "update" in action:
            update = _with_names(corrected, action["update"])
            if action.get("x-adds-operations") is True:
                lost[True] += _leave_out_described(corrected, update)
            for match in matches:
                _merge(match.value, update)
        else:
            for match in sorted(matches, key=_position, reverse=True):
                if match.context is not None:
                    del match.context.value[_position(match)]
    if lost[False]:
        raise CodegenError(
            "The overlay corrects what this edition does not have. Give each of these actions another target, or take "
            "it out, or let it be left out with `x-optional: true`:",
            lost[False],
        )
    return corrected, lost[True]


_parsed = cache(parse_jsonpath)
"""Two editions are corrected by the same targets."""


def _merge(value: Any, update: Any) -> None:
    """Overlay's merge: objects are merged, lists extended, anything else replaced."""
    for key, new in update.items():
        old = value.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _merge(old, new)
        elif isinstance(old, list) and isinstance(new, list):
            value[key] = [*cast("list[Any]", old), *copy.deepcopy(cast("list[Any]", new))]
        else:
            value[key] = copy.deepcopy(new)


def _leave_out_described(document: Document, paths: dict[str, Any]) -> list[str]:
    """Take operations that a description has itself out of the paths that are to be added to it; a line for each.

    One at the same place keeps the public name of the one that was to be added.
    """
    follow = _Finder(document).followed
    items = {path: follow(DatumInContext.wrap(item)).value for path, item in document["paths"].items()}
    known = {(it.method, path_shape(it.path)): it for it in operations({"paths": items})}
    ids = {it.id for it in known.values()}
    lines: list[str] = []
    for added in list(operations({"paths": paths})):
        described = known.get((added.method, path_shape(added.path)))
        if described is None and added.id not in ids:
            continue
        if described is not None:
            cast(Document, described.value)["x-named-as"] = added.id
        del cast(Document, added.path_item)[added.method]
        lines.append(f"{added.method.upper()} {added.path} ({added.id}), which this edition describes itself")
    return lines


def _position(match: Any) -> Any:
    path = match.path
    return path.fields[0] if isinstance(path, Fields) else path.indices[0]


class _Finder:
    """Evaluates a JSONPath step by step, so that references are followed between the steps."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def find(self, path: Any) -> list[Any]:
        steps: list[Any] = []
        while isinstance(path, Child):
            steps.insert(0, path.right)
            path = path.left
        found = self._find([path, *steps], DatumInContext.wrap(self._document))
        return [self.followed(match) for match in found]

    def _find(self, steps: list[Any], start: Any) -> list[Any]:
        if not steps:
            return [start]
        for part in self._parts(start):
            if found := [it for match in self._step(steps[0], part) for it in self._find(steps[1:], match)]:
                return found
        return []

    def _step(self, path: Any, start: Any) -> list[Any]:
        value = start.value
        if isinstance(value, list) and not isinstance(path, Fields):
            # A condition on entries is one on what they refer to; what is found is still the entry of this list.
            entries = [self.followed(DatumInContext.wrap(entry)).value for entry in cast("list[Any]", value)]
            found = path.find(DatumInContext.wrap(entries))
            return [DatumInContext(match.value, match.path, start) for match in found]
        if matches := path.find(start):
            return cast("list[Any]", matches)
        if isinstance(path, Fields) and value is _schemas(self._document):
            alike = [_alike(self._document, str(name)) for name in path.fields]
            return cast("list[Any]", Fields(*alike).find(start))
        return []

    def _parts(self, start: Any) -> Iterator[Any]:
        """What is there, and what it consists of by `allOf`."""
        whole = self.followed(start)
        yield whole
        value = whole.value
        if isinstance(value, dict) and isinstance(parts := cast("dict[str, Any]", value).get("allOf"), list):
            for part in cast("list[Any]", parts):
                yield from self._parts(DatumInContext.wrap(part))

    def followed(self, match: Any) -> Any:
        """What is found, its references followed."""
        seen: set[str] = set()
        value = match.value
        while isinstance(value, dict) and isinstance(reference := cast("dict[str, Any]", value).get("$ref"), str):
            if reference in seen or not is_local(reference):
                return match
            seen.add(reference)
            value = lookup(self._document, reference)
        return match if value is match.value else DatumInContext(value, match.path, match.context)


def _schemas(document: Document) -> dict[str, Any]:
    return cast("dict[str, Any]", cast("dict[str, Any]", document.get("components") or {}).get("schemas") or {})


def _alike(document: Document, name: str) -> str:
    """The name that this edition gives a schema of `components`."""
    known = _schemas(document)
    return name if name in known else next((it for it in known if _plain(it) == _plain(name)), name)


def _with_names(document: Document, update: Any) -> Any:
    """An update that refers to schemas by the names of this edition."""
    if isinstance(update, list):
        return [_with_names(document, part) for part in cast("list[Any]", update)]
    if not isinstance(update, dict):
        return update
    result = {key: _with_names(document, part) for key, part in cast("dict[str, Any]", update).items()}
    if isinstance(result.get("$ref"), str):
        place, _, name = result["$ref"].rpartition("/")
        result["$ref"] = f"{place}/{_alike(document, name)}"
    if "x-filter-fields-of" in result:
        result["x-filter-fields-of"] = _alike(document, result["x-filter-fields-of"])
    return result


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]", "", name).casefold()
