"""A plain client of a sandbox, with or without sockets."""

from __future__ import annotations

import httpx

from grinfi_sandbox import Sandbox


def client(sandbox: Sandbox, key: str | None = None) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {key or sandbox.key}"}
    return httpx.AsyncClient(base_url=sandbox.url, transport=sandbox.transport, headers=headers)
