"""The MCP server for agents, over stdin and stdout or over HTTP."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Sequence
from typing import Final

from grinfi_async import ConfigurationError, Grinfi
from grinfi_toolkit.mcp_server import agent_server, http_app

from .client import with_client
from .errors import say

__all__ = ["serve_http", "serve_stdio"]

TOKEN_VARIABLE: Final = "GRINFI_MCP_TOKEN"  # noqa: S105 - the name of a variable
GRACE: Final = 3
"""Seconds that calls get to finish when the server is stopped."""


def serve_stdio(*, allow_writes: bool) -> None:
    """Serve until stdin ends. Ctrl-C kills the process, as Python would wait for the thread that reads stdin."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with_client(lambda grinfi: agent_server(grinfi, allow_writes=allow_writes).run_stdio_async())


def serve_http(host: str, port: int, allow_hosts: Sequence[str], *, allow_writes: bool) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    token = os.environ.get(TOKEN_VARIABLE, "").strip() or None
    if allow_writes and token is None:
        raise ConfigurationError(
            f"--allow-writes with --http needs a token: set {TOKEN_VARIABLE} to a long random text."
        )

    async def serve(grinfi: Grinfi) -> None:
        server = agent_server(grinfi, allow_writes=allow_writes)
        app = http_app(server, host=host, token=token, allow_hosts=allow_hosts)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as listener:
            shown = f"[{host}]" if ":" in host else host
            say(f"Serving MCP at http://{shown}:{listener.getsockname()[1]}/mcp; press Ctrl-C to stop.")
            config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE)
            await uvicorn.Server(config).serve([listener])

    with_client(serve)
