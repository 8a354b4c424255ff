"""UNSET: an argument or attribute that was not given, as opposed to None, which is sent as null."""

from __future__ import annotations

from typing import Final, Literal, final

__all__ = ["UNSET", "Unset"]


@final
class Unset:
    """The type of `UNSET`. There is one instance; copies and pickles give it back."""

    __slots__ = ()

    _instance: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""Leave this argument out of the request."""
