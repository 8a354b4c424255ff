"""Which requests are answered: those to the sandbox's own address, and none from pages of other sites.

A web page can point its own name to 127.0.0.1 (DNS rebinding). Its requests would then reach this sandbox, whose key
is known, and through webhooks other services of this machine. But they carry that name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import ApiError

LOCALHOST = "localhost"


class KnownHosts:
    """Middleware: refuses requests whose `Host` or `Origin` is not the sandbox's own address and not allowed."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = {_name(f"//{host}") for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await JSONResponse(refusal.body(), refusal.status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiError | None:
        hosts = [f"//{value.decode('latin-1')}" for name, value in scope["headers"] if name == b"host"]
        for host in hosts or ["//"]:
            if not self._knows(_name(host), scope):
                problem = f"This request is for {host[2:]!r}, but the sandbox answers only at its own address."
                return ApiError(421, f"{problem} {_remedy(_name(host))}")
        for origin in [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]:
            if not self._knows(_name(origin), scope):
                problem = f"This sandbox does not answer requests of pages of {origin!r}."
                return ApiError(403, f"{problem} {_remedy(_name(origin))}")
        return None

    def _knows(self, name: str, scope: Scope) -> bool:
        address, _ = scope.get("server") or ("", None)
        return bool(name) and (name in {LOCALHOST, address.lower(), *self._hosts} or _is_local(name))


def _name(url: str) -> str:
    """The host of a URL; an empty string if it has no host."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_local(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _remedy(name: str) -> str:
    return f"To allow that, start it with --allow-host {name}, or with allow_hosts=[{name!r}]." if name else ""
