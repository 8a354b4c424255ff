"""Checks rows against a filter, because the server may ignore a condition that it does not know.

    filter                     row                                 result
    F.status == "open"         {"status": "Open"}                  met: the server may ignore case
    F.status == "open"         {"status": "closed"}                broken: the filter was ignored
    F.q == "ada"               {"status": "open"}                  unseen: the row has no such field
    F.name > "m"               {"name": "ada"}                     unseen: only the server knows its order of texts

An action that cannot be undone is refused while a condition is unseen, unless the user confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any, Final, NamedTuple, cast

from grinfi_overrides.errors import InvalidArgumentError
from grinfi_overrides.filters.expressions import read_conditions
from grinfi_overrides.filters.joining import order
from grinfi_overrides.filters.spelling import LISTS, NOT_IN, UNEQUAL, code
from grinfi_overrides.runtime.codec import Filter
from grinfi_overrides.runtime.times import DATE_TIME

RANGE_TESTS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}


class Match:
    """A filter to check rows against.

    Attributes:
        unseen: Fields whose conditions a row could not confirm, such as `q`.
    """

    def __init__(self, filter: Filter) -> None:
        self._conditions = [
            (name, operator, wanted, [_Wanted.of(value) for value in _values_of(operator, wanted)])
            for name, operators in read_conditions("filter", filter).items()
            for operator, wanted in operators.items()
        ]
        self.unseen: set[str] = set()

    def require_certainty(self, action: str) -> None:
        """Refuse an action that cannot be undone if the rows did not confirm all conditions.

        Raises:
            InvalidArgumentError: A condition could not be checked.
        """
        if self.unseen:
            fields = ", ".join(sorted(self.unseen))
            raise InvalidArgumentError(
                "confirm",
                f"{action} cannot be undone, and the rows do not show whether they meet the filter's {fields}; check "
                "the rows with bulk.preview(filter=...), then pass confirm=True",
            )

    def broken_by(self, row: Mapping[str, Any]) -> str | None:
        """The condition that a row does not meet, as code; None if it meets all that can be checked."""
        for name, operator, wanted, values in self._conditions:
            is_met = _is_met(operator, wanted, values, row[name]) if name in row else None
            if is_met is None:
                self.unseen.add(name)
            elif not is_met:
                return code(name, operator, wanted)
        return None


class _Wanted(NamedTuple):
    """A value of a condition, prepared once for all rows."""

    value: Any
    text: str
    moment: datetime | None

    @classmethod
    def of(cls, value: Any) -> _Wanted:
        return cls(value, str(value).strip().casefold(), DATE_TIME.decode(value))


def _values_of(operator: str, wanted: Any) -> Iterable[Any]:
    if operator in ("is_null", "is_not_null") or operator in RANGE_TESTS:
        return ()
    return cast("Iterable[Any]", wanted) if operator in LISTS else (wanted,)


def _is_met(operator: str, wanted: Any, values: list[_Wanted], shown: Any) -> bool | None:
    """Whether a condition is met; None if unknown: the server's order of texts and its empty values are not known."""
    if operator == "is_null":
        return shown in (None, "", [], {})
    if operator == "is_not_null":
        return None if shown in ("", [], {}) else shown is not None
    if operator in RANGE_TESTS:
        ranked = order(shown, wanted)
        return None if ranked is None else RANGE_TESTS[operator](ranked, 0)
    given = cast("list[Any]", shown) if isinstance(shown, list) else [shown]
    is_equal = any(_equal(value, each) for value in values for each in given)
    if operator in {NOT_IN, *UNEQUAL}:
        return None if shown is None else not is_equal
    return is_equal


def _equal(wanted: _Wanted, shown: Any) -> bool:
    """Whether a server may consider two values equal: case, 0 or false, and the form of a time are ignored."""
    if isinstance(shown, Mapping):
        shown = cast("Mapping[str, Any]", shown).get("uuid")
    if shown is None:
        return False
    if isinstance(wanted.value, bool) or isinstance(shown, bool):
        truths = {"true": "1", "false": "0"}
        one, other = (truths.get(str(value).casefold(), str(value)) for value in (wanted.value, shown))
        return one == other
    if wanted.text == str(shown).strip().casefold():
        return True
    return wanted.moment is not None and wanted.moment == DATE_TIME.decode(shown)
