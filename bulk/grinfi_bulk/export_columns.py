"""Columns of exports and copies: which values of a row, in which order and form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from grinfi_async import Grinfi, GrinfiError, InvalidArgumentError, Model
from grinfi_overrides.runtime.suggestions import did_you_mean
from grinfi_overrides.runtime.times import DATE_TIME

from .sources import Source

__all__ = ["OTHERS", "Column", "all_columns", "check_custom_fields", "chosen_columns", "json_text", "record_of"]

OTHERS: Final = "additional_properties"
"""The column of fields that the API description does not have."""
CUSTOM: Final = "custom_fields."

Kind = Literal["text", "integer", "real", "boolean", "time", "json"]
KINDS: Final[Mapping[str, Kind]] = {"int": "integer", "float": "real", "bool": "boolean", "dt.datetime": "time"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: A field, `custom_fields.NAME`, or `additional_properties`.
        kind: Type of its values, if the server follows the description.
        known: Fields with their own columns, for `additional_properties` of rows without a model.
    """

    name: str
    kind: Kind
    known: frozenset[str] = frozenset()

    def of(self, row: Any) -> Any:
        """The value of the column in a row, as a JSON value; times in UTC."""
        if self.name.startswith(CUSTOM):
            fields = cast("object", getattr(row, "custom_fields", None))
            if fields is None:
                raise GrinfiError(
                    f"The API sent a row without its custom fields, so {self.name} is unknown. Remove it from fields; "
                    "files.save_contacts_export() saves a file with custom fields."
                )
            return cast("Mapping[str, Any]", fields).get(self.name.removeprefix(CUSTOM))
        if not isinstance(row, Model):
            return self._of_mapping(cast("Mapping[str, Any]", row))
        if self.name == OTHERS:
            return row.additional_properties or None
        value = getattr(row, self.name, None)
        return value if value is None else row.wire_fields()[self.name].codec.dump(value)

    def _of_mapping(self, row: Mapping[str, Any]) -> Any:
        if self.known:
            return {name: value for name, value in row.items() if name not in self.known} or None
        value = row.get(self.name)
        moment = DATE_TIME.decode(value) if self.kind == "time" else None
        return value if moment is None else DATE_TIME.dump(moment)


def all_columns(source: Source) -> list[Column]:
    """A column for each known field of a source, and one for all others."""
    model, others = source.model, Column(OTHERS, "json", frozenset(source.fields))
    if model is None:
        return [*(Column(name, cast("Kind", kind)) for name, kind in source.fields.items()), others]
    kinds = model.__annotations__
    return [*(Column(name, _kind(str(kinds[name]))) for name in model.wire_fields()), others]


def _kind(annotation: str) -> Kind:
    types = annotation.split(" | ")
    if "str" in types:
        return "text"
    return KINDS.get(types[0], "json")


def chosen_columns(source: Source, known: Sequence[Column], names: Sequence[str] | None) -> list[Column]:
    """The chosen columns in order; all columns if `names` is None.

    Raises:
        InvalidArgumentError: A field is unknown, or given twice.
    """
    if names is None:
        return list(known)
    if isinstance(names, str) or not names or not all(isinstance(name, str) for name in cast("list[object]", names)):
        raise InvalidArgumentError("fields", f"expected a list of field names, got {names!r}")
    by_name = {column.name: column for column in known}
    chosen: list[Column] = []
    for name in names:
        if names.count(name) > 1:
            raise InvalidArgumentError("fields", f"{name!r} is given twice")
        if name.startswith(CUSTOM) and source.owner is not None:
            chosen.append(Column(name, "json"))
        elif name in by_name:
            chosen.append(by_name[name])
        else:
            raise InvalidArgumentError(
                "fields",
                f"{source.name} have no {name!r}; {did_you_mean(name, by_name, most=3, otherwise=_known(by_name))}",
            )
    return chosen


async def check_custom_fields(grinfi: Grinfi, source: Source, columns: Sequence[Column]) -> None:
    """Refuse custom fields that do not exist: their columns would silently be empty."""
    wanted = [column.name.removeprefix(CUSTOM) for column in columns if column.name.startswith(CUSTOM)]
    if not wanted:
        return
    known = [str(field.name) async for field in grinfi.custom_fields.list() if field.object == source.owner]
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known, most=3, prefix=CUSTOM, otherwise=_known(known))
            raise InvalidArgumentError("fields", f"{source.name} have no custom field {name!r}; {hint}")


def _known(names: Iterable[str]) -> str:
    return f"known: {', '.join(names) or 'none'}"


def record_of(row: Any) -> dict[str, Any]:
    """Everything that the server sent in a row; times in UTC and in one form."""
    if not isinstance(row, Model):
        return dict(cast("Mapping[str, Any]", row))
    record = row.to_dict()
    for name, entry in row.wire_fields().items():
        value = getattr(row, name, None)
        if isinstance(value, datetime):
            record[entry.wire] = entry.codec.dump(value)
    return record


def json_text(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
