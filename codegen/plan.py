"""Plans the package: resources with their methods, and models, independent of Python source.

Each operation becomes a `Method`:

    description                                  plan
    operationId, tag, names.yaml                 name: grinfi.<resource>.<method>
    parameters, properties of the body           arguments: name, type, place in the request
    the successful response                      answer: model, page, list, map, bytes …
    error responses                              errors in the docstring
    method and operationId, or x-retry           retry class
    x-correction, x-hints, x-raises …            the same, from the overlay

openapi-python-client parses types; the rest is read from the description. Whatever the parser leaves out, or the
package could not send as described, raises `CodegenError` with the overlay action that would fix it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from .corrections import read_correction, read_mass_actions, read_mixin, read_refused, read_routes
from .description import Document, RawOperation, operations, path_shape
from .elements import (
    Answer,
    Argument,
    BodyKind,
    Choice,
    Method,
    Plan,
    QueryStyle,
    Resource,
    RetryClass,
    Shape,
)
from .errors import CodegenError
from .filters import plan_catalogues, read_filter
from .flow_nodes import FlowNodes, read_flow_nodes
from .links import linked
from .model_names import action
from .model_plan import ModelPlanner, complete, described_beside, free_name
from .names import Name, argument_name, plan_names, resource_class, singular, spoken, words
from .overrides import Overrides
from .parser_input import PARSED, parser_name
from .schemas import Raw, body_kind, body_type, holds_several, is_text

PATH_KINDS = {"date", "datetime", "enum", "integer", "string", "uuid"}
HTTP_HEADERS = {"accept", "authorization", "content-type"}
"""Header parameters with these names are ignored, by the rules of OpenAPI."""

READ_VERBS = {"get", "list", "search", "find", "lookup", "count", "group", "download", "validate", "check"}
WRITE_VERBS = {"mass", "retry", "enrich", "continue"}
CHANGE_VERBS = {"add", "and", "apply", "create", "delete", "or", "remove", "send", "set", "start", "stop", "update"}
"""Words in names such as `getOrCreate` and `checkAndSend`, which begin like reads, but change something."""


class Planner(ModelPlanner):
    """Builds the plan from the parsed types, and from the description."""

    def __init__(
        self,
        document: Document,
        data: GeneratorData,
        listed: Mapping[str, Name],
        reserved: Collection[str] = (),
        overrides: Overrides = Overrides(),  # noqa: B008 - it is frozen
        pinned: Mapping[str, str] = {},
    ) -> None:
        self.names = plan_names(document, listed, overrides.attributes)
        taken = {*reserved, *(resource_class(name.resource) for name in self.names.values())}
        super().__init__(document, data, taken, pinned)
        self.overrides = overrides
        self.methods: list[Method] = []
        self.routes = read_routes(self)
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        for collection in data.endpoint_collections_by_tag.values():
            for endpoint in collection.endpoints:
                key = endpoint.method, path_shape(endpoint.path.get_untrusted_value())
                if key in self.endpoints:
                    raise CodegenError(
                        f"{key[0].upper()} {key[1]} is described twice, with other names of its path parameters. "
                        "Remove one of them in codegen/overlay.yaml."
                    )
                self.endpoints[key] = endpoint

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
            resources.setdefault(
                name.resource, Resource(name.resource, resource_class(name.resource), "")
            ).methods.append(self._method(operation, name))
            tags.setdefault(name.resource, Counter()).update([str(tag) for tag in operation.value.get("tags", [])[:1]])
        for resource in resources.values():
            tag = next(iter(tags[resource.name]), "")
            resource.description = tag_texts.get(tag, "")
            names_of = {method.name.method for method in resource.methods}
            resource.mixin = read_mixin(tag, mixins.get(tag), names_of, self.routes, self.overrides)
        self.add_component_models()
        self._mark_sendable()
        self.place_models(self.methods)
        info = cast(Raw, self.document.get("info", {}))
        catalogues = plan_catalogues(list(resources.values()), self.models)
        title, version = str(info.get("title", "")), str(info.get("version", ""))
        names = {("operation", it.id): f"{it.name.resource}.{it.name.method}" for it in self.methods}
        names |= {("schema", component): name for component, name in self._component_names()}
        plan = Plan(list(resources.values()), self.models, catalogues, title, version, self._flow_nodes())
        return linked(plan, names)

    def _flow_nodes(self) -> FlowNodes | None:
        schemas = cast("dict[str, Raw]", cast(Raw, self.document.get("components", {})).get("schemas", {}))
        models = {
            component: {entry.wire: entry.shape.values for entry in self.models[name].fields}
            for component, name in self._component_names()
        }
        return read_flow_nodes(schemas, models)

    def _mark_sendable(self) -> None:
        # A model is sendable if an argument has it, directly or inside another model.
        waiting = [
            model for method in self.methods for argument in method.arguments for model in argument.shape.models()
        ]
        while waiting:
            model = self.models[waiting.pop()]
            if not model.sendable:
                model.sendable = True
                model.mapping = free_name(f"{model.name}Dict", {*self.models, *self.reserved})
                waiting.extend(model.used())

    def _method(self, operation: RawOperation, name: Name) -> Method:
        endpoint = self.endpoints.get((operation.method, path_shape(operation.path)))
        if endpoint is None:
            raise CodegenError(f"openapi-python-client left out {operation.method.upper()} {operation.path}.")
        arguments = self._parameters(operation, endpoint)
        body, body_arguments, choices = self._body(operation, endpoint, name, {entry.name for entry in arguments})
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
            choices=choices,
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
            refused=read_refused(operation.id, operation.value, [entry.name for entry in arguments]),
            mass_actions=read_mass_actions(
                operation.id,
                operation.value,
                next((entry.shape.values for entry in arguments if entry.wire == "type"), ()),
            ),
            hints=tuple(
                (tuple(map(int, it["statuses"])), str(it["text"]))
                for it in cast("list[Raw]", operation.value.get("x-hints", []))
            ),
            accept=self._accept(operation),
            content_type=_content_type(self.resolve(operation.value.get("requestBody", {}))),
            encoded=self._is_encoded(operation),
        )
        self.methods.append(method)
        return method

    def _accept(self, operation: RawOperation) -> str:
        """All content types of its answers, those of successful ones first."""
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
                    f"but a {place} is one text. {_remedy(operation, wire, 'update: {schema: {type: string}}')}"
                )
            if place not in {"path", "query", "header"}:
                raise CodegenError(
                    f"{operation.id}: the {place} parameter {wire} cannot be sent; only path, query and header can. "
                    f"{_remedy(operation, wire, 'remove: true')}"
                )
            style: QueryStyle = "form"
            if "content" in parameter:  # openapi-python-client ignores these silently
                raw = next(iter(cast("dict[str, Raw]", parameter["content"]).values())).get("schema", {})
                shape, style = self._filter_shape(raw) if wire == "filter" else Shape("any"), "json"
            elif (place, parser_name(wire)) not in parsed:
                raise CodegenError(f"{operation.id}: openapi-python-client left out the {place} parameter {wire}.")
            else:
                prop = parsed[place, parser_name(wire)]
                shape = self._argument_shape(prop, parameter["schema"], [operation.id, wire])
                style = self._style(operation, parameter, shape)
            if place == "path" and shape.kind not in PATH_KINDS:
                shape = Shape("string")
            arguments.append(
                Argument(
                    name=free_name(argument_name(wire), taken),
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
            # Without a style, OpenAPI's rule is flat parameters: `filter={a: 1}` becomes `a=1`. The server ignores
            # those, and answers with all rows. It reads `filter[a]=1` in any case.
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
        """Like `shape`, but an object with the name `filter` is a filter."""
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
    ) -> tuple[BodyKind, list[Argument], tuple[Choice, ...]]:
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
                shape, meaning = Shape("string"), "The text."
            else:
                shape, meaning = Shape("binary"), "The file."
            name_of_body = free_name("body", taken)
            return "raw", [Argument(name_of_body, "body", shape, required_body, "body", description=meaning)], ()
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
                free_name("body", taken), "body", shape, required_body, "body", description="The JSON body."
            )
            return "whole", [argument], ()
        inner = {
            part.name.get_untrusted_value(): part
            for part in [*(prop.required_properties or ()), *(prop.optional_properties or ())]
        }
        complete(f"the body of {operation.id}", properties, inner)
        required = set(cast("list[str]", schema.get("required", [])))
        arguments: list[Argument] = []
        place_names = [spoken(name.resource), spoken(name.method)]
        for wire, raw_property in properties.items():
            parsed = inner[parser_name(wire)]
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
                    name=free_name(argument_name(wire), taken, "body_"),
                    wire=wire,
                    shape=shape,
                    required=wire in required,
                    place="file" if is_file else "body",
                    description=described_beside(described, raw_property),
                    default=described.get("default"),
                    sent_default=described.get("x-sent-default"),
                )
            )
        choices = tuple(
            Choice(
                tuple(tuple(map(str, it["required"])) for it in cast("list[Raw]", schema[keyword])),
                exactly_one,
                tuple(cast("list[str]", schema.get("x-in-any-form", ()))) if exactly_one else (),
            )
            for keyword, exactly_one in (("x-any-of", False), ("x-one-of", True))
            if keyword in schema
        )
        kind: BodyKind = "form" if is_form else "json" if required_body else "optional_json"
        if kind == "optional_json" and choices:
            kind = "json"
        if not properties and not required_body:
            kind = "none"
        return kind, arguments, choices

    def _answer(
        self, operation: RawOperation, endpoint: Endpoint, name: Name, body: BodyKind, arguments: list[Argument]
    ) -> Answer:
        success = self.success(operation)
        meaning, status, raw = success.description, success.status, success.content.get("schema")
        if not status:
            return Answer("none" if success.only_204 else "json", None, meaning)
        if not self.returns_json(success.media_type, success.content):
            binary = raw is not None and self.flatten(raw).get("format") == "binary"
            return Answer(
                "text" if is_text(success.media_type) and raw is not None and not binary else "bytes", None, meaning
            )
        if raw is None:
            return Answer("json", None, meaning)
        parsed = next((item for item in endpoint.responses if item.status_code.pattern.lower() == status.lower()), None)
        if parsed is None:
            raise CodegenError(f"openapi-python-client left out the {status} answer of {operation.id}.")
        properties = cast("dict[str, Any]", self.flatten(raw).get("properties", {}))
        noun = singular(name.resource)
        paging = self.paging(operation)
        # A paginator repeats the request with another offset, in the query or in a JSON object.
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
                meaning,
                paging,
                limited=places.get("limit") == places.get("offset"),
                ordered=paging != "none" and places.get("order_field") == places.get("order_type") == paging,
                windowed=bool(operation.value.get("x-result-window", True)),
                sliced=bool(operation.value.get("x-slices", False)),
            )
        shape = self.shape(parsed.prop, raw, [noun, name.method, "result"])
        if shape.kind == "model":
            return Answer("optional_model" if success.empty else "model", shape, meaning)
        described = self.flatten(raw)
        if shape.kind == "map" and described.get("x-counts"):
            return Answer("counts", shape.item, meaning)
        if shape.kind == "array" or shape.kind == "map":
            return Answer(shape.kind, shape.item, meaning, numbered=bool(described.get("x-integer-keys")))
        if shape.kind == "object":
            return Answer("map", Shape("any"), meaning)
        return Answer("value", shape, meaning)


def _content_type(body: Raw) -> str:
    """The content type to send if it is not the usual one of its kind: `application/merge-patch+json`, `text/plain`."""
    kind = body_type(body.get("content", {}))
    usual = body_kind(kind) in {"form", "encoded"} or kind.partition(";")[0].strip().lower() == "application/json"
    return "" if usual else kind


def _target(operation: RawOperation) -> str:
    return f"$.paths['{operation.path}'].{operation.method}"


def _remedy(operation: RawOperation, wire: str, change: str) -> str:
    own = any(it.get("name") == wire for it in operation.value.get("parameters", []))
    owner = _target(operation) if own else f"$.paths['{operation.path}']"
    return action(f"{owner}.parameters[?(@.name=='{wire}')]", change)


def _with_note(operation: Raw) -> str:
    evidence = operation.get("x-evidence", "")
    evidence = evidence and f"This operation is not in the published description. The evidence for it: {evidence}"
    texts = (str(text) for text in (operation.get("description", ""), operation.get("x-note", ""), evidence))
    return "\n\n".join(text for text in texts if text)


def _with_texts(operation: RawOperation, arguments: Sequence[Argument]) -> tuple[Argument, ...]:
    """The arguments with the overlay's texts, which are by Python name."""
    texts = dict(cast("Mapping[str, str]", operation.value.get("x-arguments", {})))
    result = tuple(replace(it, description=texts.pop(it.name, it.description)) for it in arguments)
    if texts:
        known = ", ".join(argument.name for argument in arguments)
        raise CodegenError(
            f"{operation.id}: x-arguments describes {', '.join(texts)}, which is not an argument (they are: {known}). "
            f"Correct it in codegen/overlay.yaml, below {_target(operation)}."
        )
    return result


def _retry_class(operation: RawOperation) -> RetryClass:
    """The overlay's `x-retry`, or the rule by method and name.

    GET                                   read
    POST searchContacts                   read: the first word is one of READ_VERBS
    POST getOrCreateThread                write: it has a word of CHANGE_VERBS
    PUT massActionContacts                write: it has a word of WRITE_VERBS
    PUT updateContact, POST upsertTag     idempotent
    others                                write
    """
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
