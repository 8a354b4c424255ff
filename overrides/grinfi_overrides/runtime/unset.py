"""UNSET: an argument or attribute that was not given, as opposed to None, which is sent as null."""

from __future__ import annotations

from typing import Any, Final, Literal, final


@final
class Unset:
    """The type of `UNSET`. There is one instance; copying and unpickling return it."""

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

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from grinfi_integrations.pydantic_schemas import unset_schema

        return unset_schema()


UNSET: Final = Unset()
"""Leave this argument out of the request."""
