"""`F`, the language of filters: conditions in Python's own operators, checked as soon as they are written."""

from __future__ import annotations

import json
import keyword
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Final, Generic, Never, NoReturn, Self, TypeVar, cast
from uuid import UUID

from .errors import InvalidArgumentError
from .runtime.codecs import (
    DATE_TIME,
    INTEGER,
    NUMBER,
    Codec,
    Filter,
    check_text,
    describe,
    has_to_dict,
    json_value,
    reject,
)
from .runtime.suggestions import did_you_mean
from .runtime.unset import UNSET, Unset

__all__ = ["FILTER", "DateTimeField", "Expression", "F", "Field", "FilterOf", "ago"]

T_contra = TypeVar("T_contra", contravariant=True)

Conditions = Mapping[str, Mapping[str, Any]]
"""Field -> operator -> value as the API has it. `in` and the null tests count as operators here."""

IN = "in"
NULL_TESTS = ("is_null", "is_not_null")
RANGE = ("<", "<=", ">", ">=")
UNEQUAL = ("!=", "<>")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "<>")
SYMBOLS = {"=": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
OPPOSITES = {
    "=": "!=", "!=": "=", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
    "is_null": "is_not_null", "is_not_null": "is_null",
}  # fmt: skip
WHOLE_DAYS = {">=": (">=", 0), ">": (">=", 1), "<": ("<", 0), "<=": ("<", 1)}
"""A day compared with a time: the server would read its midnight, and the rest of the day would be lost."""

FULL_TEXT = "q"
SCALARS = "text, a number, True or False, a date, an aware datetime, a UUID, a decimal or an enumeration"
ZONE_NAME = re.compile(r"[A-Za-z_]+(/[A-Za-z_-]+)+")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
NO_OR = (
    'the API has no "or": for several values of one field use .in_([...]); for anything else make one call for each '
    "side and join the rows"
)
NO_TRUTH = (
    "a condition has no truth value, so `and`, `or`, `not`, `if`, `in` and `a < F.x < b` cannot be used on it. Write "
    "(F.x == 1) & (F.y == 2) for and, F.x.in_([1, 2]) for or and in, F.x != 1 for not, F.x.between(a, b) or "
    "(F.x > a) & (F.x < b) for a chain"
)
PARENTHESES = "In Python & binds more tightly than comparisons: put each in parentheses, (F.x == 1) & (F.y == 2)"


class Expression:
    """Conditions on fields, all of which a row must meet.

    Made with `F` or a catalogue of `grinfi_async.fields`, or of a mapping: `Expression({"status": "closed"})`.
    `Expression()` has no condition, and is where a loop can begin that adds some with `&`. Expressions cannot be
    changed; equal ones have the same hash.

    Raises:
        InvalidArgumentError: The API cannot say it, or it could match nothing.
    """

    __slots__ = ("_conditions",)
    _conditions: Conditions

    def __init__(self, filter: Filter | Unset = UNSET, /) -> None:
        filter = {} if isinstance(filter, Unset) else filter
        object.__setattr__(self, "_conditions", _read("filter", filter))

    @classmethod
    def _of(cls, conditions: Conditions) -> Self:
        self = cls.__new__(cls)
        object.__setattr__(self, "_conditions", conditions)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an Expression cannot be changed; combine it with & into another one")

    def to_dict(self) -> dict[str, Any]:
        """The filter as the API has it, in a new dict."""
        return {name: _wire(operators) for name, operators in self._conditions.items()}

    def equals(self, other: Filter) -> bool:
        """Whether another expression, or a mapping, has the same conditions."""
        return self == (other if isinstance(other, Expression) else Expression(other))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> str:
        """Text, in which 1 differs from True and the order of fields, operators and listed values does not count."""
        conditions = self._conditions.items()
        return json.dumps(sorted((name, sorted(_meaning(*it) for it in ops.items())) for name, ops in conditions))

    def __and__(self, other: Filter) -> Expression:
        if isinstance(other, Field):
            raise InvalidArgumentError(
                _spelled(other), f"a field is no condition; compare it with a value. {PARENTHESES}"
            )
        if not isinstance(other, Expression | Mapping) and not has_to_dict(other):
            raise InvalidArgumentError("filter", f"& takes another condition, got {describe(other)}. {PARENTHESES}")
        more = other if isinstance(other, Expression) else Expression(other)
        merged = dict(self._conditions)
        for name, operators in more._conditions.items():
            merged[name] = _merged(_spelled(name), name, merged.get(name, {}), operators)
        return Expression._of(merged)

    def __rand__(self, other: Filter) -> Expression:
        if not isinstance(other, Expression | Mapping) and not has_to_dict(other):
            raise InvalidArgumentError("filter", f"& takes another condition, got {describe(other)}. {PARENTHESES}")
        return Expression(other) & self

    def __invert__(self) -> Expression:
        if len(self._conditions) != 1:
            reason = (
                "an empty filter matches everything" if not self._conditions else f"it would need an or, and {NO_OR}"
            )
            raise InvalidArgumentError("filter", f"~({self!r}) cannot be said: {reason}")
        ((name, operators),) = self._conditions.items()
        ((operator, value), *more) = operators.items()
        if more or name == FULL_TEXT or operator not in OPPOSITES:
            raise InvalidArgumentError(
                _spelled(name),
                f"~({self!r}) cannot be said: ~ is for one ==, !=, <, <=, >, >= or null test, because "
                "the API has no exact opposite of anything else; filter the rows you get",
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
            return _code(*parts[0])
        return " & ".join(code if code.endswith(")") else f"({code})" for code in (_code(*part) for part in parts))

    def __reduce__(self) -> tuple[Any, ...]:
        return Expression, (self.to_dict(),)


class Field(Generic[T_contra]):
    """A field that rows can be filtered by. Comparing it gives an `Expression`."""

    __slots__ = ("_name",)
    __iter__: ClassVar[None] = None

    def __init__(self, name: str) -> None:
        self._name = name

    def _where(self, operator: str, value: object) -> Expression:
        where = _spelled(self)
        if operator == "=" and isinstance(value, str) and value in NULL_TESTS:
            raise InvalidArgumentError(
                where,
                f"{value!r} is what the API calls the test itself: use .{value}(), or for that very text the mapping "
                f"{{{self._name!r}: {{'=': {value!r}}}}}",
            )
        return Expression._of({self._name: _condition(where, self._name, operator, value)})  # pyright: ignore[reportPrivateUsage]

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
        """One of several values. They keep their order; repeated ones are sent once."""
        given: object = values
        if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
            got = describe(cast("object", given))
            raise InvalidArgumentError(_spelled(self), f"in_ takes a list of values, got {got}; for one value use ==")
        return self._where(IN, values if isinstance(values, set | frozenset) else list(values))

    def is_null(self) -> Expression:
        """Without a value."""
        return self._where("is_null", None)

    def is_not_null(self) -> Expression:
        """With a value, whichever."""
        return self._where("is_not_null", None)

    def between(self, start: T_contra, end: T_contra) -> Expression:
        """From `start` to `end`, both included; dates are whole days in UTC."""
        lower, upper = self >= start, self <= end
        bounds: tuple[Any, Any] = start, end  # decimals are sent as text, the order of which is not known
        if all(isinstance(bound, int | float | Decimal) for bound in bounds) and bounds[0] > bounds[1]:
            raise InvalidArgumentError(_spelled(self), f"no value is between {start} and {end}; swap them")
        return lower & upper

    def on(self: Field[datetime], day: date, *, tz: str | tzinfo = "UTC") -> Expression:
        """On one day somewhere, from its first moment until that of the next day.

        Args:
            day: The day.
            tz: Where: the name of a time zone such as "Europe/Kyiv", or a tzinfo.
        """
        where = _spelled(self)
        if isinstance(day, datetime) or not isinstance(cast("object", day), date):
            raise reject(where, "a date (of a datetime, its .date())", day)
        zone = _zone(where, tz)
        try:
            start, end = _start_of_day(day, zone), _start_of_day(day + timedelta(days=1), zone)
        except OverflowError:
            raise InvalidArgumentError(where, f"{day} is at an end of the calendar; pass a day within it") from None
        if start == end:
            raise InvalidArgumentError(where, f"in {tz} the calendar skipped {day}; pass another day")
        return (self >= start) & (self < end)

    def __contains__(self, value: object) -> NoReturn:
        raise InvalidArgumentError(
            _spelled(self), "`in` cannot be used on a field; use == for one value, .in_([...]) for several"
        )

    def __and__(self, other: object) -> NoReturn:
        raise InvalidArgumentError(_spelled(self), f"a field is no condition; compare it with a value. {PARENTHESES}")

    __rand__ = __and__

    def __or__(self, other: object) -> NoReturn:
        raise InvalidArgumentError(_spelled(self), NO_OR)

    __ror__ = __or__

    def __invert__(self) -> NoReturn:
        raise InvalidArgumentError(_spelled(self), "a field is no condition; for one without a value use .is_null()")

    def __bool__(self) -> Never:
        raise InvalidArgumentError(_spelled(self), NO_TRUTH)

    def __repr__(self) -> str:
        return _spelled(self)


class DateTimeField(Field[datetime]):
    """A field that holds a time. It can be compared with an aware datetime, and with a date: a whole day in UTC."""

    __slots__ = ()

    def _where(self, operator: str, value: object) -> Expression:
        values = cast("Collection[object]", value) if operator == IN else [value]
        for item in values if operator in {"=", IN, *UNEQUAL} else ():
            if isinstance(item, date) and not isinstance(item, datetime):
                raise InvalidArgumentError(
                    _spelled(self), f"holds a time, which no day equals; for all times of that day use .on({item!r})"
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


class _Fields:
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

    def __repr__(self) -> str:
        return "F"


F: Final = _Fields()
"""The fields that rows can be filtered by: `(F.email_status == "ok") & F.company_uuid.is_not_null()`.

Operators: `==`, `!=`, `<`, `<=`, `>`, `>=`, `.in_([...])`, `.is_null()`, `.is_not_null()`, `.between(start, end)`,
`.on(day, tz=...)`; `&` joins conditions, `~` turns one into its opposite. `F["any name"]` is a field whose name is no
identifier, and `F.q == "text"` searches the full text.
"""


def ago(
    *,
    years: int | None = None,
    months: int | None = None,
    weeks: float | None = None,
    days: float | None = None,
    hours: float | None = None,
    minutes: float | None = None,
    seconds: float | None = None,
) -> datetime:
    """The moment that long ago, in UTC. Where a month is too short for the day, its last day is taken.

    Raises:
        InvalidArgumentError: Nothing is given, a part is negative, or years or months are no integers.
    """
    from dateutil.relativedelta import relativedelta

    whole = {"years": years, "months": months}
    parts = {**whole, "weeks": weeks, "days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    given = {name: value for name, value in parts.items() if value is not None}
    if not given:
        raise InvalidArgumentError("ago", "how long? Pass at least one part, such as days=7")
    for name, value in given.items():
        if (INTEGER if name in whole else NUMBER).encode(f"ago.{name}", value) < 0:
            raise InvalidArgumentError(f"ago.{name}", f"{value} lies in the future; pass what is not negative")
    try:
        return datetime.now(UTC) - relativedelta(**given)  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        reason = ", ".join(f"{name}={value}" for name, value in given.items())
        raise InvalidArgumentError("ago", f"{reason} is before the first year of the calendar") from None


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
        conditions = _read(where, value)
        for name in self.required:
            if name not in conditions:
                raise InvalidArgumentError(f"{where}.{name}", f"is required: {self.operation} fails without it")
        result: dict[str, Any] = {}
        for name, operators in conditions.items():
            if name in self.refused:
                raise InvalidArgumentError(f"{where}.{name}", f"{self.operation} {self.refused[name]}")
            if self.known is not None and name not in self.known:
                raise self._unknown(where, name, self.known)
            result[name] = self._list(where, name, operators) if name in self.lists else _wire(operators)
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
                f"{where}.{name}", f"{self.operation} takes only == and .in_([...]) for it, not {_spoken(operators)}"
            )
        return list(value) if operator == IN else [value]


FILTER: Final[Codec] = FilterOf()
"""A filter whose fields the description leaves open."""


# -- from values to conditions ---------------------------------------------------------------------------------------


def _read(where: str, value: object) -> Conditions:
    """The conditions of whatever stands for a filter."""
    if isinstance(value, Expression):
        return value._conditions  # pyright: ignore[reportPrivateUsage]
    if isinstance(value, Field | _Fields):
        raise InvalidArgumentError(where, f"{value!r} is a field, not a condition; compare it: {value!r} == ...")
    if isinstance(value, bool):
        raise InvalidArgumentError(
            where,
            f"expected a condition, got {value}; it comes from a comparison that is not one of a field, or from "
            f"`and`, `or`, `not`. {PARENTHESES}",
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
            raise InvalidArgumentError(where, f"the key {name!r} is empty; it must name a field")
        if entry is not UNSET:
            result[check_text(where, name)] = _entry(f"{where}.{name}", name, entry)
    return result


def _entry(where: str, name: str, entry: Any) -> Mapping[str, Any]:
    """The operators of one entry of a mapping."""
    if isinstance(entry, Enum):
        entry = entry.value
    if entry in NULL_TESTS and isinstance(entry, str):
        return _condition(where, name, entry, None)
    if isinstance(entry, list | tuple | set | frozenset):
        return _condition(where, name, IN, cast("Any", entry))
    if not isinstance(entry, Mapping):
        return _condition(where, name, "=", entry)
    operators: Mapping[str, Any] = {}
    given = cast("Mapping[Any, Any]", entry)
    for operator, value in given.items():
        if operator not in COMPARISONS:
            raise InvalidArgumentError(
                where,
                f"the API has no operator {operator!r}; it has {' '.join(COMPARISONS)}, lists of values, and the texts "
                '"is_null" and "is_not_null"',
            )
        if value is not UNSET:
            operators = _merged(where, name, operators, _condition(f"{where}.{operator}", name, operator, value))
    if not operators:
        raise InvalidArgumentError(where, "the mapping has no operator, so that this condition would vanish")
    return operators


def _condition(where: str, name: str, operator: str, value: object) -> Mapping[str, Any]:
    """One operator with its value as the API has it."""
    if name == FULL_TEXT and (operator != "=" or not isinstance(value, str) or not value.strip()):
        raise InvalidArgumentError(
            where, "searches the full text, so that it takes == and a text that is not empty; leave it out to find all"
        )
    if operator in NULL_TESTS:
        return {operator: None}
    if operator == IN:
        return {IN: _listed(where, cast("Iterable[Any]", value))}
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
    return {operator: _scalar(where, value)}


def _scalar(where: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return _scalar(where, value.value)
    if isinstance(value, str | int | float | date | UUID | Decimal):
        return json_value(where, value)
    if isinstance(value, Field | Expression):
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


def _listed(where: str, values: Iterable[Any]) -> tuple[Any, ...]:
    items = [_scalar(f"{where}[{index}]", item) for index, item in enumerate(values)]
    if not items:
        raise InvalidArgumentError(
            where, "an empty list of values matches nothing, but would vanish, and the server answer with everything; "
            "if there are no values, make no call",
        )  # fmt: skip
    different = {(item.__class__, item): item for item in items}.values()  # 1 and True are two
    if isinstance(values, set | frozenset):  # The same set shall make the same request in every process.
        return tuple(sorted(different, key=json.dumps))
    return tuple(different)


def _wire(operators: Mapping[str, Any]) -> Any:
    """What stands for a field in the JSON object."""
    ((operator, value), *_) = operators.items()
    if operator in NULL_TESTS:
        return operator
    if operator == IN:
        return list(value)
    if operator == "=" and value not in NULL_TESTS:
        return value
    return dict(operators)


# -- several conditions on one field ---------------------------------------------------------------------------------


def _merged(where: str, name: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    if not first:
        return second
    result = dict(first)
    for operator, value in second.items():
        if _meaning(operator, value) in {_meaning(*known) for known in result.items()}:
            continue
        both = {operator, *result}
        if result and (operator in result or not both <= {*RANGE, *UNEQUAL} or both >= {*UNEQUAL}):
            raise InvalidArgumentError(where, _conflict(name, result, operator, value))
        result[operator] = value
    _check_range(where, result)
    return result


def _meaning(operator: str, value: Any) -> str:
    """A text that two conditions on one field share if they mean the same."""
    return json.dumps([SYMBOLS.get(operator, operator), sorted(map(json.dumps, value)) if operator == IN else value])


def _conflict(name: str, known: Mapping[str, Any], operator: str, value: Any) -> str:
    """Why two conditions on one field cannot go together, and what to do."""
    both = {operator, *known}
    pair = f"{' and '.join(_code(name, *item) for item in [*known.items(), (operator, value)])} cannot be joined: "
    if both >= {*NULL_TESTS} or "is_null" in both:
        return pair + "no row can meet both; keep one of them"
    if "is_not_null" in both:
        return pair + "rows without a value are left out in any case; leave out the null test"
    if operator == IN and IN in known:
        common = [item for item in known[IN] if item in value]
        reason = f"write .in_({common!r}), the values that both have" if common else "no value is in both"
        return pair + reason
    if IN in both:
        return pair + "the API takes a list of values alone; leave out of the list what the other condition excludes"
    if both == {"="}:
        return pair + f"the API takes one value; for rows with either, use .in_([{known['=']!r}, {value!r}])"
    if "=" in both:
        return pair + "the equality decides alone; leave out the other condition"
    if operator in RANGE:
        order = _order(known[operator], value)
        if order is None:
            return pair + "keep the narrower one"
        first_is_narrower = (order > 0) == operator.startswith(">")
        return pair + f"keep {_code(name, operator, known[operator] if first_is_narrower else value)}, the narrower one"
    return pair + "the API takes one != for a field; leave out one of them and drop such rows from what you get"


def _check_range(where: str, operators: Mapping[str, Any]) -> None:
    for lower in (">", ">="):
        for upper in ("<", "<="):
            if lower in operators and upper in operators:
                order = _order(operators[lower], operators[upper])
                if order is not None and (order > 0 or (order == 0 and (lower, upper) != (">=", "<="))):
                    reason = f"no value is {lower} {operators[lower]!r} and {upper} {operators[upper]!r}"
                    raise InvalidArgumentError(where, f"{reason}; swap them, or drop one")


def _order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1 where two values are surely less, equal or greater; texts have the order of the server's column."""
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


# -- spelling --------------------------------------------------------------------------------------------------------


def _spelled(field: Field[Any] | str) -> str:
    name = field if isinstance(field, str) else field._name  # pyright: ignore[reportPrivateUsage]
    is_plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return f"F.{name}" if is_plain else f"F[{name!r}]"


def _code(name: str, operator: str, value: Any) -> str:
    """The code that makes a condition."""
    if operator in NULL_TESTS:
        return f"{_spelled(name)}.{operator}()"
    if operator == IN:
        return f"{_spelled(name)}.in_({list(value)!r})"
    if operator not in SYMBOLS or (operator == "=" and value in NULL_TESTS):
        return f"Expression({ {name: {operator: value}}!r})"
    return f"{_spelled(name)} {SYMBOLS[operator]} {value!r}"


def _spoken(operators: Mapping[str, Any]) -> str:
    return " and ".join(f".{operator}()" if operator in NULL_TESTS else operator for operator in operators)


# -- days ------------------------------------------------------------------------------------------------------------


def _zone(where: str, tz: object) -> tzinfo:
    if isinstance(tz, tzinfo):
        return tz
    if not isinstance(tz, str):
        raise reject(f"{where}.on(tz)", 'the name of a time zone such as "Europe/Kyiv", or a tzinfo', tz)
    from zoneinfo import ZoneInfo, available_timezones

    zone: tzinfo | None = None
    try:
        zone = ZoneInfo(tz)
    except (KeyError, ValueError, OSError):  # the last one for a folder of the database, such as Europe
        if ZONE_NAME.fullmatch(tz):  # dateutil would also take a path, or "UTC+3" for what it is not
            from dateutil.tz import gettz

            zone = gettz(tz)  # it may have a database where the system has none
    if zone is not None:
        return zone
    hint = did_you_mean(tz, sorted(available_timezones()), otherwise="please")
    raise InvalidArgumentError(f"{where}.on(tz)", f"there is no time zone {tz!r}; {hint} pass a name like Europe/Kyiv")


def _start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day there, which is not 00:00 where clocks are put forward at midnight."""
    earliest = datetime.combine(day, time.min, UTC) - timedelta(hours=26)

    def moment(second: int) -> datetime:
        return earliest + timedelta(seconds=second)

    seconds = range(52 * 3600)
    return moment(bisect_left(seconds, True, key=lambda second: moment(second).astimezone(zone).date() >= day))
