"""Ids and values in the form that updates and mass actions need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.runtime import codecs
from grinfi_overrides.runtime.codec import reject
from grinfi_overrides.runtime.codecs import json_value


def by_ids(uuids: list[str]) -> dict[str, Any]:
    """The filter of a mass action on these records, in the form that real programs send."""
    return {"all": False, "ids": uuids, "excludeIds": []}


def uuid_text(where: str, value: object) -> str:
    """A UUID in the form of the API."""
    text = codecs.uuid_text(where, value)
    if not text.strip():
        raise reject(where, "a UUID, as uuid.UUID or non-empty text", value)
    return text


def uuid_texts(where: str, values: object, *, empty: bool = False) -> list[str]:
    """UUIDs in their order, without repeated ones."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise reject(where, "a list of UUIDs", cast("object", values))
    items = enumerate(cast("Iterable[object]", values))
    texts = list(dict.fromkeys(uuid_text(f"{where}[{index}]", value) for index, value in items))
    if not texts and not empty:
        raise InvalidArgumentError(where, "is empty; do not make this call if there is nothing to do")
    return texts


def value_text(where: str, value: object) -> str | None:
    """The value of a custom field in the form of the API: text, or null to clear it."""
    if isinstance(value, bool):
        raise reject(where, "text, a number, a time, or None (for a boolean choose a word)", value)
    encoded = json_value(where, value)
    if isinstance(encoded, list | dict):
        raise reject(where, "text, a number, a time, or None", value)
    return None if encoded is None else str(encoded)
