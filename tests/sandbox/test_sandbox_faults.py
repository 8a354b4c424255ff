"""Injected faults."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from grinfi_sandbox import Sandbox
from grinfi_sandbox.__main__ import main
from tests.sandbox.embedded import client

pytestmark = pytest.mark.anyio
TAGS = "/leads/api/tags"


@pytest.fixture(params=[False, True], ids=["in process", "sockets"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with Sandbox(sockets=request.param) as running:
        yield running


@pytest.fixture
async def local() -> AsyncIterator[Sandbox]:
    async with Sandbox(sockets=False) as running:
        yield running


async def names(api: httpx.AsyncClient) -> list[str]:
    return [row["name"] for row in (await api.get(TAGS)).json()["data"]]


async def test_a_status_by_operation_and_count(local: Sandbox) -> None:
    local.faults.add("operation=createTag, status=503, count=2")
    async with client(local) as api:
        assert (await api.get(TAGS)).status_code == 200
        answers = [await api.post(TAGS, json={"name": name}) for name in "abc"]
        assert [answer.status_code for answer in answers] == [503, 503, 201]
        assert await names(api) == ["c"]
    body = answers[0].json()
    assert (body["code"], body["error"]["reason"]) == (503, "server_error")
    assert [(entry["status"], entry["fault"]) for entry in local.requests[1:4]] == [
        (503, "status"),
        (503, "status"),
        (201, None),
    ]
    assert local.faults.to_json()[0]["hits"] == 2


@pytest.mark.parametrize("applied", ["before", "after"])
async def test_the_request_has_its_effect_or_not(sandbox: Sandbox, applied: str) -> None:
    async with client(sandbox) as api:
        sandbox.faults.add(operation="createTag", status=500, applied=applied, count=1)
        assert (await api.post(TAGS, json={"name": "status"})).status_code == 500
        sandbox.faults.add(operation="createTag", kind="reset", applied=applied, count=1)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await api.post(TAGS, json={"name": "reset"})
        sandbox.faults.add(operation="createTag", kind="stall", seconds=0.05, applied=applied, count=1)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await api.post(TAGS, json={"name": "stall"})
        assert await names(api) == (["status", "reset", "stall"] if applied == "after" else [])


async def test_half_a_body(sandbox: Sandbox) -> None:
    async with client(sandbox) as api:
        await api.post(TAGS, json={"name": "a"})
        sandbox.faults.add("operation=listTags,kind=half,count=1")
        async with api.stream("GET", TAGS) as answer:
            assert answer.status_code == 200
            chunks = answer.aiter_raw()
            received = await anext(chunks)
            with pytest.raises(httpx.RemoteProtocolError):
                await anext(chunks)
        whole = (await api.get(TAGS)).content
        assert received == whole[: len(whole) // 2] != b""
        assert int(answer.headers["content-length"]) == len(whole)
        sandbox.faults.add("operation=createTag,kind=half")
        with pytest.raises(httpx.RemoteProtocolError):
            await api.post(TAGS, json={"name": "b"})
        assert await names(api) == ["a", "b"]


async def test_a_stalled_answer_runs_into_the_timeout(sandbox: Sandbox) -> None:
    sandbox.faults.add("kind=stall,seconds=60,count=1")
    async with client(sandbox) as api:
        started = time.perf_counter()
        with pytest.raises(httpx.ReadTimeout):
            await api.get(TAGS, timeout=0.2)
        assert 0.15 < time.perf_counter() - started < 2
        assert (await api.get(TAGS)).status_code == 200


async def test_a_stalled_answer_does_not_hold_up_the_end() -> None:
    async with anyio.create_task_group() as group:
        async with Sandbox(faults=["kind=stall,seconds=60"]) as sandbox:

            async def wait() -> None:
                with pytest.raises(httpx.RemoteProtocolError):
                    await client(sandbox).get(TAGS, timeout=30)

            group.start_soon(wait)
            while not sandbox.requests:
                await anyio.sleep(0.01)
            started = time.perf_counter()
        assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("spec", "shortest", "longest"),
    [
        ("seconds=0.1", 0.1, 1),
        ("distribution=uniform,low=0.05,high=0.1", 0.05, 1),
        ("distribution=normal,mean=0.1,deviation=0.001", 0.08, 1),
        ("seconds=0.1,applied=after", 0.1, 1),
    ],
)
async def test_latency(local: Sandbox, spec: str, shortest: float, longest: float) -> None:
    local.faults.add(f"kind=latency,{spec}")
    local.faults.add("status=502")
    async with client(local) as api:
        started = time.perf_counter()
        assert (await api.get(TAGS)).status_code == 502
        assert shortest <= time.perf_counter() - started < longest
    assert local.requests[0]["duration_ms"] >= shortest * 1000


async def test_latency_does_not_delay_other_requests(sandbox: Sandbox) -> None:
    sandbox.faults.add("kind=latency,seconds=0.2")
    started = time.perf_counter()
    async with client(sandbox) as api, anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(api.get, TAGS)
    assert 0.2 <= time.perf_counter() - started < 1.9


async def test_chance_is_repeatable() -> None:
    outcomes: list[list[int]] = []
    async with Sandbox(sockets=False, faults=["status=503,probability=0.3"]) as sandbox, client(sandbox) as api:
        for _ in range(2):
            outcomes.append([(await api.get(TAGS)).status_code for _ in range(200)])
            sandbox.reset()
    assert outcomes[0] == outcomes[1]
    assert 40 <= outcomes[0].count(503) <= 80


async def test_faults_over_http(local: Sandbox) -> None:
    async with client(local) as api:
        body = {"operation": "listTags", "kind": "latency", "distribution": "uniform", "low": 0, "high": 0.001}
        added = await api.post("/_sandbox/faults", json=body)
        expected = {**body, "id": 1, "applied": "before", "probability": 1.0, "count": None, "hits": 0}
        assert (added.status_code, added.json()) == (201, {"data": [expected]})
        several = await api.post("/_sandbox/faults", json={"data": [{"status": 429}, {"status": 500, "count": 1}]})
        assert [fault["status"] for fault in several.json()["data"]] == [429, 500]
        assert (await api.get(TAGS)).status_code == 429
        assert [fault["hits"] for fault in (await api.get("/_sandbox/faults")).json()["data"]] == [1, 1, 0]
        assert (await api.delete("/_sandbox/faults")).status_code == 204
        assert (await api.get("/_sandbox/faults")).json() == {"data": []}
        assert (await api.get(TAGS)).status_code == 200
        api.headers.pop("authorization")
        for method in ("GET", "POST", "DELETE"):
            assert (await api.request(method, "/_sandbox/faults")).status_code == 401


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ([], "body"),
        ("status=503", "body"),
        ({"data": {}}, "body"),
        ({"data": [3]}, "body"),
        ({}, "kind"),
        ({"kind": "fire"}, "kind"),
        ({"kind": ["status"]}, "kind"),
        ({"status": 200}, "status"),
        ({"status": True}, "status"),
        ({"status": 500.5}, "status"),
        ({"status": 503, "operation": "nothing"}, "operation"),
        ({"status": 503, "operation": {}}, "operation"),
        ({"status": 503, "probability": 1.5}, "probability"),
        ({"status": 503, "probability": "often"}, "probability"),
        ({"status": 503, "count": 0}, "count"),
        ({"status": 503, "applied": "never"}, "applied"),
        ({"status": 503, "seconds": 1}, "seconds"),
        ({"status": 503, "colour": 1}, "colour"),
        ({"kind": "reset", "status": 503}, "status"),
        ({"kind": "stall"}, "seconds"),
        ({"kind": "stall", "seconds": -1}, "seconds"),
        ({"kind": "half", "applied": "before"}, "applied"),
        ({"kind": "latency"}, "seconds"),
        ({"kind": "latency", "distribution": "odd"}, "distribution"),
        ({"kind": "latency", "distribution": "uniform", "low": 2, "high": 1}, "low"),
        ({"kind": "latency", "distribution": "normal", "mean": 2}, "deviation"),
        ({"kind": "latency", "seconds": 1, "low": 1}, "low"),
        ({"data": [{"status": 503}, {"status": 1}]}, "status"),
        ({"kind": "late"}, "seconds"),
        ({"kind": "late", "seconds": 5, "applied": "after"}, "applied"),
        ({"kind": "partial"}, "share"),
        ({"kind": "partial", "share": 2}, "share"),
        ({"kind": "partial", "rows": [0]}, "rows"),
        ({"kind": "partial", "rows": "1/two"}, "rows"),
        ({"kind": "failed", "done": -1}, "done"),
        ({"kind": "failed", "share": 0.5}, "share"),
        ({"kind": "endless", "operation": "createTag"}, "operation"),
    ],
)
async def test_a_wrong_fault_is_a_422(local: Sandbox, spec: Any, field: str) -> None:
    async with client(local) as api:
        refused = await api.post("/_sandbox/faults", json=spec)
    assert refused.status_code == 422
    assert list(refused.json()["error"]["data"]) == [field]
    assert local.faults.to_json() == []


async def test_a_body_that_is_not_json_is_a_400(local: Sandbox) -> None:
    async with client(local) as api:
        assert (await api.post("/_sandbox/faults", content=b"{")).status_code == 400


@pytest.mark.parametrize("spec", ["", "status", "status=", "=503", "status=503,status=504", "operation=x,status=503"])
def test_the_command_refuses_a_wrong_fault(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--fault", "status=500", f"--fault={spec}"]) == 1
    assert capsys.readouterr().err.startswith("grinfi_sandbox: ")
