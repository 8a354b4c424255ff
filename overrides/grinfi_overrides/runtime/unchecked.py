"""What is sent although a closed set does not have it: a value of an enumeration, a field of a filter."""

from __future__ import annotations

from enum import Enum
from typing import Any

from .codec import check_text, reject

__all__ = ["Unchecked", "UncheckedNumber", "UncheckedText"]


class UncheckedText(str):
    """Text that no closed set refuses."""

    __slots__ = ()


class UncheckedNumber(int):
    """A number that no closed set refuses."""

    __slots__ = ()


def Unchecked(value: str | int, /) -> Any:  # noqa: N802 - a kind of value, as in `NewType`
    """A value that the SDK does not know, in the place of one of an enumeration; it is sent as it is.

    `await grinfi.webhooks.create(event=Unchecked("new_event"), ...)`; also in lists, mappings and models. For type
    checkers it is `Any`, which goes in the place of a `Literal`.

    Raises:
        InvalidArgumentError: It is neither text nor an integer.
    """
    given: object = value.value if isinstance(value, Enum) else value
    if isinstance(given, str):
        return UncheckedText(check_text("Unchecked", given))
    if isinstance(given, int) and not isinstance(given, bool):
        return UncheckedNumber(given)
    raise reject("Unchecked", "text or an integer", given)
