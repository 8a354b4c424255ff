"""Jobs in virtual time: bulk create, file import and mass actions that are late, do less than they say, or get lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest
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


def test_an_import_job_takes_time() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        _, target = await begin_import(api, 1_200)
        seen: list[int] = []
        for seconds in (4, 2, 3, 2, 3, 2, 10):
            await anyio.sleep(seconds)
            seen.append(len(await members(api, target)))
        assert seen == [0, 500, 500, 1_000, 1_000, 1_200, 1_200]

    in_virtual_time(test)


def test_overdue_jobs_are_done_at_their_due_time() -> None:
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


async def begin_tagging(api: httpx.AsyncClient, number: int) -> tuple[str, str]:
    """Make contacts and begin to tag them; return the UUIDs of the mass action and of the tag."""
    target = (await post(api, "/leads/api/lists", name="People"))["uuid"]
    leads = [{"linkedin_id": f"p{place}"} for place in range(number)]
    ids = [row["uuid"] for row in await post(api, LEADS, list_uuid=target, leads=leads)]
    tag = (await post(api, "/leads/api/tags", name="Hot"))["uuid"]
    selection: dict[str, Any] = {"all": False, "ids": ids, "excludeIds": []}
    body = {"type": "contact_add_tags", "filter": selection, "payload": {"tag_uuid": tag}}
    assert (await api.put(f"{LEADS}/mass-action", json=body)).status_code == 200
    return (await api.get("/leads/api/mass-actions")).json()["data"][0]["uuid"], tag


async def tagged(api: httpx.AsyncClient, tag: str) -> list[str]:
    body = {"filter": {"tags": [tag]}, "limit": 2_500, "disable_aggregation": True, "order_type": "asc"}
    return [row["linkedin"] for row in (await post(api, f"{LEADS}/search", **body))["data"]]


@pytest.mark.parametrize(
    ("faults", "saved", "told", "status"),
    [
        (["kind=partial,share=0.25"], 900, {"saved": 1_200}, "completed"),
        (["kind=failed,done=0.75"], 900, {"saved": 900, "queued": 300}, "failed"),
        (["kind=endless"], 600, {"saved": 600, "queued": 600}, "in_progress"),
        (["kind=failed,done=0"], 0, {"queued": 1_200}, "failed"),
        (["kind=endless", "kind=partial,rows=1/600/601"], 598, {"saved": 600, "queued": 600}, "in_progress"),
    ],
)
def test_an_import_that_does_less(faults: list[str], saved: int, told: dict[str, int], status: str) -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        uuid, target = await begin_import(api, 1_200)
        await anyio.sleep(3_600)
        assert len(await members(api, target)) == saved
        assert await counts(api, uuid) == told
        assert (await api.get(f"/leads/api/data-sources/{uuid}")).json()["status"] == status

    in_virtual_time(test, faults=faults)


@pytest.mark.parametrize(
    ("fault", "done", "state"),
    [
        ("kind=partial,rows=1/250", list(range(1, 249)), ("completed", 250)),
        ("kind=failed,done=0.6", list(range(150)), ("failed", 150)),
        ("kind=endless,done=0.8", list(range(200)), ("in_progress", 200)),
        ("kind=late,seconds=90", [], ("queued", 0)),
    ],
)
def test_a_mass_action_that_does_less(fault: str, done: list[int], state: tuple[str, int]) -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        action, tag = await begin_tagging(api, 250)
        await anyio.sleep(60)
        assert await tagged(api, tag) == [f"p{place}" for place in done]
        job = (await api.get(f"/leads/api/mass-actions/{action}")).json()
        assert (job["status"], job["processed"]) == state
        await anyio.sleep(60)
        assert len(await tagged(api, tag)) == (250 if state[0] == "queued" else len(done))

    in_virtual_time(test, faults=[f"operation=leadsMassAction,{fault}"])


def test_the_share_that_is_left_out_is_the_same_in_each_run() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        runs: list[list[str]] = []
        for _ in range(2):
            sandbox.reset()
            for _ in range(2):
                _, tag = await begin_tagging(api, 100)
                await anyio.sleep(60)
                runs.append(await tagged(api, tag))
        assert runs[:2] == runs[2:]
        assert runs[0] != runs[1]
        assert {len(run) for run in runs} <= {49, 50}
        assert not [run for run in runs if "p0" in run]

    in_virtual_time(test, faults=["operation=leadsMassAction,kind=partial,share=0.5,rows=1"])


@pytest.mark.parametrize(
    ("fault", "answered", "soon", "later"),
    [
        ("kind=partial,rows=2", ["p0", "p2", "p3"], ["p0", "p2", "p3"], ["p0", "p2", "p3"]),
        ("kind=failed,done=0.75", None, ["p0", "p1", "p2"], ["p0", "p1", "p2"]),
        ("kind=endless", [], [], ["p0", "p1"]),
        ("kind=late,seconds=90", [], [], ["p0", "p1", "p2", "p3"]),
    ],
)
def test_a_bulk_create_that_does_less(
    fault: str, answered: list[str] | None, soon: list[str], later: list[str]
) -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        target = (await post(api, "/leads/api/lists", name="People"))["uuid"]
        body = {"list_uuid": target, "leads": [{"linkedin_id": f"p{place}"} for place in range(4)]}
        answer = await api.post(LEADS, json=body)
        if answered is None:
            assert answer.status_code == 500
        else:
            assert [row["linkedin"] for row in answer.json()] == answered
        assert [row["linkedin"] for row in await members(api, target)] == soon
        await anyio.sleep(100)
        assert [row["linkedin"] for row in await members(api, target)] == later

    in_virtual_time(test, faults=[fault])


def test_a_lost_answer_of_a_job_that_does_less() -> None:
    async def test(sandbox: Sandbox, api: httpx.AsyncClient) -> None:
        for operation in ("leadsMassAction", "importLeadsFromFile", "createLeads"):
            sandbox.faults.add(operation=operation, kind="reset", applied="after", count=1)
            sandbox.faults.add(operation=operation, kind="partial", rows=[1], count=1)
        target = (await post(api, "/leads/api/lists", name="People"))["uuid"]
        body: dict[str, Any] = {"list_uuid": target, "leads": [{"linkedin_id": "q1"}, {"linkedin_id": "q2"}]}
        with pytest.raises(httpx.RemoteProtocolError):
            await api.post(LEADS, json=body)
        assert [row["linkedin"] for row in await members(api, target)] == ["q2"]
        with pytest.raises(httpx.RemoteProtocolError):
            await begin_import(api, 3)
        await anyio.sleep(10)
        (people,) = [row for row in (await api.get("/leads/api/lists")).json()["data"] if row["uuid"] != target]
        assert [row["linkedin"] for row in await members(api, people["uuid"])] == ["p1", "p2"]
        with pytest.raises(httpx.RemoteProtocolError):
            await begin_tagging(api, 3)
        await anyio.sleep(10)
        (tag,) = (await api.get("/leads/api/tags")).json()["data"]
        assert await tagged(api, tag["uuid"]) == ["p2", "p0"]  # without the one that was created first

    in_virtual_time(test)
