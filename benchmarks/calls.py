"""CPU per call of clients that read one small object from a server on loopback."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any

from grinfi_async import Grinfi, Tag

from .peers import equivalent, pydantic_model, raw
from .processes import result_of, server
from .tables import Benchmark, Measure, Row, Table, count, microseconds

AT_ONCE = 100
CALLS = 300
ROUNDS = 3
PATH = "/leads/api/lists/tag"
TAG = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "team_id": 1,
    "name": "Tag",
    "color": None,
    "created_at": "2026-03-04T09:25:00.000000Z",
    "updated_at": "2026-03-04T09:25:00.000000Z",
}

Client = Callable[[str], AbstractAsyncContextManager[Callable[[], Awaitable[object]]]]
Calls = AsyncGenerator[Callable[[], Awaitable[object]]]


class Server(asyncio.Protocol):
    """The least of an HTTP server, so that it is quicker than its clients."""

    ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        len(json.dumps(TAG)),
        json.dumps(TAG).encode(),
    )

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
                self._transport.write(self.ANSWER)


async def serve() -> None:
    listening = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=2048)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


def httpx_alone(library: str) -> Client:
    @asynccontextmanager
    async def client(url: str) -> Calls:
        async with import_module(library).AsyncClient(base_url=url, headers={"authorization": "Bearer key"}) as http:

            async def call() -> object:
                return (await http.get(PATH)).raise_for_status().json()

            yield call

    return client


@asynccontextmanager
async def aiohttp_alone(url: str) -> Calls:
    async with import_module("aiohttp").ClientSession(url, headers={"authorization": "Bearer key"}) as session:

        async def call() -> object:
            async with session.get(PATH, raise_for_status=True) as response:
                return await response.json()

        yield call


@asynccontextmanager
async def raw_generator(url: str) -> Calls:
    get_list = raw("api.lists.get_list").asyncio
    async with raw("client").AuthenticatedClient(url, "key") as client:
        yield lambda: get_list("tag", client=client)


@asynccontextmanager
async def githubkit(url: str) -> Calls:
    tag = equivalent(Tag, pydantic_model(import_module("githubkit.compat").GitHubModel))
    # Its cache keeps what the server says may be kept: here that is nothing, and it would only cost time.
    async with import_module("githubkit").GitHub("key", base_url=url, http_cache=False) as client:

        async def call() -> object:
            return (await client.arequest("GET", PATH, response_model=tag)).parsed_data

        yield call


@asynccontextmanager
async def openai(url: str) -> Calls:
    tag = equivalent(Tag, pydantic_model(import_module("openai").BaseModel))
    async with import_module("openai").AsyncOpenAI(api_key="key", base_url=url) as client:
        yield lambda: client.get(PATH, cast_to=tag)


def ours(library: Any) -> Client:
    @asynccontextmanager
    async def client(url: str) -> Calls:
        async with Grinfi("key", base_url=url, http_library=library, rate_limiter=None) as grinfi:
            yield lambda: grinfi.lists.get("tag")

    return client


CLIENTS: dict[str, dict[str, Client]] = {
    "httpx": {
        "httpx alone": httpx_alone("httpx"),
        "raw generator": raw_generator,
        "githubkit": githubkit,
        "ours": ours("httpx"),
    },
    "httpx2": {
        "httpx2 alone": httpx_alone("httpx2"),
        "openai": openai,
        "ours": ours("httpx2"),
    },
    "aiohttp": {
        "aiohttp alone": aiohttp_alone,
        "ours": ours("aiohttp"),
    },
}
"""Clients by the HTTP library that they are built on."""


async def cost(client: Client, url: str) -> tuple[float, float]:
    """CPU seconds per call, one after another; calls per second, many at once."""
    async with client(url) as call:

        async def caller(calls: int) -> None:
            for _ in range(calls):
                await call()

        await caller(10)
        busy = time.process_time()
        await caller(CALLS)
        cpu = (time.process_time() - busy) / CALLS
        started = time.perf_counter()
        await asyncio.gather(*(caller(CALLS // AT_ONCE) for _ in range(AT_ONCE)))
        return cpu, CALLS / (time.perf_counter() - started)


def run() -> Iterator[Table]:
    results: dict[tuple[str, str], list[tuple[float, float]]] = {
        (library, name): [] for library, clients in CLIENTS.items() for name in clients
    }
    with server(__spec__.name) as url:
        for _ in range(ROUNDS):
            for (library, name), each in results.items():
                each.append(result_of("-m", __spec__.name, library, name, url))
    measures = (
        Measure("CPU per call", microseconds),
        Measure(f"calls per second, {AT_ONCE} at once", count, better="more"),
    )
    for library, clients in CLIENTS.items():
        rows: list[Row] = []
        for name in clients:
            cpus, rates = zip(*results[library, name], strict=True)
            rows.append(Row(name, (min(cpus), max(rates)), name == "ours"))
        yield Table(measures, rows, base=f"{library} alone", caption=f"on {library}")


BENCHMARK = Benchmark(
    "calls",
    "CPU per call",
    "Read one small object as a model (HTTP libraries alone: as a dict) from a server on loopback, without a rate "
    f"limit. CPU of {CALLS:,} calls one after another; best of {ROUNDS} processes, in turns.",
    run,
)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        print(json.dumps(asyncio.run(cost(CLIENTS[sys.argv[1]][sys.argv[2]], sys.argv[3]))))
