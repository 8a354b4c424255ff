"""Rules of JsonLogic, by which webhooks select contacts: variables, comparisons, and their combinations."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from .errors import invalid_field
from .values import JsonObject, as_array, as_object

DEEPEST = 40


def _equal(one: Any, other: Any) -> bool:
    """Compare as JsonLogic does: a number equals the text that is written the same."""
    return bool(one == other or (None not in (one, other) and str(one) == str(other)))


def _contains(wanted: Any, place: Any) -> bool:
    """Return whether a list has a value, or a text a part."""
    values = as_array(place)
    if values is not None:
        return any(_equal(wanted, value) for value in values)
    return isinstance(place, str) and isinstance(wanted, str) and wanted in place


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a comparison in which values of different types have no order."""
    return lambda one, other: any(
        isinstance(one, kind) and isinstance(other, kind) and compare(one, other) for kind in (str, int | float)
    )


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "===": operator.eq,
    "!=": lambda one, other: not _equal(one, other),
    "!==": operator.ne,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _contains,
}
COMBINATIONS: dict[str, Callable[[list[Any]], bool]] = {
    "and": all,
    "or": any,
    "!": lambda values: not values[0],
    "!!": lambda values: bool(values[0]),
}


def check_rule(field: str, rule: Any, depth: int = 0) -> None:
    """Refuse a rule that cannot be evaluated; `field` is where the request has it."""
    if depth > DEEPEST:
        raise invalid_field(field, f"The {field} field is nested too deeply: {DEEPEST} levels are read.")
    for name, operands in (as_object(rule) or {}).items():
        known = ("var", *COMPARISONS, *COMBINATIONS)
        if name not in known:
            raise invalid_field(field, f"Unknown operator {name}; the sandbox knows {' '.join(known)}.")
        values = _list(operands)
        least = 2 if name in COMPARISONS else 1
        if len(values) < least or (name == "var" and not isinstance(values[0], str)):
            wanted = "the name of a field" if name == "var" else f"at least {least} values"
            raise invalid_field(field, f"The operator {name} takes {wanted}.")
        for value in values:
            check_rule(field, value, depth + 1)


def evaluate(rule: Any, data: JsonObject) -> Any:
    """Return the value of a checked rule; several operators in one object all have to hold."""
    node = as_object(rule)
    if not node:
        values = as_array(rule)
        return rule if values is None else [evaluate(value, data) for value in values]
    results = [_apply(name, _list(operands), data) for name, operands in node.items()]
    return results[0] if len(results) == 1 else all(results)


def _apply(name: str, operands: list[Any], data: JsonObject) -> Any:
    if name == "var":
        value: Any = data
        for part in operands[0].split("."):
            value = (as_object(value) or {}).get(part)
        return operands[1] if value is None and len(operands) > 1 else value
    values = [evaluate(operand, data) for operand in operands]
    if name in COMPARISONS:
        return all(COMPARISONS[name](one, other) for one, other in pairwise(values))
    return COMBINATIONS[name](values)


def _list(operands: Any) -> list[Any]:
    values = as_array(operands)
    return [operands] if values is None else values
