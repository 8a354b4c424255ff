"""The same API written in another way: in OpenAPI 3.1, or with its parts in other places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from codegen.description import Document, operations
from codegen.edition import OVERLAY
from tests.codegen.helpers import Json

SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")


def each_schema(document: Document, change: Callable[[Json], Json]) -> Document:
    """A description with every schema changed, the innermost first."""

    def schema(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        result = dict(cast(Json, value))
        if "properties" in result:
            result["properties"] = {name: schema(part) for name, part in result["properties"].items()}
        for keyword in ("items", "additionalProperties", "not"):
            if keyword in result:
                result[keyword] = schema(result[keyword])
        for keyword in SCHEMA_LISTS:
            if keyword in result:
                result[keyword] = [schema(part) for part in result[keyword]]
        return change(result)

    def other(value: Any) -> Any:
        if isinstance(value, list):
            return [other(part) for part in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        return {
            key: schema(part) if key == "schema" else part if key in {"example", "examples"} else other(part)
            for key, part in cast(Json, value).items()
        }

    components = {
        section: {name: (schema if section == "schemas" else other)(part) for name, part in parts.items()}
        for section, parts in document["components"].items()
    }
    return {**document, "paths": other(document["paths"]), "components": components}


def as_3_1(document: Document) -> Document:
    """The same API in OpenAPI 3.1, with its notation."""

    def change(schema: Json) -> Json:
        nullable = schema.pop("nullable", False)
        if "example" in schema:
            schema["examples"] = [schema.pop("example")]
        if "enum" in schema and len(schema["enum"]) == 1 and schema["enum"] != [None]:
            schema["const"] = schema.pop("enum")[0]
        if schema.get("format") == "binary":
            del schema["format"]
            schema["contentMediaType"] = "application/octet-stream"
        if schema.get("type") == "array" and schema.get("items") == {}:
            del schema["items"]
            schema["prefixItems"] = [{}]
        if nullable and "type" in schema:
            schema["type"] = [schema["type"], "null"]
        elif nullable and "allOf" in schema and len(schema["allOf"]) == 1:
            schema["anyOf"] = [*schema.pop("allOf"), {"type": "null"}]
        elif nullable and "oneOf" in schema:
            schema["oneOf"] = [*schema["oneOf"], {"type": "null"}]
        return schema

    result = each_schema(document, change)
    hook: Json = {"post": {"requestBody": {"content": {}}, "responses": {"200": {"description": ""}}}}
    return {**result, "openapi": "3.1.0", "webhooks": {"contact_created": hook}}


def with_shared_parts(document: Document) -> Document:
    """Answers, bodies and parameters among the components, referred to."""
    shared: dict[str, Json] = {"responses": {}, "requestBodies": {}, "parameters": {}}

    def share(section: str, name: str, value: Json) -> Json:
        if "$ref" in value:
            return value
        name = re.sub(r"[^A-Za-z0-9.]", "-", name)
        shared[section][name] = value
        return {"$ref": f"#/components/{section}/{name}"}

    for operation in operations(document):
        value = cast(Json, operation.value)
        for status, response in value["responses"].items():
            value["responses"][status] = share("responses", f"{operation.id}.{status}", response)
        if "requestBody" in value:
            value["requestBody"] = share("requestBodies", operation.id, value["requestBody"])
        if "parameters" in value:
            value["parameters"] = [
                share("parameters", f"{operation.id}.{it.get('name')}.{it.get('in')}", it) for it in value["parameters"]
            ]
    components = document["components"]
    for section, parts in shared.items():
        components[section] = {**components.get(section, {}), **parts}
    return document


def with_other_case(document: Document) -> Document:
    """`lead-blacklist-entry` is called `LeadBlacklistEntry`."""
    names = {
        name: "".join(it[:1].upper() + it[1:] for it in name.split("-")) for name in document["components"]["schemas"]
    }

    def change(schema: Json) -> Json:
        if "$ref" in schema:
            schema["$ref"] = f"#/components/schemas/{names[schema['$ref'].rsplit('/', 1)[-1]]}"
        return schema

    result = each_schema(document, change)
    result["components"]["schemas"] = {names[name]: it for name, it in result["components"]["schemas"].items()}
    return result


def with_other_names(document: Document) -> Document:
    """A description in which every schema that the overlay does not know by its name has another one."""
    overlay = OVERLAY.read_text("utf-8")
    schemas = cast("dict[str, Json]", document["components"]["schemas"])
    others = {name: f"renamed-{name}" for name in schemas if not re.search(rf"\b{re.escape(name)}\b", overlay)}

    def renamed(schema: Json) -> Json:
        place, _, name = str(schema.get("$ref", "")).rpartition("/")
        return {"$ref": f"{place}/{others[name]}"} if name in others else schema

    result = each_schema(document, renamed)
    components = result["components"]["schemas"]
    result["components"]["schemas"] = {others.get(name, name): it for name, it in components.items()}
    return result
