"""Corrections of operations in the overlay, checked against the description and the hand-written functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from .description import Document, RawOperation, operations
from .errors import CodegenError
from .names import Name, argument_name
from .overrides import Overrides
from .schemas import Schemas, body_type

ARGUMENT_KINDS = {
    "uuid": ("str | UUID", "uuid_text"),
    "uuids": ("Iterable[str | UUID]", "uuid_texts"),
    "uuids or none": ("Iterable[str | UUID]", "uuid_texts"),
    "value": ("Any", "value_text"),
}
"""Kind of an argument of a mass action -> its type, and the function that encodes it."""


@dataclass(frozen=True)
class Correction:
    """A function that works around an oddity of the server."""

    path: str
    """Its module and name."""
    calls: tuple[str, ...]
    """Further operations that it calls, as method and path."""
    mass_action: str | None = None
    """The mass action that it uses, by its type on the wire."""


@dataclass(frozen=True)
class MassAction:
    """One action that can be done on many records."""

    type: str
    name: str
    description: str
    arguments: tuple[tuple[str, str], ...]
    """Name -> kind, one of `ARGUMENT_KINDS`."""
    final: bool
    repeatable: bool = False
    described: bool = True


@dataclass(frozen=True)
class MassActions:
    """The mass actions of a resource."""

    class_name: str
    noun: str
    actions: tuple[MassAction, ...]
    search: str
    """Method and path of the operation that finds the records of a filter."""

    @property
    def harmless(self) -> list[str]:
        """The actions that can be undone."""
        return [action.name for action in self.actions if not action.final]


def read_routes(schemas: Schemas) -> dict[str, tuple[str, ...]]:
    """All operations of a description: method and path -> the mass actions that it takes."""
    routes: dict[str, tuple[str, ...]] = {}
    for operation in operations(schemas.document):
        kind = body_properties(schemas, operation).get("type", {})
        routes[f"{operation.method.upper()} {operation.path}"] = tuple(schemas.flatten(kind).get("enum", ()))
    return routes


def body_properties(schemas: Schemas, operation: RawOperation) -> Mapping[str, Any]:
    """The fields of the body of an operation."""
    content = schemas.resolve(operation.value.get("requestBody", {})).get("content", {})
    properties: Mapping[str, Any] = schemas.flatten(content.get(body_type(content), {}).get("schema")).get(
        "properties", {}
    )
    return properties


def unmet_needs(document: Document, names: Mapping[str, Name], overrides: Overrides) -> list[str]:
    """What the hand-written layer needs and the description lacks, so that no package can be generated."""
    schemas, found = Schemas(document), list[str]()
    routes = read_routes(schemas)
    methods: dict[str, set[str]] = {}
    tags: dict[str, str] = {}
    for operation in operations(document):
        name, raw = names[operation.id], operation.value
        methods.setdefault(name.resource, set()).add(name.method)
        for tag in raw.get("tags", ())[:1]:
            tags.setdefault(str(tag), name.resource)
        parameters = [*operation.path_item.get("parameters", ()), *raw.get("parameters", ())]
        wires = [*(str(schemas.resolve(it)["name"]) for it in parameters), *body_properties(schemas, operation)]
        types = routes[f"{operation.method.upper()} {operation.path}"]
        for read in (
            partial(read_correction, operation.id, raw, wires, routes, overrides),
            partial(read_refused, operation.id, raw, [argument_name(wire) for wire in wires]),
            partial(read_mass_actions, operation.id, raw, types),
        ):
            found += _failure(read)
    for tag in document.get("tags", ()):
        known = methods.get(tags.get(str(tag.get("name")), ""), ())
        found += _failure(partial(read_mixin, str(tag.get("name")), tag.get("x-mixin"), known, routes, overrides))
    return found


def _failure(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except CodegenError as error:
        return [str(error)]
    return []


def read_refused(operation_id: str, raw: Mapping[str, Any], arguments: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Arguments that the server would ignore, by Python name, with what to do instead."""
    refused = cast("dict[str, str]", raw.get("x-refused-arguments", {}))
    taken = sorted(refused.keys() & set(arguments))
    if taken:
        raise CodegenError(
            f"{operation_id}: {', '.join(taken)} is in x-refused-arguments, but this edition takes it. "
            "Remove it there, in codegen/overlay.yaml."
        )
    return tuple(refused.items())


def read_correction(
    operation_id: str,
    raw: Mapping[str, Any],
    arguments: Collection[str],
    known: Mapping[str, Collection[str]],
    overrides: Overrides,
) -> Correction | None:
    """The correction of an operation, if the overlay names one.

    Args:
        operation_id: The operation.
        raw: Its description, corrected by the overlay.
        arguments: Its arguments, by their names on the wire.
        known: Operations of the description: method and path -> the mass actions that it takes.
        overrides: The hand-written layer.
    """
    extension: Any = raw.get("x-correction")
    if extension is None:
        return None
    name = str(extension.get("function"))
    if name not in overrides.corrections:
        raise CodegenError(
            f"{operation_id}: x-correction names {name}, which grinfi_support.corrections does not have."
        )
    calls, action = tuple(extension.get("calls", ())), extension.get("mass_action")
    actions = {each for call in calls for each in known.get(call, ())}
    needs = ("argument", extension.get("arguments", ()), arguments), ("operation", calls, known)
    for kind, wanted, present in (*needs, ("mass action", () if action is None else (action,), actions)):
        lost = [each for each in wanted if each not in present]
        if lost:
            raise CodegenError(
                f"The correction {name} of {operation_id} needs the {kind} {', '.join(lost)}, which this edition does "
                "not have. Adapt the correction, or remove its x-correction from codegen/overlay.yaml."
            )
    return Correction(f"{overrides.corrections[name]}.{name}", calls, action)


def read_mixin(
    tag: str, mixin: Mapping[str, Any] | None, methods: Collection[str], known: Collection[str], overrides: Overrides
) -> str | None:
    """The module of the hand-written base class of a resource, if the overlay names one for its tag.

    Args:
        tag: The tag.
        mixin: Its `x-mixin`: the module, with the methods and the operations that it calls.
        methods: The methods of the resource.
        known: All operations of the description, as method and path.
        overrides: The hand-written layer.
    """
    if mixin is None:
        return None
    module = str(mixin.get("module"))
    if module not in overrides.mixins:
        raise CodegenError(f"The tag {tag}: x-mixin names {module}, which grinfi_support.mixins does not have.")
    for kind, wanted, present in (("method", "methods", methods), ("operation", "calls", known)):
        lost = [each for each in mixin.get(wanted, ()) if each not in present]
        if lost:
            raise CodegenError(
                f"The mixin {module} of the tag {tag} needs the {kind} {', '.join(lost)}, which this edition does not "
                "have. List the name in codegen/names.yaml, adapt the mixin, or remove its x-mixin from "
                "codegen/overlay.yaml."
            )
    return module


def read_mass_actions(operation_id: str, raw: Mapping[str, Any], types: Collection[str | int]) -> MassActions | None:
    """The mass actions of an operation: those of the overlay's table, and those that only the description lists.

    Nothing is known about the latter, so they count as final.
    """
    extension: Any = raw.get("x-mass-actions")
    if extension is None:
        return None
    prefix = str(extension["prefix"])
    table = cast("dict[str, dict[str, Any]]", extension["actions"])
    lost = sorted(
        f"{prefix}{name}"
        for name, entry in table.items()
        if f"{prefix}{name}" not in types and not entry.get("optional")
    )
    if lost:
        raise CodegenError(
            f"{operation_id} has no action {', '.join(lost)} in this edition. "
            "Remove it from x-mass-actions in codegen/overlay.yaml, or mark it optional there."
        )
    actions = [
        MassAction(
            type=f"{prefix}{name}",
            name=name,
            description=str(entry["description"]),
            arguments=tuple(entry.get("arguments", {}).items()),
            final=bool(entry.get("final", False)),
            repeatable=bool(entry.get("repeatable", False)),
        )
        for name, entry in table.items()
        if f"{prefix}{name}" in types
    ]
    known = {action.type for action in actions}
    actions += [
        MassAction(
            str(type),
            str(type).removeprefix(prefix),
            f"The API's action `{type}`.",
            (),
            final=True,
            described=False,
        )
        for type in types
        if type not in known
    ]
    return MassActions(str(extension["class"]), str(extension["noun"]), tuple(actions), str(extension["search"]))
