"""The description with names openapi-python-client cannot stumble over.

It derives Python names of its own for every property, parameter and inline object, and gives up on an operation when
two of them clash (`name` and `name-`). None of those names is used here, so it gets others, and the plan looks its
findings up by them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, cast

from .description import HTTP_METHODS, Document

PLAIN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def neutral_name(wire: str) -> str:
    """The name of a property or parameter for openapi-python-client."""
    return wire if PLAIN.fullmatch(wire) else f"n{_digest(wire)}"


def neutral_title(component: str) -> str:
    """The title of a schema among the components."""
    return f"Component {_digest(component)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Neutral:
    """Writes the description for openapi-python-client, and remembers what the names in it stand for."""

    def __init__(self, document: Document) -> None:
        self.wires: dict[str, str] = {}
        """Name -> property or parameter."""
        self.places: dict[str, str] = {}
        """Title -> JSONPath of the schema."""
        self.numbers = count(1)
        self.document = self._document(document)

    def _document(self, value: Document) -> Document:
        components = dict(cast("dict[str, Any]", value.get("components", {})))
        for section, convert in (
            ("parameters", self._parameter),
            ("requestBodies", self._with_content),
            ("responses", self._with_content),
        ):
            if section in components:
                components[section] = _each(components[section], convert, f"$.components.{section}")
        if "schemas" in components:
            components["schemas"] = {
                name: self._schema(schema, f"$.components.schemas['{name}']", neutral_title(name))
                for name, schema in components["schemas"].items()
            }
        paths = {self._path(path): self._path_item(it, f"$.paths['{path}']") for path, it in value["paths"].items()}
        return {**value, "paths": paths} | ({"components": components} if components else {})

    def _name(self, wire: str) -> str:
        name = neutral_name(wire)
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
            operation["requestBody"] = self._with_content(operation["requestBody"], f"{place}.requestBody")
        operation["responses"] = _each(operation["responses"], self._with_content, f"{place}.responses")
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
            parameter["schema"] = self._schema(parameter["schema"], f"{place}.schema")
        return parameter

    def _with_content(self, value: Any, place: str) -> Any:
        if "content" not in value:
            return value
        return {**value, "content": _each(value["content"], self._media_type, f"{place}.content")}

    def _media_type(self, value: Any, place: str) -> Any:
        return {**value, "schema": self._schema(value["schema"], f"{place}.schema")} if "schema" in value else value

    def _schema(self, value: Any, place: str, title: str | None = None) -> Any:
        if not isinstance(value, dict) or "$ref" in value:
            return cast("Any", value)
        schema = dict(cast("dict[str, Any]", value))
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
