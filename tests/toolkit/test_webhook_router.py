"""A router of webhooks within an application: its answers, its later work, and that it loses nothing."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from grinfi_async import ConfigurationError
from grinfi_async.webhooks import WebhookEvent, WebhookRouter
from grinfi_toolkit.webhooks import router as router_module
from grinfi_toolkit.webhooks import store as store_module
from grinfi_toolkit.webhooks.store import EventStore

pytestmark = pytest.mark.anyio
SECRET = "a/b c-Ü"
PATH = "/grinfi/a/b%20c-%C3%9C"


def event(number: int = 1, name: str = "contact_replied_linkedin_message", **more: Any) -> dict[str, Any]:
    return {"event_name": name, "contact": {"uuid": f"c-{number}"}, "linkedin_message": {"uuid": f"m-{number}"}, **more}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the dead letters go."""
    monkeypatch.chdir(tmp_path)


def letters(path: str = "webhook-failures.jsonl") -> list[dict[str, Any]]:
    file = Path(path)
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@asynccontextmanager
async def served(
    router: WebhookRouter, kind: Any = Starlette, root_path: str = ""
) -> AsyncGenerator[httpx.AsyncClient]:
    """The router in an application, and a client of it."""
    app = kind(lifespan=router.lifespan)
    app.mount("/grinfi", router)
    transport = httpx.ASGITransport(app, root_path=root_path)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://you.test") as sender,
    ):
        yield sender


@pytest.mark.parametrize("kind", [Starlette, FastAPI])
async def test_it_answers_at_once_and_works_afterwards(kind: Any) -> None:
    router = WebhookRouter(secret=SECRET)
    answered, came = anyio.Event(), list[str]()

    @router.on("contact_replied_linkedin_message")
    async def reply(event: WebhookEvent) -> None:
        await answered.wait()
        came.append(f"reply of {event.contact_uuid}")

    @router.on()
    def everything(event: WebhookEvent) -> None:
        came.append(f"{event.name}")

    with anyio.fail_after(10):
        async with served(router, kind) as sender:
            for body in (event(), event(2, "brand_new"), {"body": event(3)}):
                assert (await sender.post(PATH, json=body)).status_code == 200
            assert "reply of c-1" not in came
            answered.set()
    assert sorted(came) == ["brand_new", *["contact_replied_linkedin_message"] * 2, "reply of c-1", "reply of c-3"]
    done = router.statistics()
    assert (done.received, done.accepted, done.handled, done.failed, done.waiting) == (3, 3, 3, 0, 0)
    assert letters() == []


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (PATH, {}, 200),
        (f"{PATH}/", {}, 200),
        ("/grinfi/", {b"X-Webhook-Secret": SECRET.encode()}, 200),
        ("/grinfi/", {}, 403),
        ("/grinfi/a", {}, 403),
        (f"{PATH}x", {}, 403),
        (PATH.replace("a/b", "xa/b"), {}, 403),
        ("/grinfi/", {b"X-Webhook-Secret": b"\xff"}, 403),
        ("/grinfi/%FF", {}, 403),
    ],
)
async def test_requests_without_the_secret_are_refused(path: str, headers: dict[bytes, bytes], status: int) -> None:
    async with served(WebhookRouter(secret=SECRET)) as sender:
        assert (await sender.post(path, json=event(), headers=headers)).status_code == status


async def test_it_works_behind_a_proxy_that_removes_a_prefix() -> None:
    async with served(WebhookRouter(secret=SECRET), root_path="/api") as sender:
        assert (await sender.post(PATH, json=event())).status_code == 200
        assert (await sender.post("/grinfi/other", json=event())).status_code == 403


async def test_repeats_are_dropped_and_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    router, came = WebhookRouter(secret=None, repeat_window=60), list[WebhookEvent]()
    router.on()(came.append)
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    stage = {"event_name": "contact_pipeline_stage_changed", "contact": {"uuid": "c-1", "pipeline_stage_name": "Won"}}
    async with served(router) as sender:
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(lambda: sender.post("/grinfi/", json=event(contact={"name": "first"})))
        for body in (event(contact={"name": "later"}), stage, stage):
            assert (await sender.post("/grinfi/", json=body)).status_code == 200
        while router.statistics().waiting:
            await anyio.sleep(0.001)
        now += 61
        await sender.post("/grinfi/", json=stage)  # the same stage again, an hour later, is another event
        await sender.post("/grinfi/", json=event())
    assert [each.name for each in came].count("contact_pipeline_stage_changed") == 2
    assert len(came) == 3
    assert router.statistics().repeats == 7


async def test_keys_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "REMEMBERED", 10)
    monkeypatch.setattr(store_module, "EVERY", 5)
    store = EventStore(None)
    for number in range(40):
        store.put(str(number), "{}", None)
        if number:  # the first one waits
            store.finish(str(number))
    known = [number for number in range(40) if store.knows(str(number))]
    assert known[0] == 0
    assert known[-1] == 39
    assert 10 < len(known) < 20
    store.close()


async def test_a_body_that_is_not_an_event_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(router_module, "BODY_SECONDS", 0.05)
    router = WebhookRouter(secret=None, body_limit=100)

    async with served(router) as sender:
        assert (await sender.post("/grinfi/", content=b"{" * 101)).status_code == 413
        for body in (b"", b"{", b"[]", b"{}"):
            assert (await sender.post("/grinfi/", content=body)).status_code == 400
        sent: list[Any] = []

        async def never() -> Any:
            await anyio.sleep_forever()

        async def keep(message: Any) -> None:
            sent.append(message)

        async def endless() -> Any:
            return {"type": "http.request", "body": b"[1]" * 20, "more_body": True}

        async def gone() -> Any:
            return {"type": "http.disconnect"}

        for receive, status in ((never, 408), (endless, 413), (gone, 400)):
            await router({"type": "http", "path": "/", "headers": [(b"content-length", b"9")]}, receive, keep)
            assert sent.pop(0)["status"] == status
            assert sent.pop(0)["body"]
    assert router.statistics().refused == 8
    assert "413: The body is larger than 100 bytes." in caplog.text
    await router({"type": "http", "path": "/", "headers": []}, _body({"event_name": "x"}), keep)
    assert sent[0]["status"] == 503  # it does not run: no event is accepted that would not be handled


def _body(value: Any) -> Any:
    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(value).encode()}

    return receive


async def test_failed_messages_can_be_handled_again(caplog: pytest.LogCaptureFixture) -> None:
    router, works = WebhookRouter(secret=None, handler_timeout=0.05), False
    came: list[str] = []

    @router.on()
    async def fails(event: WebhookEvent) -> None:
        if not works:
            raise LookupError("no such deal")
        came.append(f"fails {event.contact_uuid}")

    @router.on("contact_replied_email")
    async def hangs(event: WebhookEvent) -> None:
        if not works:
            await anyio.sleep_forever()
        came.append(f"hangs {event.contact_uuid}")

    @router.on()
    async def succeeds(event: WebhookEvent) -> None:
        came.append(f"succeeds {event.contact_uuid}")

    async with served(router) as sender:
        await sender.post("/grinfi/", json=event(1))
        await sender.post("/grinfi/", json=event(2, "contact_replied_email"))
    assert router.statistics().failed == router.statistics().dead_letters == 2
    assert "LookupError" in caplog.text
    assert "c-1" in caplog.text
    first, second = sorted(letters(), key=lambda it: it["body"]["contact"]["uuid"])
    assert first["error"].endswith("fails: LookupError: no such deal")
    assert "hangs: TimeoutError" in second["error"]
    file = Path("webhook-failures.jsonl")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open("a") as more:
        more.write('{"torn')
    assert await router.replay() == (0, 3)
    assert file.read_text().count("\n") == 3
    works = True
    assert await router.replay() == (2, 1)
    assert sorted(came) == ["fails c-1", "fails c-2", "hangs c-2", "succeeds c-1", "succeeds c-2"]
    assert file.read_text() == '{"torn\n'


async def test_a_dead_letter_of_a_handler_that_is_gone_is_kept() -> None:
    router = WebhookRouter(secret=None)

    @router.on()
    async def other(event: WebhookEvent) -> None: ...

    Path("webhook-failures.jsonl").write_text(json.dumps({"handlers": ["old"], "body": event()}) + "\n")
    assert await router.replay() == (0, 1)
    assert [(it["handlers"], it["error"]) for it in letters()] == [(["old"], "old: there is no such handler")]


async def test_an_interrupted_replay_resumes() -> None:
    router = WebhookRouter(secret=None)
    Path("webhook-failures.jsonl.replaying").write_text(json.dumps({"handlers": [], "body": event(1)}) + "\n")
    Path("webhook-failures.jsonl").write_text(json.dumps({"handlers": [], "body": event(2)}) + "\n")
    came: list[str | None] = []

    @router.on()
    async def keep(event: WebhookEvent) -> None:
        came.append(event.contact_uuid)

    assert await router.replay() == (2, 0)
    assert came == ["c-1", "c-2"]
    assert await router.replay() == (0, 0)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("dead_letters", ["full.jsonl", None, "no/such/folder.jsonl"])
async def test_events_beyond_the_bound_are_kept_or_refused(dead_letters: str | None) -> None:
    router = WebhookRouter(secret=None, queue_size=2, concurrency=1, dead_letters=dead_letters)
    goes_on, came = anyio.Event(), list[str | None]()

    @router.on()
    async def slow(event: WebhookEvent) -> None:
        await goes_on.wait()
        came.append(event.contact_uuid)

    async with served(router) as sender:
        answers = [(await sender.post("/grinfi/", json=event(number))).status_code for number in range(4)]
        assert answers == [200, 200] + [200 if dead_letters == "full.jsonl" else 503] * 2
        assert router.statistics().waiting == 2
        goes_on.set()
        while router.statistics().waiting:
            await anyio.sleep(0.001)
        if dead_letters != "full.jsonl":
            assert (
                await sender.post("/grinfi/", json=event(2))
            ).status_code == 200  # it was not recognised as a repeat
    assert came == ["c-0", "c-1"] + ([] if dead_letters == "full.jsonl" else ["c-2"])
    if dead_letters == "full.jsonl":
        assert [it["body"]["contact"]["uuid"] for it in letters(dead_letters)] == ["c-2", "c-3"]


@pytest.mark.parametrize("store", [None, "events.sqlite"])
async def test_the_end_waits_within_a_bound_and_loses_nothing(store: str | None) -> None:
    came: list[str | None] = []

    def router(seconds: float) -> WebhookRouter:
        made = WebhookRouter(secret=None, store=store, concurrency=2, drain_timeout=0.2)

        @made.on()
        async def handle(event: WebhookEvent) -> None:
            await anyio.sleep(seconds if event.contact_uuid == "c-1" else 0.01)
            came.append(event.contact_uuid)

        return made

    began = anyio.current_time()
    first = router(60)
    async with served(first) as sender:
        for number in range(1, 6):
            await sender.post("/grinfi/", json=event(number))
    assert anyio.current_time() - began < 5
    assert sorted(came, key=str) == ["c-2", "c-3", "c-4", "c-5"]
    second = router(0)
    if store is None:
        assert await second.replay() == (1, 0)
    else:
        assert letters() == []
        assert stat.S_IMODE(Path(store).stat().st_mode) == 0o600
        async with served(second) as sender:
            with pytest.raises(ConfigurationError, match=r"store='events.sqlite' cannot be used.*different file"):
                await router(0).__aenter__()
            await sender.post("/grinfi/", json=event(2))  # came before the restart
        assert second.statistics().repeats == 1
    assert sorted(came, key=str) == ["c-1", "c-2", "c-3", "c-4", "c-5"]


@pytest.mark.parametrize("cancels", [1, 2])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_nothing_is_lost_when_the_program_is_cancelled(cancels: int) -> None:
    router, came = WebhookRouter(secret=None, concurrency=1, drain_timeout=20), list[str | None]()

    @router.on()
    async def handle(event: WebhookEvent) -> None:
        await anyio.sleep(0.03)
        came.append(event.contact_uuid)

    running = asyncio.Event()

    async def program() -> None:
        async with served(router) as sender:
            for number in range(4):
                await sender.post("/grinfi/", json=event(number))
            running.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(program())
    await running.wait()
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        await asyncio.wait([task])
    assert task.cancelled()
    kept = [it["body"]["contact"]["uuid"] for it in letters()]
    assert sorted([*kept, *map(str, came)]) == ["c-0", "c-1", "c-2", "c-3"]
    assert bool(kept) == (cancels == 2)


async def test_nothing_is_lost_when_its_scope_is_cancelled() -> None:
    router, came = WebhookRouter(secret=None), list[str | None]()

    @router.on()
    async def handle(event: WebhookEvent) -> None:
        await anyio.sleep(0.03)
        came.append(event.contact_uuid)

    with anyio.move_on_after(5) as scope:
        async with served(router) as sender:
            await sender.post("/grinfi/", json=event())
            scope.cancel()
            await anyio.sleep(1)
    assert came + [it["body"]["contact"]["uuid"] for it in letters()] == ["c-1"]
    async with served(router):
        with pytest.raises(ConfigurationError, match="already running"):
            await router.__aenter__()


def test_arguments_are_checked() -> None:
    for wrong in ({"secret": " "}, {"secret": "x", "queue_size": 0}, {"secret": "x", "concurrency": 0}):
        with pytest.raises(ValueError, match=r"is empty|at least 1"):
            WebhookRouter(**wrong)  # pyright: ignore[reportArgumentType]
