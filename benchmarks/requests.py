"""Requests and time of imports: every row has a profile, a name and an email, two tags and an automation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, Final, NamedTuple

import anyio
import httpx
import trio
import trio.testing

from grinfi_async import Grinfi, ScheduleDict, TokenBucket
from grinfi_sandbox import Sandbox

from .limit import RefusedError
from .tables import Benchmark, Measure, Row, Table, count, duration

MANY: Final = 10_000
SOME: Final = 1_000
FEW: Final = 500
"""Where a row takes whole requests, more rows show nothing new."""
AT_ONCE: Final = 50
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


class Place(NamedTuple):
    """Where contacts go."""

    sandbox: Sandbox
    transport: Slow
    list_uuid: str
    tags: list[str]
    flow_uuid: str


def people(number_of: int) -> Iterator[dict[str, str]]:
    for number in range(number_of):
        yield {
            "linkedin_id": f"person-{number}",
            "first_name": "Ann",
            "last_name": f"Ek {number}",
            "email": f"person{number}@example.com",
        }


async def ours(rows: int, place: Place, via: Any) -> None:
    key, url = place.sandbox.key, place.sandbox.url
    async with Grinfi(key, base_url=url, transport=place.transport, rate_limiter=TokenBucket()) as grinfi:
        report = await grinfi.bulk.import_contacts(
            people(rows), list_uuid=place.list_uuid, tags=place.tags, flow_uuid=place.flow_uuid, via=via
        )
    assert report.succeeded == rows, report


async def row_by_row(rows: int, place: Place) -> None:
    """As a loop over a generated client does it, with tenacity and so many rows at once; nothing is read back."""
    tenacity: Any = import_module("tenacity")
    headers = {"authorization": f"Bearer {place.sandbox.key}"}
    async with httpx.AsyncClient(transport=place.transport, base_url=place.sandbox.url, headers=headers) as client:

        @tenacity.retry(  # type: ignore[untyped-decorator, unused-ignore]
            retry=tenacity.retry_if_exception_type(RefusedError),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=30),
        )
        async def send(method: str, path: str, body: Any) -> Any:
            response = await client.request(method, path, json=body)
            if response.status_code == REFUSED:
                raise RefusedError
            return response.raise_for_status().json() if response.content else None

        async def work() -> None:
            for person in left:
                body = {"lead": person, "list_uuid": place.list_uuid}
                contact = await send("POST", "/leads/api/leads/upsert", body)
                uuid = contact.get("lead", contact)["uuid"]
                for tag in place.tags:
                    body = {
                        "type": "contact_add_tags",
                        "filter": {"ids": [uuid]},
                        "payload": {"tag_uuid": tag},
                    }
                    await send("PUT", "/leads/api/leads/mass-action", body)
                await send("POST", f"/flows/api/flows/{place.flow_uuid}/leads/{uuid}", {})

        left = people(rows)
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE):
                tasks.start_soon(work)


WAYS: dict[str, tuple[int, Callable[[int, Place], Awaitable[None]]]] = {
    "tenacity + gather, row by row": (FEW, row_by_row),
    '`via="upsert"`': (FEW, partial(ours, via="upsert")),
    '`via="create"`, the default': (MANY, partial(ours, via="create")),
    '`via="file"`': (SOME, partial(ours, via="file")),
}


async def measure(way: Callable[[int, Place], Awaitable[None]], rows: int) -> tuple[float, ...]:
    with Sandbox(sockets=False, clock=anyio.current_time, rate_limit="300/60", job_delay=JOB_DELAY) as sandbox:
        async with Grinfi(sandbox.key, base_url=sandbox.url, transport=sandbox.in_process, rate_limiter=None) as admin:
            list_uuid = (await admin.lists.create(name="Prospects")).uuid
            tags = [str((await admin.tags.create(name=name)).uuid) for name in ("one", "two")]
            flow = await admin.automations.create(name="Hello", use_sender_schedule=True, schedule=SCHEDULE)
        await anyio.sleep(60)  # the server has forgotten these requests
        slow, started = Slow(sandbox.in_process), anyio.current_time()
        await way(rows, Place(sandbox, slow, str(list_uuid), tags, str(flow.uuid)))
        return rows, slow.requests, slow.requests / rows, anyio.current_time() - started, slow.refused


def run() -> Iterator[Table]:
    measures = (
        Measure("rows", count, ratio=False, better=None),
        Measure("requests", count, ratio=False, better=None),
        Measure("requests per row", lambda number: f"{number:.3f}", ratio=False),
        Measure("time", duration, ratio=False, better=None),
        Measure("429s", count, ratio=False),
    )
    rows = [
        Row(name, trio.run(measure, way, number, clock=trio.testing.MockClock(autojump_threshold=0)), "via" in name)
        for name, (number, way) in WAYS.items()
    ]
    yield Table(measures, rows)


BENCHMARK = Benchmark(
    "requests",
    "Requests per row of an import",
    "Two tags and an automation for each row, against the sandbox, which counts 300 requests a minute and takes "
    f"{JOB_DELAY:.0f} s for its jobs; answers after {LATENCY} s, in virtual time. Refused requests (429) are among the "
    "requests. Where a row takes whole requests, fewer rows are imported.",
    run,
)
