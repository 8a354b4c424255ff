"""Turns Python values into conditions of the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

from ..errors import InvalidArgumentError
from ..runtime.codec import describe, reject
from ..runtime.codecs import json_value
from ..runtime.unset import UNSET
from .joining import merged
from .spelling import COMPARISONS, FULL_TEXT, IN, LISTS, NOT_IN, NULL_TESTS

WHOLE_DAYS = {">=": (">=", 0), ">": (">=", 1), "<": ("<", 0), "<=": ("<", 1)}
"""Operator -> the operator and the day to send instead, when a time is compared with a whole day.

The server reads a day as its midnight. So `<= 2026-03-01` would leave out almost all of March 1st: it is sent as
`< 2026-03-02`.
"""
SCALARS = "text, a number, True or False, a date, an aware datetime, a UUID, a decimal or an enumeration"


class Term:
    """Base of fields and conditions, which a field cannot be compared with."""

    __slots__ = ()


def entry_conditions(where: str, name: str, entry: Any) -> Mapping[str, Any]:
    """The operators of one entry of a mapping."""
    if isinstance(entry, Enum):
        entry = entry.value
    if entry in NULL_TESTS and isinstance(entry, str):
        return condition(where, name, entry, None)
    if isinstance(entry, list | tuple | set | frozenset):
        return condition(where, name, IN, cast("Any", entry))
    if not isinstance(entry, Mapping):
        return condition(where, name, "=", entry)
    operators: Mapping[str, Any] = {}
    for operator, value in cast("Mapping[Any, Any]", entry).items():
        if operator not in COMPARISONS:
            raise InvalidArgumentError(
                where,
                f"the API has no operator {operator!r}; it has {' '.join(COMPARISONS)}, lists of values, and the texts "
                '"is_null" and "is_not_null"',
            )
        if operator == "!=" and isinstance(value, list | tuple | set | frozenset):
            operator = NOT_IN
        if value is not UNSET:
            found = condition(f"{where}.{operator}", name, operator, cast("object", value))
            operators = merged(where, name, operators, found)
    if not operators:
        raise InvalidArgumentError(where, "the mapping has no operator, so this condition would be lost; leave it out")
    return operators


def condition(where: str, name: str, operator: str, value: object) -> Mapping[str, Any]:
    """One operator with its value in the form of the API."""
    if name == FULL_TEXT and (operator != "=" or not isinstance(value, str) or not value.strip()):
        raise InvalidArgumentError(
            where, "searches the full text, so it takes == and a text that is not empty; leave it out to find all"
        )
    if operator in NULL_TESTS:
        return {operator: None}
    if operator in LISTS:
        return {operator: _listed(where, operator, cast("Iterable[Any]", value))}
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        got = describe(cast("object", value))
        raise InvalidArgumentError(
            where,
            f"takes one value, got {got}; for several values use .in_([...]), or in a mapping a list without operator",
        )
    if isinstance(value, date) and not isinstance(value, datetime) and operator in WHOLE_DAYS:
        operator, days = WHOLE_DAYS[operator]
        try:
            value += timedelta(days=days)
        except OverflowError:
            raise InvalidArgumentError(where, f"there is no day after {value}; leave the condition out") from None
    return {operator: scalar(where, value)}


def scalar(where: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return scalar(where, value.value)
    if isinstance(value, str | int | float | date | UUID | Decimal):
        return json_value(where, value)
    if isinstance(value, Term):
        raise InvalidArgumentError(
            where,
            "the API compares a field with a value, not with another field or condition; compare the rows you get",
        )
    if value is None:
        raise InvalidArgumentError(
            where,
            'cannot be compared with None; use .is_null() or .is_not_null(), or in a mapping "is_null"',
        )
    if isinstance(value, bytes | bytearray | memoryview):
        raise InvalidArgumentError(where, f"expected text, got {describe(cast('object', value))}; decode it")
    raise reject(where, SCALARS, value)


def _listed(where: str, operator: str, values: Iterable[Any]) -> tuple[Any, ...]:
    items = [scalar(f"{where}[{index}]", item) for index, item in enumerate(values)]
    if not items:
        # PHP drops an empty list from a query, and with it the condition: `in_([])` would find every row.
        means = "matches nothing, but would be lost" if operator == IN else "excludes nothing, or perhaps everything"
        raise InvalidArgumentError(
            where, f"an empty list of values {means}; leave the condition out, or make no call if nothing is wanted"
        )
    different = {(item.__class__, item): item for item in items}.values()  # by class too, because 1 == True
    if isinstance(values, set | frozenset):  # The same set must make the same request in every process.
        return tuple(sorted(different, key=json.dumps))
    return tuple(different)


def wire(operators: Mapping[str, Any]) -> Any:
    """The JSON value of a field: `"open"`, `["open", "closed"]`, `{">=": 1, "<": 9}` or `"is_null"`."""
    ((operator, value), *_) = operators.items()
    if operator in NULL_TESTS:
        return operator
    if operator == IN:
        return list(value)
    if operator == NOT_IN:
        return {"!=": list(value)}
    if operator == "=" and value not in NULL_TESTS:
        return value
    return dict(operators)
