"""The OpenAPI description: where it is, how it is read, and which operation a request means.

Of the overlay that corrects it for the generator, only facts are read that the description has in sentences alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from .documents import read_yaml
from .errors import ApiError
from .values import JsonObject, array_at, as_object, object_at

FILE_NAME = "openapi.yaml"
OVERLAY = "overlay.yaml"
PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent.parent
PATH_PARAMETER = re.compile(r"\{([^}]+)\}")
JSON_BODY = ("requestBody", "content", "application/json", "schema")
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
# The events of webhooks: all of them where a webhook is made, four of them where it is changed or answered.
EVENT = ("properties", "event")
MADE_EVENT = ("paths", "/integrations/api/webhooks", "post", *JSON_BODY, *EVENT)
CHANGED_CONTACT = ("paths", "/leads/api/leads/{uuid}", "put", *JSON_BODY, "properties")
KNOWN_EVENTS = (
    ("paths", "/integrations/api/webhooks/{uuid}", "put", *JSON_BODY, *EVENT),
    ("components", "schemas", "webhook", *EVENT),
)


@dataclass(frozen=True)
class Parameter:
    """A path or query parameter."""

    name: str
    location: str
    required: bool
    schema: JsonObject


@dataclass(frozen=True)
class Body:
    """A request body: its schema for each media type."""

    required: bool
    content: Mapping[str, JsonObject]


@dataclass(frozen=True)
class Answer:
    """A successful response; `media_type` is None when no body is described."""

    status: int
    media_type: str | None
    schema: JsonObject
    example: Any


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    id: str
    method: str
    path: str
    secured: bool
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]

    @property
    def route(self) -> tuple[str, str]:
        """Method and path, whatever the path's parameters are called."""
        return self.method, PATH_PARAMETER.sub("{}", self.path)

    @property
    def answer(self) -> Answer:
        """The usual answer: the one without a body where there is a choice."""
        return next((answer for answer in self.answers if answer.status == 204), self.answers[0])

    @property
    def path_parameters(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.location == "path")

    @property
    def query_parameters(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.location == "query")


@dataclass(frozen=True)
class _Route:
    pieces: tuple[str, ...]  # of the path, around its parameters
    operations: Mapping[str, Operation]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("([^/]+)".join(re.escape(piece) for piece in self.pieces))

    def match(self, path: str) -> tuple[str, ...] | None:
        """Return the parameters in a path of this route; patterns are made for paths that begin alike only."""
        found = self._pattern.fullmatch(path) if path.startswith(self.pieces[0]) else None
        return None if found is None else found.groups()


class Description:
    """An OpenAPI 3.0 document, read for serving."""

    def __init__(self, document: JsonObject) -> None:
        self.document = _with_saved_fields(_with_all_events(document))
        self.components = object_at(object_at(self.document, "components"), "schemas")
        self.operations = tuple(self._read_operations())
        self._routes = self._make_routes()

    def resolve(self, node: JsonObject) -> JsonObject:
        """Follow `$ref` until the node itself is reached."""
        while "$ref" in node:
            pointer = str(node["$ref"]).removeprefix("#/").split("/")
            target: Any = self.document
            for part in pointer:
                target = target[unquote(part).replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def match(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
        """Find the operation of a request and its decoded path parameters; 404 or 405 if there is none."""
        for route in self._routes:
            found = route.match(raw_path)
            if found is None:
                continue
            operation = route.operations.get(method)
            if operation is None:
                taken = ", ".join(sorted(route.operations))
                message = f"{method} is not supported for this path; it takes {taken}."
                raise ApiError(405, message, None, {"allow": taken})
            names = PATH_PARAMETER.findall(operation.path)
            return operation, dict(zip(names, map(unquote, found), strict=True))
        raise ApiError(404, f"There is no route {unquote(raw_path)}.")

    def _read_operations(self) -> Iterator[Operation]:
        secured_by_default = bool(self.document.get("security"))
        for path, item in object_at(self.document, "paths").items():
            for method in METHODS:
                node = as_object(item.get(method))
                if node is None:
                    continue
                security = node.get("security")
                yield Operation(
                    id=str(node.get("operationId") or f"{method} {path}"),
                    method=method.upper(),
                    path=path,
                    secured=secured_by_default if security is None else bool(security),
                    parameters=tuple(
                        self._read_parameters([*array_at(item, "parameters"), *array_at(node, "parameters")])
                    ),
                    body=self._read_body(node),
                    answers=self._read_answers(node),
                )

    def _read_parameters(self, nodes: list[Any]) -> Iterator[Parameter]:
        resolved = [self.resolve(node) for node in nodes]
        for node in {(node["in"], node["name"]): node for node in resolved}.values():
            yield Parameter(node["name"], node["in"], bool(node.get("required")), object_at(node, "schema"))

    def _read_body(self, node: JsonObject) -> Body | None:
        if "requestBody" not in node:
            return None
        body = self.resolve(node["requestBody"])
        content = {media_type: object_at(media, "schema") for media_type, media in object_at(body, "content").items()}
        return Body(bool(body.get("required")), content)

    def _read_answers(self, node: JsonObject) -> tuple[Answer, ...]:
        answers: list[Answer] = []
        for code, reference in object_at(node, "responses").items():
            if not str(code).startswith("2"):
                continue
            status = int(str(code).upper().replace("X", "0"))
            content = object_at(self.resolve(reference), "content")
            media_type = next(iter(content), None)
            media = object_at(content, media_type or "")
            answers.append(Answer(status, media_type, object_at(media, "schema"), media.get("example")))
        return tuple(answers) or (Answer(200, None, {}, None),)

    def _make_routes(self) -> list[_Route]:
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in self.operations:
            method, path = operation.route
            by_path.setdefault(path, {})[method] = operation
        routes: list[_Route] = []
        for path, operations in by_path.items():
            routes.append(_Route(tuple(path.split("{}")), operations))
        return sorted(routes, key=lambda route: -sum(map(len, route.pieces)))


def _with_all_events(document: JsonObject) -> JsonObject:
    """Let webhooks for all events that they can be made for be changed and answered."""
    made = _at(document, MADE_EVENT)
    for path in KNOWN_EVENTS:
        known = _at(document, path)
        if made and known:
            document = _with(document, path, {**known, "enum": made["enum"]})
    return document


def _with_saved_fields(document: JsonObject) -> JsonObject:
    """Let an update of a contact have the fields that the live server saves; the description does not exclude them."""
    fields = _at(document, CHANGED_CONTACT)
    more = {name: {"type": "string", "nullable": True} for name in ("work_email", "personal_email")}
    return _with(document, CHANGED_CONTACT, {**more, **fields}) if fields else document


def _at(node: JsonObject, path: tuple[str, ...]) -> JsonObject:
    for key in path:
        node = object_at(node, key)
    return node


def _with(node: JsonObject, path: tuple[str, ...], value: JsonObject) -> JsonObject:
    """Return a copy of `node` that has `value` at `path`."""
    return {**node, path[0]: _with(node[path[0]], path[1:], value)} if path else value


def find_description() -> Path:
    """Return the description's file: next to this package's modules, or at the root of a source checkout."""
    return _find(PACKAGE / FILE_NAME, CHECKOUT / FILE_NAME)


def _find(*candidates: Path) -> Path:
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    listing = " and ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"{candidates[0].name} was not found; looked for {listing}. Install the package again.")


@lru_cache(maxsize=1)
def node_types() -> JsonObject:
    """Return what the overlay says of each type that a flow node can have."""
    overlay = _read(_find(PACKAGE / OVERLAY, CHECKOUT / "codegen" / OVERLAY))
    tables = [object_at(object_at(action, "update"), "x-node-payloads") for action in array_at(overlay, "actions")]
    return {kind: facts for table in tables for kind, facts in table.items()}


def _read(file: Path) -> JsonObject:
    """Read an object in YAML or JSON."""
    try:
        return as_object(read_yaml(file.read_text(encoding="utf-8"))) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}") from error


@lru_cache(maxsize=4)
def load_description(file: Path) -> JsonObject:
    """Read a description in YAML or JSON."""
    document = _read(file)
    if "paths" not in document:
        raise ValueError(f"{file} is not an OpenAPI description: it has no paths.")
    return document
