"""Codecs: how one value travels between Python and JSON. Strict on the way out, tolerant on the way in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Protocol, TypeGuard, cast, get_args, runtime_checkable
from uuid import UUID

from ..errors import InvalidArgumentError
from .unset import UNSET

if TYPE_CHECKING:
    from .models import Model

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "INTEGER",
    "INTEGER_BOOLEAN",
    "INTEGER_TEXT",
    "NAMED_VALUES",
    "NUMBER",
    "OBJECT",
    "STRING",
    "UUID_TEXT",
    "Array",
    "Choice",
    "Codec",
    "Filter",
    "InPython",
    "Integer",
    "IntegerText",
    "MapOf",
    "ModelOf",
    "NamedValues",
    "Nullable",
    "Number",
    "QueryStyle",
    "Row",
    "String",
    "SupportsToDict",
    "to_json",
]

MILLISECONDS_FROM = 100_000_000_000
"""A numeric timestamp from here on counts milliseconds: as seconds it would be beyond the year 5138."""

NUMERIC_TIME = re.compile(r"[0-9]+(\.[0-9]*)?")
LONGEST_TIME = 64
"""Longer texts are not even tried: the time that takes grows with their length."""


@runtime_checkable
class SupportsToDict(Protocol):
    """Anything that can turn itself into a JSON object: a model, a filter expression."""

    def to_dict(self) -> Mapping[str, Any]: ...


class InPython:
    """Annotates what JSON does not have: pydantic takes instances of these classes; JSON schemas leave them out."""

    def __init__(self, *kinds: type) -> None:
        self.kinds = kinds

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(self.kinds)


Row = Annotated[Mapping[str, Any], InPython()]  # pydantic has the models, which take mappings
"""A row that a program has read, in the place of a model; it is checked before it is sent."""

Filter = Mapping[str, Any] | Annotated[SupportsToDict, InPython(SupportsToDict)]
"""A filter: field -> value (equals), list (in), `{operator: value}`, `"is_null"` or `"is_not_null"`."""


QueryStyle = Literal["form", "brackets", "json"]
"""How an argument is written into the query; see `query_pairs`."""


def has_to_dict(value: object) -> TypeGuard[SupportsToDict]:
    """Whether it can turn itself into a JSON object; a class cannot, though it has the method."""
    return callable(getattr(type(value), "to_dict", None))  # 20 times as fast as isinstance with a protocol


def describe(value: object) -> str:
    """A short, harmless description of a rejected value: long ones and containers may hold secrets or whole files."""
    if value is None:
        return "None"
    if isinstance(value, bool | int | float | Enum | date):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, str) and len(value) <= 40:
        return f"the string {value!r}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def reject(where: str, expected: str, value: object) -> InvalidArgumentError:
    if value is UNSET:
        return InvalidArgumentError(where, "is required")
    if value is None:
        return InvalidArgumentError(where, f"the API does not accept null here; pass {expected}")
    return InvalidArgumentError(where, f"expected {expected}, got {describe(value)}")


class Codec:
    """How one value travels. A codec has no state, so that one instance serves every call."""

    __slots__ = ()

    plain: bool = False
    """True if `decode` and `dump` leave every value as it is."""

    def encode(self, where: str, value: Any) -> Any:
        """The JSON value to send.

        Raises:
            InvalidArgumentError: `value` is not what the API takes; `where` names it.
        """
        raise NotImplementedError

    def decode(self, value: Any) -> Any:
        """The Python value for what was read; None for what cannot be understood. Never fails."""
        return value

    def dump(self, value: Any) -> Any:
        """The JSON value for what `decode` gave."""
        return value


def check_text(where: str, text: str) -> str:
    """The text, if it can be written as UTF-8."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(
                where, f"half a character (a lone surrogate) at position {error.start} cannot be sent; remove it"
            ) from None
    return text


def json_value(where: str, value: Any) -> Any:
    """Any value as JSON; times, UUIDs, enumerations, decimals and models in it are written as the API reads them."""
    if isinstance(value, Enum):
        return json_value(where, value.value)
    if isinstance(value, str):
        return check_text(where, value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidArgumentError(where, f"JSON has no {value!r}; pass a finite number")
        return value
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value)
        return _json_object(where, entries)
    if isinstance(value, list | tuple | set | frozenset):
        items = cast("Iterable[Any]", value)
        return [json_value(f"{where}[{index}]", item) for index, item in enumerate(items)]
    if isinstance(value, datetime):
        return DATE_TIME.encode(where, value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidArgumentError(where, f"JSON has no {value!r}; pass a finite number")
    if isinstance(value, UUID | Decimal):
        return str(value)
    if has_to_dict(value):
        return json_value(where, value.to_dict())
    raise InvalidArgumentError(where, f"expected something JSON can hold, got {describe(value)}")


def to_json(value: object) -> Any:
    """What JSON holds of a model, filter, time, UUID, enumeration or decimal: `json.dumps(value, default=to_json)`.

    Raises:
        TypeError: It is something else.
    """
    try:
        return json_value("value", value)
    except InvalidArgumentError as error:
        raise TypeError(error.problem) from None


def _json_object(where: str, value: Mapping[Any, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise InvalidArgumentError(where, f"keys must be strings, got {describe(key)}")
        if item is not UNSET:
            result[check_text(where, key)] = json_value(f"{where}.{key}", item)
    return result


class _Any(Codec):
    __slots__ = ()
    plain = True

    def encode(self, where: str, value: Any) -> Any:
        if value is UNSET:
            raise reject(where, "a value", value)
        return json_value(where, value)


class String(Codec):
    """A string, with bounds if any."""

    __slots__ = ("max_length", "min_length", "pattern")
    plain = True

    def __init__(self, *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None) -> None:
        self.min_length = min_length
        self.max_length = max_length
        self.pattern = None if pattern is None else re.compile(pattern)

    def encode(self, where: str, value: Any) -> str:
        if isinstance(value, Enum):
            value = value.value
        if not isinstance(value, str):
            raise reject(where, "a string", value)
        if len(value) < self.min_length or (self.max_length is not None and len(value) > self.max_length):
            upper = "" if self.max_length is None else f" and at most {self.max_length}"
            raise InvalidArgumentError(where, f"needs at least {self.min_length}{upper} characters, got {len(value)}")
        if self.pattern is not None and self.pattern.search(value) is None:
            raise InvalidArgumentError(where, f"must match {self.pattern.pattern}, got {describe(value)}")
        return check_text(where, value)


def uuid_text(where: str, value: object) -> str:
    """An id, given as text or as `uuid.UUID`."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str) and hasattr(value, "uuid"):
        raise InvalidArgumentError(where, f"expected an id, got {describe(value)}; pass .uuid")
    if not isinstance(value, str):
        raise reject(where, "an id, as text or uuid.UUID", value)
    return check_text(where, value)


class _UUIDText(Codec):
    __slots__ = ()
    plain = True

    def encode(self, where: str, value: Any) -> str:
        return uuid_text(where, value)


class Number(Codec):
    """A number, with bounds if any."""

    __slots__ = ("maximum", "minimum")
    plain = True
    expected = "a number"
    types: tuple[type, ...] = (int, float)

    def __init__(self, *, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def encode(self, where: str, value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, self.types):
            raise reject(where, self.expected, value)
        result = cast("int | float", value)
        if isinstance(result, float) and not math.isfinite(result):
            raise InvalidArgumentError(where, f"JSON has no {result!r}; pass a finite number")
        if self.minimum is not None and result < self.minimum:
            raise InvalidArgumentError(where, f"must be at least {self.minimum}, got {result}")
        if self.maximum is not None and result > self.maximum:
            raise InvalidArgumentError(where, f"must be at most {self.maximum}, got {result}")
        return result


class Integer(Number):
    """An integer, with bounds if any."""

    __slots__ = ()
    expected = "an integer"
    types = (int,)


class _Boolean(Codec):
    __slots__ = ()

    _readings: Final = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}

    def encode(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise reject(where, "True or False", value)
        return value

    def decode(self, value: Any) -> bool | None:
        return self._readings.get(value) if isinstance(value, int | str) else None


class _DateTime(Codec):
    """Times are aware. They are sent in UTC, in the form the description's examples have."""

    __slots__ = ()

    def encode(self, where: str, value: Any) -> str:
        if isinstance(value, str):  # as it was read
            value = _parsed_time(value)
        if not isinstance(value, datetime):
            raise reject(where, "an aware datetime such as datetime.now(timezone.utc)", value)
        if value.utcoffset() is None:
            raise InvalidArgumentError(
                where, "the datetime has no time zone; add one, for example value.replace(tzinfo=timezone.utc)"
            )
        return _utc_text(value, "microseconds" if value.microsecond else "seconds")

    def decode(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            # The form the server usually writes, and `dump` does: quicker than a regular expression.
            if len(value) == 27 and value[19] == "." and value[10] == "T" and value[7] == "-" and value[26] == "Z":
                try:
                    return datetime.fromisoformat(value)
                except ValueError:
                    return None
            odd = _parse_odd_time(value)
            return odd.replace(tzinfo=UTC) if odd is not None and odd.tzinfo is None else odd
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_timestamp(value)
        return None

    def dump(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return _utc_text(value.replace(tzinfo=UTC) if value.utcoffset() is None else value, "microseconds")


def _parsed_time(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text) if "T" in text else text
    except ValueError:
        return text


def _utc_text(value: datetime, precision: str) -> str:
    try:
        utc = value.astimezone(UTC)
    except OverflowError:  # Within hours of the first or the last moment of the calendar: as it is.
        return value.isoformat(timespec=precision)
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _from_timestamp(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _named_zone(name: str | None, offset: int | None) -> tzinfo:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name in {None, "UTC", "GMT", "Z"}:
        return UTC
    raise ValueError(f"unknown time zone {name}")


def _parse_odd_time(text: str) -> datetime | None:
    """A time in another form than the usual one, or None if a part of its date would have to be guessed."""
    if len(text) > LONGEST_TIME:
        return None
    if NUMERIC_TIME.fullmatch(text):
        digits = len(text.partition(".")[0])
        if digits in {10, 13}:
            # A timestamp, in seconds or milliseconds. Both parsers below would read a date of years ago in some.
            return _from_timestamp(float(text))
        if digits not in {8, 12, 14}:  # as in YYYYMMDD, hhmm, ss
            return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _parse_free_time(text)


def _parse_free_time(text: str) -> datetime | None:
    from dateutil import parser

    readings: list[dict[str, Any]] = [{"default": datetime(2000, 1, 1)}, {"default": datetime(2001, 2, 2)}]
    if not text.lstrip()[:4].isdecimal():
        # 03/04/26 has three readings. The year in front leaves one.
        readings += [{**readings[0], "dayfirst": True}, {**readings[0], "yearfirst": True}]
    found: set[datetime]
    try:
        found = {parser.parse(text, tzinfos=_named_zone, **reading) for reading in readings}
    except Exception:  # dateutil lets many kinds of errors through, and reading never fails
        return None
    return found.pop() if len(found) == 1 else None


class _Date(Codec):
    __slots__ = ()

    def encode(self, where: str, value: Any) -> str:
        if isinstance(value, datetime) or not isinstance(value, date):
            raise reject(where, "a datetime.date", value)
        return value.isoformat()

    def decode(self, value: Any) -> date | None:
        moment = DATE_TIME.decode(value)
        return None if moment is None else moment.date()

    def dump(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class _IntegerBoolean(Codec):
    """True and False, which the API wants as 1 and 0."""

    __slots__ = ()

    def encode(self, where: str, value: Any) -> int:
        if not isinstance(value, int) or value not in (0, 1):
            raise reject(where, "True or False", value)
        return int(value)


class IntegerText(Codec):
    """An integer, which the API wants as text."""

    __slots__ = ("_integer",)

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None) -> None:
        self._integer = Integer(minimum=minimum, maximum=maximum)

    def encode(self, where: str, value: Any) -> str:
        return str(self._integer.encode(where, value))


NamedValues = Mapping[str, Any] | Mapping[UUID, Any]
"""Values of custom fields, by the name or the UUID of the field."""


class _NamedValues(Codec):
    __slots__ = ()

    def encode(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise reject(where, "a mapping of names to values", value)
        entries = cast("Mapping[object, object]", value)
        for key in entries:
            if not isinstance(key, str | UUID):
                raise reject(where, "names or UUIDs of custom fields as keys", key)
        return _json_object(where, {str(key): item for key, item in entries.items()})


class _Object(Codec):
    """A JSON object of which the description tells no more. The server writes an empty one as `[]` at times."""

    __slots__ = ()

    def encode(self, where: str, value: Any) -> dict[str, Any] | list[Any]:
        if has_to_dict(value):
            value = value.to_dict()
        if value == []:
            return []
        if not isinstance(value, Mapping):
            raise reject(where, "a mapping", value)
        entries = cast("Mapping[Any, Any]", value)
        return _json_object(where, entries)

    def decode(self, value: Any) -> Any:
        if isinstance(value, dict):
            return cast("Any", value)
        return {} if value == [] else None


class Choice(Codec):
    """One of the values of a `Literal` type. What is read may be any other: enumerations grow without notice."""

    __slots__ = ("options",)
    plain = True

    def __init__(self, literal: Any) -> None:
        self.options: tuple[str | int, ...] = get_args(literal)

    def encode(self, where: str, value: Any) -> str | int:
        if isinstance(value, Enum):
            value = value.value
        for option in self.options:
            if value == option and not isinstance(value, bool):
                return option
        known = ", ".join(repr(option) for option in self.options)
        if value is UNSET or value is None:
            raise reject(where, f"one of {known}", value)
        raise InvalidArgumentError(where, f"{describe(value)} is not one of {known}")


class Nullable(Codec):
    """What `inner` takes, or None, which is sent as null."""

    __slots__ = ("inner", "plain")

    def __init__(self, inner: Codec) -> None:
        self.inner = inner
        self.plain = inner.plain

    def encode(self, where: str, value: Any) -> Any:
        return None if value is None else self.inner.encode(where, value)

    def decode(self, value: Any) -> Any:
        return self.inner.decode(value)

    def dump(self, value: Any) -> Any:
        return self.inner.dump(value)


class Array(Codec):
    """A list, with bounds on its length if any."""

    __slots__ = ("item", "max_items", "min_items")

    def __init__(self, item: Codec, *, min_items: int = 0, max_items: int | None = None) -> None:
        self.item = item
        self.min_items = min_items
        self.max_items = max_items

    def encode(self, where: str, value: Any) -> list[Any]:
        if isinstance(value, set | frozenset):
            raise InvalidArgumentError(where, "a set has no order; pass a list or a tuple")
        if isinstance(value, str | bytes | bytearray) or not isinstance(value, Sequence):
            raise reject(where, "a list", value)
        items = cast("Sequence[Any]", value)
        if len(items) < self.min_items or (self.max_items is not None and len(items) > self.max_items):
            upper = "" if self.max_items is None else f" to {self.max_items}"
            wanted = "at least one entry" if self.min_items == 1 and not upper else f"{self.min_items}{upper} entries"
            raise InvalidArgumentError(where, f"needs {wanted}, got {len(items)}")
        return [self.item.encode(f"{where}[{index}]", item) for index, item in enumerate(items)]

    def decode(self, value: Any) -> Any:
        if not isinstance(value, list):
            return [] if value == {} else None
        items = cast("list[Any]", value)
        return items if self.item.plain else [self.item.decode(item) for item in items]

    def dump(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        items = cast("list[Any]", value)
        return [self.item.dump(item) for item in items]


class MapOf(Codec):
    """A JSON object used as a map."""

    __slots__ = ("item",)

    def __init__(self, item: Codec) -> None:
        self.item = item

    def encode(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise reject(where, "a mapping", value)
        entries = cast("Mapping[Any, Any]", value)
        result: dict[str, Any] = {}
        for key, item in entries.items():
            if not isinstance(key, str):
                raise InvalidArgumentError(where, f"keys must be strings, got {describe(key)}")
            result[key] = self.item.encode(f"{where}.{key}", item)
        return result

    def decode(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return {} if value == [] else None
        return {key: self.item.decode(item) for key, item in cast("dict[str, Any]", value).items()}

    def dump(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: self.item.dump(item) for key, item in cast("dict[str, Any]", value).items()}


class ModelOf(Codec):
    """A model, or a mapping in its place.

    A function names it, because models of one module may refer to each other.
    """

    __slots__ = ("get_class",)

    def __init__(self, get_class: Callable[[], type[Model]]) -> None:
        self.get_class = get_class

    def encode(self, where: str, value: Any) -> dict[str, Any]:
        return self.get_class().encode_argument(where, value)

    def decode(self, value: Any) -> Any:
        if value.__class__ is dict or value == []:
            return self.get_class()._read(value or {})  # pyright: ignore[reportPrivateUsage]
        return None

    def dump(self, value: Any) -> Any:
        return value.to_dict() if has_to_dict(value) else value


ANY: Final[Codec] = _Any()
STRING: Final[Codec] = String()
INTEGER: Final[Codec] = Integer()
NUMBER: Final[Codec] = Number()
BOOLEAN: Final[Codec] = _Boolean()
DATE_TIME: Final[Codec] = _DateTime()
DATE: Final[Codec] = _Date()
OBJECT: Final[Codec] = _Object()
INTEGER_BOOLEAN: Final[Codec] = _IntegerBoolean()
INTEGER_TEXT: Final[Codec] = IntegerText()
NAMED_VALUES: Final[Codec] = _NamedValues()
UUID_TEXT: Final[Codec] = _UUIDText()
