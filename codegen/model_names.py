"""Names of models: by title, by component, or by place; and the models of an edition.

Two editions may give one model different names. The old name is kept if the places show that it is the same model:

    old    answer of getTask.owner  ->  Owner
    new    answer of getTask.owner  ->  TaskOwner     same place: it stays Owner, and `sync` writes that to names.yaml
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from .description import Document, RawOperation, operations, path_shape
from .errors import CodegenError
from .names import BUILTINS, Name, pascal_case, resource_class, short, singular, spoken
from .schemas import Raw, Schemas, body_kind, body_type, is_reference, mark_any_of


class ModelNames(Schemas):
    """Gives each object a name."""

    def __init__(self, document: Document, reserved: Collection[str], pinned: Mapping[str, str]) -> None:
        super().__init__(document)
        self.reserved = set(reserved)
        self.pinned = pinned
        self.used_pins: dict[str, str] = {}
        self.raw_by_model: dict[str, str] = {}

    def _public(self, name: str) -> str:
        """The kept name of a model for its name by rule."""
        if name in self.pinned:
            self.used_pins[name] = self.pinned[name]
        return self.pinned.get(name, name)

    def model_name(self, schema: Raw, raw: Raw, hint: Sequence[str]) -> tuple[str, bool]:
        """The name of an object, and whether it is new."""
        title, reference = schema.get("title"), cast("str | None", raw.get("$ref"))
        structure = json.dumps(_structure({key: it for key, it in schema.items() if key != "title"}), sort_keys=True)
        if title:
            wanted = [short(pascal_case(str(title)))]
        elif reference:
            wanted = [short(pascal_case(reference.rsplit("/", 1)[-1]))]
            wanted += [f"{wanted[0]}{number}" for number in range(2, 100)]  # `owner` and `Owner`
        else:
            # The shortest tail of the hint that has two parts, then longer ones, then numbers.
            tails = [hint[-length:] for length in range(min(2, len(hint)), len(hint) + 1)]
            wanted = [short("".join(pascal_case(spoken(part)) for part in tail)) for tail in tails]
            wanted += [f"{wanted[-1]}{number}" for number in range(2, 100)]
        for candidate in (self._public(it) for it in wanted):
            name = f"{candidate}Object" if candidate in self.reserved or candidate in BUILTINS else candidate
            if name not in self.raw_by_model:
                self.raw_by_model[name] = structure
                return name, True
            if self.raw_by_model[name] == structure:
                return name, False
        raise CodegenError(
            f"Two different objects are both called {wanted[0]}. Give one of them, {' '.join(hint)}, another `title`. "
            + action(self._place(raw), f"update: {{title: {''.join(pascal_case(spoken(part)) for part in hint)}}}")
        )

    def _place(self, raw: Raw) -> str:
        """The JSONPath of a schema."""
        if "$ref" in raw:
            return f"$.components.schemas['{raw['$ref'].rsplit('/', 1)[-1]}']"
        return _found(self.document, raw, "$") or "$"


class ModelPlaces(ModelNames):
    """The models of an edition and their places, with the names of the plan, but ten times as fast as planning."""

    def __init__(
        self, document: Document, names: Mapping[str, Name], reserved: Collection[str], pinned: Mapping[str, str]
    ) -> None:
        taken = {*reserved, *(resource_class(name.resource) for name in names.values())}
        super().__init__(cast(Document, mark_any_of(document)), taken, pinned)
        self.names = names
        self.places: dict[str, dict[str, str]] = {}
        """Operation or component -> place -> model there."""
        self.fields: dict[str, frozenset[str]] = {}
        """Model -> its fields."""
        self.routes: dict[str, str] = {}
        """Operation -> method and path, without the names of its parameters."""
        self._known: dict[str, str] = {}
        for operation in operations(self.document):
            self.routes[operation.id] = f"{operation.method} {path_shape(operation.path)}"
            found = self.places.setdefault(operation.id, {})
            for where, raw, hint in self._values(operation):
                self._look(raw, hint, where, found)
        schemas = cast(Raw, cast(Raw, self.document.get("components") or {}).get("schemas") or {})
        for component in schemas:
            if not self.flatten(schemas[component]).get("x-internal"):
                reference = {"$ref": f"#/components/schemas/{component}"}
                self._look(reference, [component], "", self.places.setdefault(f"schemas/{component}", {}))

    def _values(self, operation: RawOperation) -> Iterator[tuple[str, Any, list[str]]]:
        name = self.names[operation.id]
        parameters = [
            self.resolve(it) for key in (operation.path_item, operation.value) for it in key.get("parameters", [])
        ]
        for parameter in parameters:
            wire = str(parameter["name"])
            if "schema" in parameter and not self._is_filter(wire, parameter["schema"]):
                yield f"request.{parameter['in']}.{wire}", parameter["schema"], [operation.id, wire]
        content = cast(Raw, self.resolve(operation.value.get("requestBody", {})).get("content", {}))
        kind = body_type(content)
        if content and body_kind(kind) != "raw":
            raw = content[kind].get("schema", {})
            properties = cast(Raw, self.flatten(raw).get("properties", {}))
            if not properties:
                yield "request.body", raw, [operation.id, "body"]
            for wire, part in properties.items():
                if not self._is_filter(wire, part):
                    yield f"request.body.{wire}", part, [spoken(name.resource), spoken(name.method), wire]
        schema = self.flatten(content.get(kind, {}).get("schema", {}))
        is_bare = schema.get("type") == "object" and "additionalProperties" not in schema
        repeatable = not content or (body_kind(kind) == "json" and bool(schema.get("properties") or is_bare))
        success, noun = self.success(operation), singular(name.resource)
        if success.status and self.returns_json(success.media_type, success.content) and "schema" in success.content:
            raw = success.content["schema"]
            if self.is_page(raw) and repeatable:
                yield "response", self.flatten(raw)["properties"]["data"], [noun, "row"]
            else:
                yield "response", raw, [noun, name.method, "result"]

    def _is_filter(self, wire: str, raw: Any) -> bool:
        return wire == "filter" and self.flatten(raw).get("type") == "object"

    def _look(self, raw: Any, hint: list[str], where: str, found: dict[str, str]) -> None:
        """Record the models of a value, with their places."""
        raw = only_reference(raw)
        schema = self.flatten(raw)
        variants = [cast("list[Any]", schema[key]) for key in ("oneOf", "anyOf") if schema.get(key)]
        if "x-wire-type" in schema or any(len(each) > 1 for each in variants):
            return
        if variants:
            self._look(variants[0][0], hint, where, found)
            return
        parts = [*hint[:-1], singular(hint[-1])]
        if schema.get("type") == "array":
            self._look(schema.get("items", {}), parts, f"{where}[]", found)
        elif schema.get("type", "object") == "object" and not schema.get("x-free-form"):
            if schema.get("properties"):
                found[where] = self._model(schema, raw, hint)
            elif isinstance(schema.get("additionalProperties"), Mapping):
                self._look(schema["additionalProperties"], parts, f"{where}{{}}", found)

    def _model(self, schema: Raw, raw: Raw, hint: list[str]) -> str:
        reference = str(raw.get("$ref", ""))
        if reference in self._known:
            return self._known[reference]
        name, is_new = self.model_name(schema, raw, hint)
        if reference:
            self._known[reference] = name
        if is_new:
            properties = cast(Raw, schema["properties"])
            self.fields[name] = frozenset(properties)
            inner = self.places.setdefault(f"model {name}", {})
            for wire, part in properties.items():
                self._look(part, [name, wire], wire, inner)
        return name


def successors(old: ModelPlaces, new: ModelPlaces) -> dict[str, set[str]]:
    """Model of an edition -> the models at its places in another edition."""
    moved = {route: operation for operation, route in old.routes.items()}
    waiting: list[tuple[str, str]] = [
        (owner if owner in old.places else moved.get(new.routes.get(owner, ""), ""), owner) for owner in new.places
    ]
    lost, come = (_components(one, other) for one, other in ((old, new), (new, old)))
    waiting += [(lost[fields], come[fields]) for fields in lost.keys() & come.keys()]  # operations may use neither
    found: dict[str, set[str]] = {}
    for owner, successor in waiting:  # it grows
        before, after = old.places.get(owner, {}), new.places[successor]
        for where in before.keys() & after.keys():
            if after[where] not in found.setdefault(before[where], set()):
                found[before[where]].add(after[where])
                waiting.append((f"model {before[where]}", f"model {after[where]}"))
    return found


def _components(one: ModelPlaces, other: ModelPlaces) -> dict[frozenset[str], str]:
    """Components that only one of two editions has, by their fields, if no two of them have the same fields."""
    owners = [it for it in one.places if it.startswith("schemas/") and it not in other.places and "" in one.places[it]]
    own = {it: one.fields[one.places[it][""]] for it in owners}
    counts = Counter(own.values())
    return {fields: it for it, fields in own.items() if counts[fields] == 1}


def kept_names(old: ModelPlaces, new: ModelPlaces) -> dict[str, str]:
    """Models of the new edition that had another name in the old one: name by rule -> old name."""
    rules = {public: rule for rule, public in new.used_pins.items()}
    following = successors(old, new)
    predecessors = Counter(name for names in following.values() for name in names)
    return {
        rules.get(name, name): before
        for before, names in following.items()
        if before not in new.fields
        for name in names
        if len(names) == predecessors[name] == 1
        and 2 * len(old.fields[before] & new.fields[name]) >= len(old.fields[before])
    }


def action(target: str, change: str) -> str:
    """The overlay action to add, for messages."""
    return f'Add to codegen/overlay.yaml: {{target: "{target}", description: "…", {change}}}'


def _found(value: Any, wanted: Any, place: str) -> str | None:
    """The JSONPath of an object in a value."""
    if value is wanted:
        return place
    if isinstance(value, list):
        entries = [(f"{place}[{index}]", part) for index, part in enumerate(cast("list[Any]", value))]
    elif isinstance(value, Mapping):
        entries = [(f"{place}['{key}']", part) for key, part in cast(Raw, value).items()]
    else:
        return None
    return next((found for at, part in entries if (found := _found(part, wanted, at))), None)


def only_reference(raw: Raw) -> Raw:
    """Of `{allOf: [{$ref: …}], nullable: true}`, which says more about the value but not the object, the `$ref`."""
    return cast("list[Raw]", raw["allOf"])[0] if is_reference(raw) else raw


def _structure(schema: Any) -> Any:
    """A schema without texts for people."""
    if isinstance(schema, Mapping):
        return {
            str(key): _structure(value)
            for key, value in cast(Raw, schema).items()
            if key not in {"description", "example", "examples"} or not isinstance(value, str | int | float | bool)
        }
    if isinstance(schema, list):
        return [_structure(item) for item in cast("list[Any]", schema)]
    return schema
