"""`F`, the filter language: conditions written with Python's operators, and checked at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, ClassVar, Final, Generic, Never, NoReturn, Self, TypeVar, cast

from ..errors import InvalidArgumentError
from ..runtime.codec import Filter, UncheckedText, check_text, describe, has_to_dict, reject
from ..runtime.unset import UNSET, Unset
from .conditions import Term, condition, entry_conditions, wire
from .days import start_of_day, zone_of
from .joining import meaning, merged
from .spelling import FULL_TEXT, IN, LISTS, NOT_IN, NULL_TESTS, UNEQUAL, Conditions, code, spelled

T_contra = TypeVar("T_contra", contravariant=True)
OPPOSITES = {
    "=": "!=", "!=": "=", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
    "is_null": "is_not_null", "is_not_null": "is_null", IN: NOT_IN, NOT_IN: IN,
}  # fmt: skip
NO_OR = (
    'the API has no "or": for several values of one field use .in_([...]); otherwise make one call for each side and '
    "join the rows"
)
NO_TRUTH = (
    "a condition has no truth value, so `and`, `or`, `not`, `if`, `in` and `a < F.x < b` cannot be used on it. Write "
    "(F.x == 1) & (F.y == 2) for and, F.x.in_([1, 2]) for or and in, F.x != 1 for not, F.x.between(a, b) or "
    "(F.x > a) & (F.x < b) for a chain"
)
PARENTHESES = "In Python & binds more tightly than comparisons: put each in parentheses, (F.x == 1) & (F.y == 2)"


class Expression(Term):
    """Conditions on fields, all of which a row must meet.

    Made with `F`, with a catalogue of `grinfi_async.fields`, or from a mapping: `Expression({"status": "closed"})`.
    `Expression()` has no condition: start with it in a loop that adds conditions with `&`. Expressions cannot be
    changed; equal ones have the same hash.

    Raises:
        InvalidArgumentError: The API cannot express it, or no row could match.
    """

    __slots__ = ("_conditions",)
    _conditions: Conditions

    def __init__(self, filter: Filter | Unset = UNSET, /) -> None:
        filter = {} if isinstance(filter, Unset) else filter
        object.__setattr__(self, "_conditions", read_conditions("filter", filter))

    @classmethod
    def _of(cls, conditions: Conditions) -> Self:
        self = cls.__new__(cls)
        object.__setattr__(self, "_conditions", conditions)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an Expression cannot be changed; use & to make a new one")

    def to_dict(self) -> dict[str, Any]:
        """The filter in the form of the API, as a new dict."""
        return {name: wire(operators) for name, operators in self._conditions.items()}

    def equals(self, other: Filter) -> bool:
        """Whether another expression, or a mapping, has the same conditions."""
        return self == (other if isinstance(other, Expression) else Expression(other))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> str:
        """Text for comparison: 1 differs from True; the order of fields, operators and listed values is ignored."""
        conditions = self._conditions.items()
        return json.dumps(sorted((name, sorted(meaning(*it) for it in ops.items())) for name, ops in conditions))

    def __and__(self, other: Filter) -> Expression:
        if isinstance(other, Field):
            raise InvalidArgumentError(repr(other), f"is a field; compare it with a value. {PARENTHESES}")
        more = _operand(other)
        # `F.a` and `F.unchecked("a")` are equal as text. If one side is unchecked, the joined condition is, too.
        marked: dict[str, str] = {name: name for name in more._conditions if isinstance(name, UncheckedText)}
        joined = {marked.get(name, name): operators for name, operators in self._conditions.items()}
        for name, operators in more._conditions.items():
            joined[name] = merged(spelled(name), name, joined.get(name, {}), operators)
        return Expression._of(joined)

    def __rand__(self, other: Filter) -> Expression:
        return _operand(other) & self

    def __invert__(self) -> Expression:
        if len(self._conditions) != 1:
            reason = (
                "an empty filter matches everything" if not self._conditions else f"it would need an or, and {NO_OR}"
            )
            raise InvalidArgumentError("filter", f"~({self!r}) cannot be expressed: {reason}")
        ((name, operators),) = self._conditions.items()
        ((operator, value), *more) = operators.items()
        if more or name == FULL_TEXT or operator not in OPPOSITES:
            raise InvalidArgumentError(
                spelled(name),
                f"~({self!r}) cannot be expressed: ~ takes one ==, !=, <, <=, >, >=, in_, not_in or null test; the API "
                "has no exact opposite of anything else. Filter the rows you get",
            )
        return Expression._of({name: {OPPOSITES[operator]: value}})

    def __or__(self, other: object) -> NoReturn:
        raise InvalidArgumentError("filter", NO_OR)

    __ror__ = __or__

    def __bool__(self) -> Never:
        raise InvalidArgumentError("filter", NO_TRUTH)

    def __repr__(self) -> str:
        if not self._conditions:
            return "Expression()"
        parts = [(name, *item) for name, operators in self._conditions.items() for item in operators.items()]
        if len(parts) == 1:
            return code(*parts[0])
        return " & ".join(code if code.endswith(")") else f"({code})" for code in (code(*part) for part in parts))

    def __reduce__(self) -> tuple[Any, ...]:
        return Expression, (self.to_dict(),)


def _operand(other: Filter) -> Expression:
    if isinstance(other, Expression):
        return other
    if not isinstance(other, Mapping) and not has_to_dict(other):
        raise InvalidArgumentError("filter", f"& takes another condition, got {describe(other)}. {PARENTHESES}")
    return Expression(other)


class Field(Term, Generic[T_contra]):
    """A field that rows can be filtered by. Comparing it gives an `Expression`."""

    __slots__ = ("_name",)
    __iter__: ClassVar[None] = None

    def __init__(self, name: str) -> None:
        self._name = name

    def _where(self, operator: str, value: object) -> Expression:
        where = repr(self)
        if operator == "=" and isinstance(value, str) and value in NULL_TESTS:
            raise InvalidArgumentError(
                where,
                f"{value!r} is the API's name of a test: use .{value}(); to compare with this text, use the mapping "
                f"{{{self._name!r}: {{'=': {value!r}}}}}",
            )
        return Expression._of({self._name: condition(where, self._name, operator, value)})  # pyright: ignore[reportPrivateUsage]

    def __eq__(self, other: T_contra | None) -> Expression:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.is_null() if other is None else self._where("=", other)

    def __ne__(self, other: T_contra | None) -> Expression:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.is_not_null() if other is None else self._where("!=", other)

    def __lt__(self, other: T_contra) -> Expression:
        return self._where("<", other)

    def __le__(self, other: T_contra) -> Expression:
        return self._where("<=", other)

    def __gt__(self, other: T_contra) -> Expression:
        return self._where(">", other)

    def __ge__(self, other: T_contra) -> Expression:
        return self._where(">=", other)

    __hash__ = object.__hash__

    def in_(self, values: Iterable[T_contra]) -> Expression:
        """Equal to one of several values. They keep their order; repeated ones are sent once."""
        return self._among(IN, "in_", "==", values)

    def not_in(self, values: Iterable[T_contra]) -> Expression:
        """Equal to none of several values."""
        return self._among(NOT_IN, "not_in", "!=", values)

    def _among(self, operator: str, name: str, single: str, values: object) -> Expression:
        if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
            got = describe(cast("object", values))
            raise InvalidArgumentError(
                repr(self), f"{name} takes a list of values, got {got}; for one value use {single}"
            )
        given = cast("Iterable[Any]", values)
        return self._where(operator, given if isinstance(given, set | frozenset) else list(given))

    def is_null(self) -> Expression:
        """Without a value."""
        return self._where("is_null", None)

    def is_not_null(self) -> Expression:
        """With any value."""
        return self._where("is_not_null", None)

    def between(self, start: T_contra, end: T_contra) -> Expression:
        """From `start` to `end`, both included; dates are whole days in UTC.

        Raises:
            InvalidArgumentError: `end` is before `start`.
        """
        lower, upper = self >= start, self <= end
        bounds: tuple[Any, Any] = start, end  # decimals too: they are sent as text, which is not compared
        if all(isinstance(bound, int | float | Decimal) for bound in bounds) and bounds[0] > bounds[1]:
            raise InvalidArgumentError(repr(self), f"no value is between {start} and {end}; swap them")
        return lower & upper

    def on(self: Field[datetime], day: date, *, tz: str | tzinfo = "UTC") -> Expression:
        """On one day, from its first moment to the first moment of the next day.

        Args:
            day: The day.
            tz: The time zone of the day: a name such as "Europe/Kyiv", or a tzinfo. UTC by default.

        Raises:
            InvalidArgumentError: The time zone is unknown, or does not have this day.
        """
        where = repr(self)
        if isinstance(day, datetime) or not isinstance(cast("object", day), date):
            raise reject(where, "a date (of a datetime, its .date())", day)
        zone = zone_of(where, tz)
        try:
            start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
        except OverflowError:
            raise InvalidArgumentError(where, f"{day} is at the end of the calendar; pass another day") from None
        if start == end:
            raise InvalidArgumentError(where, f"in {tz} the calendar skipped {day}; pass another day")
        return (self >= start) & (self < end)

    def __contains__(self, value: object) -> NoReturn:
        raise InvalidArgumentError(
            repr(self), "`in` cannot be used on a field; use == for one value, .in_([...]) for several"
        )

    def __and__(self, other: object) -> NoReturn:
        raise InvalidArgumentError(repr(self), f"is a field; compare it with a value. {PARENTHESES}")

    __rand__ = __and__

    def __or__(self, other: object) -> NoReturn:
        raise InvalidArgumentError(repr(self), NO_OR)

    __ror__ = __or__

    def __invert__(self) -> NoReturn:
        raise InvalidArgumentError(repr(self), "is a field, which ~ does not take; for rows without it use .is_null()")

    def __bool__(self) -> Never:
        raise InvalidArgumentError(repr(self), NO_TRUTH)

    def __repr__(self) -> str:
        return spelled(self._name)


class DateTimeField(Field[datetime]):
    """A field that holds a time. It can be compared with an aware datetime, and with a date: a whole day in UTC."""

    __slots__ = ()

    def _where(self, operator: str, value: object) -> Expression:
        values = cast("Collection[object]", value) if operator in LISTS else [value]
        for item in values if operator in {"=", *LISTS, *UNEQUAL} else ():
            if isinstance(item, date) and not isinstance(item, datetime):
                raise InvalidArgumentError(
                    repr(self),
                    f"holds times, which never equal a day; for all times of that day use .on({item!r})",
                )
        return super()._where(operator, value)

    def __lt__(self, other: date) -> Expression:
        return self._where("<", other)

    def __le__(self, other: date) -> Expression:
        return self._where("<=", other)

    def __gt__(self, other: date) -> Expression:
        return self._where(">", other)

    def __ge__(self, other: date) -> Expression:
        return self._where(">=", other)

    def between(self, start: date, end: date) -> Expression:
        """From `start` to `end`, both included; dates are whole days in UTC."""
        return (self >= start) & (self <= end)


class Fields:
    """Any field: `F.email_status`, `F["custom name"]`."""

    __slots__ = ()
    __iter__: ClassVar[None] = None

    def __getattr__(self, name: str) -> Field[Any]:
        if name.startswith("_"):
            raise AttributeError(f"F has no attribute {name}; for a field of that name write F[{name!r}]")
        return Field(name)

    def __getitem__(self, name: str) -> Field[Any]:
        if not isinstance(cast("object", name), str) or not name.strip():
            raise reject("F[...]", "the name of a field", name)
        return Field(check_text("F[...]", name))

    def unchecked(self, name: str) -> Field[Any]:
        """A field that the SDK does not know, sent as it is written: `F.unchecked("new_field") == 1`.

        A filter that chooses what is changed or deleted cannot have it: the server could ignore the condition.
        """
        return Field(UncheckedText(self[name]._name))  # pyright: ignore[reportPrivateUsage]

    def __repr__(self) -> str:
        return "F"


F: Final = Fields()
"""The fields that rows can be filtered by: `(F.email_status == "ok") & F.company_uuid.is_not_null()`.

Operators: `==`, `!=`, `<`, `<=`, `>`, `>=`, `.in_([...])`, `.not_in([...])`, `.is_null()`, `.is_not_null()`,
`.between(start, end)`, `.on(day, tz=...)`; `&` joins conditions, `~` gives the opposite of one. `F["any name"]` is a
field whose name is not an identifier. `F.unchecked("new")` is a field that the SDK does not know (not in a filter that
chooses what is changed). `F.q == "text"` searches the full text.
"""


def read_conditions(where: str, value: object) -> Conditions:
    """The conditions of a filter: an expression, a mapping, or an object that can turn itself into a mapping."""
    if isinstance(value, Expression):
        return value._conditions  # pyright: ignore[reportPrivateUsage]
    if isinstance(value, Field | Fields):
        raise InvalidArgumentError(where, f"{value!r} is a field, not a condition; compare it: {value!r} == ...")
    if isinstance(value, bool):
        raise InvalidArgumentError(
            where,
            f"expected a condition, got {value}; it comes from a comparison without a field of F, or from `and`, `or`, "
            f"`not`. {PARENTHESES}",
        )
    if not isinstance(value, Mapping) and has_to_dict(value):
        value = value.to_dict()
    if not isinstance(value, Mapping):
        raise reject(where, "a filter: an expression of F or a mapping", value)
    result: dict[str, Mapping[str, Any]] = {}
    for name, entry in cast("Mapping[Any, Any]", value).items():
        if not isinstance(name, str):
            raise InvalidArgumentError(where, f"keys must be strings, got {describe(name)}")
        if not name.strip():
            raise InvalidArgumentError(where, f"the key {name!r} is empty; it must be the name of a field")
        if entry is not UNSET:
            result[check_text(where, name)] = entry_conditions(f"{where}.{name}", name, entry)
    return result
