"""Memory of imports by their number of rows: the most that a process which imports a file has held.

python -m benchmarks.import_memory [ROWS ...] [--via create upsert]
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from grinfi_async import Grinfi

ROWS: Final = (10_000, 50_000, 250_000)
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


async def run_import(url: str, source: Path, via: Any, journal: Path) -> None:
    async with Grinfi("key", base_url=url, rate_limiter=None) as grinfi:
        report = await grinfi.bulk.import_contacts(
            source, list_uuid=LIST, tags=TAGS, flow_uuid=FLOW, via=via, journal=journal
        )
    # In kilobytes on Linux, in bytes on macOS.
    if not report.is_complete:
        print(report, file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"peak": peak, "succeeded": report.succeeded, "requests": report.requests}))


async def measure(count: int, via: str, folder: Path) -> dict[str, Any]:
    """Import so many rows in a process of its own."""
    source = folder / f"{count}.csv"
    if not source.exists():
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("linkedin_id", "first_name", "last_name", "email", "about"))
            writer.writerows(
                (f"person-{number}", "Ann", "Ek", f"person{number}@example.com", ABOUT) for number in range(count)
            )
    quick = QuickServer(count)
    server = await asyncio.start_server(quick.converse, "127.0.0.1", 0, limit=1 << 20, backlog=1000)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    started = time.perf_counter()
    async with server:
        arguments = ("--child", url, str(source), via, str(folder / f"{via}-{count}.journal"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.import_memory", *arguments, stdout=subprocess.PIPE
        )
        told, _ = await process.communicate()
    result: dict[str, Any] = json.loads(told)
    assert result["succeeded"] == count, result
    assert set(quick.enrolled) == {1}
    assert all(set(each) == {1} for each in quick.tags)
    return {**result, "seconds": time.perf_counter() - started}


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        url, source, via, journal = sys.argv[2:]
        asyncio.run(run_import(url, Path(source), via, Path(journal)))
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_memory")
    parser.add_argument("rows", nargs="*", type=int, default=ROWS)
    parser.add_argument("--via", nargs="+", default=["create"])
    options = parser.parse_args()
    print(f"{'':10}{'rows':>10}{'requests':>10}{'seconds':>10}{'peak of memory':>18}")
    with TemporaryDirectory() as folder:
        for via in options.via:
            for count in options.rows:
                it = asyncio.run(measure(count, via, Path(folder)))
                print(
                    f"{via:10}{count:>10,}{it['requests']:>10,}{it['seconds']:>10.0f}{it['peak'] / 1e6:>15.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
