"""Raw responses, next to the results that are read from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast

import httpx
from attrs import define, field

from grinfi_overrides.errors import request_id
from grinfi_overrides.runtime.responses import OWN_RESPONSE

if TYPE_CHECKING:
    from grinfi_overrides.client import BaseClient

    from .resource import Resource

P = ParamSpec("P")
T = TypeVar("T")


@define(frozen=True)
class RawResponse(Generic[T]):
    """A raw response of the API, and the result of the method.

    Attributes:
        parsed: The result of the method; for a list, its first page.
        http_response: The response to the method's own request, read in full. If the method sends only other requests,
            the last of their responses.
    """

    parsed: T
    http_response: httpx.Response = field(repr=False)

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.http_response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the response; names are case-insensitive."""
        return self.http_response.headers

    @property
    def request_id(self) -> str | None:
        """The server's id of the request; None if it sent none."""
        return request_id(self.headers)


class RawMethods:
    """The methods of a resource, each of which returns a `RawResponse`."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource


class RawMethod(Generic[P, T]):
    """A method of a resource that returns a `RawResponse`, with the same arguments and errors."""

    def __init__(self, method: Callable[Concatenate[Any, P], Awaitable[T]]) -> None:
        self._method = method

    def __get__(self, methods: RawMethods, owner: object) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
        resource: Any = methods._resource  # pyright: ignore[reportPrivateUsage]
        method = self._method

        @wraps(method.__get__(resource))
        async def call(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            recorder = _Recorder(resource._client)
            parsed = await method(type(resource)(recorder), *args, **kwargs)
            return RawResponse(parsed, recorder.response)

        return call


class _Recorder:
    """Replaces the client during one call, and keeps the response."""

    response: httpx.Response

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def send(self, *args: Any, **options: Any) -> httpx.Response:
        response = await self._client.send(*args, **options)
        self.response = cast("httpx.Response", response.extensions.get(OWN_RESPONSE, response))
        return response
