"""The HTTP libraries that can make connections. Objects of httpx2, passed instead of httpx's, are found by class."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, Final, Literal, Protocol, cast, get_args

import httpx

from .checks import check_seconds
from .connections import Connection, HttpxConnection
from .errors import ConfigurationError

HTTPLibrary = Literal["httpx", "httpx2", "aiohttp"]
NEEDED: Final = {"httpx": "httpx", "httpx2": "httpx2", "aiohttp": "httpx_aiohttp"}
"""Library -> the package that makes its connections."""


class Timeout(Protocol):
    """An `httpx.Timeout` or `httpx2.Timeout`."""

    def as_dict(self) -> dict[str, float | None]: ...


class Limits(Protocol):
    """An `httpx.Limits` or `httpx2.Limits`."""

    max_connections: int | None
    keepalive_expiry: float | None


class Proxy(Protocol):
    """An `httpx.Proxy` or `httpx2.Proxy`."""

    url: Any
    auth: tuple[str, str] | None
    headers: Any
    ssl_context: ssl.SSLContext | None


class Transport(Protocol):
    """An `httpx.AsyncBaseTransport` or `httpx2.AsyncBaseTransport`."""

    async def handle_async_request(self, request: Any) -> Any: ...
    async def aclose(self) -> None: ...


class Client(Protocol):
    """An `httpx.AsyncClient` or `httpx2.AsyncClient`."""

    @property
    def is_closed(self) -> bool: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    async def send(self, request: Any, *, stream: bool, auth: Any, follow_redirects: bool) -> Any: ...


def connector(library: str, context: ssl.SSLContext, keepalive: float | None, proxy: Any) -> Callable[[], Connection]:
    """A function that makes a connection of this library."""
    if library not in NEEDED:
        *others, last = map(repr, get_args(HTTPLibrary))
        raise ConfigurationError(f"http_library must be {', '.join(others)} or {last}, not {library!r}.")
    if find_spec(NEEDED[library]) is None:
        raise ConfigurationError(f"http_library={library!r} needs the extra: pip install 'grinfi-async[{library}]'.")

    def connect() -> Connection:
        if library == "aiohttp":
            from grinfi_integrations.aiohttp_connections import AiohttpConnection

            return AiohttpConnection(context=context, keepalive=keepalive, proxy=proxy)
        if library == "httpx2":
            from grinfi_integrations.httpx2_connections import Httpx2Connection

            return Httpx2Connection(context=context, keepalive=keepalive, proxy=proxy)
        return HttpxConnection(context=context, keepalive=keepalive, proxy=proxy)

    return connect


def own_sender(transport: Transport | None, client: Client | None) -> httpx.AsyncBaseTransport | None:
    """A transport that sends through the user's own transport or client; None if neither is given."""
    if transport is None and client is None:
        return None
    from grinfi_integrations.own_senders import sender_of

    return sender_of(transport, client)


def read_timeout(given: object) -> httpx.Timeout:
    """The timeouts given as a number, or as an object of either library."""
    if isinstance(given, httpx.Timeout):
        return given
    if isinstance(given, classes_of_httpx2("Timeout")):
        return httpx.Timeout(**cast("Timeout", given).as_dict())
    seconds = check_seconds("timeout", given, also=", or an httpx.Timeout")
    return httpx.Timeout(seconds, connect=min(seconds, 10.0))


def classes_of_httpx2(*names: str) -> tuple[type[Any], ...]:
    """These classes of httpx2; none if the program has not imported it."""
    library = sys.modules.get("httpx2")
    return () if library is None else tuple(getattr(library, name) for name in names)
