"""What a resource needs of the client, and the base class of resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Unpack

from .unset import UNSET

if TYPE_CHECKING:
    import httpx

    from .operations import Operation
    from .requests import Query, RequestParts

__all__ = ["Client", "Resource"]


class Client(Protocol):
    """Sends requests; raises for every answer that is no success."""

    @property
    def shared(self) -> dict[type, Any]:
        """What resources keep from one call to the next, by the type of what is kept."""
        ...

    async def send(
        self,
        operation: Operation,
        path: str,
        **parts: Unpack[RequestParts],
    ) -> httpx.Response:
        """Send one request and return its answer, whose status is a success and whose body has been read."""
        ...

    async def call(
        self,
        route: str,
        path_arguments: Mapping[str, str] | None = None,
        *,
        query: Query = (),
        json: Any = UNSET,
        into: BinaryIO | None = None,
    ) -> httpx.Response:
        """Send the request of an operation that is known by its method and path."""
        ...


class Resource:
    """The operations of one part of the API."""

    def __init__(self, client: Client) -> None:
        self._client = client

    if not TYPE_CHECKING:  # checkers would take any name for a method

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from .wrong_names import no_method

            raise no_method(self, name, self._client.operations.values())
