"""Rows as records, of which data frames make columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from .models import Model
from .unset import UNSET

__all__ = ["to_records"]


def to_records(rows: Iterable[Model | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as dicts that all have the same keys, for `pandas.DataFrame`, `polars.DataFrame` or `pyarrow`.

    There is a key for each field of the model, and for each field of any row that the description does not know.
    Values are those of the attributes, with None for what is missing; models in them are dicts.
    """
    records = [_record(row) for row in rows]
    keys = dict.fromkeys(key for record in records for key in record)
    return [{key: record.get(key) for key in keys} for record in records]


def _record(row: Model | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(row, Model):
        return dict(row)
    record = {entry.wire: _value(getattr(row, name, None)) for name, entry in row.wire_fields().items()}
    return {**record, **row.additional_properties}


def _value(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [_value(item) for item in cast("list[Any]", value)]
    return None if value is UNSET else value
