"""Plans the models of a package: the shapes of values, and names for objects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.literal_enum_property import LiteralEnumProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.strings import ClassName

from .description import Document
from .elements import (
    Kind,
    Method,
    Model,
    ModelField,
    Shape,
)
from .errors import CodegenError
from .model_names import ModelNames, only_reference
from .names import argument_name, singular, snake_case, words
from .parser_input import parser_name, parser_title
from .schemas import Raw

BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_items",
    "maxItems": "max_items",
}
RESERVED_FIELDS = {
    "additional_properties", "encode_argument", "from_dict", "is_sendable", "to_dict", "wire", "wire_fields",
}  # fmt: skip
SENSITIVE = re.compile(r"password|passwd|secret|(^|_)token|access_key|api_key|private_key|cookie")
SCALARS: dict[type[Any], Kind] = {
    AnyProperty: "any",
    BooleanProperty: "boolean",
    DateProperty: "date",
    DateTimeProperty: "datetime",
    FileProperty: "string",  # in JSON, where no file can be; those of forms are recognised there
    FloatProperty: "number",
    IntProperty: "integer",
    StringProperty: "string",
    UuidProperty: "string",
}

WIRE_TYPES = ("integer-boolean", "integer-text", "named-values")
"""True and False sent as 1 and 0, a number sent as text, and values by the names or UUIDs of custom fields."""


class ModelPlanner(ModelNames):
    """Finds shapes and models in the parsed types, and in the description where the parser drops something."""

    def __init__(
        self, document: Document, data: GeneratorData, reserved: Collection[str], pinned: Mapping[str, str] = {}
    ) -> None:
        super().__init__(document, reserved, pinned)
        self.parsed_models = {str(model.class_info.name): model for model in data.models}
        self.models: dict[str, Model] = {}
        self.model_names: dict[str, str] = {}

    def shape(self, prop: Any, raw: Any, hint: Sequence[str]) -> Shape:
        """The type of a value; `hint` names an object that has no title."""
        schema = self.flatten(raw)
        wire_type = schema.get("x-wire-type")
        if wire_type is not None:
            if wire_type not in WIRE_TYPES:
                raise CodegenError(
                    f"{' '.join(hint)}: x-wire-type is {wire_type!r}; known are {', '.join(WIRE_TYPES)}."
                )
            return Shape(wire_type, bounds=self._bounds(schema, "minimum", "maximum"))
        if any(len(schema.get(keyword, ())) > 1 for keyword in ("oneOf", "anyOf")):
            return Shape("any", nullable=bool(schema.get("nullable", False)))
        if isinstance(prop, UnionProperty):
            inner = [part for part in prop.inner_properties if not isinstance(part, NoneProperty)]
            nullable = len(inner) < len(prop.inner_properties)
            if len(inner) == 1:
                only = raw
                for keyword in ("oneOf", "anyOf"):
                    variants = [part for part in schema.get(keyword, ()) if self.resolve(part).get("type") != "null"]
                    if len(variants) == 1:
                        only = variants[0]
                shape = self.shape(inner[0], only, hint)
                return replace(shape, nullable=nullable)
            return Shape("any", nullable=nullable)
        if isinstance(prop, LiteralEnumProperty):
            values = tuple(value for value in schema.get("enum", ()) if value is not None)
            return Shape("enum", values=values or tuple(sorted(prop.values, key=str)))
        if isinstance(prop, ConstProperty):
            value = schema.get("const")
            return Shape("enum", values=(value,)) if isinstance(value, str | int) else Shape("any")
        if isinstance(prop, NoneProperty):
            return Shape("any", nullable=True)
        if isinstance(prop, ListProperty):
            item = self.shape(prop.inner_property, schema.get("items", {}), [*hint[:-1], singular(hint[-1])])
            return Shape("array", item=item, bounds=self._bounds(schema, "minItems", "maxItems"))
        if isinstance(prop, ModelProperty):
            return self._object_shape(prop, raw, hint)
        kind = SCALARS.get(cast("type[Any]", type(prop)))
        if kind is None:
            raise CodegenError(f"{' '.join(hint)}: no rule for {type(prop).__name__} of openapi-python-client.")
        bounds: tuple[tuple[str, Any], ...] = ()
        if kind in {"integer", "number"}:
            bounds = self._bounds(schema, "minimum", "maximum")
        elif kind == "string":
            bounds = self._bounds(schema, "minLength", "maxLength", "pattern")
        if kind == "string" and not bounds and (schema.get("format") == "uuid" or "uuid" in words(hint[-1])[-1:]):
            kind = "uuid"
        return Shape(kind, bounds=bounds)

    @staticmethod
    def _bounds(schema: Raw, *keys: str) -> tuple[tuple[str, Any], ...]:
        return tuple((BOUNDS[key], schema[key]) for key in keys if key in schema and _is_bound(key, schema[key]))

    def _object_shape(self, prop: ModelProperty, raw: Any, hint: Sequence[str]) -> Shape:
        prop = self.parsed_models.get(str(prop.class_info.name), prop)
        raw = only_reference(raw)
        schema = self.flatten(raw)
        if schema.get("x-free-form"):
            return Shape("object")
        if prop.required_properties or prop.optional_properties:
            return Shape("model", model=self._model(prop, raw, hint))
        extra = schema.get("additionalProperties")
        if isinstance(extra, Mapping) and extra and prop.additional_properties is not None:
            return Shape("map", item=self.shape(prop.additional_properties, extra, [*hint[:-1], singular(hint[-1])]))
        return Shape("object")

    def _model(self, prop: ModelProperty, raw: Any, hint: Sequence[str]) -> str:
        parsed_name = str(prop.class_info.name)
        if parsed_name in self.model_names:
            return self.model_names[parsed_name]
        schema = self.flatten(raw)
        reference = cast(Raw, raw).get("$ref")
        # Recursion stops here: the name is known before the fields are looked at.
        name, is_new = self.model_name(schema, raw, hint)
        self.model_names[parsed_name] = name
        if is_new:
            self.models[name] = model = Model(
                name=name,
                fields=[],
                description=str(schema.get("description", "")),
                open=bool(schema.get("additionalProperties", False)),
                wrapper=schema.get("x-wrapper"),
                source=str(reference).removeprefix("#") if reference else " ".join(words(" ".join(hint))),
            )
            model.fields = self._fields(name, prop, schema)
            attributes = {entry.wire: entry.name for entry in model.fields}
            shown = cast("list[str]", schema.get("x-repr", []))
            if missing := sorted(set(shown) - attributes.keys()):
                raise CodegenError(
                    f"{name} has no {', '.join(missing)}, which x-repr names. Take it out of codegen/overlay.yaml."
                )
            model.shown = tuple(attributes[wire] for wire in shown)
        return name

    def _fields(self, model: str, prop: ModelProperty, schema: Raw) -> list[ModelField]:
        required = set(cast("list[str]", schema.get("required", [])))
        fields: list[ModelField] = []
        taken: set[str] = set()
        inner = {
            part.name.get_untrusted_value(): part
            for part in [*(prop.required_properties or ()), *(prop.optional_properties or ())]
        }
        properties = cast("dict[str, Any]", schema.get("properties", {}))
        complete(f"schema {model}", properties, inner)
        for wire, raw in properties.items():
            name = argument_name(wire)
            if name in RESERVED_FIELDS or name.startswith("_"):
                name = f"{name.lstrip('_')}_"
            name = free_name(name, taken)
            described = self.flatten(raw)
            fields.append(
                ModelField(
                    name=name,
                    wire=wire,
                    shape=self.shape(inner[parser_name(wire)], raw, [model, wire]),
                    required=wire in required,
                    description=described_beside(described, raw),
                    sensitive=bool(described.get("x-sensitive", SENSITIVE.search(wire) is not None)),
                    always_sent=bool(described.get("x-always-sent")),
                )
            )
        return fields

    def _component_names(self) -> Iterator[tuple[str, str]]:
        """Schemas of the description with their models."""
        for name, model in self.models.items():
            if model.source.startswith("/components/schemas/"):
                yield model.source.rsplit("/", 1)[-1], name

    def add_component_models(self) -> None:
        """Add models for schemas that no operation uses, such as the payload of webhooks."""
        schemas = cast("dict[str, Any]", cast(Raw, self.document.get("components", {})).get("schemas", {}))
        for component, raw in schemas.items():
            if self.flatten(raw).get("x-internal"):
                continue
            parsed = self.parsed_models.get(str(ClassName(parser_title(component), "n_")))
            if parsed is not None:
                self._object_shape(parsed, {"$ref": f"#/components/schemas/{component}"}, [component])

    def place_models(self, methods: Iterable[Method]) -> None:
        """Models that refer to each other in a circle share a module; so do parts with the only model that has them."""
        users: dict[str, set[str]] = {name: set() for name in self.models}
        for name, model in self.models.items():
            for used in model.used():
                users[used].add(name)
        referenced = {
            shape_model
            for method in methods
            for shape in [method.answer.shape, *(argument.shape for argument in method.arguments)]
            if shape is not None
            for shape_model in shape.models()
        }
        reachable = {name: self._reachable(name) for name in self.models}
        modules: dict[str, str] = {}
        taken: set[str] = set()
        for name, model in self.models.items():
            circle = sorted(other for other in reachable[name] if name in reachable[other])
            home = circle[0] if circle else name
            while len(users[home] - {home}) == 1 and home not in referenced and home not in reachable[home]:
                home = next(iter(users[home] - {home}))
            circle = sorted(other for other in reachable[home] if home in reachable[other])
            home = circle[0] if circle else home
            if home not in modules:
                modules[home] = free_name(argument_name(snake_case(home)), taken)
            model.module = modules[home]

    def _reachable(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.models[name].used())
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting.extend(self.models[other].used())
        return found


def complete(place: str, described: Mapping[str, Any], parsed: Mapping[str, Any]) -> None:
    lost = sorted(wire for wire in described if parser_name(wire) not in parsed)
    if lost:
        raise CodegenError(f"openapi-python-client left out {', '.join(lost)} of {place}.")


def _is_bound(key: str, value: Any) -> bool:
    """Whether Python can check it; the server does in any case."""
    if key != "pattern":
        return True
    try:
        re.compile(value)
    except re.error:
        return False
    return True


def described_beside(schema: Raw, raw: Any) -> str:
    """The description next to a value. The description of a referenced schema is about the schema, not the value."""
    if isinstance(raw, Mapping) and "$ref" in raw:
        return ""
    return str(schema.get("description", ""))


def free_name(name: str, taken: set[str], prefix: str = "") -> str:
    candidate = name
    if candidate in taken and prefix:
        candidate = f"{prefix}{name}"
    number = 2
    while candidate in taken:
        candidate = f"{name}_{number}"
        number += 1
    taken.add(candidate)
    return candidate
