"""The codec of filters: checks a filter for one operation, and writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from ..errors import InvalidArgumentError
from ..runtime.codec import Codec, UncheckedText
from ..runtime.suggestions import did_you_mean
from .conditions import wire
from .expressions import read_conditions
from .spelling import IN, spelled, spoken


class FilterOf(Codec):
    """The filter of one operation: an expression, a mapping, or anything that can turn itself into one.

    Args:
        operation: Its public name, for messages.
        known: The fields it takes; None if it takes any.
        required: Fields without which it fails.
        lists: Fields that take only lists of values.
        refused: Field -> why it must not be sent.
        writes: Whether the filter chooses what is changed. Then an unknown field is refused even with `F.unchecked`.
    """

    __slots__ = ("known", "lists", "operation", "refused", "required", "writes")

    def __init__(
        self,
        operation: str = "",
        *,
        known: Collection[str] | None = None,
        required: Collection[str] = (),
        lists: Collection[str] = (),
        refused: Mapping[str, str] | None = None,
        writes: bool = False,
    ) -> None:
        self.operation = operation
        self.known = known
        self.required = required
        self.lists = lists
        self.refused = refused or {}
        self.writes = writes

    def encode(self, where: str, value: Any) -> dict[str, Any]:
        conditions = read_conditions(where, value)
        for name in self.required:
            if name not in conditions:
                raise InvalidArgumentError(f"{where}.{name}", f"is required: {self.operation} fails without it")
        result: dict[str, Any] = {}
        for key, operators in conditions.items():
            name, is_checked = str(key), self.writes or not isinstance(key, UncheckedText)
            way_out = "" if self.writes else f"; to send it anyway, write {spelled(UncheckedText(name))}"
            if is_checked and name in self.refused:
                raise InvalidArgumentError(f"{where}.{name}", f"{self.operation} {self.refused[name]}{way_out}")
            if is_checked and self.known is not None and name not in self.known:
                raise InvalidArgumentError(f"{where}.{name}", self._unknown(name, self.known) + way_out)
            is_list = is_checked and name in self.lists
            result[name] = self._list(where, name, operators) if is_list else wire(operators)
        return result

    def _unknown(self, name: str, known: Collection[str]) -> str:
        danger = "could ignore it and change everybody" if self.writes else "would fail or answer with everything"
        hint = did_you_mean(name, known, otherwise="use another field.")
        return f"{self.operation} has no field {name!r}, and the server {danger}; {hint} It takes {', '.join(known)}"

    def _list(self, where: str, name: str, operators: Mapping[str, Any]) -> list[Any]:
        ((operator, value), *_) = operators.items()
        if operator not in {"=", IN}:
            raise InvalidArgumentError(
                f"{where}.{name}", f"{self.operation} takes only == and .in_([...]) here, not {spoken(operators)}"
            )
        return list(value) if operator == IN else [value]


FILTER: Final[Codec] = FilterOf()
"""A filter whose fields the description leaves open."""
