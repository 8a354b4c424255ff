"""Memory of jobs: imports by their number of rows, and calls by the way of running them."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from grinfi_async import Grinfi

from .processes import peak_memory, result_of
from .tables import Benchmark, Measure, Row, Table, count, duration, megabytes

ROWS: Final = (5_000, 25_000)
ITEMS: Final = 5_000
AT_ONCE: Final = 50
ROUNDS: Final = 2
LIST, FLOW, TAGS = "list-1", "flow-1", ("tag-1", "tag-2")
ABOUT: Final = "Has led teams of twenty people in logistics and trade for many years. " * 8


class QuickServer:
    """Keeps a few bytes of each contact, and does everything at once."""

    def __init__(self, count: int) -> None:
        self.tags = [bytearray(count) for _ in TAGS]
        self.enrolled = bytearray(count)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0)
                method, path, *_ = head.split(" ", 2)
                body = json.dumps(self._answer(method, path, json.loads(await reader.readexactly(length) or b"{}")))
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
                )
                writer.write(body.encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, method: str, path: str, body: Any) -> Any:
        match path.rpartition("/api/")[2].partition("?")[0].split("/"):
            case ["leads"]:
                return [_contact(_number(lead["linkedin_id"])) for lead in body["leads"]]
            case ["leads", "upsert"]:
                return _contact(_number(body["lead"]["linkedin_id"]))
            case ["leads", "search"]:
                rows = [self._tagged(_number(uuid)) for uuid in body["filter"]["uuid"]]
                return {"data": rows, "total": len(rows), "limit": 2500, "offset": 0}
            case ["leads", "mass-action"]:
                flags = self.enrolled
                if body["type"] == "contact_add_tags":
                    flags = self.tags[TAGS.index(body["payload"]["tag_uuid"])]
                for uuid in body["filter"]["ids"]:
                    flags[_number(uuid)] += 1
                return {}
            case ["flows-leads", "list"]:
                ids = [uuid for uuid in body["filter"].get("lead_uuid", ()) if self.enrolled[_number(uuid)]]
                rows = [{"uuid": f"place-{uuid}", "flow_uuid": FLOW, "lead_uuid": uuid} for uuid in ids]
                total = len(rows) if "lead_uuid" in body["filter"] else sum(self.enrolled)
                return {"data": rows, "total": total, "limit": 20, "offset": 0}
            case ["flows", _, "leads", uuid]:
                self.enrolled[_number(uuid)] += 1
                return {"lead_uuid": uuid}
            case ["tags"]:
                return {"data": [{"uuid": tag, "name": tag} for tag in TAGS]}
            case ["lists" | "flows", uuid]:
                return {"uuid": uuid, "name": uuid}
            case _:
                raise AssertionError(f"{method} {path}")

    def _tagged(self, number: int) -> dict[str, Any]:
        return {**_contact(number), "tags": [tag for tag, has in zip(TAGS, self.tags, strict=True) if has[number]]}


def _number(text: str) -> int:
    return int(text.rpartition("-")[2])


def _contact(number: int) -> dict[str, Any]:
    email = f"person{number}@example.com"
    return {
        "uuid": f"00000000-0000-4000-8000-{number:012}",
        "linkedin": f"person-{number}",
        "first_name": "Ann",
        "last_name": "Ek",
        "work_email": email,
        "about": ABOUT,
        "list_uuid": LIST,
    }


async def run_import(url: str, source: str) -> None:
    journal = Path(source).with_suffix(".journal")
    async with Grinfi("key", base_url=url, rate_limiter=None) as grinfi:
        report = await grinfi.bulk.import_contacts(
            source, list_uuid=LIST, tags=TAGS, flow_uuid=FLOW, via="create", journal=journal
        )
    assert report.is_complete, report


def write_people(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("linkedin_id", "first_name", "last_name", "email", "about"))
        writer.writerows(
            (f"person-{number}", "Ann", "Ek", f"person{number}@example.com", ABOUT) for number in range(rows)
        )


async def imported(rows: int, folder: Path) -> dict[str, float]:
    """Import so many rows in a process of its own."""
    source = folder / f"{rows}.csv"
    write_people(source, rows)
    quick = QuickServer(rows)
    server = await asyncio.start_server(quick.converse, "127.0.0.1", 0, limit=1 << 20, backlog=1000)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        result: dict[str, float] = await asyncio.to_thread(result_of, "-m", __spec__.name, "import", url, str(source))
    assert set(quick.enrolled) == {1}
    assert all(set(each) == {1} for each in quick.tags)
    return result


# -- Calls -----------------------------------------------------------------------------------------------------------


def items() -> Iterator[str]:
    return (f"item-{number}" for number in range(ITEMS))


@asynccontextmanager
async def client() -> AsyncGenerator[Grinfi]:
    """A client whose calls are answered in the process at once."""

    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return httpx.Response(200, json={})

    async with Grinfi("key", transport=httpx.MockTransport(answer), rate_limiter=None) as grinfi:
        yield grinfi


async def gather() -> None:
    semaphore = asyncio.Semaphore(AT_ONCE)
    async with client() as grinfi:

        async def call(item: str) -> None:
            async with semaphore:
                await grinfi.tags.delete(item)

        await asyncio.gather(*map(call, items()))


async def bulk() -> None:
    async with client() as grinfi:
        await grinfi.bulk.run(grinfi.tags.delete, items(), concurrency=AT_ONCE)


async def bulk_with_journal() -> None:
    with TemporaryDirectory() as directory:
        async with client() as grinfi:
            journal = Path(directory, "journal")
            await grinfi.bulk.run(grinfi.tags.delete, items(), concurrency=AT_ONCE, journal=journal)


WAYS: dict[str, Callable[[], Awaitable[None]]] = {
    "gather with a semaphore": gather,
    "ours: `bulk.run`": bulk,
    "ours: `bulk.run` with a journal": bulk_with_journal,
}


def run() -> Iterator[Table]:
    measures = (Measure("CPU", duration), Measure("most memory of the process", megabytes))
    rows: list[Row] = []
    for way in WAYS:
        results = [result_of("-m", __spec__.name, "calls", way) for _ in range(ROUNDS)]
        rows.append(Row(way, [min(each[name] for each in results) for name in ("cpu", "peak")], way.startswith("ours")))
    yield Table(measures, rows, base="gather with a semaphore", caption=f"{ITEMS:,} calls")
    with TemporaryDirectory() as folder:
        results = [asyncio.run(imported(rows, Path(folder))) for rows in ROWS]
    rows = [
        Row(f"ours, {count(number)} rows", (each["cpu"], each["peak"]), ours=True)
        for number, each in zip(ROWS, results, strict=True)
    ]
    yield Table(measures, rows, base=rows[0].name, caption="import of a CSV file")


BENCHMARK = Benchmark(
    "memory",
    "Memory of jobs",
    f"Each in a process of its own. Calls: {AT_ONCE} at once, answered in the process at once, without a limit, best "
    f'of {ROUNDS}. Imports: `via="create"` with a journal, two tags and an automation, from a server on loopback.',
    run,
)


def measured(work: Callable[[], Awaitable[None]]) -> dict[str, float]:
    async def main() -> None:
        await work()

    asyncio.run(main())
    return {"cpu": time.process_time(), "peak": peak_memory()}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["import", url, source]:
            print(json.dumps(measured(lambda: run_import(url, source))))
        case ["calls", way]:
            print(json.dumps(measured(WAYS[way])))
        case _:
            raise SystemExit("Usage: python -m benchmarks memory")
