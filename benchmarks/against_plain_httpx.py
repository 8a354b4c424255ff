"""Requests per second with 500 callers at once through one client, against a plain httpx.AsyncClient used the same way.

python -m benchmarks.against_plain_httpx
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

from grinfi_async import Grinfi

CALLERS = 500
SECONDS = 4.0
ROUNDS = 3
ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"uuid":"tag"}\n'


class Server(asyncio.Protocol):
    """The least of an HTTP server, so that it is no bottleneck."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            if head:
                self._transport.write(ANSWER)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def requests_per_second(call: Callable[[], Awaitable[object]]) -> float:
    """How often callers that never rest get an answer."""
    answered = 0
    end = time.perf_counter() + SECONDS

    async def caller() -> None:
        nonlocal answered
        while time.perf_counter() < end:
            await call()
            answered += 1

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return answered / (time.perf_counter() - started)


async def plain(url: str) -> float:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:

        async def call() -> object:
            response = await client.get("/leads/api/lists/tag")
            return response.json()

        return await requests_per_second(call)


async def ours(url: str, library: str) -> float:
    async with Grinfi("key", base_url=url, rate_limiter=None, http_library=library) as grinfi:  # type: ignore[arg-type]  # pyright: ignore
        return await requests_per_second(lambda: grinfi.lists.get("tag"))


def main() -> None:
    server = subprocess.Popen([sys.executable, "-m", __spec__.name, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        results: dict[str, list[float]] = {"plain httpx": [], "ours": [], "ours with aiohttp": []}
        for _ in range(ROUNDS):
            results["plain httpx"].append(asyncio.run(plain(url)))
            results["ours"].append(asyncio.run(ours(url, "httpx")))
            results["ours with aiohttp"].append(asyncio.run(ours(url, "aiohttp")))
    finally:
        server.terminate()
        server.wait()
    base = max(results["plain httpx"])
    print(f"{CALLERS} callers, best of {ROUNDS}:")
    for name, rates in results.items():
        print(f"{name:20}{max(rates):10,.0f} requests/s {max(rates) / base:8.1f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
