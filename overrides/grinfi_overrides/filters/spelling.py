"""The operators of the API, and conditions written as Python code, for messages and `repr`."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from ..runtime.codec import UncheckedText

Conditions = Mapping[str, Mapping[str, Any]]
"""Field -> operator -> value in the form of the API, for example `{"age": {">=": 1, "<": 9}, "tag": {"in": ("a",)}}`.

`in`, `not in` and the null tests are operators here, although the API writes them differently: see `conditions.wire`.
"""
IN = "in"
NOT_IN = "not in"
LISTS = (IN, NOT_IN)
NULL_TESTS = ("is_null", "is_not_null")
RANGE = ("<", "<=", ">", ">=")
UNEQUAL = ("!=", "<>")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "<>")
SYMBOLS = {"=": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
FULL_TEXT = "q"


def spelled(name: str) -> str:
    """The code of a field: `F.status`, `F["custom name"]`, `F.unchecked("status")`."""
    if isinstance(name, UncheckedText):
        return f"F.unchecked({str(name)!r})"
    is_plain = name.isidentifier() and not keyword.iskeyword(name) and name[0] != "_" and name != "unchecked"
    return f"F.{name}" if is_plain else f"F[{name!r}]"


def code(name: str, operator: str, value: Any) -> str:
    """The code that makes a condition."""
    if operator in NULL_TESTS:
        return f"{spelled(name)}.{operator}()"
    if operator in LISTS:
        return f"{spelled(name)}.{'in_' if operator == IN else 'not_in'}({list(value)!r})"
    if operator not in SYMBOLS or (operator == "=" and value in NULL_TESTS):
        return f"Expression({ {name: {operator: value}}!r})"
    return f"{spelled(name)} {SYMBOLS[operator]} {value!r}"


def spoken(operators: Mapping[str, Any]) -> str:
    """The operators in words, for messages."""
    return " and ".join(f".{operator}()" if operator in NULL_TESTS else operator for operator in operators)
