"""The base class of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient


class Resource:
    """The operations of one part of the API."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    if not TYPE_CHECKING:  # checkers would take any name for a method

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from .wrong_names import no_method

            raise no_method(self, name, self._client.operations.values())
