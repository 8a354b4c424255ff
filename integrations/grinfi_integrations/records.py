"""Rows as records, for data frames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from grinfi_overrides.runtime.codec import Codec
from grinfi_overrides.runtime.codecs import ANY, OBJECT, Array, MapOf, ModelOf, Nullable, to_json
from grinfi_overrides.runtime.models import Model
from grinfi_overrides.runtime.unset import UNSET

__all__ = ["to_records"]

COMPOUND: Final = (type(ANY), type(OBJECT), Array, MapOf, ModelOf, Nullable)
"""Codecs of list items that a column cannot hold, so that the list becomes JSON text."""


def to_records(rows: Iterable[Model | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as dicts that all have the same keys, for data frames: `pandas.DataFrame(to_records(rows))`.

    The keys are all fields of the model, and all fields of any row that the description does not have. Values are those
    of the attributes: times are datetimes, missing values are None. Objects, and lists of objects, are JSON text, so
    each column has one type.
    """
    records = [_record(row) for row in rows]
    keys = dict.fromkeys(key for record in records for key in record)
    return [{key: record.get(key) for key in keys} for record in records]


def _record(row: Model | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(row, Model):
        return {key: _cell(ANY, value) for key, value in row.items()}
    record = {entry.wire: _cell(entry.codec, getattr(row, name, None)) for name, entry in row.wire_fields().items()}
    return record | {key: _cell(ANY, value) for key, value in row.additional_properties.items()}


def _cell(codec: Codec, value: Any) -> Any:
    if isinstance(codec, Nullable):
        return _cell(codec.inner, value)
    if value is None or value is UNSET:
        return None
    if isinstance(codec, Array) and isinstance(value, list) and not isinstance(codec.item, COMPOUND):
        return cast("list[Any]", value)
    if isinstance(value, list | dict | Model):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=to_json)
    return value
