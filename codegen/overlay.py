"""Applies an OpenAPI Overlay 1.0 document, and reports actions that were not used.

    - target: "$.components.schemas.Lead.properties.tags"       what to correct, as a JSONPath
      description: "The array has no items."                    why; required
      update: {items: {type: string}}                           merged into the target; or `remove: true`
      x-optional: true                                          an edition may lack the target

An overlay must survive new editions. The vendor may rename `Lead` to `lead`, move an inline schema to `components`, or
split it with `allOf`. So a target is searched for in these ways, too:

    $.paths['/x'].post.requestBody.content       the path item, or the body, may be a `$ref`: it is followed
    $.components.schemas.Lead                    otherwise, a name that differs only in case or punctuation
    $.components.schemas.Lead.properties.tags    otherwise, the same place in one of the parts of `allOf`
"""

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
    """The actions of an overlay file.

    Raises:
        CodegenError: It is not an overlay, or an action lacks its target, its reason, or what to do.
    """
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
    """The corrected description, and a line for each part of the overlay that was not used.

    Not used are optional actions without a target, and added operations that the edition now describes itself. Only
    objects can be updated.

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
            raise CodegenError(f"The overlay's target {target} is not a JSONPath: {error}.") from error
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
            # From the end, so that positions in a list stay valid while entries are removed.
            for match in sorted(matches, key=_position, reverse=True):
                if match.context is not None:
                    del match.context.value[_position(match)]
    if lost[False]:
        raise CodegenError(
            "The overlay corrects parts that this edition does not have. Give each of these actions another target, "
            "remove it, or mark it with `x-optional: true`:",
            lost[False],
        )
    return corrected, lost[True]


_parsed = cache(parse_jsonpath)
"""Parsed JSONPaths: a comparison applies the same overlay twice."""


def _merge(value: Any, update: Any) -> None:
    """Merge by the rules of OpenAPI Overlay: objects are merged, lists extended, other values replaced."""
    for key, new in update.items():
        old = value.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _merge(old, new)
        elif isinstance(old, list) and isinstance(new, list):
            value[key] = [*cast("list[Any]", old), *copy.deepcopy(cast("list[Any]", new))]
        else:
            value[key] = copy.deepcopy(new)


def _leave_out_described(document: Document, paths: dict[str, Any]) -> list[str]:
    """Remove from `paths`, which will be added, the operations that the description has itself; a line for each.

    The overlay adds operations that are known from other sources. When the vendor describes one, its description
    counts. If method and path are the same, it keeps the public name (`x-named-as`), so users see no difference.
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
    """Evaluates a JSONPath step by step, and follows references between the steps.

    $.paths['/x'].get.parameters[?(@.name=='limit')]  ->  $ · paths · '/x' · get · parameters · [?…]
    """

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
            # The condition is checked on the targets of references, but the result is the entry of this list: removing
            # it must not change the target, which others may use.
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
        """The value, and the parts of its `allOf`."""
        whole = self.followed(start)
        yield whole
        value = whole.value
        if isinstance(value, dict) and isinstance(parts := cast("dict[str, Any]", value).get("allOf"), list):
            for part in cast("list[Any]", parts):
                yield from self._parts(DatumInContext.wrap(part))

    def followed(self, match: Any) -> Any:
        """The match with its references followed, as far as they lead."""
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
    """The name of a schema of `components` in this edition: case and punctuation may differ."""
    known = _schemas(document)
    return name if name in known else next((it for it in known if _plain(it) == _plain(name)), name)


def _with_names(document: Document, update: Any) -> Any:
    """The update with the schema names of this edition."""
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
