"""Read 250,000 rows from a server on loopback in constant memory, against a plain httpx loop that collects pages.

python -m benchmarks.pages
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from grinfi_async import Grinfi, Hooks

ROWS = 250_000
PER_SECOND = 40
PAGE = 1_000
WINDOW = 10_000
START = datetime(2026, 1, 1, tzinfo=UTC)
UUIDS = [str(UUID(int=number)) for number in range(ROWS)]


def time_of(number: int) -> str:
    return (START + timedelta(seconds=number // PER_SECOND)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def first_since(text: str) -> int:
    """The number of the first row of a time or later."""
    return int((datetime.fromisoformat(text) - START).total_seconds()) * PER_SECOND


def page_of(asked: dict[str, Any]) -> tuple[int, bytes]:
    created = asked.get("filter", {}).get("created_at", {})
    first = first_since(created[">="]) if ">=" in created else 0
    end = min(ROWS, first_since(created["<="]) + PER_SECOND) if "<=" in created else ROWS
    offset, limit = asked["offset"], asked["limit"]
    if offset + limit > WINDOW:
        return 500, b'{"message": "Result window is too large"}'
    numbers = range(first + offset, min(first + offset + limit, end))
    rows: list[dict[str, Any]] = [
        {"uuid": UUIDS[number], "created_at": time_of(number), "first_name": "Ada", "tags": []} for number in numbers
    ]
    return 200, json.dumps({"data": rows, "total": end - first, "limit": limit, "offset": offset}).encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            status, body = page_of(json.loads(await reader.readexactly(length)))
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def serve() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def ours(url: str, prefetch: int) -> tuple[int, int]:
    requests = rows = 0

    def count(_: object) -> None:
        nonlocal requests
        requests += 1

    async with Grinfi("key", base_url=url, rate_limiter=None, hooks=Hooks(after_attempt=count)) as grinfi:
        async for contact in grinfi.contacts.search(prefetch=prefetch):
            assert contact.uuid == UUIDS[rows], "a row is missing, doubled or in the wrong place"
            rows += 1
    return rows, requests


async def plain(url: str) -> tuple[int, int]:
    """Collects pages, in slices of time that it knows to be small enough."""
    collected: list[dict[str, Any]] = []
    requests = 0
    async with httpx.AsyncClient(base_url=url) as client:
        for first in range(0, ROWS, WINDOW):
            last = min(first + WINDOW, ROWS) - 1
            filter = {"created_at": {">=": time_of(first), "<=": time_of(last)}}
            for offset in range(0, last + 1 - first, PAGE):
                body = {"filter": filter, "limit": PAGE, "offset": offset}
                response = await client.post("/leads/api/leads/search", json=body)
                collected += response.json()["data"]
                requests += 1
    return len(collected), requests


def report(name: str, call: Callable[[], Awaitable[tuple[int, int]]], base: float | None = None) -> float:
    """Print what a way of reading takes, `base` being the seconds of the plain loop; return its seconds."""

    async def run() -> tuple[int, int]:
        return await call()

    started = time.perf_counter()
    asyncio.run(run())
    seconds = time.perf_counter() - started
    tracemalloc.start()  # in a run of its own, because it takes time
    rows, requests = asyncio.run(run())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    line = f"{name:22}{rows:10,} rows{requests:6,} requests{peak / 1e6:9.1f} MB at most{seconds:8.1f} s"
    print(line if base is None else f"{line}{seconds / base:8.2f} x")
    return seconds


def main() -> None:
    server = subprocess.Popen([sys.executable, "-m", __spec__.name, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        base = report("plain httpx", lambda: plain(url))
        report("ours", lambda: ours(url, 0), base)
        report("ours, prefetch=4", lambda: ours(url, 4), base)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
