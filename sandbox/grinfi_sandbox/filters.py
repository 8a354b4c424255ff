"""Filters of the API as SQL conditions. Nothing of a filter becomes SQL text: keys and values are bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .description import Description
from .errors import UnknownFilterKeyError, invalid_field
from .store import COLUMNS, ELEMENT_FIELDS, Condition, json_path, storable
from .validation import INTEGER, NUMBER, OPERATORS
from .values import JsonObject, as_array, as_object, write_time

CUSTOM_FIELD_PREFIX = "custom_fields."

FIELD = "json_extract(records.document, ?)"
ELEMENTS = "EXISTS (SELECT 1 FROM json_each(records.document, ?) AS element WHERE element.value {})"
ELEMENT_RECORDS = "SELECT DISTINCT record FROM elements WHERE kind = ? AND field = ? AND value {}"
CUSTOM_VALUE = (
    "(SELECT json_extract(held.document, '$.value') FROM records AS held WHERE held.kind = 'custom-field-value'"
    " AND held.object_uuid = records.uuid"
    " AND json_extract(held.document, '$.custom_field_uuid') = ?)"
)
AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class _Column:
    """The left side of a comparison: SQL, the values bound in it, and its schema."""

    key: str
    sql: str
    values: tuple[Any, ...]
    schema: JsonObject


class Filters:
    """Compiles the filters of one kind of record."""

    def __init__(
        self,
        description: Description,
        properties: Mapping[str, JsonObject],
        kind: str,
        custom_field: Callable[[str], str | None] | None = None,
    ) -> None:
        self._kind = kind
        self._properties = {name: description.resolve(schema) for name, schema in properties.items()}
        self._custom_field = custom_field

    def compile(self, conditions: JsonObject) -> list[Condition]:
        """Return the SQL conditions; an unknown key is an error 500, as on the real server."""
        return [compiled for key, value in conditions.items() for compiled in self._compile(key, value)]

    # How a filter becomes conditions; the SQL texts are constants, and everything from the request is a bound value:
    #
    #   {"email": "a@b.co"}                    records.email = ?                                 a column
    #   {"headline": ["x", "y"]}               json_extract(document, ?) IN (json_each(?))       a part of the document
    #   {"created_at": {">=": t, "<": u}}      one condition for each operator
    #   {"tags": ["t"]}                        records.id IN (elements with this field and value)
    #   {"custom_fields.region": "EU"}         the value of the custom field, as a subquery
    #   {"q": "ada acme"}                      instr(words, "ada") AND instr(words, "acme")
    def _compile(self, key: str, value: Any) -> Iterator[Condition]:
        if key == "q":
            yield from self._full_text(value)
            return
        schema = self._properties.get(key)
        if schema is not None and schema.get("type") == "array":
            yield from _compare_elements(self._elements(key, schema.get("items", {})), value)
            return
        if schema is not None:
            yield from _compare(_field(key, schema), value)
            return
        uuid = None
        if self._custom_field is not None and key.startswith(CUSTOM_FIELD_PREFIX):
            uuid = self._custom_field(key.removeprefix(CUSTOM_FIELD_PREFIX))
        if uuid is None:
            raise UnknownFilterKeyError(key)
        yield from _compare(_Column(key, CUSTOM_VALUE, (uuid,), {"type": "string"}), value)

    def _full_text(self, value: Any) -> Iterator[Condition]:
        """Every word must occur in one of the fields that the store indexes for full text search."""
        if value is None:
            return
        if not isinstance(value, str):
            raise invalid_field("filter.q", "The filter.q field must be of type string.")
        for word in value.casefold().split():
            yield Condition("instr(records.words, ?) > 0", (word,))

    def _elements(self, key: str, schema: JsonObject) -> _Column:
        if key in ELEMENT_FIELDS:
            return _Column(key, f"records.id IN ({ELEMENT_RECORDS})", (self._kind, key), schema)
        return _Column(key, ELEMENTS, (json_path(key),), schema)


def _field(key: str, schema: JsonObject) -> _Column:
    """Return the column of a field: a column of the table, or a part of the document."""
    for column in COLUMNS:
        if column == key:
            return _Column(key, f"records.{column}", (), schema)
    return _Column(key, FIELD, (json_path(key),), schema)


def _compare(column: _Column, value: Any) -> Iterator[Condition]:
    def condition(sql: str, *operands: Any) -> Condition:
        return Condition(sql, (*column.values, *operands), column=column.key)

    if value == "is_null":
        yield condition(f"{column.sql} IS NULL")
    elif value == "is_not_null":
        yield condition(f"{column.sql} IS NOT NULL")
    elif (values := as_array(value)) is not None:
        yield condition(f"{column.sql} {AMONG}", _json_list(column, values))
    else:
        for operator, operand in _operators(column, value):
            if operator == "<>" and (values := as_array(operand)) is not None:
                yield condition(f"NOT ({column.sql} {AMONG})", _json_list(column, values))
                continue
            sql = f"{column.sql} {operator} ?"
            # SQLite assumes that a range is narrow; with this hint it starts with the other conditions' indexes.
            yield condition(sql if operator == "=" else f"likelihood({sql}, 0.9)", _bind(column, operand))


def _compare_elements(column: _Column, value: Any) -> Iterator[Condition]:
    """Compare an array field: it has the value, or any of the values."""
    if value == "is_null":
        yield Condition(f"NOT {column.sql.format('IS NOT NULL')}", column.values)
    elif value == "is_not_null":
        yield Condition(column.sql.format("IS NOT NULL"), column.values)
    elif (values := as_array(value)) is not None and len(values) != 1:
        yield _has_element(column, AMONG, _json_list(column, values))
    else:
        for operator, operand in _operators(column, values[0] if values else value):
            if operator not in ("=", "<>"):
                raise invalid_field(f"filter.{column.key}", f"The filter.{column.key} field holds a list: use = or !=.")
            several = as_array(operand) if operator == "<>" else None
            if several is None:
                found = _has_element(column, "= ?", _bind(column, operand))
            else:
                found = _has_element(column, AMONG, _json_list(column, several))
            # "!=" means that no element equals the value, not that some element differs from it: {"!=": "a"} does not
            # find a contact with the tags a and b, but finds contacts without tags.
            yield found if operator == "=" else Condition(f"NOT {found.sql}", found.values)


def _has_element(column: _Column, comparison: str, operand: Any) -> Condition:
    numbers = ELEMENT_RECORDS.format(comparison) if column.key in ELEMENT_FIELDS else None
    return Condition(column.sql.format(comparison), (*column.values, operand), numbers)


def _operators(column: _Column, value: Any) -> Iterator[tuple[str, Any]]:
    operators = as_object(value)
    if operators is None:
        yield "=", value
        return
    field = f"filter.{column.key}"
    if not operators:
        raise invalid_field(field, f"The {field} field has no operator; there are {' '.join(OPERATORS)}.")
    for operator, operand in operators.items():
        if operator not in OPERATORS:
            raise invalid_field(field, f"Unknown operator {operator}; there are {' '.join(OPERATORS)}.")
        yield OPERATORS[operator], operand


def _json_list(column: _Column, values: list[Any]) -> str:
    return json.dumps([_bind(column, value) for value in values])


def _bind(column: _Column, value: Any) -> str | int | float:
    """Return a scalar in the form in which the column stores it."""
    if value is None or isinstance(value, dict | list):
        field = f"filter.{column.key}"
        raise invalid_field(
            field, f'The {field} field takes plain values; for null there are "is_null" and "is_not_null".'
        )
    kind = column.schema.get("type")
    if column.schema.get("format") == "date-time":
        return _normal_time(str(value))
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value)
    if kind == "integer" and isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    if kind == "number" and isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)
    held: str | int | float = storable(value)
    return held


def _normal_time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return write_time(moment.replace(tzinfo=moment.tzinfo or UTC))
    except (ValueError, OverflowError):
        return text
