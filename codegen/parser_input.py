"""The description with other names for openapi-python-client, with which it cannot fail.

openapi-python-client derives its own Python names for every property, parameter and inline object, and leaves out an
operation if two of them are equal (`name` and `name-`). Its names are not used here. So each odd name is replaced by a
digest before parsing, and the plan finds the parsed values by the same digest:

    property "name-"  ->  parser_name("name-") = "n3f2a…"  ->  parsed type of "n3f2a…"  ->  argument `name_` of the plan
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, cast

from .description import HTTP_METHODS, Document
from .schemas import Schemas, body_kind, body_type, holds_several, is_json, is_reference

PLAIN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

PARSED = {"json": "application/json", "form": "multipart/form-data", "encoded": "multipart/form-data"}
"""Kind of body -> its content type for openapi-python-client, which parses both forms in the same way."""


def parser_name(wire: str) -> str:
    """The name of a property or parameter for openapi-python-client."""
    return wire if PLAIN.fullmatch(wire) else f"n{_digest(wire)}"


def parser_title(component: str) -> str:
    """The title of a schema among the components."""
    return f"Component {_digest(component)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class ParserInput:
    """Writes the description for openapi-python-client, and keeps the original names."""

    def __init__(self, document: Document) -> None:
        self.wires: dict[str, str] = {}
        """Name for the parser -> property or parameter."""
        self.places: dict[str, str] = {}
        """Title for the parser -> JSONPath of the schema."""
        self.numbers = count(1)
        self._schemas = Schemas(document)
        self.document = self._document(document)

    def _document(self, value: Document) -> Document:
        components = dict(cast("dict[str, Any]", value.get("components", {})))
        if "schemas" in components:
            components["schemas"] = {
                name: self._schema(schema, f"$.components.schemas['{name}']", parser_title(name))
                for name, schema in components["schemas"].items()
            }
        paths = {self._path(path): self._path_item(it, f"$.paths['{path}']") for path, it in value["paths"].items()}
        return {**value, "paths": paths} | ({"components": components} if components else {})

    def _name(self, wire: str) -> str:
        name = parser_name(wire)
        if name != wire:
            self.wires[name] = wire
        return name

    def _path(self, path: str) -> str:
        return re.sub(r"\{([^}]*)\}", lambda match: f"{{{self._name(match[1])}}}", path)

    def _path_item(self, value: Any, place: str) -> Any:
        item = self._with_parameters(value, place)
        for method in HTTP_METHODS:
            if method in item:
                item[method] = self._operation(item[method], f"{place}.{method}")
        return item

    def _operation(self, value: Any, place: str) -> Any:
        operation = self._with_parameters(value, place)
        operation.pop("callbacks", None)
        if "requestBody" in operation:
            operation["requestBody"] = self._body(operation["requestBody"], f"{place}.requestBody")
            if not operation["requestBody"]["content"]:
                del operation["requestBody"]
        operation["responses"] = _each(operation["responses"], self._response, f"{place}.responses")
        return operation

    def _with_parameters(self, value: Any, place: str) -> dict[str, Any]:
        result: dict[str, Any] = dict(value)
        if "parameters" in result:
            result["parameters"] = [
                self._parameter(parameter, f"{place}.parameters[?(@.name=='{parameter.get('name')}')]")
                for parameter in result["parameters"]
            ]
        return result

    def _parameter(self, value: Any, place: str) -> Any:
        if "$ref" in value:
            return value
        parameter = {**value, "name": self._name(value["name"])}
        if "schema" in parameter:
            fits = parameter["in"] == "query" or not holds_several(self._schemas.flatten(parameter["schema"]))
            parameter["schema"] = self._schema(parameter["schema"], f"{place}.schema") if fits else {"type": "string"}
        return parameter

    def _body(self, value: Any, place: str) -> Any:
        """A body without content types whose schema needs no parsing."""
        kind = body_type(value["content"])
        media = {} if body_kind(kind) == "raw" else {kind: value["content"][kind]}
        return {
            **value,
            "content": {
                PARSED[body_kind(kind)]: self._media_type(it, f"{place}.content['{kind}']") for it in media.values()
            },
        }

    def _response(self, value: Any, place: str) -> Any:
        """An answer with only the content type that is read, if that is JSON."""
        content: dict[str, Any] = value.get("content", {})
        kind = next((it for it in content if is_json(it)), next(iter(content), ""))
        if not self._schemas.returns_json(kind, content.get(kind, {})):
            return {key: it for key, it in value.items() if key != "content"}
        return {**value, "content": {"application/json": self._media_type(content[kind], f"{place}.content['{kind}']")}}

    def _media_type(self, value: Any, place: str) -> Any:
        return {**value, "schema": self._schema(value["schema"], f"{place}.schema")} if "schema" in value else value

    def _schema(self, value: Any, place: str, title: str | None = None) -> Any:
        if not isinstance(value, dict) or "$ref" in value:
            return cast("Any", value)
        schema = dict(cast("dict[str, Any]", value))
        if "allOf" in schema and not is_reference(schema):
            # The parser fails if two parts describe one property differently. The last one counts.
            schema = dict(self._schemas.flatten(schema))
        if any(len(schema.get(keyword, ())) > 1 for keyword in ("oneOf", "anyOf")):
            # The package handles all unions as JSON. The parser would fail on recursive ones.
            schema = {key: schema[key] for key in ("description", "nullable") if key in schema}
        if "properties" in schema:
            schema["properties"] = {
                self._name(name): self._schema(part, f"{place}.properties['{name}']")
                for name, part in schema["properties"].items()
            }
        if "required" in schema:
            schema["required"] = [self._name(name) for name in schema["required"]]
        for keyword in ("allOf", "anyOf", "oneOf"):
            if keyword in schema:
                schema[keyword] = [
                    self._schema(part, f"{place}.{keyword}[{number}]") for number, part in enumerate(schema[keyword])
                ]
        for keyword in ("items", "additionalProperties", "not"):
            if keyword in schema:
                schema[keyword] = self._schema(schema[keyword], f"{place}.{keyword}")
        schema["title"] = title or f"Part {next(self.numbers)}"
        self.places[schema["title"]] = place
        return schema


def _each(values: Mapping[str, Any], convert: Callable[[Any, str], Any], place: str) -> dict[str, Any]:
    return {name: convert(value, f"{place}['{name}']") for name, value in values.items()}
