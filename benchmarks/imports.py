"""Requests and time of imports by `via`, against the sandbox, whose jobs take 5 s, at 300 requests a minute.

python -m benchmarks.imports [ROWS ...] [--via upsert create file]

Every row has a profile, a name and an email; all get two tags and enter an automation. Virtual time: 10,000 rows by
`via="upsert"` take minutes all the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

import anyio
import httpx
import trio
import trio.testing

from grinfi_async import Grinfi, ScheduleDict
from grinfi_bulk import ImportReport
from grinfi_sandbox import Sandbox

ROWS: Final = (1_000, 10_000)
LATENCY: Final = 0.3
JOB_DELAY: Final = 5.0
REFUSED: Final = 429
SCHEDULE: Final[ScheduleDict] = {"timezone": "UTC", "timeblocks": []}


class Slow(httpx.AsyncBaseTransport):
    """Takes the time that an answer takes, and counts."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.requests = self.refused = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(LATENCY)
        response = await self._inner.handle_async_request(request)
        self.requests += 1
        self.refused += response.status_code == REFUSED
        return response


def people(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "linkedin_id": f"person-{number}",
            "first_name": "Ann",
            "last_name": f"Ek {number}",
            "email": f"person{number}@example.com",
        }


async def run_import(count: int, via: Any) -> tuple[ImportReport, Slow, float]:
    with Sandbox(sockets=False, clock=anyio.current_time, rate_limit="300/60", job_delay=JOB_DELAY) as sandbox:
        async with Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.in_process, rate_limiter=None) as admin:
            list_uuid = (await admin.lists.create(name="Prospects")).uuid
            tags = [(await admin.tags.create(name=name)).uuid for name in ("one", "two")]
            flow = await admin.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
        await anyio.sleep(60)  # the server has forgotten these requests
        slow, started = Slow(sandbox.in_process), anyio.current_time()
        async with Grinfi(sandbox.key, base_url=sandbox.url, transport=slow) as grinfi:
            report = await grinfi.bulk.import_contacts(
                people(count), list_uuid=str(list_uuid), tags=map(str, tags), flow_uuid=str(flow.uuid), via=via
            )
        return report, slow, anyio.current_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports")
    parser.add_argument("rows", nargs="*", type=int, default=ROWS)
    parser.add_argument("--via", nargs="+", default=["upsert", "create", "file"])
    options = parser.parse_args()
    print("| rows | `via` | requests | time | refused (429) |\n|---|---|---|---|---|")
    for count in options.rows:
        for via in options.via:
            clock = trio.testing.MockClock(autojump_threshold=0)
            report, slow, seconds = trio.run(run_import, count, via, clock=clock)
            assert report.succeeded == count, report
            time = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
            print(f'| {count:,} | `"{via}"` | {slow.requests:,} | {time} | {slow.refused} |', flush=True)


if __name__ == "__main__":
    main()
