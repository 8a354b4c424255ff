"""The input of schemathesis: the completed description, and requests about existing records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from codegen.overlay import apply, load_overlay
from grinfi_sandbox.description import METHODS, find_description, load_description
from grinfi_sandbox.values import JsonObject, as_array, as_object, object_at
from tests.sandbox.test_sandbox_operations import PARAMETERS, PATHS, State

ROOT = Path(__file__).parents[2]
JSON = "application/json"
# Fields of requests that name records of `State` by another name.
REFERENCES = {
    "sender_profile": "sender",
    "custom_field": "field",
    "pipeline_stage": "stage",
    "lead_status": "stage",
    "data_source": "source",
    "flow_workspace": "folder",
    "object": "lead",
    "automation_mailbox_to_reassign": "mailbox",
}
REFERENCE = re.compile(r"(?:(\w+)_)?(?:uu)?ids?|automation_mailbox_to_reassign")


def complete_description() -> JsonObject:
    """Return the description, corrected by the overlay and completed by the facts that it has only in prose."""
    actions = load_overlay(ROOT / "codegen" / "overlay.yaml")
    actions = [action for action in actions if not action.get("x-python-only")]
    document, unmatched = apply(load_description(find_description()), actions)
    assert unmatched == []
    for node in _objects(document["paths"], document["components"]["parameters"]):
        _describe_filter(node)
    for item in document["paths"].values():
        for method in METHODS:
            if method in item:
                _describe_operation(item[method])
    # The sandbox answers only with declared fields.
    operations = [item[method] for item in document["paths"].values() for method in METHODS if method in item]
    sent = set(re.findall(r"schemas/([\w-]+)", json.dumps([object_at(each, "requestBody") for each in operations])))
    schemas = [node for name, node in document["components"]["schemas"].items() if name not in sent]
    for node in _objects(schemas, *(operation["responses"] for operation in operations)):
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
    # A webhook is answered with the event that it was made for, one of 19; its schema lists four of them.
    made = document["paths"]["/integrations/api/webhooks"]["post"]["requestBody"]["content"][JSON]["schema"]
    document["components"]["schemas"]["webhook"]["properties"]["event"]["enum"] = made["properties"]["event"]["enum"]
    return document


def _describe_filter(node: JsonObject) -> None:
    if node.get("in") != "query" or object_at(node, "schema").get("type") != "object":
        return
    if node.pop("x-query-style", None) == "json":
        node["content"] = {JSON: {"schema": node.pop("schema")}}
    else:
        node |= {"style": "deepObject", "explode": True}


def _describe_operation(operation: JsonObject) -> None:
    # Any operation can refuse a request: the introduction describes the key, and a schema the form of errors.
    error = {"schema": {"$ref": "#/components/schemas/error"}}
    operation["responses"]["4XX"] = {"description": "The request is refused.", "content": {JSON: error}}
    for media_type, media in object_at(object_at(operation, "requestBody"), "content").items():
        if media_type != JSON:
            media["schema"] = _flatten(media["schema"])


def _flatten(form: JsonObject) -> JsonObject:
    """An object in a form is one field for each of its properties, as in `payload[name]`."""
    properties: JsonObject = {}
    required: list[str] = []
    for name, node in form["properties"].items():
        parts = {f"{name}[{part}]": inner for part, inner in object_at(node, "properties").items()} or {name: node}
        properties |= parts
        if name in form["required"]:
            required += [part for part in parts if part == name or part[len(name) + 1 : -1] in node["required"]]
    return {"type": "object", "required": required, "properties": properties}


def _objects(*roots: Any) -> Iterator[JsonObject]:
    for root in roots:
        node = as_object(root)
        if node is not None:
            yield node
        yield from _objects(*(as_array(root) or (node or {}).values()))


def refer(case: Case[Any], state: State) -> None:
    """Let the valid parts of a request name existing records, so that it is not only answered with 404."""
    kind = PATHS.get(case.operation.path.split("/")[3], "")
    component = case.meta and case.meta.components.get(ParameterLocation.PATH)
    if component and component.mode.is_positive:
        for name in case.path_parameters:
            case.path_parameters[name] = getattr(state, PARAMETERS.get(name) or kind)
    if case.meta and case.meta.generation.mode.is_positive:
        case.body = _refer(case.body, "", kind, state)


def _refer(value: Any, name: str, kind: str, state: State) -> Any:
    values, node = as_array(value), as_object(value)
    if values is not None:
        return [_refer(item, name, kind, state) for item in values]
    if node is not None:
        return {key: _refer(item, key, kind, state) for key, item in node.items()}
    found = REFERENCE.fullmatch(name) if isinstance(value, str) else None
    owner = found and (found[1] or name if "_" in name else kind)
    return getattr(state, REFERENCES.get(owner or "", owner or ""), value)
