"""The filter of one operation, checked and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from ..errors import InvalidArgumentError
from ..runtime.codecs import Codec
from ..runtime.suggestions import did_you_mean
from .conditions import wire
from .expressions import read_conditions
from .spelling import IN, spoken

__all__ = ["FILTER", "FilterOf"]


class FilterOf(Codec):
    """The filter of one operation: an expression, a mapping, or anything that can turn itself into one.

    Args:
        operation: Its public name, for messages.
        known: The fields it takes, if it takes no others.
        required: Fields without which it fails.
        lists: Fields that take nothing but lists of values.
        refused: Field -> why it must not be sent.
    """

    __slots__ = ("known", "lists", "operation", "refused", "required")

    def __init__(
        self,
        operation: str = "",
        *,
        known: Collection[str] | None = None,
        required: Collection[str] = (),
        lists: Collection[str] = (),
        refused: Mapping[str, str] | None = None,
    ) -> None:
        self.operation = operation
        self.known = known
        self.required = required
        self.lists = lists
        self.refused = refused or {}

    def encode(self, where: str, value: Any) -> dict[str, Any]:
        conditions = read_conditions(where, value)
        for name in self.required:
            if name not in conditions:
                raise InvalidArgumentError(f"{where}.{name}", f"is required: {self.operation} fails without it")
        result: dict[str, Any] = {}
        for name, operators in conditions.items():
            if name in self.refused:
                raise InvalidArgumentError(f"{where}.{name}", f"{self.operation} {self.refused[name]}")
            if self.known is not None and name not in self.known:
                raise self._unknown(where, name, self.known)
            result[name] = self._list(where, name, operators) if name in self.lists else wire(operators)
        return result

    def _unknown(self, where: str, name: str, known: Collection[str]) -> InvalidArgumentError:
        return InvalidArgumentError(
            f"{where}.{name}",
            f"{self.operation} has no field {name!r}, and the server would fail or answer with everything; "
            f"{did_you_mean(name, known)} It takes {', '.join(known)}".replace("  ", " "),
        )

    def _list(self, where: str, name: str, operators: Mapping[str, Any]) -> list[Any]:
        ((operator, value), *_) = operators.items()
        if operator not in {"=", IN}:
            raise InvalidArgumentError(
                f"{where}.{name}", f"{self.operation} takes only == and .in_([...]) for it, not {spoken(operators)}"
            )
        return list(value) if operator == IN else [value]


FILTER: Final[Codec] = FilterOf()
"""A filter whose fields the description leaves open."""
