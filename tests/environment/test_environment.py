"""What a client reads from the environment, and its messages when that fails."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import anyio
import certifi
import httpx
import pytest

from grinfi_async import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    Grinfi,
    GrinfiError,
    NotFoundError,
    RetryPolicy,
)
from grinfi_bulk.cli import main
from tests.environment.servers import ANSWER, CERTIFICATE, Proxy, answering, over_tls, serving

pytestmark = [
    pytest.mark.anyio,
    # httpx-aiohttp passes the password of a proxy as aiohttp 3.14 no longer wants it.
    pytest.mark.filterwarnings(
        "ignore:BasicAuth is deprecated:DeprecationWarning", "ignore:The 'proxy_auth' parameter:DeprecationWarning"
    ),
]
SECRET = "a-very-secret-key"
PASSWORD = "a-secret-password"
ONCE = RetryPolicy(max_attempts=1)
KEYS = "https://leadgen.grinfi.io/settings/api-keys"
Library = Literal["httpx", "httpx2", "aiohttp"]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(("SSL_CERT_", "GRINFI_")):
            monkeypatch.delenv(name)


with_every_library = pytest.mark.parametrize(
    ("anyio_backend", "library"),
    [("asyncio", "httpx"), ("trio", "httpx"), ("asyncio", "httpx2"), ("trio", "httpx2"), ("asyncio", "aiohttp")],
)


def client(url: str | None = None, key: str | None = SECRET, **options: Any) -> Grinfi:
    options = {"retry": ONCE, "rate_limiter": None, **options}
    return Grinfi(key, base_url=url, **options)


async def ask(grinfi: Grinfi) -> Any:
    async with grinfi:
        return (await grinfi.user.current()).id


async def failure(grinfi: Grinfi) -> str:
    """The error of a request without an answer."""
    with pytest.raises(APIConnectionError) as error:
        await ask(grinfi)
    assert SECRET not in str(error.value)
    return str(error.value)


# -- proxies -----------------------------------------------------------------------------------------------------------


@with_every_library
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("value", ["127.0.0.1:{}", "http://127.0.0.1:{}", " user:pass%20word@127.0.0.1:{}/ "])
async def test_a_proxy_is_written_with_a_scheme_or_without(
    variable: str, value: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy()
    with serving(proxy) as port:
        monkeypatch.setenv(variable, value.format(port))
        assert await ask(client("http://api.test/below", http_library=library)) == 7
    assert proxy.heads[0].startswith("GET http://api.test/below/id/api/users/current HTTP/1.1\r\n")
    assert ("\r\nproxy-authorization: basic dxnlcjpwyxnzihdvcmq=" in proxy.heads[0].lower()) == ("user" in value)


@with_every_library
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
async def test_a_proxy_makes_tunnels_for_tls(variable: str, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy()
    monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
    with serving(proxy) as port:
        monkeypatch.setenv(variable, f"127.0.0.1:{port}")
        assert await ask(client("https://api.test", http_library=library)) == 7
    assert proxy.heads[0].startswith("CONNECT api.test:443 HTTP/1.1\r\n")


async def test_the_proxy_of_another_scheme_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:1")
    with serving(answering(ANSWER)) as port:
        assert await ask(client(f"http://127.0.0.1:{port}")) == 7


async def test_the_argument_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    with serving(Proxy()) as port:
        assert await ask(client("http://api.test", proxy=f"127.0.0.1:{port}")) == 7


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("value", ["*", "a.test, 127.0.0.1", "127.0.0.1:{}", "127.0.0.0/8", "0.0.1"])
async def test_some_hosts_bypass_the_proxy(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "127.0.0.1:1")
    with serving(answering(ANSWER)) as port:
        monkeypatch.setenv(variable, value.format(port))
        assert await ask(client(f"http://127.0.0.1:{port}")) == 7


@pytest.mark.parametrize("value", ["", "127.0.0.2", "10.0.0.0/8", "127.0.0.1:1", "api.test"])
async def test_other_hosts_use_the_proxy(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", value)
    with serving(Proxy()) as port:
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{port}")
        assert await ask(client("http://127.0.0.1:9")) == 7


@pytest.mark.parametrize("value", ["ftp://127.0.0.1", "http://", f"http://user:{PASSWORD}@[::1", f"u:{PASSWORD}@h:x"])
@pytest.mark.parametrize("variable", ["ALL_PROXY", "proxy"])
def test_a_proxy_that_cannot_be_used(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    options = {"proxy": value} if variable == "proxy" else {}
    with pytest.raises(ConfigurationError, match=f"^{variable} must be .* http://127.0.0.1:8080, .*socks5") as refusal:
        client("http://api.test", **options)
    assert PASSWORD not in str(refusal.value)


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(ConfigurationError, match=r"^ALL_PROXY is a SOCKS proxy.*pip install 'httpx\[socks\]'"):
        client()
    with pytest.raises(ConfigurationError, match=r"^ALL_PROXY is a SOCKS proxy.*aiohttp"):
        client(http_library="aiohttp")
    monkeypatch.setenv("NO_PROXY", "leadgen.grinfi.io")
    client()


# -- certificates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"), [(None, "No such file"), ("", "it has no cert"), ("nonsense", "it has no")]
)
def test_a_file_of_certificates_that_cannot_be_used(
    content: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "certificates.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match=rf"^SSL_CERT_FILE \({file}\) cannot be used: {told}.*unset it"):
        client()
    client("http://api.test")  # needs none
    client(verify=False)


def test_a_folder_of_certificates_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "authority.pem").write_bytes(Path(CERTIFICATE).read_bytes())
    for folder in (tmp_path, tmp_path / "missing"):
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
        with pytest.raises(ConfigurationError, match=rf"^SSL_CERT_DIR \({folder}\).*openssl rehash"):
            client()
    (tmp_path / "0a1b2c3d.0").symlink_to("authority.pem")
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(tmp_path / "missing"), str(tmp_path)]))
    client()


def test_verify_does_not_take_a_file() -> None:
    with pytest.raises(ConfigurationError, match=r"verify .*create_default_context\(cafile='ca.pem'\)"):
        client(verify="ca.pem")


@with_every_library
async def test_an_authority_that_is_not_trusted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(over_tls) as port:
        url = f"https://127.0.0.1:{port}"
        assert "set SSL_CERT_FILE to a file with" in await failure(client(url, http_library=library))
        monkeypatch.setenv("SSL_CERT_FILE", CERTIFICATE)
        assert await ask(client(url, http_library=library)) == 7
        monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
        told = await failure(client(url, http_library=library))
    assert f"only the authorities in SSL_CERT_FILE ({certifi.where()}) are trusted" in told


# -- no answer ---------------------------------------------------------------------------------------------------------


@with_every_library
async def test_no_answer_names_the_host_and_who_named_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "GET /id/api/users/current got no answer from"
    told = await failure(client("http://127.0.0.1:9", http_library=library))
    assert told.startswith(f"{path} 127.0.0.1:9: ConnectError: ")
    monkeypatch.setenv("GRINFI_BASE_URL", "http://127.0.0.1:9")
    told = await failure(client(http_library=library))
    assert told.startswith(f"{path} 127.0.0.1:9 (set by GRINFI_BASE_URL): ConnectError: ")
    monkeypatch.setenv("http_proxy", f"user:{PASSWORD}@127.0.0.1:1")
    told = await failure(client(http_library=library))
    through = "127.0.0.1:9 (set by GRINFI_BASE_URL) through the proxy 127.0.0.1:1 (set by http_proxy)"
    assert told.startswith(f"{path} {through}: ConnectError: ")
    assert PASSWORD not in told
    told = await failure(client("http://api.test", proxy="http://localhost:1", http_library=library))
    assert told.startswith(f"{path} api.test through the proxy localhost:1: ConnectError: ")
    with pytest.raises(APIConnectionError) as error:
        await ask(client("http://127.0.0.1:9", proxy="127.0.0.1:1"))
    assert error.value.server == "127.0.0.1:9 through the proxy 127.0.0.1:1"


async def test_no_answer_in_time_names_the_host_too() -> None:
    async def silence(request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError

    silent = client("http://api.test", transport=httpx.MockTransport(silence), retry=RetryPolicy(max_elapsed=0.01))
    assert "got no answer from api.test: no answer within max_elapsed" in await failure(silent)


@with_every_library
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n"])
async def test_tls_to_a_plain_text_port_is_explained(
    answer: bytes, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answering(answer)) as port:
        told = await failure(client(f"https://127.0.0.1:{port}", http_library=library))
        assert "; the port does not speak TLS: write http:// in base_url" in told
        monkeypatch.setenv("GRINFI_BASE_URL", f"https://127.0.0.1:{port}")
        assert told != (told := await failure(client(http_library=library)))
        assert "; the port does not speak TLS: write http:// in GRINFI_BASE_URL" in told
        monkeypatch.setenv("HTTP_PROXY", f"https://127.0.0.1:{port}")
        told = await failure(client("http://api.test", http_library=library))
        assert "; the port does not speak TLS: write http:// in HTTP_PROXY" in told


async def test_plain_text_to_a_tls_port_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang_up(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")

    monkeypatch.setenv("GRINFI_BASE_URL", "http://api.test:443")
    told = await failure(client(transport=httpx.MockTransport(hang_up)))
    assert told.endswith("; the port expects TLS: write https:// in GRINFI_BASE_URL")
    told = await failure(client("http://api.test:4430", transport=httpx.MockTransport(hang_up)))
    assert told.endswith("without sending a response.")
    for page in (
        "Client sent an HTTP request to an HTTPS server.\n",
        "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port",
    ):
        with pytest.raises(APIStatusError, match="the port expects TLS: write https:// in GRINFI_BASE_URL"):
            await ask(mock(httpx.Response(400, text=page)))


# -- answers that show a mistake ---------------------------------------------------------------------------------------


def mock(*answers: httpx.Response, **options: Any) -> Grinfi:
    waiting = iter(answers)
    return client(transport=httpx.MockTransport(lambda request: next(waiting)), **options)


async def test_a_rejected_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> httpx.Response:
        return httpx.Response(401, json={"message": "Unauthenticated."})

    with pytest.raises(AuthenticationError, match=f"Check api_key; keys are made at {KEYS}"):
        await ask(mock(refused()))
    monkeypatch.setenv("GRINFI_API_KEY", SECRET)
    with pytest.raises(AuthenticationError, match=f"Check GRINFI_API_KEY; keys are made at {KEYS}"):
        await ask(mock(refused(), key=None))


@pytest.mark.parametrize("key", [f"Bearer {SECRET}", f" bearer   {SECRET}\n", f"BEARER {SECRET}"])
async def test_the_scheme_of_a_key_is_removed(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"id": 7})

    await ask(client(key=key, transport=httpx.MockTransport(answer)))
    monkeypatch.setenv("GRINFI_API_KEY", key)
    await ask(client(key=None, transport=httpx.MockTransport(answer)))
    assert seen == [f"Bearer {SECRET}"] * 2


@pytest.mark.parametrize("key", ["Bearer", "Bearer ", "bearer\t"])
def test_a_scheme_without_a_key_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="No API key"):
        client(key=key)


ELSEWHERE = r"looks like the Grinfi API: check {}\.$"


async def test_a_404_of_another_server_points_to_the_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [httpx.Response(404, html="<h1>Not Found</h1>"), httpx.Response(404, json={"detail": "Not Found"})]
    for page in (*pages, httpx.Response(404), httpx.Response(405, html="<h1>Method Not Allowed</h1>")):
        with pytest.raises(APIStatusError, match=ELSEWHERE.format("base_url")):
            await ask(mock(page))
    with pytest.raises(DecodeError, match=ELSEWHERE.format("base_url")):
        await ask(mock(httpx.Response(200, html="<h1>Welcome</h1>")))
    monkeypatch.setenv("GRINFI_BASE_URL", "http://api.test")
    grinfi = mock(*pages)
    for _ in pages:  # each, as long as nothing else was answered
        with pytest.raises(NotFoundError, match=ELSEWHERE.format("GRINFI_BASE_URL")):
            await grinfi.tags.delete("uuid")


@pytest.mark.parametrize(
    "sign",
    [
        httpx.Response(200, json={"id": 7}),
        httpx.Response(204),
        httpx.Response(404, json={"error": {"reason": "not_found", "message": "There is no tag."}}),
        httpx.Response(422, json={"message": "The given data was invalid.", "errors": {}}),
    ],
)
async def test_a_404_has_no_hint_after_a_proper_answer(sign: httpx.Response) -> None:
    grinfi = mock(sign, httpx.Response(404, html="<h1>Not Found</h1>"))
    with suppress(APIStatusError):
        await grinfi.tags.delete("uuid")
    with pytest.raises(NotFoundError) as missing:
        await grinfi.tags.delete("uuid")
    assert missing.value.hint is None


async def test_a_redirect_names_what_set_the_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRINFI_BASE_URL", "http://api.test")
    with pytest.raises(APIStatusError, match="check GRINFI_BASE_URL"):
        await ask(mock(httpx.Response(301)))


# -- secrets -----------------------------------------------------------------------------------------------------------


def reachable(value: object, depth: int = 5) -> Iterator[str]:
    """The text in which a tool might show a local variable."""
    yield repr(value)
    if isinstance(value, dict):
        inner: list[object] = [*value.keys(), *value.values()]  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list | tuple | set):
        inner = list(value)  # pyright: ignore[reportUnknownArgumentType]
    else:
        inner = [getattr(value, "__dict__", {})] if not isinstance(value, type) else []
    if depth:
        for each in inner:
            yield from reachable(each, depth - 1)


def locals_of(error: BaseException) -> Iterator[tuple[str, str, object]]:
    """The local variables of all frames of an error and its causes, except those of this file."""
    steps: TracebackType | None = error.__traceback__
    while steps is not None:
        code = steps.tb_frame.f_code
        if code.co_filename != __file__:
            for name, value in steps.tb_frame.f_locals.items():
                yield f"{code.co_filename}:{code.co_qualname}", name, value
        steps = steps.tb_next
    for earlier in (error.__cause__, error.__context__):
        if earlier is not None:
            yield from locals_of(earlier)


WITH_PASSWORD = f"http://user:{PASSWORD}@127.0.0.1:8080"
WRONG: list[dict[str, Any]] = [
    {"key": f"{SECRET} {SECRET}"},
    {"key": f"{SECRET}é"},
    {"url": f"http://user:{PASSWORD}@api.test"},
    {"url": f"http://user:{PASSWORD}@api.test:x"},
    {"url": "http://api.test:x"},
    {"url": "ftp://api.test"},
    {"proxy": f"ftp://user:{PASSWORD}@127.0.0.1"},
    {"proxy": f"http://user:{PASSWORD}@[::1"},
    {"proxy": f"socks5://user:{PASSWORD}@127.0.0.1"},
    {"proxy": WITH_PASSWORD, "verify": "ca.pem"},
    {"proxy": WITH_PASSWORD, "limits": httpx.Limits(), "max_connections": 3},
    {"proxy": WITH_PASSWORD, "max_connections": 0},
    {"proxy": WITH_PASSWORD, "http_library": "curl"},
    {"headers": {"x-token": f"{SECRET}\n"}},
    {"headers": {"authorization": f"Bearer {SECRET}"}, "timeout": -1},
    {"timeout": -1, "proxy": WITH_PASSWORD},
    {"rate_limiter": 3},
    {"retry": 3},
    {"hooks": 3, "proxy": WITH_PASSWORD},
    {"transport": httpx.MockTransport(lambda _: httpx.Response(200)), "http_client": 3, "proxy": WITH_PASSWORD},
]


@pytest.mark.parametrize("wrong", WRONG, ids=" and ".join)
def test_the_frames_of_a_client_error_hold_no_secret(wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(GrinfiError) as refusal:
        client(**{"key": SECRET, **wrong})
    assert SECRET not in str(refusal.value)
    assert PASSWORD not in str(refusal.value)
    frames = list(locals_of(refusal.value))
    assert frames
    for place, name, value in frames:
        for text in reachable(value):
            assert SECRET not in text, (place, name)
            assert PASSWORD not in text, (place, name)


@with_every_library
async def test_the_frames_of_a_failed_call_hold_no_secret(library: Library) -> None:
    with serving(answering(b"nonsense")) as port:
        for url in (f"http://127.0.0.1:{port}", f"https://127.0.0.1:{port}", "http://127.0.0.1:9"):
            grinfi = client(url, http_library=library)
            with pytest.raises(APIConnectionError) as failed:
                await ask(grinfi)
            for place, name, value in locals_of(failed.value):
                assert SECRET not in repr(value), (place, name)


# -- the command line --------------------------------------------------------------------------------------------------


def immediately(*_: object) -> float:
    """No delay before the next attempt."""
    return 0


@pytest.mark.parametrize(
    ("variables", "status", "told"),
    [
        (
            {"GRINFI_API_KEY": ""},
            3,
            "No API key. Run `grinfi login NAME`, or set the environment variable GRINFI_API_KEY; "
            f"create a key at {KEYS}.",
        ),
        ({"GRINFI_BASE_URL": "leadgen.grinfi.io"}, 3, "GRINFI_BASE_URL must be http or https"),
        (
            {"SSL_CERT_FILE": "/missing.pem"},
            3,
            "SSL_CERT_FILE (/missing.pem) cannot be used: No such file",
        ),
        ({"HTTPS_PROXY": "socks4://127.0.0.1"}, 3, "HTTPS_PROXY must be the URL of a proxy"),
        (
            {"GRINFI_BASE_URL": "http://127.0.0.1:9", "HTTP_PROXY": "127.0.0.1:1"},
            4,
            "got no answer from 127.0.0.1:9 (set by GRINFI_BASE_URL) through the proxy 127.0.0.1:1 (set by HTTP_PROXY)",
        ),
    ],
)
def test_the_command_speaks_of_variables(
    variables: dict[str, str],
    status: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("grinfi_overrides.retry.RetryPolicy.delay", immediately)
    for name, value in {"GRINFI_API_KEY": SECRET, **variables}.items():
        monkeypatch.setenv(name, value)
    assert main(["whoami", "--debug"]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err.splitlines()[-1]
    assert not re.search(r"api_key|base_url|proxy=", err.splitlines()[-1])
    assert SECRET not in err
