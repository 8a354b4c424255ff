"""Codecs, which convert values between Python and JSON. Strict when sending, tolerant when reading.

`encode` raises for a value that the API would refuse. `decode` never raises: the server may send new values tomorrow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, cast, get_args
from uuid import UUID

from ..errors import InvalidArgumentError
from .unset import UNSET

if TYPE_CHECKING:
    from .models import Model

from .codec import Codec, UncheckedNumber, UncheckedText, check_text, describe, has_to_dict, reject
from .times import DATE_TIME


def json_value(where: str, value: Any) -> Any:
    """Any value as JSON; times, UUIDs, enumerations, decimals and models are written in the form of the API."""
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
        return json_object(where, cast("object", value))
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
    raise InvalidArgumentError(where, f"expected a value that JSON can hold, got {describe(value)}")


def to_json(value: object) -> Any:
    """A model, filter, time, UUID, enumeration or decimal as JSON: `json.dumps(value, default=to_json)`.

    Raises:
        TypeError: It is a value of another type.
    """
    try:
        return json_value("value", value)
    except InvalidArgumentError as error:
        raise TypeError(error.problem) from None


def json_object(where: str, value: object) -> dict[str, Any]:
    """A mapping as JSON, without entries that are UNSET."""
    entries = _entries(where, value)
    return {check_text(where, key): json_value(f"{where}.{key}", item) for key, item in entries if item is not UNSET}


def _entries(where: str, value: object) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        raise reject(where, "a mapping", value)
    for key, item in cast("Mapping[object, Any]", value).items():
        if not isinstance(key, str):
            raise InvalidArgumentError(where, f"keys must be strings, got {describe(key)}")
        yield key, item


class _Any(Codec):
    __slots__ = ()
    plain = True

    def encode(self, where: str, value: Any) -> Any:
        if value is UNSET:
            raise reject(where, "a value", value)
        return json_value(where, value)


class String(Codec):
    """A string; its length and pattern can be limited."""

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
    """A number; it can be limited."""

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
    """An integer; it can be limited."""

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


class _IntegerBoolean(Codec):
    """A boolean that the API takes as 1 or 0."""

    __slots__ = ()

    def encode(self, where: str, value: Any) -> int:
        if not isinstance(value, int) or value not in (0, 1):
            raise reject(where, "True or False", value)
        return int(value)


class IntegerText(Codec):
    """An integer that the API takes as text."""

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
        return json_object(where, {str(key): item for key, item in entries.items()})


class _Object(Codec):
    """A JSON object that the description does not describe further. The server sometimes writes an empty one as `[]`.

    PHP has one type for lists and maps, and writes an empty one as a list. `Array` and `MapOf` know this, too.
    """

    __slots__ = ()

    def encode(self, where: str, value: Any) -> dict[str, Any] | list[Any]:
        if has_to_dict(value):
            value = value.to_dict()
        return [] if value == [] else json_object(where, value)

    def decode(self, value: Any) -> Any:
        if isinstance(value, dict):
            return cast("Any", value)
        return {} if value == [] else None


class Choice(Codec):
    """One of the values of a `Literal` type. Any other value can be read: enumerations grow without notice."""

    __slots__ = ("options",)
    plain = True

    def __init__(self, literal: Any) -> None:
        self.options: tuple[str | int, ...] = get_args(literal)

    def encode(self, where: str, value: Any) -> str | int:
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, UncheckedText | UncheckedNumber):
            return str(value) if isinstance(value, str) else int(value)
        for option in self.options:
            if value == option and not isinstance(value, bool):
                return option
        known = ", ".join(repr(option) for option in self.options)
        if value is UNSET or value is None:
            raise reject(where, f"one of {known}", value)
        way_out = f"; to send it anyway, pass Unchecked({value!r})" if isinstance(value, str) else ""
        raise InvalidArgumentError(where, f"{describe(value)} is not one of {known}{way_out}")


class Nullable(Codec):
    """A value of `inner`, or None, which is sent as null."""

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
    """A list; its length can be limited."""

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
        return {key: self.item.encode(f"{where}.{key}", item) for key, item in _entries(where, value)}

    def decode(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return {} if value == [] else None
        return {key: self.item.decode(item) for key, item in cast("dict[str, Any]", value).items()}

    def dump(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: self.item.dump(item) for key, item in cast("dict[str, Any]", value).items()}


class ModelOf(Codec):
    """A model, or a mapping instead of it.

    The class is given by a function, because models of one module may refer to each other.
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
OBJECT: Final[Codec] = _Object()
INTEGER_BOOLEAN: Final[Codec] = _IntegerBoolean()
INTEGER_TEXT: Final[Codec] = IntegerText()
NAMED_VALUES: Final[Codec] = _NamedValues()
UUID_TEXT: Final[Codec] = _UUIDText()
