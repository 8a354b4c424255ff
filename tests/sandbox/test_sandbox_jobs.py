"""Jobs in virtual time: bulk create, file import and mass actions that are late, do less than they say, or get lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import trio
import trio.testing

from grinfi_sandbox import Sandbox
from tests.sandbox.embedded import client

LEADS = "/leads/api/leads"
IMPORTS = "/leads/api/file-imports"


def in_virtual_time(test: Callable[..., Awaitable[None]], **options: Any) -> None:
    """Run a test with an observed sandbox, on a clock that jumps ahead whenever everything sleeps."""

    async def whole() -> None:
        settings: Any = {"behaviour": "observed", "clock": anyio.current_time, "job_delay": 5, **options}
        async with Sandbox(sockets=False, **settings) as sandbox, client(sandbox) as api:
            await test(sandbox, api)

    trio.run(whole, clock=trio.testing.MockClock(autojump_threshold=0))


async def post(api: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def begin_import(api: httpx.AsyncClient, rows: int) -> tuple[str, str]:
    """Begin an import; return the UUIDs of its file and of its list."""
    table = "Profile,Mail\n" + "".join(f"p{number},p{number}@acme.com\n" for number in range(rows))
    file = {"file": ("people.csv", table, "text/csv")}
    uuid = (await api.post(f"{IMPORTS}/upload-csv", files=file, data={"type": "csv_leads"})).json()["uuid"]
    target = (await post(api, "/leads/api/lists", name="People"))["uuid"]
    columns = [{"source": "Profile", "target": "linkedin_id"}, {"source": "Mail", "target": "email"}]
    await post(api, f"{IMPORTS}/{uuid}/import-leads", columns=columns, list_uuid=target)
    return uuid, target


async def members(api: httpx.AsyncClient, list_uuid: str) -> list[Any]:
    body = {"filter": {"list_uuid": list_uuid}, "limit": 2_500, "disable_aggregation": True, "order_type": "asc"}
    return list((await post(api, f"{LEADS}/search", **body))["data"])


async def counts(api: httpx.AsyncClient, uuid: str) -> dict[str, int]:
    """Return the counts of an import that are not 0."""
    metrics = (await api.put("/leads/api/data-sources/metrics", json={"uuids": [uuid]})).json()[uuid]
    return {name.removesuffix("_records"): count for name, count in metrics.items() if count}


def test_an_import_takes_its_time() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        _, target = await begin_import(api, 1_200)
        seen: list[int] = []
        for seconds in (4, 2, 3, 2, 3, 2, 10):
            await anyio.sleep(seconds)
            seen.append(len(await members(api, target)))
        assert seen == [0, 500, 500, 1_000, 1_000, 1_200, 1_200]

    in_virtual_time(test)


def test_what_is_due_long_ago_is_done_at_its_time() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        _, target = await begin_import(api, 1_200)
        await anyio.sleep(12)
        assert len(await members(api, target)) == 1_000
        await post(api, "/_sandbox/advance", seconds=86_400)
        found = await members(api, target)
        assert len(found) == 1_200
        assert found[0]["created_at"][:10] < found[-1]["created_at"][:10]

    in_virtual_time(test)


def test_the_rate_limit_follows_the_clock() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        assert [(await api.get("/leads/api/tags")).status_code for _ in range(3)] == [200, 200, 429]
        await anyio.sleep(3_600)
        assert (await api.get("/leads/api/tags")).status_code == 200

    in_virtual_time(test, rate_limit="2/3600")
