"""Checks a request against its operation, and decodes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .description import Answer, Description, Operation, Parameter
from .errors import ApiError, UnforeseenError, UnknownFilterKeyError, invalid, invalid_field
from .jobs import SOUND, JobPlan
from .querystring import Pair, nest, parse_pairs
from .schemas import Mode, Schemas, Violation
from .values import JsonObject, array_at, as_array, as_object, object_at

OPERATORS = {"=": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
NULL_TESTS = ("is_null", "is_not_null")
PAGE_DEFAULTS = {"limit": 20, "offset": 0}
PAGE_MINIMA = {"limit": 1, "offset": 0}  # as described for searches by POST
ANYTHING: JsonObject = {}
INTEGER = re.compile(r"[+-]?\d{1,18}")
NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d+)?")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

# Required fields without which the real server fails instead of refusing the request.
UNCHECKED = {"createAiTemplate": ("is_public",), "validateFlowNode": ("before", "after")}


@dataclass(frozen=True)
class FilePart:
    """A file in a multipart body."""

    name: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class RawRequest:
    """A request as it was received; `parts` holds the fields of a multipart body."""

    query: str
    media_type: str
    content: bytes
    parts: list[Pair] = field(default_factory=list[Pair])


@dataclass(frozen=True)
class Call:
    """A valid call of an operation: decoded, and with the defaults filled in."""

    operation: Operation
    path: dict[str, Any]
    query: JsonObject
    body: JsonObject
    files: dict[str, FilePart] = field(default_factory=dict[str, FilePart])
    job: JobPlan = SOUND


class Checker:
    """Checks requests against a description."""

    def __init__(self, description: Description, schemas: Schemas) -> None:
        self._description = description
        self._schemas = schemas

    def check(self, operation: Operation, path: dict[str, str], request: RawRequest) -> Call:
        """Return the decoded call; an ApiError says what is wrong with the request."""
        return Call(
            operation,
            self._check_path(operation, path),
            self._check_query(operation, request.query),
            self._check_body(operation, request),
            {name: part for name, part in request.parts if isinstance(part, FilePart)},
        )

    def _check_path(self, operation: Operation, path: dict[str, str]) -> dict[str, Any]:
        declared = [item for item in operation.path_parameters if item.name in path]
        values = {item.name: self._coerce(item.schema, path[item.name]) for item in declared}
        found = [
            violation
            for item in declared
            for violation in self._schemas.violations(item.schema, values[item.name], root=item.name)
        ]
        _raise_for(found)
        return values

    def _check_query(self, operation: Operation, query: str) -> JsonObject:
        pairs = parse_pairs(query)
        declared = {item.name: item for item in [*operation.query_parameters, *self._page_parameters(operation)]}
        given = nest(pairs)
        found = [
            Violation((name,), f"The {name} parameter is not declared for this operation.")
            for name in given
            if name not in declared
        ]
        values: JsonObject = {}
        for name, item in declared.items():
            if name in given:
                values[name] = self._check_parameter(item, given[name], pairs, found)
            elif item.required:
                found.append(Violation((name,), f"The {name} parameter is required."))
            elif "default" in item.schema or name in PAGE_DEFAULTS:
                values[name] = item.schema.get("default", PAGE_DEFAULTS.get(name))
        _raise_for(found)
        return values

    def _check_parameter(self, item: Parameter, value: Any, pairs: list[Pair], found: list[Violation]) -> Any:
        schema = self._description.resolve(item.schema)
        kind = schema.get("type")
        if kind == "object" and not (item.style == "json" and isinstance(value, str)):
            return self._check_bracket_filter(item.name, schema, value, found)
        if kind in ("object", "string") and item.name == "filter":
            return _check_json_filter(item.name, value, found)
        if kind == "array":
            value = [text for name, text in pairs if name in (item.name, f"{item.name}[]")]
        value = self._coerce(schema, value)
        found.extend(self._schemas.violations(schema, value, root=item.name))
        least = PAGE_MINIMA.get(item.name)
        if least is not None and isinstance(value, int) and value < least:
            found.append(Violation((item.name,), f"The {item.name} parameter must be at least {least}."))
        return value

    def _check_bracket_filter(self, name: str, schema: JsonObject, value: Any, found: list[Violation]) -> JsonObject:
        conditions = as_object(value)
        if conditions is None:
            message = f"The {name} parameter must be in bracket form, as in {name}[field]=value."
            found.append(Violation((name,), message))
            return {}
        properties = object_at(schema, "properties")
        result: JsonObject = {}
        for key, condition in conditions.items():
            field_schema: JsonObject = properties.get(key, ANYTHING)
            if (properties and key not in properties) or "x-refused" in field_schema:
                raise UnknownFilterKeyError(key)
            result[key] = self._check_condition(f"{name}.{key}", field_schema, condition, found)
        return result

    def _check_condition(self, name: str, schema: JsonObject, condition: Any, found: list[Violation]) -> Any:
        """Check one filter value: a scalar, a list of scalars, or an operator object; each scalar as described."""
        if as_array(condition) is not None:
            return self._check_scalars(name, schema, condition, found)
        operators = as_object(condition)
        if operators is None:
            return condition if condition in NULL_TESTS else self._check_scalar(name, schema, condition, found)
        for operator in operators.keys() - OPERATORS.keys():
            found.append(Violation((name,), f"Unknown operator {operator}; there are {' '.join(OPERATORS)}."))
        return {
            key: self._check_scalars(f"{name}.{key}", schema, value, found)
            if key == "!=" and as_array(value) is not None
            else self._check_scalar(f"{name}.{key}", schema, value, found)
            for key, value in operators.items()
        }

    def _check_scalars(self, name: str, schema: JsonObject, values: Any, found: list[Violation]) -> list[Any]:
        each = enumerate(as_array(values) or ())
        return [self._check_scalar(f"{name}.{index}", schema, value, found) for index, value in each]

    def _check_scalar(self, name: str, schema: JsonObject, value: Any, found: list[Violation]) -> Any:
        if not isinstance(value, str):
            found.append(Violation((name,), f"The {name} filter must be a plain value here."))
            return value
        coerced = self._coerce(schema, value)
        if not self._schemas.fits(schema, coerced):
            allowed = array_at(self._description.resolve(schema), "enum")
            hint = f"; it takes {', '.join(map(str, allowed))}" if allowed else ""
            found.append(Violation((name,), f"The selected {name} is invalid{hint}."))
        return coerced

    def _check_body(self, operation: Operation, request: RawRequest) -> JsonObject:
        present = bool(request.content) or bool(request.parts)
        if operation.body is None:
            if present:
                raise invalid_field("body", "This operation takes no body.")
            return {}
        if not present:
            if operation.body.required:
                raise invalid_field("body", "This operation requires a body.")
            return {}
        schema = operation.body.content.get(request.media_type)
        if schema is None:
            expected = " or ".join(operation.body.content)
            message = f"The content type must be {expected}, not {request.media_type or 'absent'}."
            raise invalid_field("content-type", message)
        body = self._form(schema, request.parts) if request.parts else decode_body(request.content)
        found = self._schemas.violations(schema, body, Mode.CLOSED)
        kept = {it.path for it in found if it.excluded or (it.path[:1] == ("filter",) and it.path[1:])}
        ignored = {violation.path for violation in found if violation.undeclared} - kept
        for path in ignored:  # the description allows other fields
            _remove(body, path)
        found = [violation for violation in found if violation.path not in ignored]
        if found and all(violation.undeclared and violation.path[:-1] == ("filter",) for violation in found):
            raise UnknownFilterKeyError(found[0].path[-1])
        checked = as_object(body) or {}
        conditions = self._schemas.properties(self._schemas.properties(schema).get("filter", {}))
        for name in object_at(checked, "filter"):
            if "x-refused" in conditions.get(name, {}):
                raise UnknownFilterKeyError(name)
        for name in UNCHECKED.get(operation.id, ()):
            if name not in checked:
                raise UnforeseenError(name, f"The {name} field is required.")
        _raise_for(found)
        defaults = {
            name: node["default"] for name, node in self._schemas.properties(schema).items() if "default" in node
        }
        return {**defaults, **checked}

    def _form(self, schema: JsonObject, parts: list[Pair]) -> JsonObject:
        form = nest(parts)
        for name, node in self._schemas.properties(schema).items():
            if name not in form:
                continue
            is_file = self._description.resolve(node).get("format") == "binary"
            if is_file != isinstance(form[name], FilePart):
                raise invalid_field(name, f"The {name} field must be {'a file' if is_file else 'text, not a file'}.")
            form[name] = "" if is_file else self._coerce(node, form[name])
        return form

    def _coerce(self, schema: JsonObject, value: Any) -> Any:
        """Convert text to the described type if possible."""
        schema = self._description.resolve(schema)
        node = as_object(value)
        if node is not None:
            properties = self._schemas.properties(schema)
            return {key: self._coerce(properties.get(key, {}), item) for key, item in node.items()}
        values = as_array(value)
        if values is not None:
            return [self._coerce(object_at(schema, "items"), item) for item in values]
        if not isinstance(value, str):
            return value
        kind = schema.get("type")
        if kind == "integer" and INTEGER.fullmatch(value):
            return int(value)
        if kind == "number" and NUMBER.fullmatch(value):
            return float(value)
        return BOOLEANS.get(value, value) if kind == "boolean" else value

    def _page_parameters(self, operation: Operation) -> Iterable[Parameter]:
        """`limit` and `offset` count as declared where the answer has them."""
        answered = self.page_properties(operation.answer) if operation.method == "GET" else {}
        declared = {item.name for item in operation.query_parameters}
        for name in PAGE_DEFAULTS:
            if name in answered and name not in declared:
                yield Parameter(name, "query", False, answered[name])

    def page_properties(self, answer: Answer) -> JsonObject:
        """Return the properties of an answer that is a page of rows; nothing for other answers."""
        properties = self._schemas.properties(answer.schema)
        data = self._description.resolve(object_at(properties, "data"))
        return properties if data.get("type") == "array" else {}


def _remove(body: Any, path: tuple[str, ...]) -> None:
    *parents, last = path
    for name in parents:
        values = as_array(body)
        body = body[name] if values is None else values[int(name)]
    del body[last]


def decode_body(content: bytes) -> Any:
    """Read a JSON body; 400 if it is invalid."""
    try:
        return _decode_json(content)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"The body is not valid JSON: {error}.") from error


def _decode_json(content: str | bytes) -> Any:
    """Read JSON that can be written again: without lone surrogates, which are not text, and numbers beyond floats."""
    value = json.loads(content, parse_constant=_refuse_constant)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_json_filter(name: str, value: Any, found: list[Violation]) -> JsonObject:
    try:
        conditions = as_object(_decode_json(value)) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        conditions = None
    if conditions is None:
        message = f'The {name} parameter must be a JSON object in a string, as in {name}={{"field":"value"}}.'
        found.append(Violation((name,), message))
    return conditions or {}


def _raise_for(found: list[Violation]) -> None:
    if found:
        data: dict[str, list[str]] = {}
        for violation in found:
            data.setdefault(violation.field, []).append(violation.message)
        raise invalid(data)
