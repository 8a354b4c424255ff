"""Values made from schemas: examples, defaults, enumerations and formats. The same schema gives the same value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .description import Answer, Description
from .schemas import Schemas
from .values import JsonObject, array_at, as_object, object_at

SAMPLE_TIME = "2026-03-04T09:25:42.000000Z"
SAMPLE_DATE = "2026-03-04"
SAMPLE_CSV = "name,company_name,work_email\r\nJohn Doe,Acme Inc,john@acme.com\r\n"


def sample_uuid(name: str) -> str:
    """Return the UUID that always stands for `name`."""
    return str(uuid5(NAMESPACE_URL, f"grinfi-sandbox:{name}"))


FORMATTED: dict[str, Callable[[str], str]] = {
    "date-time": lambda _: SAMPLE_TIME,
    "date": lambda _: SAMPLE_DATE,
    "uuid": sample_uuid,
    "email": lambda _: "john@acme.com",
    "uri": lambda name: f"https://example.com/{name}",
}


class Samples:
    """Makes values that fit the schemas of a description."""

    def __init__(self, description: Description, schemas: Schemas) -> None:
        self._description = description
        self._schemas = schemas

    def answer(self, answer: Answer) -> Any:
        """Return the body of an answer."""
        if answer.example is not None and self._schemas.fits(answer.schema, answer.example):
            return answer.example
        return self.value(answer.schema)

    def value(self, schema: JsonObject, name: str = "value", within: tuple[str, ...] = ()) -> Any:
        """Return a value for `schema`, whose field is `name`."""
        reference = schema.get("$ref")
        if reference is not None:
            name = reference.rsplit("/", 1)[1]
            if reference in within:
                return None if self._schemas.fits(schema, None) else {}
            return self.value(self._description.resolve(schema), name, (*within, reference))
        for candidate in (schema.get("example"), schema.get("default"), *array_at(schema, "enum")):
            if candidate is not None and self._schemas.fits(schema, candidate):
                return candidate
        alternatives = [*array_at(schema, "oneOf"), *array_at(schema, "anyOf")]
        if alternatives and "properties" not in schema:
            return self.value(alternatives[0], name, within)
        parts = array_at(schema, "allOf")
        if parts:
            values = [self.value(part, name, within) for part in parts]
            if "properties" in schema:
                values.append(self._typed(schema, name, within))
            objects = [value for value in map(as_object, values) if value is not None]
            return {key: value for part in objects for key, value in part.items()} if objects else values[0]
        return self._typed(schema, name, within)

    def _typed(self, schema: JsonObject, name: str, within: tuple[str, ...]) -> Any:
        kind = schema.get("type")
        if kind == "array":
            return [self.value(schema["items"], name, within)] if "items" in schema else []
        if kind == "string":
            return self._text(schema, name)
        if kind == "integer":
            return max(1, int(schema.get("minimum", 1)))
        if kind == "number":
            return max(1.0, float(schema.get("minimum", 1)))
        if kind == "boolean":
            return False
        properties = object_at(schema, "properties")
        result = {key: self.value(node, _label(key, name), within) for key, node in properties.items()}
        additional = object_at(schema, "additionalProperties")
        if additional and not properties:
            result[sample_uuid(name)] = self.value(additional, name, within)
        return result

    def _text(self, schema: JsonObject, name: str) -> str:
        form = schema.get("format")
        if form in FORMATTED:
            return FORMATTED[form](name)
        if name.endswith("uuid"):
            return sample_uuid(name)
        if name.endswith("_at"):
            return SAMPLE_TIME
        return FORMATTED["email"](name) if name.endswith("email") else name


def _label(key: str, owner: str) -> str:
    """Name a property so that `uuid` of a lead and `lead_uuid` of a task are the same value."""
    return f"{owner.replace('-', '_')}_uuid" if key == "uuid" else key
