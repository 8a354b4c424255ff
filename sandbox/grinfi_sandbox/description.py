"""The OpenAPI description and its overlay: where they are, how they are read, and which operation a request means."""

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
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True)
class Parameter:
    """A path or query parameter."""

    name: str
    location: str
    required: bool
    schema: JsonObject
    style: str | None = None  # "json" for an object that is sent as JSON


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
        """Method and path, independent of the names of the path's parameters."""
        return self.method, PATH_PARAMETER.sub("{}", self.path)

    @property
    def answer(self) -> Answer:
        """The usual answer; among several, the one without a body."""
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
        self.document = document
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
        """Find the operation of a request and its decoded path parameters; 404 or 405 if none matches."""
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
            required, schema = bool(node.get("required")), object_at(node, "schema")
            yield Parameter(node["name"], node["in"], required, schema, node.get("x-query-style"))

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


def find_description() -> Path:
    """Return the description's file: next to this package's modules, or at the root of a source checkout."""
    return _find(PACKAGE / FILE_NAME, CHECKOUT / FILE_NAME)


def _find(*candidates: Path) -> Path:
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    listing = " and ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"{candidates[0].name} was not found; looked for {listing}. Install the package again.")


def load_overlay() -> list[JsonObject]:
    """Read the actions of the overlay that corrects the description."""
    return _actions(_find(PACKAGE / OVERLAY, CHECKOUT / "codegen" / OVERLAY))


@lru_cache(maxsize=2)
def _actions(overlay: Path) -> list[JsonObject]:
    return array_at(_read(overlay), "actions")


def node_types() -> JsonObject:
    """Return the overlay's entry for each type of flow node."""
    tables = [object_at(object_at(action, "update"), "x-node-payloads") for action in load_overlay()]
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
