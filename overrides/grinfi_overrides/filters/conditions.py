"""From values to conditions as the API has them."""

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
"""A day compared with a time: the server would read its midnight, and the rest of the day would be lost."""
SCALARS = "text, a number, True or False, a date, an aware datetime, a UUID, a decimal or an enumeration"


class Term:
    """A field or a condition: nothing that a field can be compared with."""

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
        raise InvalidArgumentError(where, "the mapping has no operator, so that this condition would vanish")
    return operators


def condition(where: str, name: str, operator: str, value: object) -> Mapping[str, Any]:
    """One operator with its value as the API has it."""
    if name == FULL_TEXT and (operator != "=" or not isinstance(value, str) or not value.strip()):
        raise InvalidArgumentError(
            where, "searches the full text, so that it takes == and a text that is not empty; leave it out to find all"
        )
    if operator in NULL_TESTS:
        return {operator: None}
    if operator in LISTS:
        return {operator: _listed(where, operator, cast("Iterable[Any]", value))}
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        got = describe(cast("object", value))
        raise InvalidArgumentError(
            where,
            f"takes one value, got {got}; for several use .in_([...]), in a mapping a list without operator",
        )
    if isinstance(value, date) and not isinstance(value, datetime) and operator in WHOLE_DAYS:
        operator, days = WHOLE_DAYS[operator]
        try:
            value += timedelta(days=days)
        except OverflowError:
            raise InvalidArgumentError(where, f"no day follows {value}; leave the condition out") from None
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
            'nothing compares with None; to test for it, use .is_null() or .is_not_null(), in a mapping "is_null"',
        )
    if isinstance(value, bytes | bytearray | memoryview):
        raise InvalidArgumentError(where, f"expected text, got {describe(cast('object', value))}; decode it")
    raise reject(where, SCALARS, value)


def _listed(where: str, operator: str, values: Iterable[Any]) -> tuple[Any, ...]:
    items = [scalar(f"{where}[{index}]", item) for index, item in enumerate(values)]
    if not items:
        means = (
            "matches nothing, but would vanish" if operator == IN else "excludes nothing, and could exclude everything"
        )
        raise InvalidArgumentError(
            where, f"an empty list of values {means}; leave the condition out, or make no call if nothing is wanted"
        )
    different = {(item.__class__, item): item for item in items}.values()  # 1 and True are two
    if isinstance(values, set | frozenset):  # The same set shall make the same request in every process.
        return tuple(sorted(different, key=json.dumps))
    return tuple(different)


def wire(operators: Mapping[str, Any]) -> Any:
    """What stands for a field in the JSON object."""
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
