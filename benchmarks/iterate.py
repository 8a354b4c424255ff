"""Read 250,000 rows from a server on loopback."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from grinfi_async import Grinfi

from .peers import raw
from .processes import peak_memory, result_of, server
from .tables import Benchmark, Measure, Row, Table, count, duration, megabytes

ROWS = 250_000
PER_SECOND = 40
PAGE = 1_000
WINDOW = 10_000
PATH = "/leads/api/leads/search"
START = datetime(2026, 1, 1, tzinfo=UTC)


def uuid_of(number: int) -> str:
    return str(UUID(int=number))


def time_of(number: int) -> str:
    return (START + timedelta(seconds=number // PER_SECOND)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


# -- The server ------------------------------------------------------------------------------------------------------


def first_since(text: str) -> int:
    """The number of the first row of a time or later."""
    return int((datetime.fromisoformat(text) - START).total_seconds()) * PER_SECOND


class Server:
    """Keeps its rows as JSON, so that it is quicker than its clients."""

    def __init__(self) -> None:
        self._rows = [
            json.dumps(
                {"uuid": uuid_of(number), "created_at": time_of(number), "first_name": "Ada", "tags": []}
            ).encode()
            for number in range(ROWS)
        ]

    def page_of(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        created = asked.get("filter", {}).get("created_at", {})
        first = first_since(created[">="]) if ">=" in created else 0
        end = min(ROWS, first_since(created["<="]) + PER_SECOND) if "<=" in created else ROWS
        offset, limit = asked["offset"], asked["limit"]
        if offset + limit > WINDOW:
            return 500, b'{"message": "Result window is too large"}'
        rows = b",".join(self._rows[first + offset : min(first + offset + limit, end)])
        page = json.dumps({"total": end - first, "limit": limit, "offset": offset}).encode()
        return 200, b'{"data":[%b],%b' % (rows, page[1:])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(asked.partition(b"content-length:")[2].split(b"\r\n")[0])
                status, body = self.page_of(json.loads(await reader.readexactly(length)))
                head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()


async def serve() -> None:
    listening = await asyncio.start_server(Server().answer, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


# -- Ways to read ----------------------------------------------------------------------------------------------------


def bodies() -> Iterator[dict[str, Any]]:
    """The pages to ask for, in slices of time known to be small enough for the server."""
    for first in range(0, ROWS, WINDOW):
        last = min(first + WINDOW, ROWS) - 1
        filter = {"created_at": {">=": time_of(first), "<=": time_of(last)}}
        for offset in range(0, last + 1 - first, PAGE):
            yield {"filter": filter, "limit": PAGE, "offset": offset}


async def httpx_pages(url: str) -> AsyncIterator[str]:
    async with httpx.AsyncClient(base_url=url) as client:
        for body in bodies():
            for row in (await client.post(PATH, json=body)).json()["data"]:
                yield row["uuid"]


async def httpx_list(url: str) -> AsyncIterator[str]:
    rows: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=url) as client:
        for body in bodies():
            rows += (await client.post(PATH, json=body)).json()["data"]
    for row in rows:
        yield row["uuid"]


async def raw_pages(url: str) -> AsyncIterator[str]:
    search, search_body = raw("api.contacts.search_contacts").asyncio, raw("models.search_contacts_body")
    async with raw("client").AuthenticatedClient(url, "key") as client:
        for body in bodies():
            page = await search(client=client, body=search_body.SearchContactsBody.from_dict(body))
            for row in page.data:
                yield str(row.uuid)


async def ours(url: str, prefetch: int = 0) -> AsyncIterator[str]:
    async with Grinfi("key", base_url=url, rate_limiter=None) as grinfi:
        async for contact in grinfi.contacts.search(prefetch=prefetch):
            yield contact.uuid


WAYS: dict[str, Callable[[str], AsyncIterator[str]]] = {
    "httpx, page by page": httpx_pages,
    "httpx, into one list": httpx_list,
    "raw generator, page by page": raw_pages,
    "ours": ours,
    "ours, `prefetch=4`": lambda url: ours(url, 4),
}


async def read(way: str, url: str) -> int:
    rows = 0
    async for uuid in WAYS[way](url):
        assert uuid == uuid_of(rows), "a row is missing, doubled or in the wrong place"
        rows += 1
    return rows


def run() -> Iterator[Table]:
    rows: list[Row] = []
    with server(__spec__.name) as url:
        for way in WAYS:
            results = [result_of("-m", __spec__.name, way, url) for _ in range(2)]
            assert all(result["rows"] == ROWS for result in results), results
            seconds, peak = (min(result[name] for result in results) for name in ("seconds", "peak"))
            rows.append(Row(way, (seconds, ROWS / seconds, peak), way.startswith("ours")))
    measures = (
        Measure("time", duration),
        Measure("rows per second", count, better=None, ratio=False),
        Measure("most memory of the process", megabytes),
    )
    yield Table(measures, rows, base="ours")


BENCHMARK = Benchmark(
    "iterate",
    f"Iterate {ROWS:,} rows",
    f"From a server on loopback, in pages of {PAGE:,}; the server refuses rows after the first {WINDOW:,} of a search, "
    "as the API does. The httpx loops and the raw generator are given slices of time that are small enough; ours "
    "finds them. Each in a process of its own, best of 2.",
    run,
)


def measured(work: Callable[[], Awaitable[int]]) -> dict[str, float]:
    async def main() -> int:
        return await work()

    started = time.perf_counter()
    rows = asyncio.run(main())
    return {"rows": rows, "seconds": time.perf_counter() - started, "peak": peak_memory()}


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        print(json.dumps(measured(lambda: read(*sys.argv[1:]))))
