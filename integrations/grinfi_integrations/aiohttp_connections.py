"""Connections made by aiohttp, through httpx-aiohttp. Needs the extra `grinfi-async[aiohttp]`."""

from __future__ import annotations

import ssl

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from grinfi_overrides.connections import Connection

__all__ = ["AiohttpConnection"]


class AiohttpConnection(Connection):
    """A connection made by aiohttp. Its errors show correctly whether a request was sent.

    It is always clean: aiohttp closes a connection that has received too many bytes.
    """

    def __init__(self, *, context: ssl.SSLContext, keepalive: float | None, proxy: httpx.Proxy | None) -> None:
        self._context = context
        self._keepalive = keepalive
        self._session: aiohttp.ClientSession | None = None
        self._inner = AiohttpTransport(verify=context, client=self._open, proxy=proxy)

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=1, keepalive_timeout=self._keepalive, ssl=self._context)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # By default, aiohttp repeats a PUT or DELETE when a reused connection breaks. Mass actions are PUTs, and must
        # not be repeated. There is no public option; aiohttp's own tests turn it off in the same way.
        self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return self._session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except httpx.TransportError as error:
            raise _corrected(error) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error

    def __del__(self) -> None:
        # A client that was never closed: aiohttp would log "Unclosed client session" and "Unclosed connector".
        if self._session is not None and not self._session.closed:
            connector = self._session.connector
            self._session.detach()
            if connector is not None:
                connector._close()  # pyright: ignore[reportPrivateUsage]

    async def aclose(self) -> None:
        """Close the connection; aiohttp closes its socket before the first wait."""
        if self._session is not None:
            await self._session.close()


def _corrected(error: httpx.TransportError) -> httpx.TransportError:
    """The right error for a broken connection: httpx-aiohttp raises ConnectTimeout, as if the request was not sent."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout(str(cause))
    if isinstance(cause, aiohttp.ClientConnectorError):
        return httpx.ConnectError(str(cause))
    if isinstance(cause, aiohttp.ServerTimeoutError):
        return httpx.ReadTimeout(str(cause))
    if isinstance(cause, aiohttp.ClientConnectionError):
        return httpx.ReadError(str(cause) or type(cause).__name__)
    return error
