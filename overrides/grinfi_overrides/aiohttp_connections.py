"""Connections made by aiohttp, through httpx-aiohttp. Needs the extra `grinfi-async[aiohttp]`."""

from __future__ import annotations

import ssl

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

__all__ = ["AiohttpConnections"]


class AiohttpConnections(httpx.AsyncBaseTransport):
    """aiohttp's pool, whose failures tell truly whether a request was sent."""

    def __init__(self, *, context: ssl.SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None) -> None:
        self._context = context
        self._limits = limits
        self._inner = AiohttpTransport(client=self._session, proxy=proxy)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._limits.max_connections or 0, keepalive_timeout=self._limits.keepalive_expiry, ssl=self._context
        )
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # aiohttp sends a PUT or DELETE again by itself when a kept connection breaks, and mass actions are PUTs. Its
        # own tests turn that off the same way.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except httpx.TransportError as error:
            raise _truthful(error) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error

    async def aclose(self) -> None:
        await self._inner.aclose()


def _truthful(error: httpx.TransportError) -> httpx.TransportError:
    """httpx-aiohttp calls every broken connection a ConnectTimeout, as if the request had not been sent."""
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
