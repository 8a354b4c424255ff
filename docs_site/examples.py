"""An example call for each method of a resource, made from its signature and the description of the API."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from codegen.description import load, lookup
from codegen.overlay import apply, load_overlay
from grinfi_async import Operation

ROOT = Path(__file__).parent.parent
UUID = "7d444840-9dc0-41b1-a2b5-3e9f7c1d5e6a"
Schema = dict[str, Any]
TIMES = {"date-time": "datetime(2026, 3, 4, 9, 30, tzinfo=UTC)", "date": "date(2026, 3, 4)"}
BY_NAME = {"file": "contacts.csv", "to": "contacts.csv", "email": "ada@example.com", "name": "Ada Lovelace"}
"""Texts for arguments whose names have this part."""
TREE = """from grinfi_async import FlowBuilder

tree = FlowBuilder(sender_profiles=["{uuid}"])
tree = tree.add("linkedin_send_message", template="Hello {{{{first_name}}}}")
answer = await grinfi.flow_versions.create(
    "{uuid}", **tree.build()
)"""


@cache
def corrected_description() -> Schema:
    """The published description with the corrections of the overlay."""
    return apply(load(str(ROOT / "openapi.yaml")), load_overlay(ROOT / "codegen" / "overlay.yaml"))[0]


def merged(schema: Schema) -> Schema:
    """A schema with its reference followed and its `allOf` put together."""
    while "$ref" in schema:
        schema = lookup(corrected_description(), schema["$ref"])
    whole: Schema = {**schema, "properties": dict(schema.get("properties", {})), "required": schema.get("required", [])}
    for part in map(merged, schema.get("allOf", [])):
        whole = {**part, **whole, "properties": {**part["properties"], **whole["properties"]}}
        whole["required"] = [*part["required"], *whole["required"]]
    return whole


def source_of(name: str, schema: Schema) -> str:
    """A value that fits a schema, as Python source."""
    schema = merged(schema)
    form: str = schema.get("format", "")
    if schema.get("enum"):
        return quoted(schema["enum"][0])
    match schema.get("type"):
        case "array":
            return f"[{source_of(name.removesuffix('s'), schema.get('items', {}))}]"
        case "object":
            needed = required_properties(schema) or list(schema["properties"])[:1]
            return "{" + ", ".join(f'"{key}": {source_of(key, schema["properties"][key])}' for key in needed) + "}"
        case "integer" | "number":
            return str(schema.get("example", schema.get("minimum", 1)))
        case "boolean":
            return "True"
        case _:
            pass
    known = {"uuid": UUID, "email": "ada@example.com"}
    if form in TIMES:
        return TIMES[form]
    if form in known or "uuid" in name:
        return quoted(known.get(form, UUID))
    if form == "uri" or name.endswith("url"):
        return '"https://example.com/hook"'
    variants = schema.get("oneOf", []) or schema.get("anyOf", [])
    if variants and "type" not in schema:
        return source_of(name, variants[0])
    texts = (text for part, text in BY_NAME.items() if part in name.split("_"))
    by_name = "Example" if name == "name" else next(texts, "Hello Ada")
    return quoted(str(schema.get("example", schema.get("default") or by_name)))


def quoted(value: Any) -> str:
    """A value as Python source, with double quotes as ruff writes them."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)


def required_properties(schema: Schema) -> list[str]:
    """The properties that must be sent: the required ones, and those of the first of several forms."""
    forms: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or [{}]
    return [name for name in schema["properties"] if name in {*schema["required"], *forms[0].get("required", ())}]


def described(operation: Operation) -> tuple[Mapping[str, Schema], set[str]]:
    """The arguments of an operation by their Python names: their schemas, and which must be sent."""
    document = corrected_description()
    raw = document["paths"][operation.path][operation.method.lower()]
    schemas: dict[str, Schema] = {}
    needed: set[str] = set()
    for parameter in map(merged, raw.get("parameters", [])):
        schemas[parameter["name"]] = parameter["schema"]
        needed |= {parameter["name"]} if parameter.get("required") is True else set()
    for content in merged(raw.get("requestBody", {})).get("content", {}).values():
        body = merged(content["schema"])
        schemas |= body["properties"]
        needed |= set(required_properties(body))
    return {snake(name): it for name, it in schemas.items()}, {snake(name) for name in needed}


def snake(name: str) -> str:
    """`leadUuid` as `lead_uuid`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def example(resource: str, name: str, method: Callable[..., Any], operation: Operation | None) -> str:
    """A call with the arguments that it needs."""
    if (resource, name) == ("flow_versions", "create"):
        return TREE.format(uuid=UUID)
    signature = inspect.signature(method)
    schemas, needed = described(operation) if operation else (dict[str, Schema](), set[str]())
    arguments: list[str] = []
    if name.startswith("update") and not needed & {
        it.name for it in signature.parameters.values() if it.kind is it.KEYWORD_ONLY
    }:
        texts = [it for it in signature.parameters if schemas.get(it, {}).get("type") == "string" and "uuid" not in it]
        needed |= set(texts[:1])  # something to change
    for parameter in list(signature.parameters.values())[1:]:
        is_required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        if not is_required and parameter.name not in needed:
            continue
        annotation = str(parameter.annotation)
        if annotation in ("ContactAction", "CompanyAction"):
            arguments += [f'{annotation}.add_tags("{UUID}")', f'ids=["{UUID}"]']
            break
        value = by_annotation(parameter.name, annotation, schemas) or source_of(
            parameter.name, schemas.get(parameter.name, {"type": "string"})
        )
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        arguments.append(f"{parameter.name}={value}" if keyword else value)
    call = f"grinfi.{resource}.{name}({', '.join(arguments)})"
    if len(call) > 80:
        call = f"grinfi.{resource}.{name}(\n    " + ",\n    ".join(arguments) + ",\n)"
    imports = "from datetime import UTC, datetime\n\n" if "datetime(" in call else ""
    imports += "from datetime import date\n\n" if "=date(" in call else ""
    imports += "".join(f"from grinfi_async import {it}\n\n" for it in ("ContactAction", "CompanyAction") if it in call)
    returned = str(signature.return_annotation)
    if returned.startswith("AsyncPaginator"):
        return f"{imports}async for row in {call}:\n    print(row)"
    return f"{imports}{'' if returned == 'None' else 'answer = '}await {call}"


def by_annotation(name: str, annotation: str, schemas: Mapping[str, Schema]) -> str | None:
    """What the type of an argument says better than its schema."""
    if "Filter" in annotation.split(" | ") and not merged(schemas.get(name, {}))["required"]:
        return '{"created_at": {">=": "2026-01-01"}}'
    if "FileContent" in annotation:
        return '"people.csv"' if name == "file" else '"photo.png"'
    return None
