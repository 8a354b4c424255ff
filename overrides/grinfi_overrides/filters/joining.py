"""Joins several conditions on one field, or says why they cannot be joined.

The API takes one JSON value for each field, so only some conditions can be joined:

    > and <=, and != beside them     one object: {">": 1, "<=": 9, "!=": 5}
    the same condition twice         sent once
    == and anything else, two lists, a null test and anything else, two !=, the same operator twice
                                     refused; the error names the condition to keep
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidArgumentError
from ..runtime.times import DATE_TIME
from .spelling import IN, LISTS, NULL_TESTS, RANGE, SYMBOLS, UNEQUAL, code

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def merged(where: str, name: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    if not first:
        return second
    result = dict(first)
    for operator, value in second.items():
        if meaning(operator, value) in {meaning(*known) for known in result.items()}:
            continue
        both = {operator, *result}
        if result and (operator in result or not both <= {*RANGE, *UNEQUAL} or both >= {*UNEQUAL}):
            raise InvalidArgumentError(where, _conflict(name, result, operator, value))
        result[operator] = value
    _check_range(where, result)
    return result


def meaning(operator: str, value: Any) -> str:
    """Text that is equal for two conditions on one field if they mean the same."""
    return json.dumps([SYMBOLS.get(operator, operator), sorted(map(json.dumps, value)) if operator in LISTS else value])


def _conflict(name: str, known: Mapping[str, Any], operator: str, value: Any) -> str:
    """Why two conditions on one field cannot go together, and what to do."""
    both = {operator, *known}
    pair = f"{' and '.join(code(name, *item) for item in [*known.items(), (operator, value)])} cannot be joined: "
    if both >= {*NULL_TESTS} or "is_null" in both:
        return pair + "no row can meet both; keep one of them"
    if "is_not_null" in both:
        return pair + "the other condition already excludes rows without a value; leave out the null test"
    if operator == IN and IN in known:
        common = [item for item in known[IN] if item in value]
        reason = f"write .in_({common!r}), the values that both have" if common else "no value is in both"
        return pair + reason
    if both & {*LISTS}:
        return pair + "the API takes only the list; remove from it what the other condition excludes"
    if both == {"="}:
        return pair + f"the API takes one value; for rows with either, use .in_([{known['=']!r}, {value!r}])"
    if "=" in both:
        return pair + "the equality is enough; leave out the other condition"
    if operator in RANGE:
        ranked = order(known[operator], value)
        if ranked is None:
            return pair + "keep the narrower one"
        first_is_narrower = (ranked > 0) == operator.startswith(">")
        return pair + f"keep {code(name, operator, known[operator] if first_is_narrower else value)}, the narrower one"
    return pair + "the API takes one != for a field; leave out one of them, and drop such rows from the result"


def _check_range(where: str, operators: Mapping[str, Any]) -> None:
    for lower in (">", ">="):
        for upper in ("<", "<="):
            if lower in operators and upper in operators:
                ranked = order(operators[lower], operators[upper])
                if ranked is not None and (ranked > 0 or (ranked == 0 and (lower, upper) != (">=", "<="))):
                    reason = f"no value is {lower} {operators[lower]!r} and {upper} {operators[upper]!r}"
                    raise InvalidArgumentError(where, f"{reason}; swap them, or drop one")


def order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1 if one value is less, equal or greater; None if unknown: only the server knows the order of texts."""
    ranks = _rank(one), _rank(other)
    if ranks[0] is None or ranks[1] is None or ranks[0][0] != ranks[1][0]:
        return None
    return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1])


def _rank(value: Any) -> tuple[str, Any] | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value
    if isinstance(value, str) and ISO_DATE.match(value):
        moment = DATE_TIME.decode(value)
        return None if moment is None else ("time", moment)
    return None
