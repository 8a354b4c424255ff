"""One form for every way to write a description: OpenAPI 3.0, with references only between schemas of `components`.

OpenAPI 3.1 becomes 3.0; shared responses, bodies, parameters and path items are written where they are used; a schema
that no type can be given for (an enumeration of several types, an array without items) takes any JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from .description import HTTP_METHODS, Document, is_local, lookup
from .errors import CodegenError

COMPONENT = re.compile(r"#/components/schemas/[^/]+")
PARTS = ("allOf", "anyOf", "oneOf")
TEXTS = {"$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "example", "examples", "externalDocs", "xml"}
CHECKS = {
    "contains", "dependentRequired", "dependentSchemas", "else", "if", "maxContains", "minContains", "propertyNames",
    "then", "unevaluatedItems",
}  # fmt: skip
"""Keywords that say no more about the type of a value; the server checks them."""
TYPES: dict[type, str] = {bool: "boolean", float: "number", int: "integer", str: "string"}


def normal(document: Document) -> Document:
    """The same API in the one form that is planned and compared."""
    return _Normal(document).document()


class _Normal:
    def __init__(self, document: Document) -> None:
        self._source = document
        self._schemas: dict[str, Any] = {}
        self._following: list[str] = []

    def document(self) -> Document:
        source = self._source
        components = cast("dict[str, Any]", source.get("components") or {})
        known = cast("dict[str, Any]", components.get("schemas") or {})
        self._schemas = dict.fromkeys(known)  # their order stays
        for name, schema in known.items():
            self._schemas[name] = self._schema(schema, own=True)
        paths = {path: self._path_item(item) for path, item in source["paths"].items() if not path.startswith("x-")}
        rest = {key: value for key, value in source.items() if key not in {"webhooks", "jsonSchemaDialect"}}
        kept = {key: value for key, value in components.items() if key in {"securitySchemes"} or key.startswith("x-")}
        return {**rest, "openapi": "3.0.3", "paths": paths, "components": {**kept, "schemas": self._schemas}}

    # -- what holds schemas ----------------------------------------------------------------------------------------

    def _follow(self, value: Any) -> dict[str, Any]:
        """A copy of an object, its references followed."""
        seen: set[str] = set()
        while isinstance(value, Mapping) and isinstance(reference := cast("Any", value).get("$ref"), str):
            if reference in seen:
                raise CodegenError(f"The reference {reference} leads to itself.")
            seen.add(reference)
            value = self._target(reference)
        return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}

    def _target(self, reference: str) -> Any:
        if not is_local(reference):
            raise CodegenError(f"The reference {reference} leads out of the description. Bundle it into one file.")
        return lookup(self._source, reference)

    def _path_item(self, value: Any) -> dict[str, Any]:
        item = self._follow(value)
        if "parameters" in item:
            item["parameters"] = [self._parameter(it) for it in item["parameters"]]
        for method in HTTP_METHODS:
            if method in item:
                operation = dict(item[method])
                operation.pop("callbacks", None)
                if "parameters" in operation:
                    operation["parameters"] = [self._parameter(it) for it in operation["parameters"]]
                if "requestBody" in operation:
                    operation["requestBody"] = self._with_content(operation["requestBody"])
                operation["responses"] = {
                    status: self._with_content(response)
                    for status, response in cast("dict[str, Any]", operation.get("responses") or {}).items()
                    if not status.startswith("x-")
                }
                item[method] = operation
        return item

    def _parameter(self, value: Any) -> dict[str, Any]:
        parameter = self._with_content(value)
        if "schema" in parameter:
            parameter["schema"] = self._schema(parameter["schema"])
        return {key: it for key, it in parameter.items() if key not in TEXTS}

    def _with_content(self, value: Any) -> dict[str, Any]:
        result = self._follow(value)
        if "content" in result:
            result["content"] = {kind: self._media_type(it) for kind, it in result["content"].items()}
        for unread in ("headers", "links"):
            result.pop(unread, None)
        return result

    def _media_type(self, value: Any) -> dict[str, Any]:
        media = {key: it for key, it in self._follow(value).items() if key not in TEXTS}
        return media | ({"schema": self._schema(media["schema"])} if "schema" in media else {})

    # -- schemas ---------------------------------------------------------------------------------------------------

    def _schema(self, value: Any, *, own: bool = False) -> Any:
        if not isinstance(value, Mapping):
            return {"not": {}} if value is False else {}
        schema = {key: it for key, it in cast("Mapping[str, Any]", value).items() if key not in TEXTS | CHECKS}
        if isinstance(schema.get("$ref"), str):
            return self._reference(schema)
        if "$dynamicRef" in schema:
            return {key: schema[key] for key in ("title", "description") if key in schema}
        for name, part in (*schema.pop("$defs", {}).items(), *schema.pop("definitions", {}).items()):
            self._take_in(name, part)
        for keyword in PARTS:
            if keyword in schema:
                schema[keyword] = [self._schema(part) for part in schema[keyword]]
        for keyword in ("properties", "patternProperties"):
            if keyword in schema:
                schema[keyword] = {name: self._schema(part) for name, part in schema[keyword].items()}
        for keyword in ("items", "additionalProperties", "unevaluatedProperties", "not"):
            if isinstance(schema.get(keyword), Mapping):
                schema[keyword] = self._schema(schema[keyword])
        self._objects(schema)
        self._types(schema)
        self._values(schema)
        self._arrays(schema)
        self._bounds(schema)
        return self._nullable(schema)

    def _reference(self, schema: dict[str, Any]) -> Any:
        reference: str = schema.pop("$ref")
        if self._source["openapi"].startswith("3.0"):
            schema = {}  # in 3.0 nothing beside a reference counts
        parts = reference.split("/")
        if COMPONENT.fullmatch(reference):
            target: Any = {"$ref": reference}
        elif parts[-2:-1] in (["$defs"], ["definitions"]):
            target = {"$ref": f"#/components/schemas/{self._take_in(parts[-1], self._target(reference))}"}
        elif reference in self._following:
            target = {}  # a value that holds itself, at a place that has no name
        else:
            self._following.append(reference)
            target = self._schema(self._target(reference))
            self._following.pop()
        if not schema:
            return target
        beside = self._schema(schema)
        return {"allOf": [target], **beside}

    def _take_in(self, name: str, value: Any) -> str:
        """Put a schema of `$defs` among the components; its name there."""
        if name not in self._schemas:
            self._schemas[name] = None
            self._schemas[name] = self._schema(value, own=True)
        return name

    @staticmethod
    def _objects(schema: dict[str, Any]) -> None:
        unevaluated = schema.pop("unevaluatedProperties", None)
        if unevaluated is not None:
            schema.setdefault("additionalProperties", unevaluated)
        patterns = schema.pop("patternProperties", None)
        if patterns:
            parts = list(patterns.values())
            schema["additionalProperties"] = parts[0] if len(parts) == 1 else {}

    @staticmethod
    def _types(schema: dict[str, Any]) -> None:
        if isinstance(schema.get("type"), list):
            several = cast("list[str]", schema.pop("type"))
            named = [kind for kind in several if kind != "null"]
            if len(named) < len(several):
                schema["nullable"] = True
            if len(named) == 1:
                schema["type"] = named[0]
            elif named:
                own = {"object": ("properties", "required", "additionalProperties"), "array": ("items",)}
                schema["oneOf"] = [
                    {"type": kind, **{key: schema[key] for key in own.get(kind, ()) if key in schema}} for kind in named
                ]
                for key in ("properties", "required", "additionalProperties", "items"):
                    schema.pop(key, None)
        elif schema.get("type") == "null":
            schema.pop("type")
            schema["nullable"] = True
        if schema.get("type", "string") == "string":
            if "contentMediaType" in schema and "contentEncoding" not in schema:
                schema |= {"type": "string", "format": "binary"}
            elif schema.get("contentEncoding") == "base64":
                schema |= {"type": "string", "format": "byte"}
        for key in ("contentMediaType", "contentEncoding", "contentSchema"):
            schema.pop(key, None)

    @staticmethod
    def _values(schema: dict[str, Any]) -> None:
        if "const" in schema:
            schema["enum"] = [schema.pop("const")]
        if "enum" not in schema:
            return
        values = cast("list[Any]", schema.pop("enum"))
        if None in values:
            schema["nullable"] = True
        kept = [*{repr(value): value for value in values if value is not None}.values()]
        kinds = {cast("type[object]", type(value)) for value in kept}
        if len(kinds) == 1 and kinds <= {str, int}:
            schema["enum"] = kept
            schema["type"] = TYPES[kinds.pop()]
        elif kinds and kinds <= {int, float}:
            schema["type"] = "number"
        elif kinds == {bool}:
            schema["type"] = "boolean"
        elif len(kinds) > 1:
            schema.pop("type", None)

    @staticmethod
    def _arrays(schema: dict[str, Any]) -> None:
        tuples = schema.pop("prefixItems", None) is not None
        if tuples or (schema.get("type") == "array" and not isinstance(schema.get("items"), Mapping)):
            schema |= {"type": "array", "items": {}}

    @staticmethod
    def _bounds(schema: dict[str, Any]) -> None:
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            value = schema.get(exclusive)
            if isinstance(value, int | float) and not isinstance(value, bool):
                schema |= {bound: value, exclusive: True}

    @staticmethod
    def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
        for keyword in ("anyOf", "oneOf"):
            variants = cast("list[dict[str, Any]]", schema.get(keyword, []))
            kept = [variant for variant in variants if variant != {"nullable": True}]
            if len(kept) == len(variants):
                continue
            schema.pop(keyword)
            schema["nullable"] = True
            if len(kept) > 1:
                schema[keyword] = kept
            elif kept and "$ref" in kept[0]:
                schema["allOf"] = [*schema.get("allOf", []), kept[0]]
            elif kept:
                schema = {**kept[0], **schema}
        return schema
