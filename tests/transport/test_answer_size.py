"""Answers are read as far as `max_answer_bytes` allows, counted after decompression."""

from __future__ import annotations

import gzip
import tracemalloc

import httpx
import pytest

from grinfi_async import ConfigurationError, DecodeError, Grinfi, RetryPolicy

from .servers import client, serve

pytestmark = pytest.mark.anyio
MEBIBYTE = 2**20


def compressed(body: bytes) -> bytes:
    packed = gzip.compress(body)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    return head.encode() + packed


def answering(headers: dict[str, str], body: bytes) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, stream=httpx.ByteStream(body)))


@pytest.mark.parametrize("packed", [True, False])
async def test_an_answer_beyond_the_bound_is_an_error_and_not_requested_again(packed: bool) -> None:
    body = b'"' + b"x" * 20 * MEBIBYTE + b'"'
    answer = compressed(body) if packed else b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    del body
    async with serve(lambda: answer) as server, client(server, retry=RetryPolicy(first_delay=0.001)) as grinfi:
        tracemalloc.start()
        with pytest.raises(DecodeError, match="max_answer_bytes") as caught:
            await grinfi.with_options(max_answer_bytes=MEBIBYTE).lists.list()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert not packed or peak < 8 * MEBIBYTE
        assert caught.value.attempts == 1
        assert server.requests == 1


async def test_the_bound_itself_is_allowed() -> None:
    text = "x" * (MEBIBYTE - 2)
    async with serve(lambda: compressed(f'"{text}"'.encode())) as server:
        async with client(server, max_answer_bytes=MEBIBYTE) as grinfi:
            assert await grinfi.request("GET", "/") == text
        async with client(server, max_answer_bytes=MEBIBYTE - 1) as grinfi:
            with pytest.raises(DecodeError, match="1,048,575"):
                await grinfi.request("GET", "/")


async def test_an_answer_of_several_gzip_members_is_read() -> None:
    packed = gzip.compress(b'["a",') + gzip.compress(b'"b"]')
    headers = {"content-encoding": "gzip"}
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed))
    )
    async with Grinfi("key", transport=transport) as grinfi:
        assert await grinfi.request("GET", "/") == ["a", "b"]


@pytest.mark.parametrize(
    ("encoding", "body", "problem"),
    [
        ("gzip", gzip.compress(b"null")[:-4], "ends too early"),
        ("gzip", b"plain", "cannot be decompressed"),
        ("br", b"null", "not asked for"),
    ],
    ids=["cut off", "not packed", "another encoding"],  # gzip's bytes hold the time
)
async def test_an_answer_that_is_packed_wrongly_is_a_decode_error(encoding: str, body: bytes, problem: str) -> None:
    headers = {"content-encoding": encoding}
    transport = answering(headers, body)
    async with Grinfi("key", transport=transport, retry=RetryPolicy(first_delay=0.001)) as grinfi:
        with pytest.raises(DecodeError, match=problem):
            await grinfi.lists.list()


@pytest.mark.parametrize("size", [0, -1, True, 1.5])
def test_an_unusable_bound_is_refused(size: int) -> None:
    with pytest.raises(ConfigurationError, match="max_answer_bytes"):
        Grinfi("key", max_answer_bytes=size)
