"""OpenAPI 3.0 schemas as JSON Schema 2020-12, and the mistakes of a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Protocol

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .description import Description
from .values import JsonObject, array_at, as_object, object_at

KEPT = frozenset(
    (
        "type",
        "enum",
        "const",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minimum",
        "maximum",
        "multipleOf",
        "minProperties",
        "maxProperties",
        "required",
    )
)
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")

NULL: JsonObject = {"type": "null"}
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or (
        DATE_TIME.fullmatch(value) is not None and bool(datetime.fromisoformat(value.upper()))
    )


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or UUID.fullmatch(value) is not None


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or EMAIL.fullmatch(value) is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


class Mode(Enum):
    """How an object that declares properties treats undeclared ones."""

    LENIENT = "lenient"  # accepts them
    CLOSED = "closed"  # rejects them
    OPEN_TOP = "open-top"  # accepts them here, because the enclosing schema rejects them, and rejects them deeper down

    @property
    def uri(self) -> str:
        return f"grinfi:{self.value}"


@dataclass(frozen=True)
class Violation:
    """One mistake of a value."""

    path: tuple[str, ...]
    message: str
    undeclared: bool = False
    excluded: bool = False  # undeclared, although the description allows nothing else

    @property
    def field(self) -> str:
        return ".".join(self.path) or "body"


class Validator(Protocol):
    """The used part of a JSON Schema validator."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]: ...

    def is_valid(self, instance: Any) -> bool: ...


class Schemas:
    """Makes validators for the schemas of a description."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._validators: dict[tuple[int, Mode], tuple[Validator, JsonObject]] = {}
        resources = [
            (
                mode.uri,
                Resource.from_contents(
                    {
                        "$id": mode.uri,
                        "$defs": {name: self.convert(node, mode) for name, node in description.components.items()},
                    },
                    default_specification=DRAFT202012,
                ),
            )
            for mode in Mode
        ]
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resources(resources)

    def validator(self, schema: JsonObject, mode: Mode = Mode.LENIENT) -> Validator:
        """Return the validator of a schema that is part of the description."""
        key = (id(schema), mode)
        if key not in self._validators:
            converted = self.convert(schema, mode)
            validator: Validator = Draft202012Validator(converted, registry=self._registry, format_checker=FORMATS)
            self._validators[key] = (validator, schema)  # the schema is kept, so that no other object gets its id
        return self._validators[key][0]

    def violations(
        self, schema: JsonObject, value: object, mode: Mode = Mode.LENIENT, root: str | None = None
    ) -> list[Violation]:
        """Return the mistakes of `value`, whose field is `root`; nothing when it fits."""
        found: list[Violation] = []
        for error in self.validator(schema, mode).iter_errors(value):
            found.extend(_explain(error, () if root is None else (root,)))
        return list(dict.fromkeys(found))

    def fits(self, schema: JsonObject, value: object) -> bool:
        """Return whether `value` fits the schema."""
        return self.validator(schema).is_valid(value)

    def properties(self, schema: JsonObject) -> JsonObject:
        """Return the properties that a schema declares, itself or through its parts."""
        schema = self._description.resolve(schema)
        declared: JsonObject = {}
        for part in _parts(schema, "allOf", "anyOf", "oneOf"):
            declared.update(self.properties(part))
        return {**declared, **object_at(schema, "properties")}

    def convert(self, schema: JsonObject, mode: Mode) -> JsonObject:
        """Translate an OpenAPI 3.0 schema."""
        reference = str(schema.get("$ref", ""))
        if reference.startswith("#/components/schemas/"):
            return {"$ref": f"{mode.uri}#/$defs/{reference.rsplit('/', 1)[1]}"}
        schema = self._description.resolve(schema)
        result: JsonObject = {keyword: value for keyword, value in schema.items() if keyword in KEPT}
        for bound in ("Minimum", "Maximum"):
            exclusive = schema.get(f"exclusive{bound}")
            if exclusive is True:
                result[f"exclusive{bound}"] = result.pop(bound.lower())
            elif isinstance(exclusive, int | float) and exclusive is not False:
                result[f"exclusive{bound}"] = exclusive
        deeper = Mode.LENIENT if mode is Mode.LENIENT else Mode.CLOSED
        if "properties" in schema:
            result["properties"] = {name: self.convert(node, deeper) for name, node in schema["properties"].items()}
        if "items" in schema:
            result["items"] = self.convert(schema["items"], deeper)
        additional = schema.get("additionalProperties")
        if additional is not None:
            node = as_object(additional)
            result["additionalProperties"] = additional if node is None else self.convert(node, deeper)
        if "not" in schema:
            result["not"] = self.convert(schema["not"], Mode.LENIENT)
        closes = mode is not Mode.LENIENT and self._declares(schema)
        inner = Mode.OPEN_TOP if closes or mode is Mode.OPEN_TOP else mode
        # `oneOf` becomes `anyOf`: alternatives of the description overlap ("is_null" is a string too).
        for keyword, target in (("allOf", "allOf"), ("anyOf", "anyOf"), ("oneOf", "anyOf")):
            parts = [self.convert(part, inner) for part in array_at(schema, keyword)]
            if parts and target in result:
                result.setdefault("allOf", []).append({target: parts})
            elif parts:
                result[target] = parts
        if closes and mode is Mode.CLOSED and not self._is_open(schema):
            result["propertyNames"] = {"enum": sorted(self.properties(schema))}
        return _nullable(result) if schema.get("nullable") is True else result

    def _declares(self, schema: JsonObject) -> bool:
        schema = self._description.resolve(schema)
        return bool(schema.get("properties")) or any(self._declares(part) for part in _parts(schema, "allOf"))

    def _is_open(self, schema: JsonObject) -> bool:
        schema = self._description.resolve(schema)
        if schema.get("additionalProperties", False) is not False or "x-filter-fields-of" in schema:
            return True
        return any(self._is_open(part) for part in _parts(schema, "allOf", "anyOf", "oneOf"))


def _parts(schema: JsonObject, *keywords: str) -> Iterator[JsonObject]:
    for keyword in keywords:
        yield from array_at(schema, keyword)


def _nullable(schema: JsonObject) -> JsonObject:
    if "type" not in schema:
        return {"anyOf": [schema, NULL]}
    result = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema and None not in schema["enum"]:
        result["enum"] = [*schema["enum"], None]
    return result


def _explain(error: ValidationError, root: tuple[str, ...]) -> Iterator[Violation]:
    path = (*root, *(str(part) for part in error.absolute_path))
    field = ".".join(path) or "body"
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if "propertyNames" in error.relative_schema_path:
        undeclared = (*path, str(instance))
        yield Violation(undeclared, f"The {'.'.join(undeclared)} field is not declared for this operation.", True)
    elif error.validator == "additionalProperties" and wanted is False:
        declared = object_at(as_object(error.schema) or {}, "properties")
        for name in (str(name) for name in instance if name not in declared):
            undeclared = (*path, name)
            yield Violation(
                undeclared, f"The {'.'.join(undeclared)} field is not declared for this operation.", True, True
            )
    elif error.validator == "required":
        for name in wanted:
            if name not in instance:
                missing = (*path, name)
                yield Violation(missing, f"The {'.'.join(missing)} field is required.")
    elif error.validator == "anyOf":
        yield from _explain_alternatives(error, root, path, field)
    elif error.validator == "type":
        kinds = wanted if isinstance(wanted, str) else " or ".join(wanted)
        yield Violation(path, f"The {field} field must be of type {kinds}.")
    elif error.validator == "enum":
        yield Violation(path, f"The selected {field} is invalid; it takes {', '.join(str(value) for value in wanted)}.")
    elif error.validator == "format":
        yield Violation(path, f"The {field} field must be a valid {wanted}.")
    elif error.validator in ("minimum", "minLength", "minItems"):
        yield Violation(path, f"The {field} field must be at least {wanted}{_unit(error)}.")
    elif error.validator in ("maximum", "maxLength", "maxItems"):
        yield Violation(path, f"The {field} field must be at most {wanted}{_unit(error)}.")
    else:
        yield Violation(path, f"The {field} field does not satisfy {error.validator}.")


def _unit(error: ValidationError) -> str:
    return {"Length": " characters long", "Items": " items long"}.get(str(error.validator)[3:], "")


def _explain_alternatives(
    error: ValidationError, root: tuple[str, ...], path: tuple[str, ...], field: str
) -> Iterator[Violation]:
    alternatives: Any = error.validator_value
    instance: Any = error.instance
    if error.context and all(branch.validator == "required" for branch in error.context):
        wanted: list[list[str]] = [alternative["required"] for alternative in alternatives]
        choice = ", or ".join(" with ".join(names) for names in wanted)
        missing = dict.fromkeys(name for names in wanted for name in names if name not in instance)
        for name in missing:
            yield Violation((*path, name), f"At least one of these is required: {choice}.")
    elif alternatives[1:] == [NULL]:
        for branch in error.context:
            if branch.relative_schema_path[0] == 0:
                yield from _explain(branch, root)
    else:
        yield Violation(path, f"The {field} field has none of the forms that it may have.")
