"""An OpenAPI description for the comparison: references are followed, and `allOf` is flattened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

from codegen.description import RawOperation, lookup
from codegen.schemas import Schemas

Raw: TypeAlias = Mapping[str, Any]
#: A schema: objects whose keywords all apply, with references followed and `allOf` flattened. Empty: any value.
Parts: TypeAlias = tuple[Raw, ...]
#: A rule for fields: "at least one of" or "exactly one of" these sets must be given.
Rule: TypeAlias = tuple[str, frozenset[frozenset[str]]]

METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "trace")
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
OTHER_BOUNDS = ("multipleOf", "pattern", "uniqueItems")
#: Keywords allowed next to `required` in an alternative of a rule such as "at least one of".
BESIDE_REQUIRED = {"required", "type", "title", "description", "example"}
JSON_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
#: A parameter that only the path template mentions.
UNDECLARED: Raw = {"in": "path", "schema": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with all its parameters; everything else as described."""

    id: str
    method: str
    path: str
    raw: Raw
    parameters: Mapping[tuple[str, str], Raw]


class Document:
    """A description whose references are followed on request."""

    def __init__(self, raw: Raw) -> None:
        self._raw = dict(raw)
        self._targets: dict[str, Raw] = {}
        self._schemas = Schemas(self._raw)

    def resolve(self, node: object) -> Raw:
        """The object that a node is or refers to."""
        seen: set[str] = set()
        found = as_mapping(node)
        while isinstance(ref := found.get("$ref"), str):
            if ref in seen or not ref.startswith("#"):
                raise ValueError(f"cannot follow the reference {ref!r}")
            seen.add(ref)
            if ref in self._targets:
                found = self._targets[ref]
                continue
            target: object = self._raw
            for token in ref.removeprefix("#").split("/")[1:]:
                key = unquote(token).replace("~1", "/").replace("~0", "~")
                children = [*as_mapping(target).items(), *enumerate(as_list(target))]
                target = next((child for name, child in children if str(name) == key), None)
            if not isinstance(target, Mapping):
                raise ValueError(f"cannot follow the reference {ref!r}")
            found = self._targets[ref] = as_mapping(cast(object, target))
        return found

    def references(self) -> set[str]:
        """Every reference of the description."""
        return references(self._raw)

    def target(self, reference: str) -> object:
        """The target of a reference, through further references; None if there is none."""
        try:
            self.resolve({"$ref": reference})
        except ValueError:
            return None
        return lookup(self._raw, reference)

    def flat(self, nodes: Iterable[object]) -> Parts:
        """The schema that all of these schemas make together."""
        parts: dict[int, Raw] = {}
        waiting = list(nodes)[::-1]
        while waiting:
            part = self.resolve(waiting.pop())
            if part and id(part) not in parts:
                parts[id(part)] = part
                waiting += as_list(part.get("allOf"))[::-1]
        return tuple(parts.values())

    def variants(self, parts: Parts, expanded: frozenset[tuple[int, str]] = frozenset()) -> list[Parts]:
        """The schemas a value may have by `oneOf` and `anyOf`, nested ones included; without these, just the schema."""
        for part in parts:
            for keyword in ("oneOf", "anyOf"):
                options = as_list(part.get(keyword))
                if options and (id(part), keyword) not in expanded and not is_rule(options):
                    done = expanded | {(id(part), keyword)}
                    return [v for option in options for v in self.variants(self.flat((*parts, option)), done)]
        return [parts]

    def operations(self) -> dict[str, Operation]:
        """The operations by operationId, or by method and path where there is none."""
        found: dict[str, Operation] = {}
        paths = as_mapping(self._raw.get("paths"))
        for path in sorted(path for path in paths if path.startswith("/")):
            item = self.resolve(paths[path])
            for method in (m for m in METHODS if isinstance(item.get(m), Mapping)):
                raw = as_mapping(item[method])
                place = f"{method.upper()} {path}"
                name = str(raw.get("operationId") or place)
                resolved = [self.resolve(p) for p in as_list(item.get("parameters")) + as_list(raw.get("parameters"))]
                parameters = {("path", n): UNDECLARED for n in path_names(path)}
                parameters |= {(str(p.get("in")), str(p.get("name"))): p for p in resolved}
                name = place if name in found else name
                found[name] = Operation(name, method.upper(), path, raw, parameters)
        return found

    def returns(self, operation: Operation) -> str:
        """The result of a call, in words."""
        item = self.resolve(as_mapping(self._raw.get("paths"))[operation.path])
        raw_operation = RawOperation(
            operation.method.lower(), operation.path, item, {**operation.raw, "responses": self.responses(operation)}
        )
        return self._schemas.returns(raw_operation)

    def responses(self, operation: Operation) -> dict[str, Raw]:
        """The responses of an operation by status, which YAML may have read as a number."""
        listed = {str(status).lower(): r for status, r in as_mapping(operation.raw.get("responses")).items()}
        return {status: self.resolve(r) for status, r in listed.items() if not status.startswith("x-")}


def references(value: object) -> set[str]:
    """The references within a value."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            waiting += as_mapping(cast("object", node)).values()
            if isinstance(reference := as_mapping(cast("object", node)).get("$ref"), str):
                found.add(reference)
        elif isinstance(node, list):
            waiting += cast("list[object]", node)
    return found


def differing_references(old: Document, new: Document) -> set[str]:
    """References that do not lead to the same in both descriptions, or from there to what differs."""
    known = old.references() | new.references()
    differing = {it for it in known if old.target(it) is None or old.target(it) != new.target(it)}
    ways = {it: references(old.target(it)) for it in known - differing}
    while more := {it for it, way in ways.items() if it not in differing and not way.isdisjoint(differing)}:
        differing |= more
    return differing


def kind_of(parts: Parts) -> str:
    """The type of a schema; a map is an object without declared fields."""
    found: object = next((p["type"] for p in parts if p.get("type")), None)
    if several := as_list(found):
        found = " | ".join(sorted(str(name) for name in several if name != "null"))
    if found is None and (properties(parts) or any("additionalProperties" in p for p in parts)):
        found = "object"
    if found is None and any("items" in p for p in parts):
        found = "array"
    if found is None:
        listed = {type(v).__name__ for p in parts for v in as_list(p.get("enum")) if v is not None}
        found = " | ".join(sorted(JSON_TYPES.get(name, "any") for name in listed))
    if found == "object" and not properties(parts):
        return "map"
    return str(found or "any")


def is_nullable(parts: Parts) -> bool:
    """Whether null is a value, in the words of OpenAPI 3.0 or 3.1."""
    return any(
        p.get("nullable") is True
        or "null" in (p.get("type"), *as_list(p.get("type")))
        or None in as_list(p.get("enum"))
        for p in parts
    )


def enumeration(parts: Parts) -> dict[str, str] | None:
    """The values all enumerations have, as JSON and as shown; none if there is no enumeration."""
    listed = [{_json(v): show(v) for v in as_list(p["enum"]) if v is not None} for p in parts if "enum" in p]
    if not listed:
        return None
    return {key: shown for key, shown in listed[0].items() if all(key in values for values in listed)}


def bound_of(parts: Parts, keyword: str) -> Any:
    """The tightest value of a bound; several patterns hold together."""
    values = [v for v in (p.get(keyword) for p in parts) if v is not None and v is not False]
    if keyword.endswith(("Length", "Items", "Properties")) and keyword in LOWER_BOUNDS:
        values = [v for v in values if v != 0]
    if len(values) < 2:
        return values[0] if values else None
    if keyword in OTHER_BOUNDS or not all(isinstance(v, (int, float)) for v in values):
        return " and ".join(sorted({show(v) for v in values}))
    return max(values) if keyword in LOWER_BOUNDS else min(values)


def properties(parts: Parts) -> dict[str, list[Any]]:
    """The declared fields of an object with all that describes each."""
    found: dict[str, list[Any]] = {}
    for name, node in chain.from_iterable(as_mapping(p.get("properties")).items() for p in parts):
        found.setdefault(str(name), []).append(node)
    return found


def required_names(parts: Parts) -> set[str]:
    return {str(name) for p in parts for name in as_list(p.get("required"))}


def required_rules(parts: Parts) -> set[Rule]:
    rules: set[Rule] = set()
    for part in parts:
        for keyword, words in (("anyOf", "at least one of"), ("oneOf", "exactly one of")):
            options = as_list(part.get(keyword))
            if options and is_rule(options):
                alternatives = frozenset(frozenset(map(str, as_list(as_mapping(o).get("required")))) for o in options)
                rules.add((words, alternatives))
    return rules


def rule_words(rule: Rule) -> str:
    return f"{rule[0]}: {', '.join(sorted(' + '.join(sorted(names)) for names in rule[1]))}"


def is_rule(options: list[Any]) -> bool:
    """Whether alternatives only say which fields are required."""
    return all("required" in as_mapping(o) and not as_mapping(o).keys() - BESIDE_REQUIRED for o in options)


def is_required(node: Raw) -> bool:
    return node.get("required") is True or node.get("in") == "path"


def encoding(parameter: Raw) -> tuple[str, bool]:
    style = str(parameter.get("style") or ("form" if parameter.get("in") in ("query", "cookie") else "simple"))
    return style, bool(parameter.get("explode", style == "form"))


def media_types(body: Raw) -> dict[str, Raw]:
    """What a body may contain, by content type without its parameters."""
    return {str(k).split(";")[0].strip().lower(): as_mapping(v) for k, v in as_mapping(body.get("content")).items()}


def main_media(media: Iterable[str]) -> str:
    """The content type the SDK is most likely to use."""
    return min(media, key=lambda kind: ("json" not in kind, kind))


def only_schema(parameter: Raw) -> object:
    return next((media.get("schema") for media in media_types(parameter).values()), None)


def path_names(path: str) -> list[str]:
    return re.findall(r"\{([^}]*)\}", path)


def shown_keyword(parts: Parts, keyword: str) -> str:
    """The value of a keyword in words; the outermost schema decides."""
    return next((show(p[keyword]) for p in parts if keyword in p), "none")


def show(value: object) -> str:
    """A value in words: a string as it is where that is clear."""
    if isinstance(value, str) and value and value.isprintable():
        return value
    return _json(value)


def _json(value: object) -> str:
    """A value as JSON, the same for equal values."""
    return json.dumps(_plain(value), default=str, ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in as_mapping(cast("object", value)).items()}
    return [_plain(v) for v in as_list(cast("object", value))] if isinstance(value, list) else value


def as_mapping(value: object) -> Raw:
    return cast(Raw, value) if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    return [*cast("Iterable[Any]", value)] if isinstance(value, list) else []
