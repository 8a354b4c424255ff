"""What will be generated: resources with their methods, and models, independent of how it is written down."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
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

from .corrections import Correction, MassActions, read_correction, read_mass_actions
from .description import Document, RawOperation, operations
from .errors import CodegenError
from .filters import Catalogue, FilterSet, plan_catalogues, read_filter
from .links import linked
from .names import BUILTINS, Name, argument_name, pascal_case, plan_names, short, singular, snake_case, words
from .neutral import PARSED, neutral_name, neutral_title
from .overrides import Overrides
from .schemas import Paging, Raw, Schemas, body_kind, body_type, holds_several, is_reference, is_text

Kind = Literal[
    "any", "array", "binary", "boolean", "date", "datetime", "enum", "filter", "integer", "integer-boolean",
    "integer-text", "map", "model", "named-values", "number", "object", "string", "uuid",
]  # fmt: skip
RetryClass = Literal["read", "idempotent", "write"]
BodyKind = Literal["none", "json", "optional_json", "whole", "form", "raw"]
QueryStyle = Literal["form", "brackets", "json", "comma", "pipe", "space"]

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
SPELLINGS = {"ai": "AI", "api": "API", "csv": "CSV", "lead": "Contact", "linkedin": "LinkedIn", "llm": "LLM"}
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
PATH_KINDS = {"date", "datetime", "enum", "integer", "string", "uuid"}
HTTP_HEADERS = {"accept", "authorization", "content-type"}
"""Header parameters of these names mean nothing, says OpenAPI."""

READ_VERBS = {"get", "list", "search", "find", "lookup", "count", "group", "download", "validate", "check"}
WRITE_VERBS = {"mass", "retry", "enrich", "continue"}
CHANGE_VERBS = {"add", "and", "apply", "create", "delete", "or", "remove", "send", "set", "start", "stop", "update"}
"""`getOrCreate`, `checkAndSend`: what begins like a question need not be one."""


@dataclass(frozen=True)
class Shape:
    """The type of a value."""

    kind: Kind
    nullable: bool = False
    item: Shape | None = None
    model: str | None = None
    values: tuple[str | int, ...] = ()
    bounds: tuple[tuple[str, Any], ...] = ()
    filter: FilterSet | None = None

    def models(self) -> Iterator[str]:
        """The models this value may hold."""
        if self.model is not None:
            yield self.model
        if self.item is not None:
            yield from self.item.models()


@dataclass(frozen=True)
class Argument:
    """An argument of a method."""

    name: str
    wire: str
    shape: Shape
    required: bool
    place: Literal["path", "query", "header", "body", "file"]
    style: QueryStyle = "form"
    description: str = ""
    default: Any = None
    sent_default: str | int | None = None
    """What is sent unless the caller says otherwise."""


@dataclass(frozen=True)
class ModelField:
    """A field of a model."""

    name: str
    wire: str
    shape: Shape
    required: bool
    description: str
    sensitive: bool
    always_sent: bool = False


@dataclass
class Model:
    """A JSON object with described fields."""

    name: str
    fields: list[ModelField]
    description: str
    open: bool
    wrapper: str | None
    source: str
    sendable: bool = False
    module: str = ""

    def used(self) -> Iterator[str]:
        """The models its fields hold."""
        for entry in self.fields:
            yield from entry.shape.models()


@dataclass(frozen=True)
class Answer:
    """What a successful call gives."""

    kind: Literal["none", "json", "bytes", "text", "model", "optional_model", "array", "map", "value", "page"]
    shape: Shape | None
    description: str
    paging: Paging = "none"
    limited: bool = True
    """Whether it takes a limit."""
    ordered: bool = False
    """Whether it takes both parameters of the order."""
    windowed: bool = True
    """Whether rows beyond the first 10,000 cannot be reached by offset."""
    sliced: bool = False
    """Whether its filter takes ranges of `created_at` and `uuid`."""

    @property
    def expects_json(self) -> bool:
        """Whether the description promises a JSON body."""
        return self.kind not in {"none", "json", "bytes", "text"}


@dataclass(frozen=True)
class Method:
    """A method of a resource: one operation."""

    id: str
    http_method: str
    path: str
    name: Name
    summary: str
    description: str
    returns: str | None
    """What is returned, in the overlay's words."""
    deprecated: bool
    arguments: tuple[Argument, ...]
    body: BodyKind
    any_of: tuple[tuple[str, ...], ...]
    answer: Answer
    errors: tuple[tuple[str, str], ...]
    retry: RetryClass
    correction: Correction | None = None
    raises: tuple[tuple[str, str], ...] = ()
    """Further errors -> when they are raised."""
    refused: tuple[tuple[str, str], ...] = ()
    """Arguments that the server would ignore -> what to do instead."""
    mass_actions: MassActions | None = None
    accept: str = "application/json"
    """Content types of the answers, as the description has them."""
    content_type: str = ""
    """What the body is sent as; empty if the kind of body says it."""
    encoded: bool = False
    """Whether a form is sent as `application/x-www-form-urlencoded`."""

    @property
    def paginated(self) -> bool:
        """Whether the operation takes an offset."""
        return self.answer.paging != "none"

    def at(self, *places: str) -> list[Argument]:
        """The arguments that go to certain places of the request."""
        return [argument for argument in self.arguments if argument.place in places]


@dataclass
class Resource:
    """One part of the API."""

    name: str
    class_name: str
    description: str
    mixin: str | None = None
    """The module of `grinfi_overrides.mixins` that has more methods."""
    methods: list[Method] = field(default_factory=list["Method"])


@dataclass
class Plan:
    """Everything that will be generated."""

    resources: list[Resource]
    models: dict[str, Model]
    catalogues: list[Catalogue]
    title: str
    version: str


class Planner(Schemas):
    """Builds the plan from what openapi-python-client parsed, and from the description for what it drops."""

    def __init__(
        self,
        document: Document,
        data: GeneratorData,
        listed: Mapping[str, Name],
        reserved: Collection[str] = (),
        overrides: Overrides = Overrides(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(document)
        self.overrides = overrides
        self.methods: list[Method] = []
        self.routes = {f"{each.method.upper()} {each.path}" for each in operations(document)}
        self.names = plan_names(document, listed, overrides.attributes)
        self.reserved = {*reserved, *(_class_name(name.resource) for name in self.names.values())}
        self.parsed_models = {str(model.class_info.name): model for model in data.models}
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        for collection in data.endpoint_collections_by_tag.values():
            for endpoint in collection.endpoints:
                key = endpoint.method, self._template(endpoint)
                if key in self.endpoints:
                    raise CodegenError(
                        f"{key[0].upper()} {key[1]} is described twice, with other names of its path parameters. "
                        "Remove one of them in codegen/overlay.yaml."
                    )
                self.endpoints[key] = endpoint
        self.models: dict[str, Model] = {}
        self.model_names: dict[str, str] = {}
        self.raw_by_model: dict[str, str] = {}

    @staticmethod
    def _template(endpoint: Endpoint) -> str:
        return re.sub(r"\{[^}]*\}", "{}", endpoint.path.get_untrusted_value())

    # -- shapes and models -----------------------------------------------------------------------------------------

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
        raw = _only_reference(raw)
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
        name, is_new = self._model_name(schema, raw, hint)
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
        return name

    def _model_name(self, schema: Raw, raw: Raw, hint: Sequence[str]) -> tuple[str, bool]:
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
            wanted = [short("".join(pascal_case(_spoken(part)) for part in tail)) for tail in tails]
            wanted += [f"{wanted[-1]}{number}" for number in range(2, 100)]
        for candidate in wanted:
            name = f"{candidate}Object" if candidate in self.reserved or candidate in BUILTINS else candidate
            if name not in self.raw_by_model:
                self.raw_by_model[name] = structure
                return name, True
            if self.raw_by_model[name] == structure:
                return name, False
        raise CodegenError(
            f"Two different objects are both called {wanted[0]}. Give one of them, {' '.join(hint)}, another `title`. "
            + action(self._place(raw), f"update: {{title: {''.join(pascal_case(_spoken(part)) for part in hint)}}}")
        )

    def _place(self, raw: Raw) -> str:
        """The JSONPath of a schema."""
        if "$ref" in raw:
            return f"$.components.schemas['{raw['$ref'].rsplit('/', 1)[-1]}']"
        return _found(self.document, raw, "$") or "$"

    def _fields(self, model: str, prop: ModelProperty, schema: Raw) -> list[ModelField]:
        required = set(cast("list[str]", schema.get("required", [])))
        fields: list[ModelField] = []
        taken: set[str] = set()
        inner = {
            part.name.get_untrusted_value(): part
            for part in [*(prop.required_properties or ()), *(prop.optional_properties or ())]
        }
        properties = cast("dict[str, Any]", schema.get("properties", {}))
        _complete(f"schema {model}", properties, inner)
        for wire, raw in properties.items():
            name = argument_name(wire)
            if name in RESERVED_FIELDS or name.startswith("_"):
                name = f"{name.lstrip('_')}_"
            name = _free(name, taken)
            described = self.flatten(raw)
            fields.append(
                ModelField(
                    name=name,
                    wire=wire,
                    shape=self.shape(inner[neutral_name(wire)], raw, [model, wire]),
                    required=wire in required,
                    description=_described(described, raw),
                    sensitive=bool(described.get("x-sensitive", SENSITIVE.search(wire) is not None)),
                    always_sent=bool(described.get("x-always-sent")),
                )
            )
        return fields

    # -- operations ------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """Plan the whole package."""
        tag_texts = {
            str(tag.get("name")): str(tag.get("description", ""))
            for tag in cast("list[Raw]", self.document.get("tags", []))
        }
        mixins = {str(tag.get("name")): tag.get("x-mixin") for tag in cast("list[Raw]", self.document.get("tags", []))}
        resources: dict[str, Resource] = {}
        tags: dict[str, Counter[str]] = {}
        for operation in operations(self.document):
            name = self.names[operation.id]
            resources.setdefault(name.resource, Resource(name.resource, _class_name(name.resource), "")).methods.append(
                self._method(operation, name)
            )
            tags.setdefault(name.resource, Counter()).update([str(tag) for tag in operation.value.get("tags", [])[:1]])
        for resource in resources.values():
            tag = next(iter(tags[resource.name]), "")
            resource.description = tag_texts.get(tag, "")
            resource.mixin = self._mixin(mixins.get(tag))
        self._component_models()
        self._mark_sendable()
        self._place_models()
        info = cast(Raw, self.document.get("info", {}))
        catalogues = plan_catalogues(list(resources.values()), self.models)
        title, version = str(info.get("title", "")), str(info.get("version", ""))
        names = {("operation", it.id): f"{it.name.resource}.{it.name.method}" for it in self.methods}
        names |= {("schema", component): name for component, name in self._component_names()}
        return linked(Plan(list(resources.values()), self.models, catalogues, title, version), names)

    def _component_names(self) -> Iterator[tuple[str, str]]:
        """Schemas of the description with their models."""
        for name, model in self.models.items():
            if model.source.startswith("/components/schemas/"):
                yield model.source.rsplit("/", 1)[-1], name

    def _mixin(self, name: str | None) -> str | None:
        if name is not None and name not in self.overrides.mixins:
            raise CodegenError(f"grinfi_overrides.mixins has no {name}, which x-mixin names.")
        return name

    def _component_models(self) -> None:
        """Schemas no operation uses, such as the payload of webhooks, are models too."""
        schemas = cast("dict[str, Any]", cast(Raw, self.document.get("components", {})).get("schemas", {}))
        for component, raw in schemas.items():
            if self.flatten(raw).get("x-internal"):
                continue
            parsed = self.parsed_models.get(str(ClassName(neutral_title(component), "n_")))
            if parsed is not None:
                self._object_shape(parsed, {"$ref": f"#/components/schemas/{component}"}, [component])

    def _mark_sendable(self) -> None:
        waiting = [
            model for method in self.methods for argument in method.arguments for model in argument.shape.models()
        ]
        while waiting:
            model = self.models[waiting.pop()]
            if not model.sendable:
                model.sendable = True
                waiting.extend(model.used())

    def _place_models(self) -> None:
        """Models that refer to each other in a circle share a module; so do parts with the only model that has them."""
        users: dict[str, set[str]] = {name: set() for name in self.models}
        for name, model in self.models.items():
            for used in model.used():
                users[used].add(name)
        referenced = {
            shape_model
            for method in self.methods
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
                modules[home] = _free(argument_name(snake_case(home)), taken)
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

    def _method(self, operation: RawOperation, name: Name) -> Method:
        endpoint = self.endpoints.get((operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path)))
        if endpoint is None:
            raise CodegenError(f"openapi-python-client left out {operation.method.upper()} {operation.path}.")
        arguments = self._parameters(operation, endpoint)
        body, body_arguments, any_of = self._body(operation, endpoint, name, {entry.name for entry in arguments})
        arguments += body_arguments
        method = Method(
            id=operation.id,
            http_method=operation.method.upper(),
            path=operation.path,
            name=name,
            summary=str(operation.value.get("summary", "")),
            description=_with_note(operation.value),
            returns=operation.value.get("x-returns"),
            deprecated=bool(operation.value.get("deprecated", False)),
            arguments=_with_texts(operation, arguments),
            body=body,
            any_of=any_of,
            answer=self._answer(operation, endpoint, name, body, arguments),
            errors=tuple(
                (status, str(self.resolve(response).get("description", "")))
                for status, response in cast("dict[str, Any]", operation.value["responses"]).items()
                if status[:1] in "45"
            ),
            retry=_retry_class(operation),
            correction=read_correction(
                operation.id, operation.value, [entry.wire for entry in arguments], self.routes, self.overrides
            ),
            raises=tuple(cast("dict[str, str]", operation.value.get("x-raises", {})).items()),
            refused=self._refused(operation, arguments),
            mass_actions=read_mass_actions(
                operation.id,
                operation.value,
                next((entry.shape.values for entry in arguments if entry.wire == "type"), ()),
            ),
            accept=self._accept(operation),
            content_type=_content_type(self.resolve(operation.value.get("requestBody", {}))),
            encoded=self._is_encoded(operation),
        )
        self.methods.append(method)
        return method

    @staticmethod
    def _refused(operation: RawOperation, arguments: Sequence[Argument]) -> tuple[tuple[str, str], ...]:
        refused = cast("dict[str, str]", operation.value.get("x-refused-arguments", {}))
        taken = sorted(refused.keys() & {entry.name for entry in arguments})
        if taken:
            raise CodegenError(
                f"{operation.id}: {', '.join(taken)} is in x-refused-arguments, but this edition takes it. "
                "Remove it there, in codegen/overlay.yaml."
            )
        return tuple(refused.items())

    def _accept(self, operation: RawOperation) -> str:
        """Every content type of its answers, those of success first."""
        responses = cast("dict[str, Any]", operation.value["responses"])
        kinds = {
            kind: None
            for _, response in sorted(responses.items(), key=lambda it: it[0][:1] != "2")
            for kind in self.resolve(response).get("content", {})
        }
        return ", ".join(kinds) or "application/json"

    def _is_encoded(self, operation: RawOperation) -> bool:
        content = self.resolve(operation.value.get("requestBody", {})).get("content", {})
        return body_kind(body_type(content)) == "encoded"

    def _parameters(self, operation: RawOperation, endpoint: Endpoint) -> list[Argument]:
        raws: dict[tuple[str, str], Raw] = {}
        for raw in [*operation.path_item.get("parameters", []), *operation.value.get("parameters", [])]:
            parameter = self.resolve(raw)
            raws[str(parameter["in"]), str(parameter["name"])] = parameter
        parsed = {
            (str(location.value), prop.name.get_untrusted_value()): prop
            for location, prop in endpoint.iter_all_parameters()
        }
        arguments: list[Argument] = []
        taken: set[str] = set()
        template = re.findall(r"\{([^}]*)\}", operation.path)
        order = {("path", wire): index for index, wire in enumerate(template)}
        for key in sorted(raws, key=lambda key: order.get(key, len(order))):
            place, wire = key
            parameter = raws[key]
            if place == "header" and wire.lower() in HTTP_HEADERS:
                continue
            schema = self.flatten(parameter.get("schema", {}))
            if place == "header" and holds_several(schema):
                raise CodegenError(
                    f"{operation.id}: the {place} parameter {wire} is an {schema.get('type', 'object')}, "
                    f"and a {place} holds one text. {_remedy(operation, wire, 'update: {schema: {type: string}}')}"
                )
            if place not in {"path", "query", "header"}:
                raise CodegenError(
                    f"{operation.id}: the {place} parameter {wire} cannot be sent; only path, query and header. "
                    f"{_remedy(operation, wire, 'remove: true')}"
                )
            style: QueryStyle = "form"
            if "content" in parameter:  # openapi-python-client drops these without a word
                raw = next(iter(cast("dict[str, Raw]", parameter["content"]).values())).get("schema", {})
                shape, style = self._filter_shape(raw) if wire == "filter" else Shape("any"), "json"
            elif (place, neutral_name(wire)) not in parsed:
                raise CodegenError(f"{operation.id}: openapi-python-client left out the {place} parameter {wire}.")
            else:
                prop = parsed[place, neutral_name(wire)]
                shape = self._argument_shape(prop, parameter["schema"], [operation.id, wire])
                style = self._style(operation, parameter, shape)
            if place == "path" and shape.kind not in PATH_KINDS:
                shape = Shape("string")
            arguments.append(
                Argument(
                    name=_free(argument_name(wire), taken),
                    wire=wire,
                    shape=shape,
                    required=place == "path" or bool(parameter.get("required", False)),
                    place=cast('Literal["path", "query", "header"]', place),
                    style=style,
                    description=str(parameter.get("description", "")),
                    default=self.resolve(parameter.get("schema", {})).get("default"),
                )
            )
        return arguments

    @staticmethod
    def _style(operation: RawOperation, parameter: Raw, shape: Shape) -> QueryStyle:
        wire, place, style = parameter["name"], parameter["in"], parameter.get("style")
        if parameter.get("x-query-style") == "json":
            return "json"
        if place == "path":
            return "form"
        if shape.kind in {"filter", "object", "map", "model"}:
            # The server reads brackets also where the description gives no style, which by OpenAPI's
            # rule would mean flat parameters: those it ignores, and answers with everything.
            if place == "query" and style in {None, "deepObject"}:
                return "brackets"
            raise CodegenError(
                f"{operation.id}: the {place} parameter {wire} is an object{f' of style {style}' if style else ''}. "
                f"{_remedy(operation, wire, 'update: {style: deepObject}')}"
                " for brackets, or `x-query-style: json` for one JSON text."
            )
        if shape.kind == "array" and place == "query":
            if parameter.get("explode", style in {None, "form"}):
                return "form"
            return cast(QueryStyle, {"pipeDelimited": "pipe", "spaceDelimited": "space"}.get(str(style), "comma"))
        return "form"

    def _argument_shape(self, prop: Any, raw: Any, hint: Sequence[str]) -> Shape:
        """As `shape`, but objects that are filters are recognised by their name."""
        schema = self.flatten(raw)
        if hint[-1] == "filter" and schema.get("type") == "object":
            return self._filter_shape(schema)
        return self.shape(prop, raw, hint)

    def _filter_shape(self, raw: Any) -> Shape:
        schema = self.flatten(raw)
        filters = read_filter(schema, self.flatten)
        return Shape("filter", nullable=bool(schema.get("nullable", False)), filter=filters)

    def _body(
        self, operation: RawOperation, endpoint: Endpoint, name: Name, taken: set[str]
    ) -> tuple[BodyKind, list[Argument], tuple[tuple[str, ...], ...]]:
        raw_body = self.resolve(operation.value.get("requestBody", {}))
        if not raw_body:
            return "none", [], ()
        content_type = body_type(raw_body["content"])
        kind_of_body = body_kind(content_type)
        is_form = kind_of_body in {"form", "encoded"}
        required_body = bool(raw_body.get("required", False))
        raw = raw_body["content"][content_type].get("schema", {})
        if kind_of_body == "raw":
            if is_text(content_type) and self.flatten(raw).get("format") != "binary":
                shape, told = Shape("string"), "The text."
            else:
                shape, told = Shape("binary"), "The file."
            name_of_body = _free("body", taken)
            return "raw", [Argument(name_of_body, "body", shape, required_body, "body", description=told)], ()
        bodies = {it.content_type.get_untrusted_value(): it for it in endpoint.bodies}
        schema = self.flatten(raw)
        prop = bodies[PARSED[kind_of_body]].prop
        if isinstance(prop, ModelProperty):
            prop = self.parsed_models.get(str(prop.class_info.name), prop)
        properties = cast("dict[str, Any]", schema.get("properties", {}))
        if not isinstance(prop, ModelProperty) or (not properties and "additionalProperties" in schema):
            if is_form:
                raise CodegenError(
                    f"{operation.id}: a form needs `properties`. Give it some in codegen/overlay.yaml, below "
                    f"{_target(operation)}.requestBody.content['{content_type}'].schema."
                )
            shape = self._argument_shape(prop, raw, [operation.id, "body"])
            argument = Argument(
                _free("body", taken), "body", shape, required_body, "body", description="The JSON body."
            )
            return "whole", [argument], ()
        inner = {
            part.name.get_untrusted_value(): part
            for part in [*(prop.required_properties or ()), *(prop.optional_properties or ())]
        }
        _complete(f"the body of {operation.id}", properties, inner)
        required = set(cast("list[str]", schema.get("required", [])))
        arguments: list[Argument] = []
        place_names = [_spoken(name.resource), _spoken(name.method)]
        for wire, raw_property in properties.items():
            parsed = inner[neutral_name(wire)]
            is_file = kind_of_body == "form" and isinstance(parsed, FileProperty)
            files = isinstance(parsed, ListProperty) and isinstance(parsed.inner_property, FileProperty)
            hint = [*place_names, wire]
            if kind_of_body == "form" and files:
                is_file, shape = True, Shape("array", item=Shape("binary"))
            else:
                shape = Shape("binary") if is_file else self._argument_shape(parsed, raw_property, hint)
            described = self.flatten(raw_property)
            arguments.append(
                Argument(
                    name=_free(argument_name(wire), taken, "body_"),
                    wire=wire,
                    shape=shape,
                    required=wire in required,
                    place="file" if is_file else "body",
                    description=_described(described, raw_property),
                    default=described.get("default"),
                    sent_default=described.get("x-sent-default"),
                )
            )
        any_of = tuple(
            tuple(str(item) for item in part["required"]) for part in cast("list[Raw]", schema.get("x-any-of", []))
        )
        kind: BodyKind = "form" if is_form else "json" if required_body else "optional_json"
        if kind == "optional_json" and any_of:
            kind = "json"
        if not properties and not required_body:
            kind = "none"
        return kind, arguments, any_of

    def _answer(
        self, operation: RawOperation, endpoint: Endpoint, name: Name, body: BodyKind, arguments: list[Argument]
    ) -> Answer:
        success = self.success(operation)
        told, status, raw = success.description, success.status, success.content.get("schema")
        if not status:
            return Answer("none" if success.only_204 else "json", None, told)
        if not self.returns_json(success.media_type, success.content):
            binary = raw is not None and self.flatten(raw).get("format") == "binary"
            return Answer(
                "text" if is_text(success.media_type) and raw is not None and not binary else "bytes", None, told
            )
        if raw is None:
            return Answer("json", None, told)
        parsed = next((item for item in endpoint.responses if item.status_code.pattern.lower() == status.lower()), None)
        if parsed is None:
            raise CodegenError(f"openapi-python-client left out the {status} answer of {operation.id}.")
        properties = cast("dict[str, Any]", self.flatten(raw).get("properties", {}))
        noun = singular(name.resource)
        paging = self.paging(operation)
        # A paginator repeats the request with another offset; it can do so with a query and a JSON object.
        if body not in {"whole", "form", "raw"} and self.is_page(raw):
            envelope = self.parsed_models[str(cast(ModelProperty, parsed.prop).class_info.name)]
            data = next(
                part
                for part in [*(envelope.required_properties or ()), *(envelope.optional_properties or ())]
                if part.name == "data"
            )
            rows = self.shape(data, properties["data"], [noun, "row"])
            places = {argument.wire: argument.place for argument in arguments}
            return Answer(
                "page",
                rows.item,
                told,
                paging,
                limited=places.get("limit") == places.get("offset"),
                ordered=paging != "none" and places.get("order_field") == places.get("order_type") == paging,
                windowed=bool(operation.value.get("x-result-window", True)),
                sliced=bool(operation.value.get("x-slices", False)),
            )
        shape = self.shape(parsed.prop, raw, [noun, name.method, "result"])
        if shape.kind == "model":
            return Answer("optional_model" if success.empty else "model", shape, told)
        if shape.kind == "array" or shape.kind == "map":
            return Answer(shape.kind, shape.item, told)
        if shape.kind == "object":
            return Answer("map", Shape("any"), told)
        return Answer("value", shape, told)


def _content_type(body: Raw) -> str:
    """The type to send where it is not the usual one of its kind: `application/merge-patch+json`, `text/plain`."""
    kind = body_type(body.get("content", {}))
    usual = body_kind(kind) in {"form", "encoded"} or kind.partition(";")[0].strip().lower() == "application/json"
    return "" if usual else kind


def action(target: str, change: str) -> str:
    """The words to put into the overlay."""
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


def _target(operation: RawOperation) -> str:
    return f"$.paths['{operation.path}'].{operation.method}"


def _remedy(operation: RawOperation, wire: str, change: str) -> str:
    own = any(it.get("name") == wire for it in operation.value.get("parameters", []))
    owner = _target(operation) if own else f"$.paths['{operation.path}']"
    return action(f"{owner}.parameters[?(@.name=='{wire}')]", change)


def _complete(place: str, described: Mapping[str, Any], parsed: Mapping[str, Any]) -> None:
    lost = sorted(wire for wire in described if neutral_name(wire) not in parsed)
    if lost:
        raise CodegenError(f"openapi-python-client left out {', '.join(lost)} of {place}.")


def _only_reference(raw: Raw) -> Raw:
    """Of `{allOf: [{$ref: …}], nullable: true}`, which says more about the value but not the object, the `$ref`."""
    return cast("list[Raw]", raw["allOf"])[0] if is_reference(raw) else raw


def _structure(schema: Any) -> Any:
    """A schema without what is only told to people."""
    if isinstance(schema, Mapping):
        return {
            str(key): _structure(value)
            for key, value in cast(Raw, schema).items()
            if key not in {"description", "example", "examples"} or not isinstance(value, str | int | float | bool)
        }
    if isinstance(schema, list):
        return [_structure(item) for item in cast("list[Any]", schema)]
    return schema


def _class_name(resource: str) -> str:
    return f"{pascal_case(_spoken(resource))}Resource"


def _spoken(text: str) -> str:
    """`add_new_lead` -> `Add New Contact`, `linkedin_id` -> `LinkedIn Id`."""
    return " ".join(SPELLINGS.get(word, word.capitalize()) for word in words(text))


def _is_bound(key: str, value: Any) -> bool:
    """Whether Python can check it; the server does in any case."""
    if key != "pattern":
        return True
    try:
        re.compile(value)
    except re.error:
        return False
    return True


def _described(schema: Raw, raw: Any) -> str:
    """The description next to a value; that of a schema it merely refers to tells of the schema, not of the value."""
    if isinstance(raw, Mapping) and "$ref" in raw:
        return ""
    return str(schema.get("description", ""))


def _with_note(operation: Raw) -> str:
    texts = (str(operation.get(key, "")) for key in ("description", "x-note"))
    return "\n\n".join(text for text in texts if text)


def _with_texts(operation: RawOperation, arguments: Sequence[Argument]) -> tuple[Argument, ...]:
    """The arguments with the texts that the overlay has for them, by their names in Python."""
    texts = dict(cast("Mapping[str, str]", operation.value.get("x-arguments", {})))
    result = tuple(replace(it, description=texts.pop(it.name, it.description)) for it in arguments)
    if texts:
        known = ", ".join(argument.name for argument in arguments)
        raise CodegenError(
            f"{operation.id}: x-arguments describes {', '.join(texts)}, which is not an argument (they are: {known}). "
            f"Correct it in codegen/overlay.yaml, below {_target(operation)}."
        )
    return result


def _free(name: str, taken: set[str], prefix: str = "") -> str:
    candidate = name
    if candidate in taken and prefix:
        candidate = f"{prefix}{name}"
    number = 2
    while candidate in taken:
        candidate = f"{name}_{number}"
        number += 1
    taken.add(candidate)
    return candidate


def _retry_class(operation: RawOperation) -> RetryClass:
    """The overlay's word, or the rule by method and name."""
    said = operation.value.get("x-retry")
    if said is not None:
        if said not in {"read", "idempotent", "write"}:
            raise CodegenError(f"{operation.id}: x-retry is {said!r}; it can be read, idempotent or write.")
        return cast(RetryClass, said)
    spoken = words(operation.id)
    if operation.method in {"get", "head", "options", "trace"}:
        return "read"
    if WRITE_VERBS & set(spoken):
        return "write"
    if READ_VERBS & set(spoken[:1]):
        return "write" if CHANGE_VERBS & set(spoken) else "read"
    if operation.method in {"put", "delete"} or "upsert" in spoken:
        return "idempotent"
    return "write"
