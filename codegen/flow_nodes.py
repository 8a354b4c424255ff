"""Flow nodes: the overlay's table of their types, checked against the description."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from .errors import CodegenError

TABLE = "x-node-payloads"
NEW_NODE = "x-new-node"
NEW_SOURCE = "x-new-contact-source"
END = "end"
"""The type with which every branch ends. The builder adds it."""
OWN_ARGUMENTS = {"delay", "self"}
"""Names that a field cannot have, because they are arguments of the builder's methods."""
NODE_FIELDS = ("id", "type", "payload", "delay_in_seconds", "before", "after")
SOURCE_FIELDS = ("id", "after_id", "sender_profiles")
"""Fields that the builder writes."""

Raw = Mapping[str, Any]

TYPE_KEYS: Mapping[str, type] = {
    "any-of": list,
    "branches": object,
    "empty": str,
    "fields": dict,
    "open": bool,
    "optional": bool,
    "trigger": bool,
}
FIELD_KEYS: Mapping[str, type] = {"default": object, "kind": str, "required": bool, "subtask": str}
KINDS = ("any", "flag", "seconds", "shares")


@dataclass(frozen=True)
class FlowNodes:
    """The types of nodes, and further fields of new nodes and contact sources."""

    types: Mapping[str, str]
    """Type -> the expression that says how its payload is written."""
    steps: tuple[str, ...]
    """Types that do not branch."""
    branchings: tuple[str, ...]
    new_node: Mapping[str, Any]
    new_source: Mapping[str, Any]


def read_flow_nodes(
    schemas: Mapping[str, Raw], models: Mapping[str, Mapping[str, Collection[Any]]]
) -> FlowNodes | None:
    """The table of node types, if the overlay has one.

    Args:
        schemas: The schemas of the description, corrected by the overlay.
        models: Schema -> its properties, each with its values if they are listed.
    """
    home = next((name for name, schema in schemas.items() if TABLE in schema), None)
    if home is None:
        return None
    source = next((name for name, schema in schemas.items() if NEW_SOURCE in schema), None)
    if source is None:
        raise CodegenError(
            f"{TABLE} needs {NEW_SOURCE} on the schema of contact sources. Add it in codegen/overlay.yaml."
        )
    new_node: Raw = schemas[home].get(NEW_NODE, {})
    new_source: Raw = schemas[source][NEW_SOURCE]
    for name, needed in ((home, [*NODE_FIELDS, *new_node]), (source, [*SOURCE_FIELDS, *new_source])):
        if lost := [each for each in needed if each not in models.get(name, {})]:
            raise CodegenError(
                f"FlowBuilder writes {', '.join(lost)} of {name}, which this edition does not have. "
                f"Adapt {NEW_NODE} and {NEW_SOURCE} in codegen/overlay.yaml, or grinfi_support/flow_builder.py."
            )
    known: Mapping[str, Raw] = schemas[home][TABLE]
    if problems := list(_problems(known)):
        raise CodegenError(f"{TABLE} in codegen/overlay.yaml is wrong:", problems)
    table = _edition(known, models[home]["type"])
    branchings = tuple(name for name, entry in table.items() if "branches" in entry)
    steps = tuple(name for name in table if name not in branchings and name != END)
    types = {name: _type(entry, known) for name, entry in table.items() if name != END}
    return FlowNodes(types, steps, branchings, new_node, new_source)


def _edition(table: Mapping[str, Raw], described: Collection[Any]) -> Mapping[str, Raw]:
    """The table, with the types that only the description lists, if it lists them."""
    if not described:
        return table
    lost = sorted(name for name in table if name not in described and not table[name].get("optional"))
    if lost:
        raise CodegenError(
            f"There is no type of node {', '.join(lost)} in this edition. "
            f"Remove it from {TABLE} in codegen/overlay.yaml, or mark it optional there."
        )
    return {str(name): table.get(str(name), {"open": True}) for name in described}


def _problems(table: Mapping[str, Raw]) -> Iterator[str]:
    entries: dict[str, Any] = dict(table)
    for name, entry in table.items():
        entries |= {f"{name}.{field}": facts for field, facts in _mapping(_mapping(entry).get("fields")).items()}
    if wrong := [place for place, facts in entries.items() if not isinstance(facts, dict)]:
        yield f"{', '.join(wrong)}: expected a mapping, {{}} if there is nothing to say"
        return
    if END not in table:
        yield f"{END} is missing; FlowBuilder ends every branch with it"
    if not any("branches" in entry for entry in table.values()):
        yield "no type has branches, so FlowBuilder.branch could not be called"
    for name, entry in table.items():
        fields = _mapping(entry.get("fields"))
        yield from _wrong_keys(name, entry, TYPE_KEYS)
        for field, facts in fields.items():
            place = f"{name}.{field}"
            yield from _wrong_keys(place, facts, FIELD_KEYS)
            if field in OWN_ARGUMENTS:
                yield f"{place}: {field} is an argument of FlowBuilder's methods, so a field cannot have this name"
            if facts.get("kind", "any") not in KINDS:
                yield f"{place}: there is no kind {facts['kind']}, only {', '.join(KINDS)}"
            if "default" in facts and facts.get("required"):
                yield f"{place}: a required field cannot have a default"
            if "subtask" in facts:
                yield from _subtask_problems(place, field, facts, table)
        yield from _branch_problems(name, entry, fields)
        if lost := [each for each in _listed(entry.get("any-of")) if each not in fields]:
            yield f"{name}: any-of names {', '.join(map(str, lost))}, which is not in its fields"
        if entry.get("empty", "list") != "list" or ("empty" in entry and fields):
            yield f"{name}: empty can be `list` only, for a type without fields"


def _wrong_keys(place: str, facts: Raw, known: Mapping[str, type]) -> Iterator[str]:
    for key, value in facts.items():
        if key not in known:
            yield f"{place}: there is no {key} here, only {', '.join(known)}"
        elif not isinstance(value, known[key]):
            yield f"{place}: {key} cannot be {value!r}"


def _subtask_problems(place: str, field: str, facts: Raw, table: Mapping[str, Raw]) -> Iterator[str]:
    target: Raw | None = table.get(str(facts["subtask"]), {}).get("fields", {}).get(field)
    if len(facts) > 1:
        yield f"{place}: a field with a subtask cannot have other keys; remove them"
    if target is None or "subtask" in target:
        yield f"{place}: {facts['subtask']} does not have the field {field} itself"


def _branch_problems(name: str, entry: Raw, fields: Mapping[str, Raw]) -> Iterator[str]:
    branches: Any = entry.get("branches")
    shares = [field for field, facts in fields.items() if facts.get("kind") == "shares"]
    if any(field != branches for field in shares):
        yield f"{name}: the kind `shares` is only for the field that branches names"
    if isinstance(branches, str):
        if branches not in fields:
            yield f"{name}: branches names {branches}, which is not in its fields"
    elif "branches" in entry:
        ids = _listed(branches)
        if len(set(ids)) < 2 or not all(type(number) is int for number in ids):
            yield f"{name}: branches are two or more ids, or the name of a field"


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Raw]:
    return cast("dict[str, Raw]", value) if isinstance(value, dict) else {}


def _type(entry: Raw, table: Mapping[str, Raw]) -> str:
    branches = entry.get("branches")
    fields = {
        field: _field(table[facts["subtask"]]["fields"][field] | facts if "subtask" in facts else facts)
        for field, facts in cast("Mapping[str, dict[str, Any]]", entry.get("fields", {})).items()
    }
    return _call(
        "NodeType",
        {
            "fields": f"{{{', '.join(f'{name!r}: {code}' for name, code in fields.items())}}}" if fields else "",
            "branches": repr(tuple(_listed(branches)) or branches) if branches else "",
            "any_of": repr(tuple(entry["any-of"])) if entry.get("any-of") else "",
            "empty_list": "True" if "empty" in entry else "",
            "open": "True" if entry.get("open") else "",
        }.items(),
    )


def _field(facts: Raw) -> str:
    return _call("PayloadField", ((key, repr(value)) for key, value in facts.items() if value or key == "default"))


def _call(name: str, arguments: Iterable[tuple[str, str]]) -> str:
    return f"{name}({', '.join(f'{key}={code}' for key, code in arguments if code)})"
