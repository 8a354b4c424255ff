"""Servers that run in the event loop of their client, so that a call advances by counted steps of that loop."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Final

import anyio
import trustme
from anyio.abc import ByteStream
from anyio.streams.tls import TLSListener

from grinfi_async import Grinfi

ANSWER: Final = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnull"
Answer = Callable[[], bytes]


@cache
def certificates() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A context for servers on localhost, and one for clients that trust them."""
    authority = trustme.CA()
    server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    with authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.tempfile() as path:
        server.load_cert_chain(path)
    client.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
    return server, client


class Server:
    """Where a server is, and how many connections it has."""

    url: str
    connections: int = 0
    requests: int = 0


@asynccontextmanager
async def serve(answer: Answer = lambda: ANSWER, *, tls: bool = False, latency: float = 0.0) -> AsyncGenerator[Server]:
    """Answer each request, on connections that are kept, in the event loop of the caller."""
    server = Server()

    async def talk(stream: ByteStream) -> None:
        server.connections += 1
        try:
            async with stream:
                received = b""
                while True:
                    received += await stream.receive()
                    if b"\r\n\r\n" in received:
                        received = b""
                        server.requests += 1
                        if latency:
                            await anyio.sleep(latency)
                        await stream.send(answer())
        except (anyio.EndOfStream, anyio.BrokenResourceError, ssl.SSLError):
            pass  # the client closed its end
        finally:
            server.connections -= 1

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    serving = TLSListener(listener, certificates()[0], standard_compatible=False) if tls else listener
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(serving.serve, talk)
        yield server
        tasks.cancel_scope.cancel()


def client(server: Server, **options: object) -> Grinfi:
    """A client of such a server, without a rate limit."""
    from grinfi_async import RetryPolicy

    settings: dict[str, object] = {
        "rate_limiter": None,
        "retry": RetryPolicy(max_attempts=1),
        "verify": certificates()[1],
        "timeout": 3,
    }
    return Grinfi("key", base_url=server.url, **(settings | options))  # type: ignore[arg-type]
