"""Which requests are answered: those to the sandbox's own address, and none from pages of other sites."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest

from grinfi_sandbox import Sandbox, SandboxServer, create_app

Ask = Callable[..., httpx.Response]
PATHS = [
    ("GET", "/"),
    ("GET", "/_sandbox/health"),
    ("GET", "/leads/api/tags"),
    ("POST", "/_sandbox/reset"),
    ("POST", "/_sandbox/faults"),
    ("POST", "/_sandbox/advance"),
    ("POST", "/integrations/api/webhooks/test"),
    ("OPTIONS", "/leads/api/tags"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(allow_hosts=["Sandbox.Example"]) as running:
        yield running


@pytest.fixture(scope="module")
def ask(server: SandboxServer) -> Iterator[Ask]:
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as client:

        def send(method: str = "GET", path: str = "/leads/api/tags", **headers: str) -> httpx.Response:
            return client.request(method, path, headers=headers, json={} if method == "POST" else None)

        yield send


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "10.1.2.3", "["])
def test_another_name_is_refused_everywhere(server: SandboxServer, ask: Ask, host: str, method: str, path: str) -> None:
    received = len(server.app.state.sandbox.received())
    refused = ask(method, path, host=host.format(port=httpx.URL(server.url).port))
    assert (refused.status_code, refused.json()["error"]["reason"]) == (421, "misdirected_request")
    assert len(server.app.state.sandbox.received()) == received


def test_the_refusal_names_the_option(ask: Ask) -> None:
    told = ask(host="evil.example:80").json()["message"]
    assert "'evil.example:80'" in told
    assert "--allow-host evil.example" in told
    assert "allow_hosts=['evil.example']" in told
    told = ask(origin="https://evil.example").json()["message"]
    assert "'https://evil.example'" in told
    assert "--allow-host evil.example" in told


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST.", "127.1.2.3", "[::1]:80", "0.0.0.0:8000"])
def test_its_own_address_is_answered_at_any_port(ask: Ask, host: str) -> None:
    assert ask(host=host).status_code == 200


def test_allowed_names_are_answered(ask: Ask) -> None:
    assert ask(host="sandbox.example:8000").status_code == 200
    assert ask(origin="https://sandbox.example").status_code == 200
    assert ask(host="other.sandbox.example").status_code == 421


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.example:8000", "null", "file://"])
def test_pages_of_other_sites_are_refused(ask: Ask, origin: str, method: str, path: str) -> None:
    refused = ask(method, path, origin=origin)
    assert (refused.status_code, refused.json()["error"]["reason"]) == (403, "forbidden")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:3000"])
def test_pages_of_this_machine_are_answered(ask: Ask, origin: str) -> None:
    assert ask(origin=origin).status_code == 200


def test_a_request_without_a_host_is_refused(server: SandboxServer) -> None:
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
        connection.sendall(b"GET /_sandbox/health HTTP/1.0\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 421 ")


def test_the_address_it_listens_at_is_its_own() -> None:
    with SandboxServer(host="0.0.0.0") as everywhere:
        port = httpx.URL(everywhere.url).port
        headers = {"host": f"0.0.0.0:{port}"}
        assert httpx.get(f"http://127.0.0.1:{port}/_sandbox/health", headers=headers).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/_sandbox/health", headers={"host": "a"}).status_code == 421


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["sandbox", "sandbox.test", "anything.example:8000"])
async def test_without_sockets_every_name_is_its_own(name: str) -> None:
    async with (
        Sandbox(sockets=False) as sandbox,
        httpx.AsyncClient(base_url=f"http://{name}", transport=sandbox.transport) as client,
    ):
        assert (await client.get("/_sandbox/health")).status_code == 200
        assert (await client.get("/_sandbox/health", headers={"host": "evil.example"})).status_code == 421
    app = create_app()
    async with httpx.AsyncClient(base_url=f"http://{name}", transport=httpx.ASGITransport(app)) as client:
        assert (await client.get("/_sandbox/health")).status_code == 200
    app.state.close()


def test_the_command_allows_a_host() -> None:
    command = (sys.executable, "-m", "grinfi_sandbox", "--port", "0", "--json", "--allow-host", "other")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = f"{json.loads(process.stdout.readline())['url']}/_sandbox/health"
        hosts = ("other:8000", "localhost", "evil.example")
        statuses = [httpx.get(url, headers={"host": host}).status_code for host in hosts]
        process.terminate()
    assert (statuses, process.returncode) == ([200, 200, 421], 0)
