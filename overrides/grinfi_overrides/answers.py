"""Reads answers in full, up to the largest size that is allowed."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

import httpx

from .runtime.operations import Operation
from .runtime.responses import PARSED, parse_json

if TYPE_CHECKING:
    from .transport import Call

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

ACCEPT_ENCODING: Final = "gzip"
"""The encoding that the standard library can decompress step by step, with a limit on the size."""
WITH_HEADER: Final = zlib.MAX_WBITS | 16
"""zlib's number for the gzip format."""


class UnreadableAnswer(httpx.RequestError):
    """A successful answer without the JSON it should have. It is treated as a lost answer."""

    def __init__(self, problem: str, status: int) -> None:
        super().__init__(problem)
        self.status = status


class TooLargeAnswer(UnreadableAnswer):
    """An answer larger than `max_answer_bytes`. It is not repeated: the next answer would be as large."""


async def read_answer(sender: httpx.AsyncBaseTransport, request: httpx.Request, call: Call) -> httpx.Response:
    """Send a request, and read the whole body of its answer, or write it to the file of the call."""
    response = await sender.handle_async_request(request)
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - asynchronous transports give these
    body = _Body(response, call.max_answer_bytes)
    try:
        if call.into is not None and response.is_success:
            await _save(response, stream, call, call.into)
        else:
            await _collect(stream, body)
    except NOT_SENT as error:
        # Some transports raise these for any broken connection. The headers of an answer have arrived, so it was sent.
        raise httpx.ReadError(str(error), request=request) from error
    finally:
        await stream.aclose()
    return httpx.Response(
        response.status_code,
        headers=body.headers,
        content=body.content(),
        request=request,
        extensions=response.extensions,
    )


async def _collect(stream: httpx.AsyncByteStream, body: _Body) -> None:
    parts = aiter(stream)
    try:
        async for part in parts:
            body.add(part)
    except UnreadableAnswer:
        # httpx nests generators, which would stay open if they were left here. On a closed connection they end.
        await stream.aclose()
        with suppress(httpx.TransportError, httpx.StreamError):
            async for _ in parts:
                pass
        raise


class _Body:
    """The body of an answer, decompressed while it arrives.

    The limit applies to the decompressed size, and is checked before memory is used: zlib is asked for at most one
    byte more than is left. So a small gzip file that expands to gigabytes fails at the limit.
    """

    def __init__(self, response: httpx.Response, limit: int) -> None:
        self._status = response.status_code
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._encoding = response.headers.get("content-encoding", "identity").strip().lower()
        self._decompress = zlib.decompressobj(WITH_HEADER)
        self.headers = response.headers.copy()
        if self._encoding != "identity":  # the response made from this one is no longer compressed
            del self.headers["content-encoding"]
            self.headers.pop("content-length", None)

    def add(self, part: bytes) -> None:
        if self._encoding == "identity" or not part:
            self._keep(part)
            return
        if self._encoding not in ("gzip", "x-gzip"):
            problem = f"the body is encoded as {self._encoding}, which was not asked for"
            raise UnreadableAnswer(problem, self._status)
        try:
            while part:
                if self._decompress.eof:  # another gzip member follows
                    self._decompress = zlib.decompressobj(WITH_HEADER)
                self._keep(self._decompress.decompress(part, self._limit + 1 - self._size))
                part = self._decompress.unconsumed_tail or self._decompress.unused_data
        except zlib.error as error:
            raise UnreadableAnswer(f"the body cannot be decompressed: {error}", self._status) from error

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            problem = f"the body is larger than max_answer_bytes ({self._limit:,}); raise it with with_options()"
            raise TooLargeAnswer(problem, self._status)
        self._parts.append(part)

    def content(self) -> bytes:
        if self._encoding != "identity" and self._parts and not self._decompress.eof:
            raise UnreadableAnswer("the body cannot be decompressed: it ends too early", self._status)
        return b"".join(self._parts)


async def _save(response: httpx.Response, stream: httpx.AsyncByteStream, call: Call, into: BinaryIO) -> None:
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnreadableAnswer(f"the body is encoded as {encoding}, which was not asked for", response.status_code)
    into.seek(0)
    into.truncate()
    with call.untimed():
        async for part in stream:
            into.write(part)  # goes into the system's cache, which is quicker than a thread


def check_readable(response: httpx.Response, operation: Operation) -> None:
    """Raise `UnreadableAnswer` if the description says JSON, and the body is something else."""
    if not operation.expects_json or response.status_code == 204:
        return
    try:
        response.extensions[PARSED] = parse_json(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type")
        what = f"is not JSON (content type: {kind})" if response.content.strip() else "is empty"
        raise UnreadableAnswer(f"the body {what}", response.status_code) from error
