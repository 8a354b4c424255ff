"""Objects of httpx2 where objects of httpx are accepted."""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import httpx2
import pytest

from grinfi_async import APIConnectionError, APITimeoutError, ConfigurationError, Grinfi, RetryPolicy

from .servers import certificates, client, serve

pytestmark = pytest.mark.anyio

CONTACT = {"uuid": "c-1", "name": "Ada"}


def in_memory(answer: Any, **options: Any) -> Grinfi:
    settings: dict[str, Any] = {"retry": RetryPolicy(max_attempts=1), "rate_limiter": None, **options}
    return Grinfi("key", base_url="http://api.test/below", transport=httpx2.MockTransport(answer), **settings)


async def test_a_transport_gets_requests_of_its_own_library() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=CONTACT, headers=[("x-request-id", "r-1"), ("set-cookie", "a=1")])

    grinfi = in_memory(answer)
    raw = await grinfi.contacts.with_raw_response.get("a/b ü")
    assert (raw.parsed.name, raw.request_id, raw.status_code) == ("Ada", "r-1", 200)
    await grinfi.contacts.update("c-1", position="CTO")
    await grinfi.request("GET", "/x", params={"filter": {"status": "a&b[]"}})
    await grinfi.attachments.upload(attachment=b"bytes")
    plain, written, listed, form = seen
    assert plain.url.raw_path == b"/below/leads/api/leads/a%2Fb%20%C3%BC"
    assert plain.headers["authorization"] == "Bearer key"
    assert (written.method, written.content) == ("PUT", b'{"position":"CTO"}')
    assert listed.url.raw_path == b"/below/x?filter%5Bstatus%5D=a%26b%5B%5D"
    assert b"bytes" in form.content
    assert form.headers["content-type"].startswith("multipart/form-data")


@pytest.mark.parametrize("kind", ["ConnectError", "ReadError", "ReadTimeout", "RemoteProtocolError"])
async def test_errors_of_a_transport_are_those_of_the_client(kind: str) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise getattr(httpx2, kind)("it broke")

    with pytest.raises(APIConnectionError, match=f"{kind}: it broke") as caught:
        await in_memory(fail).tags.create(name="x")
    assert caught.value.may_have_been_applied is (kind != "ConnectError")
    assert isinstance(caught.value, APITimeoutError) is (kind == "ReadTimeout")


async def test_an_error_of_a_custom_class_too() -> None:
    class Lost(httpx2.ReadError):
        pass

    def fail(request: httpx2.Request) -> httpx2.Response:
        raise Lost("gone")

    with pytest.raises(APIConnectionError, match="ReadError: gone"):
        await in_memory(fail).tags.create(name="x")


async def test_a_body_that_breaks_off_is_a_lost_answer() -> None:
    class Broken(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            raise httpx2.ReadError("in the middle")

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Broken())

    with pytest.raises(APIConnectionError, match="ReadError: in the middle") as caught:
        await in_memory(answer).tags.create(name="x")
    assert caught.value.may_have_been_applied is True


async def test_a_client_is_used_and_left_open() -> None:
    seen: list[httpx2.Request] = []

    async def hook(request: httpx2.Request) -> None:
        seen.append(request)

    settings: dict[str, Any] = {"headers": {"x-mine": "1"}, "auth": ("user", "password")}
    async with serve() as server:
        async with httpx2.AsyncClient(event_hooks={"request": [hook]}, **settings) as own:
            async with client(server, http_client=own) as grinfi:
                assert await grinfi.request("GET", "/") is None
            assert (seen[0].headers["authorization"], seen[0].headers["x-mine"]) == ("Bearer key", "1")
            assert not own.is_closed
        async with client(server, http_client=own) as grinfi:
            with pytest.raises(ConfigurationError, match="http_client"):
                await grinfi.request("GET", "/")


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
async def test_options_work_with_every_http_library(library: str) -> None:
    options: dict[str, Any] = {
        "http_library": library,
        "timeout": httpx2.Timeout(2, connect=1),
        "limits": httpx2.Limits(max_connections=3, keepalive_expiry=2),
        "verify": httpx2.create_ssl_context(verify=certificates()[1]),
    }
    async with serve(tls=True) as server, client(server, **options) as grinfi:
        assert await grinfi.request("GET", "/") is None
        assert grinfi.with_options(timeout=httpx2.Timeout(3)) is not grinfi
    async with serve() as server:
        options["proxy"] = httpx2.Proxy(server.url, auth=("user", "password"))
        async with Grinfi("key", base_url="http://api.test", rate_limiter=None, **options) as grinfi:
            assert await grinfi.request("GET", "/") is None
        assert server.requests == 1


async def test_a_timeout_of_httpx2_holds() -> None:
    async with serve(latency=1) as server, client(server, timeout=httpx2.Timeout(0.02)) as grinfi:
        with pytest.raises(APITimeoutError):
            await grinfi.request("GET", "/")


def test_a_client_that_is_not_asynchronous_is_refused() -> None:
    for wrong in (httpx.Client(verify=ssl.create_default_context()), httpx2.Client(), 3):
        given: Any = wrong
        with pytest.raises(ConfigurationError, match=r"http_client must be an httpx.AsyncClient or httpx2.AsyncClient"):
            Grinfi("key", http_client=given)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ConfigurationError, match=r"http_library='httpx2' needs .*pip install 'grinfi-async\[httpx2\]'"):
        Grinfi("key", http_library="httpx2")
