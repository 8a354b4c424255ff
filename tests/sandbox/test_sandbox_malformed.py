"""Requests that are malformed or too large get a 4xx, and harm nothing."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from grinfi_sandbox import Sandbox
from grinfi_sandbox.delivery import BODY_LIMIT
from tests.sandbox.embedded import client

TAGS = "/leads/api/tags"
JSON = {"content-type": "application/json"}
CONTROLS = tuple(f"/_sandbox/{name}" for name in ("faults", "advance", "reply", "reset", "snapshots", "snapshots/1"))
KEY = b"Authorization: Bearer sandbox-key\r\n"
MALFORMED = (
    b"\x00",
    b"\xff\xfe",
    b'{"name": "\xff"}',
    b'{"name": "\\ud800"}',
    b'{"name": NaN}',
    b'{"name": 1e999}',
    b"[" * 100_000,
    b'{"name":' * 900 + b"1" + b"}" * 900,
    b"9" * 5000,
    b'{"name": "a"',
    b"null",
    b'"text"',
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(behaviour="published") as running:
        yield running


@pytest.fixture(autouse=True)
def unharmed(sandbox: Sandbox) -> Iterator[None]:
    yield
    tags = httpx.get(f"{sandbox.url}{TAGS}", headers={"authorization": f"Bearer {sandbox.key}"})
    assert (tags.status_code, tags.json()) == (200, {"data": []})


@pytest.mark.anyio
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_a_413(sandbox: Sandbox, announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 2**20 + 1):
            yield b" " * 2**20

    content = b" " * (BODY_LIMIT + 1) if announced else chunks()
    async with client(sandbox) as api:
        for path in (TAGS, "/flows/api/attachments", *CONTROLS):
            answer = await api.post(path, content=content if announced else chunks(), headers=JSON)
            assert answer.status_code == 413
            assert answer.json()["error"]["reason"] == "payload_too_large"


@pytest.mark.parametrize("behaviour", ["published", "observed"])
@pytest.mark.anyio
async def test_bodies(behaviour: Any) -> None:
    async with Sandbox(sockets=False, behaviour=behaviour) as local, client(local) as api:
        for path in (TAGS, "/leads/api/leads/upsert", "/_sandbox/faults"):
            for content in MALFORMED:
                answer = await api.post(path, content=content, headers=JSON)
                assert 400 <= answer.status_code < 500, (path, content[:20], answer.text)
                assert answer.json()["code"] == answer.status_code
        assert (await api.get(TAGS)).json() == {"data": []}


@pytest.mark.parametrize("behaviour", ["published", "observed"])
@pytest.mark.parametrize("value", [b"1e999", b"NaN", b'"\\ud800"'])
@pytest.mark.anyio
async def test_values_that_cannot_be_written_again(behaviour: Any, value: bytes) -> None:
    webhook = b'{"name":"A","event":"contact_created","target_url":"http://127.0.0.1","filters":{"a":%s}}' % value
    async with Sandbox(sockets=False, behaviour=behaviour) as local, client(local) as api:
        path = "/integrations/api/webhooks"
        assert (await api.post(path, content=webhook, headers=JSON)).status_code == 400
        assert (await api.get(path)).json()["total"] == 0
        found = await api.get("/leads/api/activities", params={"filter": f'{{"type":{value.decode()}}}'})
        assert found.status_code == 422


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/one\r\n\r\n",
        b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sContent-Length: -5\r\n\r\n" % (TAGS.encode(), KEY),
        b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sContent-Length: ten\r\n\r\n" % (TAGS.encode(), KEY),
        b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sTransfer-Encoding: chunked\r\n\r\nzz\r\n" % (TAGS.encode(), KEY),
        b"GET /%%zz%%00%%ff HTTP/1.1\r\nHost: [::1]\r\n%sConnection: close\r\n\r\n" % KEY,
        b"GET %s?%%ff=%%00&[[]]&&=%%zz HTTP/1.1\r\nHost: [::1]\r\n%sConnection: close\r\n\r\n" % (TAGS.encode(), KEY),
        b"GET %s HTTP/1.1\r\nHost: [::1]\r\nAuthorization: \xff\xfe\r\nConnection: close\r\n\r\n" % TAGS.encode(),
        b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 4\r\n"
        b"Connection: close\r\n\r\n--bx" % (b"/flows/api/attachments", KEY),
        b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sContent-Type: multipart/form-data\r\nContent-Length: 4\r\n"
        b"Connection: close\r\n\r\n--bx" % (b"/flows/api/attachments", KEY),
        b"GET /%s HTTP/1.1\r\nHost: [::1]\r\n\r\n" % (b"a" * 100_000),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_raw_requests(sandbox: Sandbox, request_bytes: bytes) -> None:
    url = httpx.URL(sandbox.url)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 4"), answer


def test_a_client_that_disconnects_within_its_body(sandbox: Sandbox) -> None:
    url = httpx.URL(sandbox.url)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
        connection.sendall(b"POST %s HTTP/1.1\r\nHost: [::1]\r\n%sContent-Length: 99\r\n\r\n{" % (TAGS.encode(), KEY))
