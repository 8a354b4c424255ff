"""Programs that run for long: a service, workers, and programs without an event loop."""

from __future__ import annotations

import asyncio
import atexit
import re
import threading
from typing import Any

import httpx
import pytest
from taskiq.api import run_receiver_task

from grinfi_async import Grinfi
from tests.bulk.crm import new_list, new_tag, tagged
from tests.recipes.conftest import Stage
from tests.transport.test_shared_rate_limit import Redis


async def people(grinfi: Grinfi) -> list[str]:
    list_uuid = await new_list(grinfi)
    return [
        (await grinfi.contacts.upsert(lead={"linkedin_id": name, "first_name": name.title()}, list_uuid=list_uuid)).uuid
        for name in ("ada", "grace")
    ]


def test_fastapi_service(stage: Stage) -> None:
    stage.run("fastapi-service", run_name="service")
    app = stage.names["app"]

    async def visit() -> None:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://service.test") as browser,
        ):
            assert (await browser.get("/alive")).json() == {"alive": True}
            ready = await browser.get("/ready")
            assert (ready.status_code, ready.content) == (204, b"")  # the owner of the key does not matter
            metrics = (await browser.get("/metrics")).text
            assert re.search(r"^grinfi_granted 1$", metrics, re.MULTILINE)
        assert stage.names["grinfi"]._core.closed

    asyncio.run(visit())


def test_synchronous_programs(stage: Stage) -> None:
    ada, _ = stage.do(people)
    stage.run("synchronous-programs", run_name="program")
    names = stage.names
    try:
        found: list[Any] = []
        threads = [threading.Thread(target=lambda: found.append(names["first_name"](ada))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == ["Ada"] * 5
        assert sorted(names["portal"].call(names["first_names"])) == ["Ada", "Grace"]
    finally:
        names["close"]()
        atexit.unregister(names["close"])


@pytest.mark.filterwarnings("ignore:.*MemoryObject.*:pytest.PytestUnraisableExceptionWarning")
def test_taskiq_worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uuids, tag_uuid = stage.do(people), stage.do(new_tag)
    redis = Redis()
    redis.start()
    monkeypatch.setenv("REDIS_URL", redis.url)
    try:
        stage.run("taskiq-worker", run_name="worker")
        broker, tag = stage.names["broker"], stage.names["tag"]

        async def work() -> int:
            await broker.startup()
            worker = asyncio.create_task(run_receiver_task(broker))
            queued = [await tag.kiq(tag_uuid, [uuid]) for uuid in uuids]
            done = [await task.wait_result(timeout=60) for task in queued]
            worker.cancel()
            await asyncio.wait([worker])
            await broker.shutdown()
            return sum(result.return_value for result in done)

        assert asyncio.run(work()) == 2

        async def look(grinfi: Grinfi) -> list[str]:
            return await tagged(grinfi, tag_uuid)

        assert stage.do(look) == ["ada", "grace"]
    finally:
        redis.stop()
