"""The base class of codecs, the errors for values that they refuse, and the types of filters and rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, Protocol, TypeGuard, runtime_checkable

from ..errors import InvalidArgumentError
from .unset import UNSET


@runtime_checkable
class SupportsToDict(Protocol):
    """Anything that can turn itself into a JSON object: a model, a filter expression."""

    def to_dict(self) -> Mapping[str, Any]: ...


class InPython:
    """Annotates types without JSON: pydantic takes instances of these classes; JSON schemas leave them out."""

    def __init__(self, *kinds: type) -> None:
        self.kinds = kinds

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import PydanticOmit, core_schema

        def left_out(*_: object) -> Any:
            raise PydanticOmit

        return core_schema.is_instance_schema(self.kinds, metadata={"pydantic_js_functions": [left_out]})


Row = Annotated[Mapping[str, Any], InPython()]  # pydantic has the models, which take mappings
"""A row as a mapping, instead of a model; it is checked before it is sent."""
Filter = Mapping[str, Any] | Annotated[SupportsToDict, InPython(SupportsToDict)]
"""A filter: field -> value (equals), list (in), `{operator: value}`, `"is_null"` or `"is_not_null"`."""
QueryStyle = Literal["form", "brackets", "json"]
"""How an argument is written into the query; see `query_pairs`."""


def has_to_dict(value: object) -> TypeGuard[SupportsToDict]:
    """Whether an object can turn itself into a JSON object. A class cannot, although it has the method."""
    return callable(getattr(type(value), "to_dict", None))  # 20 times as fast as isinstance with a protocol


def describe(value: object) -> str:
    """A short description of a rejected value, for messages. Long values are not shown: they may contain secrets."""
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


class UncheckedText(str):
    """Text that is not checked against an enumeration."""


class UncheckedNumber(int):
    """A number that is not checked against an enumeration."""


def Unchecked(value: str | int, /) -> Any:  # noqa: N802 - a kind of value, as in `NewType`
    """A value of an enumeration that the SDK does not know; it is sent as it is.

    `await grinfi.webhooks.create(event=Unchecked("new_event"), ...)`; also in lists, mappings and models. For type
    checkers it is `Any`, which they accept where a `Literal` is expected.

    Raises:
        InvalidArgumentError: The value is neither text nor an integer.
    """
    given: object = value.value if isinstance(value, Enum) else value
    if isinstance(given, str):
        return UncheckedText(check_text("Unchecked", given))
    if isinstance(given, int) and not isinstance(given, bool):
        return UncheckedNumber(given)
    raise reject("Unchecked", "text or an integer", given)


class Codec:
    """Converts one value between Python and JSON. A codec has no state, so one instance serves every call."""

    __slots__ = ()

    plain: bool = False
    """Whether `decode` and `dump` return every value unchanged, so that callers can skip them."""

    def encode(self, where: str, value: Any) -> Any:
        """The JSON value to send.

        Raises:
            InvalidArgumentError: The API does not take this value; the error names it by `where`.
        """
        raise NotImplementedError

    def decode(self, value: Any) -> Any:
        """The Python value of JSON that was read; None if it cannot be understood. Never raises."""
        return value

    def dump(self, value: Any) -> Any:
        """The JSON value of a result of `decode`."""
        return value


def check_text(where: str, text: str) -> str:
    """Return the text if it can be written as UTF-8."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(
                where, f"cannot be sent: it has a lone surrogate (half a character) at {error.start}; remove it"
            ) from None
    return text
