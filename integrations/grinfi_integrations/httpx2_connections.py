"""Connections, transports and clients of httpx2. Needs the extra `grinfi-async[httpx2]`.

Its classes are those of httpx under the same names: requests, answers and errors are translated here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx
import httpx2

from grinfi_overrides.connections import HttpxConnection

__all__ = ["Httpx2Connection", "Httpx2Transport"]


class Httpx2Transport(httpx.AsyncBaseTransport):
    """Sends through a transport or client of httpx2."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - requests of asynchronous clients have these
        translated = httpx2.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            stream=_RequestBody(stream),
            extensions=request.extensions,
        )
        with _errors_of_httpx():
            response: httpx2.Response = await self._inner.handle_async_request(translated)
        return httpx.Response(
            response.status_code,
            headers=response.headers.raw,
            stream=_AnswerBody(response.stream),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        with _errors_of_httpx():
            await self._inner.aclose()


class Httpx2Connection(HttpxConnection):
    """Like a connection of httpx: httpcore2 has the same parts as httpcore, and loses track of sockets, too."""

    library: ClassVar[Any] = httpx2

    def _sender(self, inner: Any) -> httpx.AsyncBaseTransport:
        return Httpx2Transport(inner)


class _RequestBody(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)


class _AnswerBody(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx():
            async for part in self._inner:
                yield part

    async def aclose(self) -> None:
        with _errors_of_httpx():
            await self._inner.aclose()


@contextmanager
def _errors_of_httpx() -> Generator[None]:
    try:
        yield
    except httpx2.RequestError as error:
        kinds = (getattr(httpx, each.__name__, None) for each in type(error).__mro__)
        raise next(filter(None, kinds))(str(error)) from error
    except httpx2.HTTPError as error:
        raise httpx.HTTPError(str(error)) from error
    except httpx2.StreamError as error:
        raise httpx.StreamError(str(error)) from error
