"""Filters: the fields of each operation's filter, and catalogues of fields for callers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from .names import argument_name
from .text import one_line

if TYPE_CHECKING:
    from .elements import Model, Resource

Raw = Mapping[str, Any]

UUIDS = re.compile(r"uuids?", re.IGNORECASE)


@dataclass(frozen=True)
class FilterField:
    """A field that rows can be filtered by."""

    wire: str
    kind: str
    """any (unknown), boolean, date, datetime, enum, integer, number, object, string or uuid."""
    values: tuple[str | int, ...] = ()
    description: str = ""
    is_list: bool = False
    """Whether the API takes only a list of values."""
    refused: str | None = None
    """Why it must not be sent; None if it may."""


@dataclass(frozen=True)
class FilterSet:
    """The fields of one operation's filter."""

    catalogue: str | None = None
    fields: tuple[FilterField, ...] = ()
    closed: bool = False
    required: tuple[str, ...] = ()

    def may_take(self, wanted: FilterField) -> bool:
        """Whether it has a field, or is open and may have it. A list such as `ids` chooses rows in another way."""
        own = next((it for it in self.fields if it.wire == wanted.wire), None)
        return own.refused is None if own is not None else not self.closed and not wanted.is_list


@dataclass
class Catalogue:
    """A module of fields for callers."""

    name: str
    fields: dict[str, FilterField] = field(default_factory=dict[str, FilterField])
    takers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Field -> the methods that take it, or may do so."""
    methods: list[str] = field(default_factory=list[str])

    def attributes(self) -> list[tuple[str, FilterField]]:
        """Python name, field."""
        result: dict[str, FilterField] = {}
        for wire, entry in self.fields.items():
            name = argument_name(wire)
            while name in result:
                name += "_"
            result[name] = entry
        return list(result.items())


def read_filter(schema: Raw, flatten: Callable[[Any], Raw]) -> FilterSet:
    """The filter that a schema, corrected by the overlay, describes.

    `additionalProperties: false` or `x-closed` closes it; `x-filter-fields-of` names a component whose fields it takes
    besides its own, `x-filter-catalogue` the catalogue its fields go to; `x-refused` on a field says why it must not be
    sent.
    """
    fields = {
        wire: replace(_field(wire, raw, flatten), is_list=flatten(raw).get("type") == "array")
        for wire, raw in cast("Mapping[str, Any]", schema.get("properties", {})).items()
    }
    if "x-filter-fields-of" in schema:
        rows = flatten({"$ref": f"#/components/schemas/{schema['x-filter-fields-of']}"})
        for wire, raw in cast("Mapping[str, Any]", rows["properties"]).items():
            if "x-beside" in raw:
                continue
            fields.setdefault(wire, _field(wire, raw, flatten))
    return FilterSet(
        catalogue=schema.get("x-filter-catalogue"),
        fields=tuple(fields.values()),
        closed=schema.get("additionalProperties") is False or schema.get("x-closed") is True,
        required=tuple(cast("list[str]", schema.get("required", []))),
    )


def _field(wire: str, raw: Any, flatten: Callable[[Any], Raw]) -> FilterField:
    schema = flatten(raw)
    # The text of a referenced schema is about the form of all filters, not about this field.
    description = "" if "$ref" in cast(Raw, raw) else one_line(str(cast(Raw, raw).get("description", "")))
    kind = schema.get("type")
    if kind == "array":
        return replace(_field(wire, schema.get("items", {}), flatten), description=description)
    values = tuple(value for value in schema.get("enum", ()) if value is not None)
    if values:
        kind = "enum"
    elif kind == "string":
        kind = {"date-time": "datetime", "date": "date"}.get(str(schema.get("format")), "string")
        if kind == "string" and (schema.get("format") == "uuid" or UUIDS.search(wire)):
            kind = "uuid"
    elif kind not in {"boolean", "integer", "number", "object"}:
        kind = "any"
    return FilterField(wire, kind, values, description, refused=schema.get("x-refused"))


def plan_catalogues(resources: list[Resource], models: Mapping[str, Model]) -> list[Catalogue]:
    """A catalogue for each resource that has filters with described fields."""
    catalogues: dict[str, Catalogue] = {}
    rows: dict[str, dict[str, FilterField]] = {}
    sets: dict[str, dict[str, FilterSet]] = {}
    for name, method, filters, row_model in _filters(resources):
        catalogue = catalogues.setdefault(name, Catalogue(name))
        if filters.fields:
            catalogue.methods.append(method)
            sets.setdefault(name, {})[method] = filters
        if row_model is not None:
            rows.setdefault(name, {}).update(_row_fields(models[row_model]))
        for entry in filters.fields:
            # Objects have nothing that a filter can compare.
            if entry.kind == "object" or entry.refused is not None:
                continue
            known = catalogue.fields.get(entry.wire)
            if known is None or known.kind == "any":
                catalogue.fields[entry.wire] = replace(entry, description=entry.description or _description_of(known))
    for catalogue in catalogues.values():
        for wire, entry in catalogue.fields.items():
            found = {method: filters.may_take(entry) for method, filters in sets[catalogue.name].items()}
            catalogue.takers[wire] = [method for method, takes in found.items() if takes]
            catalogue.fields[wire] = _completed(entry, rows.get(catalogue.name, {}).get(wire))
    return sorted((it for it in catalogues.values() if it.fields), key=lambda it: it.name)


def _filters(resources: list[Resource]) -> Iterator[tuple[str, str, FilterSet, str | None]]:
    for resource in resources:
        for method in resource.methods:
            for argument in method.arguments:
                filters = argument.shape.filter
                if filters is not None:
                    row = method.answer.shape if method.answer.kind == "page" else None
                    public = f"{resource.name}.{method.name.method}"
                    yield filters.catalogue or resource.name, public, filters, row.model if row is not None else None


def _row_fields(model: Model) -> dict[str, FilterField]:
    return {
        entry.wire: FilterField(entry.wire, entry.shape.kind, entry.shape.values, one_line(entry.description))
        for entry in model.fields
    }


def _description_of(entry: FilterField | None) -> str:
    return entry.description if entry is not None else ""


def _completed(entry: FilterField, row: FilterField | None) -> FilterField:
    """A field of a filter, completed with what is known about the same field of the rows."""
    kind, values = entry.kind, entry.values
    if kind == "any" and row is not None and row.kind in {"boolean", "date", "datetime", "enum", "integer", "number"}:
        kind, values = row.kind, row.values
    elif kind == "any" and row is not None and row.kind == "string":
        kind = "string"
    if kind in {"any", "string"} and UUIDS.search(entry.wire):
        kind = "uuid"
    return replace(entry, kind=kind, values=values, description=entry.description or _description_of(row))
