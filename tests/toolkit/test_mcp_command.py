"""`grinfi mcp` as hosts start it: by stdin and stdout, and by HTTP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent

from grinfi_bulk.cli import main
from grinfi_sandbox import SandboxServer, run_in_thread

pytestmark = pytest.mark.anyio
COMMAND = ("-m", "grinfi_bulk.cli", "mcp")


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with run_in_thread() as server:
        yield server


@pytest.fixture
def environment(server: SandboxServer) -> dict[str, str]:
    return {**os.environ, "GRINFI_API_KEY": server.key, "GRINFI_BASE_URL": server.url, "PYTHONWARNINGS": "error"}


async def whose_key(client: Client) -> str:
    result = await client.call_tool("call_operation", {"operation": "user.current"})
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


async def test_by_stdin_and_stdout(environment: dict[str, str], tmp_path: Path) -> None:
    program = StdioServerParameters(command=sys.executable, args=[*COMMAND, "--allow-writes"], env=environment)
    with (tmp_path / "stderr").open("w") as stderr, anyio.fail_after(20):
        async with Client(stdio_client(program, errlog=stderr)) as client:
            assert "john@example.com" in await whose_key(client)
            assert "confirm_write" in {tool.name for tool in (await client.list_tools()).tools}
    assert (tmp_path / "stderr").read_text() == ""


async def test_by_http_and_ctrl_c(environment: dict[str, str]) -> None:
    environment |= {"GRINFI_MCP_TOKEN": "the-token"}
    command, pipe = [sys.executable, *COMMAND], subprocess.PIPE
    with (
        subprocess.Popen([*command, "--http", "--port", "0"], env=environment, stderr=pipe, text=True) as process,
        subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as by_stdin,
    ):
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/mcp", line)
            assert found, line
            headers = {"Authorization": "Bearer the-token"}
            with anyio.fail_after(20):
                async with (
                    httpx2.AsyncClient(headers=headers, trust_env=False) as http,
                    Client(streamable_http_client(found[0], http_client=http)) as client,
                ):
                    assert "john@example.com" in await whose_key(client)
                async with httpx2.AsyncClient(trust_env=False) as http:
                    assert (await http.post(found[0], json={})).status_code == 401
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 130
            assert process.stderr.read() == "grinfi: interrupted\n"
            assert by_stdin.stdin is not None
            assert by_stdin.stdout is not None
            by_stdin.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            by_stdin.stdin.flush()
            assert '"id":1' in by_stdin.stdout.readline()
            by_stdin.send_signal(signal.SIGINT)
            assert by_stdin.wait(10) == -signal.SIGINT
        finally:
            process.kill()
            by_stdin.kill()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--allow-writes"], "--allow-writes with --http needs a token: set GRINFI_MCP_TOKEN"),
        (["--host", "0.0.0.0"], "Other machines can reach 0.0.0.0: set a token"),
    ],
)
def test_unsafe_options_are_refused(
    environment: dict[str, str],
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GRINFI_API_KEY", environment["GRINFI_API_KEY"])
    monkeypatch.delenv("GRINFI_MCP_TOKEN", raising=False)
    assert main(["mcp", "--http", *arguments]) == 3
    assert told in capsys.readouterr().err
