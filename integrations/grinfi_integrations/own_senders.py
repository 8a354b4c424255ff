"""Users' own transports and clients, of httpx or httpx2."""

from __future__ import annotations

from typing import Any

import httpx

from grinfi_overrides.answers import read_answer
from grinfi_overrides.errors import ConfigurationError
from grinfi_overrides.http_libraries import Client, Transport, classes_of_httpx2
from grinfi_overrides.transport import CALL, Stage

__all__ = ["sender_of"]


def sender_of(transport: Transport | None, client: Client | None) -> httpx.AsyncBaseTransport:
    """A transport that sends through the user's own transport or client.

    Raises:
        ConfigurationError: Both are given, or `http_client` is not a client.
    """
    if transport is not None and client is not None:
        raise ConfigurationError("Pass either transport or http_client, not both.")
    given: Any = client if transport is None else transport
    is_httpx2 = isinstance(given, classes_of_httpx2("AsyncClient", "AsyncBaseTransport"))
    if client is not None and not is_httpx2 and not isinstance(client, httpx.AsyncClient):
        kind = type(client).__name__
        raise ConfigurationError(f"http_client must be an httpx.AsyncClient or httpx2.AsyncClient, not {kind}.")
    if client is not None:
        given = _ClientTransport(given)
    if is_httpx2:
        from .httpx2_connections import Httpx2Transport

        given = Httpx2Transport(given)
    return _ReadingTransport(given)


class _ReadingTransport(Stage):
    """Sends through the user's transport, and reads the answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await read_answer(self._inner, request, request.extensions[CALL])


class _ClientTransport(httpx.AsyncBaseTransport):
    """Sends through the user's client, of httpx or httpx2. Its auth is not used: requests carry the API key."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def handle_async_request(self, request: Any) -> Any:
        if self._client.is_closed:
            raise ConfigurationError("The http_client that was passed to this client is closed; pass an open one.")
        for name, value in self._client.headers.items():
            request.headers.setdefault(name, value)
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)

    async def aclose(self) -> None:
        """Do nothing: the user closes the client."""
